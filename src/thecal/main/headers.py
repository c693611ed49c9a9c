"""What every page carries beside its content."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


def no_store(page: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Forbid keeping a page: it shows a patient, and a moment later it is no longer true."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = page(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer
