"""Pages for what went wrong with the demonstration itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from thecal.clinic.demonstration.errors import NoBenchError
from thecal.web.ui.errors import error_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from thecal.clinic.demonstration.services import StopResult


def no_bench(request: HttpRequest, missing: NoBenchError) -> HttpResponse:
    """Answer 503: there is no demonstration to show; offer to start over."""
    heading = "There is no demonstration"
    return error_page(request, 503, heading, str(missing), template="demo/no_bench.html")


def stop_page(request: HttpRequest, result: StopResult, *, status: int) -> HttpResponse:
    """Say what became of a STOP where the bench itself cannot be shown; needs no database."""
    context = {"stop_result": result, "start_over": True}
    return render(request, "demo/stop_result.html", context, status=status)


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
