"""The pump's own log: numbered records, each sealed to the one before; it only grows (ITB-113, ITB-117)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from thecal.journal import Entry, Kind, entry_after, verify_chain

if TYPE_CHECKING:
    from collections.abc import Sequence

Log = tuple[Entry, ...]
Row = tuple[str, str, dict[str, str], str]

_ACTOR = "pump"


def recorded(log: Log, kind: Kind, *, at: datetime, **facts: str) -> Log:
    """Return the log with one more record."""
    return (*log, entry_after(log[-1] if log else None, at=at, actor=_ACTOR, kind=kind, data=facts))


def log_rows(log: Log) -> list[Row]:
    """Return the log as JSON values: when, what, the facts, the seal."""
    return [
        (entry.at.astimezone(UTC).isoformat(), entry.kind.value, dict(entry.data), entry.seal)
        for entry in log
    ]


def log_from_rows(rows: Sequence[Row]) -> Log:
    """Read the log back, each record against its seal.

    Raises:
        BrokenChainError: a record does not fit its seal; the error names the first.
        ValueError: a row that is not a record.
    """
    log: Log = ()
    for at, kind, facts, _ in rows:
        log = recorded(log, Kind(kind), at=datetime.fromisoformat(at), **facts)
    verify_chain((entry, seal) for entry, (*_, seal) in zip(log, rows, strict=True))
    return log
