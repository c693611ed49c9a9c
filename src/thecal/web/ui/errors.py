"""Pages for what went wrong with a request; each promises nothing of STOP, and says what is known."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.shortcuts import render

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer 400: the request makes no sense."""
    return _page(
        request, 400, "The request could not be read", "The page sent a value that this server does not know."
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer 403: this person may not do that, or nobody is signed in."""
    if getattr(request, "actor", None) is None:
        explanation = "No one is signed in, and sign-in is not available yet. Nothing was changed."
        return _page(request, 403, "Not signed in", explanation)
    return _page(request, 403, "Not permitted", "Your role does not allow this. Nothing was changed.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Answer 403: the form was not one this server gave out, or its cookie is gone."""
    explanation = (
        "The form has expired, or this browser does not accept cookies. Nothing was done. "
        "Go back and try again; if it was STOP, press STOP again now."
    )
    return _page(request, 403, "Not done: please try again", explanation)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer 404: there is no such page."""
    return _page(request, 404, "Page not found", "The address may be mistyped or out of date.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500: a defect of ours."""
    explanation = "Thecal has a fault, which is in the log. Interrogate the pump before anything else."
    return _page(request, 500, "Error in Thecal", explanation)


def error_page(
    request: HttpRequest,
    status: int,
    heading: str,
    explanation: str,
    *,
    template: str = "ui/error.html",
    not_done: bool = True,
) -> HttpResponse:
    """Return a page that says what went wrong; for htmx, the part that goes into the page that asked."""
    context = {"heading": heading, "explanation": explanation, "not_done": not_done}
    if request.headers.get("HX-Request") == "true":
        template = "ui/error_part.html"
    return render(request, template, context, status=status)


def _page(request: HttpRequest, status: int, heading: str, explanation: str) -> HttpResponse:
    not_done = status < HTTPStatus.INTERNAL_SERVER_ERROR  # such a request never reaches a service
    return error_page(request, status, heading, explanation, not_done=not_done)
