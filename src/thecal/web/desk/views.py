"""The desk's pages: each reads the request, makes one call, and answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from thecal.clinic.ledger import queries
from thecal.clinic.orders.advice import limits_here
from thecal.dosing.emergencies import shown_emergencies
from thecal.dosing.rulebook import rulebook_version
from thecal.dosing.rulebook_page import sections
from thecal.web.desk.ledger_lines import GROUPS, what_happened
from thecal.web.ui.acting import actor_of
from thecal.web.ui.typed import typed_once

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

ENTRIES_A_PAGE = 25
_ENTRY_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_YEARS = range(1970, 9000)  # where no zone leaves the calendar
_A_DAY = "a day is written as 2026-12-31"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which entries are asked for, as typed: a group of kinds, a person, and the first and last day."""

    kind: str
    person: str
    since: str
    until: str

    @property
    def is_set(self) -> bool:
        """Whether anything is left out."""
        return any((self.kind, self.person, self.since, self.until))

    @property
    def address(self) -> str:
        """As part of an address."""
        chosen = {name: getattr(self, name) for name in ("kind", "person", "since", "until")}
        return urlencode({name: value for name, value in chosen.items() if value})


@require_GET
def home(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Lead to the one page that the desk has so far."""
    return redirect("desk:ledger")


@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """Show what is on record, newest first, and whether the chain holds."""
    actor_of(request)
    typed = typed_once(request.GET)
    before = typed.get("before", "")
    if before and not _ENTRY_NUMBER.fullmatch(before):
        raise BadRequest("entries are numbered")
    chosen = _filter(typed)
    lines = queries.newest(
        limit=ENTRIES_A_PAGE + 1,
        before=int(before) if before else None,
        kinds=GROUPS[chosen.kind][1] if chosen.kind else None,
        actor=chosen.person,
        since=_day(chosen.since),
        until=_day(chosen.until, days=1),
    )
    shown = lines[:ENTRIES_A_PAGE]
    context = {
        "here": "ledger",
        "lines": [(line, what_happened(line.kind, dict(line.data))) for line in shown],
        "older": shown[-1].number if len(lines) > ENTRIES_A_PAGE else None,
        "newest_shown": not before,
        "fault": queries.fault(),
        "summary": queries.summary(),
        "filter": chosen,
        "groups": [(key, title) for key, (title, _) in GROUPS.items()],
        "people": queries.actors(),
    }
    return render(request, "desk/ledger.html", context)


@require_GET
def rulebook(request: HttpRequest) -> HttpResponse:
    """Show every rule with its numbers, their sources and when they were last reviewed."""
    actor_of(request)
    limits = limits_here()
    context = {
        "here": "rulebook",
        "version": rulebook_version(),
        "place": limits.place,
        "sections": sections(limits),
    }
    return render(request, "desk/rulebook.html", context)


@require_GET
def emergency(request: HttpRequest) -> HttpResponse:
    """Show what to do about too much baclofen, too little, and a pump that sounds. Nobody has to sign in."""
    return render(request, "desk/emergency.html", {"here": "emergency", **_emergencies()})


@require_GET
def emergency_file(request: HttpRequest) -> HttpResponse:
    """Give the emergency page as one file that opens from a disk, with nothing to load."""
    answer = render(request, "desk/emergency_file.html", _emergencies())
    answer.headers["Content-Disposition"] = 'attachment; filename="emergency-intrathecal-baclofen.html"'
    return answer


def _emergencies() -> dict[str, object]:
    return {"emergencies": shown_emergencies(limits_here()), "version": rulebook_version()}


def _filter(typed: Mapping[str, str]) -> Filter:
    """Return what is asked for.

    Raises:
        BadRequest: a group that is not offered, or a day that is none.
    """
    kind = typed.get("kind", "")
    if kind and kind not in GROUPS:
        raise BadRequest("unknown group of entries")
    chosen = Filter(
        kind=kind, person=typed.get("person", ""), since=typed.get("since", ""), until=typed.get("until", "")
    )
    _day(chosen.since)
    _day(chosen.until, days=1)
    return chosen


def _day(text: str, *, days: int = 0) -> datetime | None:
    """Return when a day begins in the clinic's zone, or the day ``days`` after it.

    Raises:
        BadRequest: it is no day.
    """
    if not text:
        return None
    if not _DATE.fullmatch(text):
        raise BadRequest(_A_DAY)
    try:
        day = date.fromisoformat(text) + timedelta(days=days)
    except (ValueError, OverflowError) as error:
        raise BadRequest(_A_DAY) from error
    if day.year not in _YEARS:
        raise BadRequest(_A_DAY)
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - made aware here
