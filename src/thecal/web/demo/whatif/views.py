"""The pages of the what-ifs: each reads the address, asks the clinic once, and draws the answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_GET

from thecal.clinic.demonstration import queries
from thecal.clinic.demonstration.errors import NoBenchError
from thecal.clinic.orders import whatif
from thecal.web.demo.charts.figures import charts_of
from thecal.web.demo.charts.maps import SHADES, maps_of
from thecal.web.demo.errors import no_bench
from thecal.web.demo.whatif.tables import extremes, over_days
from thecal.web.ui.acting import actor_of
from thecal.web.ui.typed import typed_once

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse

    from thecal.clinic.orders.whatif import Answer

PAGES = (
    ("body", "Spinal map"),
    ("body-oral", "By mouth or by pump"),
    ("body-catheter", "Catheter faults"),
    ("body-concentration", "Change of concentration"),
    ("body-expected", "What to expect"),
)


@require_GET
def spinal_map(request: HttpRequest) -> HttpResponse:
    """Show drug along the canal under today's program and another."""
    return _page(request, "body", partial(whatif.spinal_map, typed_once(request.GET)))


@require_GET
def oral(request: HttpRequest) -> HttpResponse:
    """Show the patient on tablets beside the patient with the pump."""
    asking = partial(whatif.oral_or_pump, typed_once(request.GET))
    return _page(request, "body-oral", asking, in_decades=True, choices={"times": whatif.TIMES_A_DAY})


@require_GET
def catheter(request: HttpRequest) -> HttpResponse:
    """Show the week with a fault of the catheter and without."""
    choices = {"faults": whatif.FAULTS, "levels": whatif.LEVELS, "mended": whatif.MENDED}
    return _page(
        request, "body-catheter", partial(whatif.catheter_fault, typed_once(request.GET)), choices=choices
    )


@require_GET
def concentration(request: HttpRequest) -> HttpResponse:
    """Show a change of concentration with a bridge and without."""
    return _page(request, "body-concentration", partial(whatif.other_concentration, typed_once(request.GET)))


@require_GET
def expected(request: HttpRequest) -> HttpResponse:
    """Show what the next examination and the next sample may find."""
    choices = {"examiner_sd": f"{whatif.EXAMINER_SD:.1f}", "assay_percent": f"{100 * whatif.ASSAY_SHARE:g}"}
    return _page(
        request, "body-expected", partial(whatif.next_measurement, typed_once(request.GET)), choices=choices
    )


def _page(
    request: HttpRequest,
    name: str,
    ask: Callable[..., Answer],
    *,
    in_decades: bool = False,
    choices: Mapping[str, object] | None = None,
) -> HttpResponse:
    try:
        actor = actor_of(request)
        answer = ask(queries.case(actor=actor), actor=actor)
    except NoBenchError as missing:
        return no_bench(request, missing)
    found = answer.found
    context = {
        "here": "body",
        "page_name": name,
        "pages": PAGES,
        "answer": answer,
        "shades": range(SHADES),
        **(choices or {}),
    }
    if found is not None:
        context |= {
            "charts": charts_of(found, in_decades=in_decades),
            "maps": maps_of(found),
            "extremes": extremes(found),
            "numbers": over_days(found),
        }
    template = f"demo/whatif/{name.removeprefix('body').lstrip('-') or 'spinal'}.html"
    return render(request, template, context, status=200 if found is not None else 422)
