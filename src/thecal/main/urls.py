"""Every address: the desk's pages, and one for whoever watches the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.http import HttpResponse
from django.urls import include, path

from thecal.web.desk.api import api

if TYPE_CHECKING:
    from django.http import HttpRequest


def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Answer ``ok`` if the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/", api.urls),
    path("", include("thecal.web.desk.urls")),
]

handler400 = "thecal.web.desk.errors.bad_request"
handler403 = "thecal.web.desk.errors.permission_denied"
handler404 = "thecal.web.desk.errors.not_found"
handler500 = "thecal.web.desk.errors.server_error"
