"""What scripts on the bench page fetch, described by OpenAPI at ``api/openapi.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ninja import NinjaAPI

from thecal.clinic.demonstration import queries
from thecal.web.demo.charts.curves import CurvesOut, curves_out
from thecal.web.ui.acting import actor_of

if TYPE_CHECKING:
    from django.http import HttpRequest

api = NinjaAPI(title="Thecal demonstration", version="1", urls_namespace="demo-api", docs_url=None)


@api.get("/curves", response=CurvesOut, url_name="curves")
def curves(request: HttpRequest) -> CurvesOut:
    """Estimate the curves of the last and the coming week under today's program."""
    return curves_out(*queries.curves(actor=actor_of(request)))
