"""Every address: the pages of the doors that are open, and one for whoever watches the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.urls import include, path

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.urls import URLPattern, URLResolver


def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Answer ``ok`` if the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def _demonstration() -> list[URLPattern | URLResolver]:
    """Return the addresses of the demonstration; its modules load only where it is installed."""
    from thecal.web.demo.api import api

    return [path("api/", api.urls), path("", include("thecal.web.demo.urls"))]


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    *(_demonstration() if settings.DEMONSTRATION else []),
    path("", include("thecal.web.desk.urls")),
]

handler400 = "thecal.web.ui.errors.bad_request"
handler403 = "thecal.web.ui.errors.permission_denied"
handler404 = "thecal.web.ui.errors.not_found"
handler500 = "thecal.web.ui.errors.server_error"
