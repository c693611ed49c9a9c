"""Pages for what went wrong with a request; each has the STOP button, and promises nothing of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.shortcuts import render

from thecal.clinic.orders.errors import NoBenchError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from thecal.clinic.orders.services import StopResult


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer 400: the request makes no sense."""
    return _page(request, 400, "That could not be read", "The page sent something this server does not know.")


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer 403: this person may not do that."""
    return _page(request, 403, "Not permitted", "Your role does not allow this. Nothing was changed.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Answer 403: the form was not one this server gave out, or its cookie is gone."""
    explanation = (
        "The form was too old, or this browser does not keep cookies. Nothing was done. "
        "Go back to the bench and try again; if it was STOP, press STOP again now."
    )
    return _page(request, 403, "Not done: please try again", explanation)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer 404: there is no such page."""
    return _page(request, 404, "There is no such page", "The address may be mistyped or out of date.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500: a defect of ours."""
    explanation = (
        "Something broke on our side, and the log has it. Interrogate the pump before anything else."
    )
    return _page(request, 500, "Something went wrong here", explanation)


def no_bench(request: HttpRequest, missing: NoBenchError) -> HttpResponse:
    """Answer 503: there is no demonstration to show; offer to start over."""
    context = {
        "heading": "There is no demonstration",
        "explanation": str(missing),
        "start_over": True,
        "no_pump": True,
    }
    return render(request, _template(request), context, status=503)


class BenchUnreadable:
    """Middleware: wherever no demonstration can be read, answer 503 with the offer to start over."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request through."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a bench that is missing or cannot be read; leave everything else alone."""
        return no_bench(request, exception) if isinstance(exception, NoBenchError) else None


def stop_page(request: HttpRequest, result: StopResult, *, status: int) -> HttpResponse:
    """Say what became of a STOP where the bench itself cannot be shown; needs no database."""
    context = {"stop_result": result, "start_over": True}
    return render(request, "desk/stop_result.html", context, status=status)


def _page(request: HttpRequest, status: int, heading: str, explanation: str) -> HttpResponse:
    not_done = status < HTTPStatus.INTERNAL_SERVER_ERROR  # such a request never reaches a service
    context = {"heading": heading, "explanation": explanation, "not_done": not_done}
    return render(request, _template(request), context, status=status)


def _template(request: HttpRequest) -> str:
    """Return a whole page, or the part that htmx puts into the page that asked."""
    return "desk/parts/error.html" if request.headers.get("HX-Request") == "true" else "desk/error.html"
