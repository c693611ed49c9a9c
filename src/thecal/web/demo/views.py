"""The bench's pages: each reads the request, makes one call, and answers with the bench."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import Error as DatabaseError
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from thecal.clinic.demonstration import queries, services
from thecal.clinic.demonstration.errors import LinkLostError, NoBenchError
from thecal.clinic.orders.dose_form import PATTERNS, DoseForm, FieldProblem
from thecal.clinic.orders.errors import (
    BlockedError,
    OrdersError,
    ProposalError,
    SignatureRefusedError,
)
from thecal.clinic.people.errors import NotPermittedError
from thecal.therapy import CommandId
from thecal.web.demo.charts.curves import curves_out, table_of
from thecal.web.demo.errors import no_bench, stop_page
from thecal.web.demo.outcome import newest_outcome
from thecal.web.demo.steps import with_a_row_each, with_a_row_less, with_a_row_more
from thecal.web.ui.acting import actor_of
from thecal.web.ui.typed import typed_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from django_htmx.middleware import HtmxDetails

    from thecal.clinic.demonstration.services import StopResult
    from thecal.clinic.orders.services import Preview
    from thecal.clinic.people.access import Actor


class DemoRequest(HttpRequest):
    """A request as htmx's middleware leaves it."""

    htmx: HtmxDetails


@require_GET
def bench(request: HttpRequest) -> HttpResponse:
    """Show the patient's implant, curves and what may be done."""
    return _bench(request)


@require_POST
def interrogate(request: HttpRequest) -> HttpResponse:
    """Read the pump."""
    return _act(request, services.interrogate)


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """STOP the pump: no question, no PIN, as often as wanted."""
    result = services.stop_pump(actor=actor_of(request), now=timezone.now())
    if result.sent and result.recorded:
        return redirect("demo:bench")
    status = 200 if result.sent else 503
    try:
        return _bench(request, stop_result=result, status=status)
    except DatabaseError:  # not even the page can be read: the words about STOP need no database
        return stop_page(request, result, status=status)


@require_http_methods(["GET", "POST"])
def preview(request: DemoRequest) -> HttpResponse:
    """Show what the pump would run; nothing is written."""
    if request.method == "GET":
        return redirect("demo:bench")
    form = DoseForm.from_values(typed_once(request.POST))
    worked_out, problems = _worked_out(form, actor_of(request))
    if not request.htmx:
        return _bench(request, form=form, preview=worked_out, problems=problems)
    context = {
        "form": form,
        "preview": worked_out,
        "problems": problems,
        "curves": _drawn(worked_out),
        "proposed": _address_of(form),
    }
    return render(request, "demo/parts/preview.html", context)


@require_http_methods(["GET", "POST"])
def steps(request: DemoRequest) -> HttpResponse:
    """Add or remove a step, or show the steps of other days."""
    if request.method == "GET":
        return redirect("demo:bench")
    typed, added = typed_once(request.POST), ""
    if "add" in typed:
        form, added = with_a_row_more(typed, typed["add"])
    else:
        form = with_a_row_less(typed, typed.get("remove", ""))
    if not request.htmx:
        return _bench(request, form=form, added=added)
    context = {"form": form, "patterns": list(PATTERNS), "added": added}
    answer = render(request, "demo/parts/steps.html", context)
    answer.headers["HX-Trigger-After-Swap"] = "preview-again"
    return answer


@require_http_methods(["GET", "POST"])
def option(request: HttpRequest) -> HttpResponse:
    """Fill the form with a program that the rules offer; nothing is written."""
    if request.method == "GET":
        return redirect("demo:bench")
    typed = typed_once(request.POST)
    form = DoseForm.from_values(typed)
    worked_out, problems = _worked_out(form, actor_of(request))
    offered = worked_out.options if worked_out is not None else ()
    chosen = next((one for one in offered if one.key == typed.get("option", "")), None)
    if chosen is None:
        return _bench(request, form=form, preview=worked_out, problems=problems)
    again, problems = _worked_out(chosen.form, actor_of(request))
    return _bench(request, form=chosen.form, preview=again, problems=problems)


@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest) -> HttpResponse:
    """Sign what was reviewed, with the PIN typed anew; refused, the form stays as typed."""
    if request.method == "GET":
        return redirect("demo:bench")
    typed = typed_once(request.POST)
    form = DoseForm.from_values(typed)
    try:
        services.sign_prescription(
            form,
            pin=typed.get("pin", ""),
            reviewed=typed.get("reviewed", ""),
            actor=actor_of(request),
            now=timezone.now(),
        )
    except ProposalError as refused:
        worked_out, more = _worked_out(form, actor_of(request))
        problems = tuple(dict.fromkeys((*refused.problems, *more)))
        return _bench(request, form=form, preview=worked_out, problems=problems, refused=True, status=422)
    except BlockedError as refused:
        return _bench(request, form=form, not_done=str(refused), status=409)
    except OrdersError as refused:
        field = "pin" if isinstance(refused, SignatureRefusedError) else ""
        problems = (FieldProblem(field=field, code=refused.code, message=str(refused)),)
        worked_out, _ = _worked_out(form, actor_of(request))
        return _bench(request, form=form, preview=worked_out, problems=problems, refused=True, status=422)
    return redirect("demo:bench")


