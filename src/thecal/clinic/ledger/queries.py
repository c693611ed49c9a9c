"""What may be read of the ledger, and the proof that nobody edited it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import DatabaseError

from thecal.clinic.ledger import published
from thecal.clinic.ledger.errors import LedgerUnreadableError
from thecal.clinic.ledger.models import EntryRecord, written
from thecal.journal import GENESIS, BrokenChainError, verify_chain

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator
    from datetime import datetime

    from thecal.journal import Entry


_OF_THE_PLACE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)
"""SQLite's errors that say something of the place and nothing of the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerSummary:
    """How long the ledger is, its newest seal, and whether that agrees with the one kept outside."""

    count: int
    seal: str
    matches_published: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One entry as a page shows it; one that was tampered with says so and stops no page."""

    number: int
    at: datetime | None
    actor: str
    kind: str
    data: tuple[tuple[str, str], ...]
    seal: str


def newest(
    *,
    limit: int = 50,
    before: int | None = None,
    kinds: Collection[str] | None = None,
    actor: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[LedgerLine, ...]:
    """Return the newest entries, newest first.

    Args:
        limit: at most so many.
        before: only entries with a lower number.
        kinds: only entries of these kinds; all where it is None.
        actor: only entries of this person.
        since: only entries from this moment on, aware.
        until: only entries before this moment, aware.
    """
    rows = EntryRecord.objects.order_by("-number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    if actor:
        rows = rows.filter(actor=actor)
    if since is not None:
        rows = rows.filter(at__gte=written(since))
    if until is not None:
        rows = rows.filter(at__lt=written(until))
    return tuple(_line(row) for row in rows[:limit])


def actors() -> tuple[str, ...]:
    """Return everybody who has an entry, by name."""
    return tuple(EntryRecord.objects.order_by("actor").values_list("actor", flat=True).distinct())


def summary() -> LedgerSummary:
    """Return a glance at the ledger; ``verify`` is the proof."""
    last = EntryRecord.objects.order_by("-number").first()
    return LedgerSummary(
        count=EntryRecord.objects.count(),
        seal=last.seal if last else GENESIS,
        matches_published=published.matches_database(),
    )


def verify() -> LedgerSummary:
    """Check every entry, every seal, and the seal kept outside the database.

    Raises:
        BrokenChainError: naming the first entry that does not fit.
        LedgerUnreadableError: the ledger or its seal cannot be read here.
    """
    try:
        last_published = published.read_published()
    except published.SealFileError as error:
        count, _ = _verify_against(None)
        raise BrokenChainError(count, f"nothing outside vouches for it: {error}") from error
    count, seal = _verify_against(last_published)
    if last_published is None and count:
        missing = f"{published.seal_file()} does not exist"
        raise BrokenChainError(count, f"nothing outside vouches for it: {missing}")
    return LedgerSummary(count=count, seal=seal, matches_published=True)


def fault() -> str:
    """Return what ``verify`` finds wrong, for a page to show; empty where every entry and seal fits."""
    try:
        verify()
    except (BrokenChainError, LedgerUnreadableError) as fault_found:
        return str(fault_found)
    return ""


def _verify_against(last_published: tuple[int, str] | None) -> tuple[int, str]:
    seals = [GENESIS]
    with closing(_rows()) as rows:

        def read() -> Iterator[tuple[Entry, str]]:
            for row in rows:
                seals.append(row.seal)
                yield _entry_of(row, place=len(seals) - 1), row.seal

        return verify_chain(read(), published=last_published), seals[-1]


def _rows() -> Generator[EntryRecord, None, None]:
    place = 0
    try:
        for row in EntryRecord.objects.order_by("number").iterator(chunk_size=1):
            place += 1
            yield row
    except DatabaseError as error:
        code = getattr(error.__cause__, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _OF_THE_PLACE:
            raise LedgerUnreadableError(f"the database cannot be read: {error}") from error
        raise BrokenChainError(place + 1, f"the database cannot read it: {error}") from error


def _entry_of(row: EntryRecord, *, place: int) -> Entry:
    try:
        return row.entry
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BrokenChainError(place, f"cannot be read: {error}") from error


def _line(row: EntryRecord) -> LedgerLine:
    at: datetime | None
    data: tuple[tuple[str, str], ...]
    try:
        entry = _entry_of(row, place=row.number)
    except BrokenChainError as broken:
        at, data = None, (("cannot be read", str(broken)),)
    else:
        at, data = entry.at, entry.data
    return LedgerLine(number=row.number, at=at, actor=row.actor, kind=row.kind, data=data, seal=row.seal)
