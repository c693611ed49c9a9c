"""The desk's pages: each reads the request, makes one call, and answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.core.exceptions import BadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from thecal.clinic.ledger import queries
from thecal.web.ui.acting import actor_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

ENTRIES_A_PAGE = 25
_ENTRY_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


@require_GET
def home(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Lead to the one page that the desk has so far."""
    return redirect("desk:ledger")


@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """Show what is on record, newest first, and whether the chain holds."""
    actor_of(request)
    before = request.GET.get("before", "")
    if before and not _ENTRY_NUMBER.fullmatch(before):
        raise BadRequest("entries are numbered")
    lines = queries.newest(limit=ENTRIES_A_PAGE, before=int(before) if before else None)
    context = {
        "here": "ledger",
        "lines": lines,
        "older": lines[-1].number if lines and lines[-1].number > 1 else None,
        "newest_shown": not before,
        "fault": queries.fault(),
        "summary": queries.summary(),
    }
    return render(request, "desk/ledger.html", context)
