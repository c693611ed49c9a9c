"""What scripts on the bench page fetch, described by OpenAPI at ``api/openapi.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ninja import NinjaAPI

from thecal.clinic.orders import access, queries
from thecal.web.desk.curves import CurvesOut, curves_out

if TYPE_CHECKING:
    from django.http import HttpRequest

api = NinjaAPI(title="Thecal desk", version="1", urls_namespace="desk-api", docs_url=None)


@api.get("/curves", response=CurvesOut, url_name="curves")
def curves(request: HttpRequest) -> CurvesOut:  # noqa: ARG001 - the framework passes it
    """Estimate the curves of the last and the coming week under today's program."""
    return curves_out(queries.curves(actor=access.demonstration_clinician()))