@require_POST
def send(request: HttpRequest, command: str) -> HttpResponse:
    """Send a signed order, once."""
    return _act(request, partial(services.send_order, CommandId(command)))


@require_POST
def withdraw(request: HttpRequest, command: str) -> HttpResponse:
    """Withdraw a signed order that was not sent."""
    return _act(request, partial(services.withdraw_order, CommandId(command)))


@require_POST
def settle(request: HttpRequest, command: str) -> HttpResponse:
    """Interrogate again, to learn what became of an order."""
    return _act(request, partial(services.settle, CommandId(command)))


@require_POST
def advance(request: HttpRequest) -> HttpResponse:
    """Move the demonstration's time."""
    spans = {key: span for key, _, span in queries.ADVANCES}
    span = spans.get(request.POST.get("span", ""))
    if span is None:
        raise BadRequest("unknown time step")
    return _act(request, partial(services.advance, span))


@require_POST
def arrange_link(request: HttpRequest) -> HttpResponse:
    """Arrange what the link between wand and pump will do."""
    try:
        return _act(request, partial(services.arrange_link, request.POST.get("link", "")))
    except ValueError as unknown:
        raise BadRequest("unknown state of the link") from unknown


@require_http_methods(["GET", "POST"])
def start_over(request: HttpRequest) -> HttpResponse:
    """Ask, and on the answer yes begin another demonstration."""
    if request.method == "GET":
        return render(request, "demo/start_over.html")
    return _act(request, services.start_over)


@require_GET
def curves(request: HttpRequest) -> HttpResponse:
    """Say the curves as a table, for browsers without scripts."""
    estimated, events = queries.curves(actor=actor_of(request))
    context = {"label": estimated.label, "table": table_of(estimated), "events": events}
    return render(request, "demo/curves.html", context)


def _act(request: HttpRequest, service: Callable[..., object]) -> HttpResponse:
    """Do one thing, then show the bench as it is: changed, or with the reason why not."""
    actor: Actor = actor_of(request)
    try:
        service(actor=actor, now=timezone.now())
    except NoBenchError as missing:
        return no_bench(request, missing)
    except (OrdersError, LinkLostError, NotPermittedError) as refused:
        return _bench(request, not_done=str(refused), status=_status(refused))
    return redirect("demo:bench")


def _status(refused: Exception) -> int:
    match refused:
        case NotPermittedError():
            return 403
        case LinkLostError():
            return 504
        case _:
            return 409


def _worked_out(form: DoseForm, actor: Actor) -> tuple[Preview | None, tuple[FieldProblem, ...]]:
    """Return the preview, or what stands in its way; the reason is asked for only when signing."""
    if not form.text("reason").strip():
        form = DoseForm.from_values({**dict(form.values), "reason": "not written yet"})
    try:
        return services.preview(form, actor=actor), ()
    except ProposalError as refused:
        return None, refused.problems
    except OrdersError as refused:
        return None, (FieldProblem(field="", code=refused.code, message=str(refused)),)


def _address_of(form: DoseForm) -> str:
    """Return a proposal as part of an address: what was typed, but for the reason."""
    return urlencode([(name, text) for name, text in form.of_program if text and name != "reason"])


def _drawn(worked_out: Preview | None) -> dict[str, object] | None:
    return None if worked_out is None else curves_out(worked_out.curves, worked_out.events).model_dump()


def _bench(
    request: HttpRequest,
    *,
    status: int = 200,
    form: DoseForm | None = None,
    preview: Preview | None = None,
    problems: tuple[FieldProblem, ...] = (),
    refused: bool = False,
    not_done: str = "",
    added: str = "",
    stop_result: StopResult | None = None,
) -> HttpResponse:
    try:
        bench_page = queries.page(actor=actor_of(request))
    except NoBenchError as missing:
        return stop_page(request, stop_result, status=status) if stop_result else no_bench(request, missing)
    page = bench_page.therapy
    context = {
        "here": "bench",
        "demonstration": bench_page,
        "page": page,
        "outcome": newest_outcome(page),
        "form": with_a_row_each(form or page.form),
        "patterns": list(PATTERNS),
        "preview": preview,
        "curves": _drawn(preview),
        "proposed": _address_of(form) if form is not None else "",
        "problems": problems,
        "refused": refused,
        "not_done": not_done,
        "stop_result": stop_result,
        "stops_waiting": services.record_waiting_stops(),
        "added": added,
        "advances": queries.ADVANCES,
        "pin": settings.DEMONSTRATION_PIN,
    }
    return render(request, "demo/bench.html", context, status=status)
