"""Who acts in the demonstration: one invented clinician, with no sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.clinic.demonstration.access import CLINICIAN

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class DemonstrationClinician:
    """Middleware: every request is the demonstration clinician's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Put the clinician on the request."""
        request.actor = CLINICIAN  # type: ignore[attr-defined]
        return self._get_response(request)
