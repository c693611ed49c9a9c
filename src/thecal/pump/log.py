"""The pump's own log: numbered records, each sealed to the one before; it only grows (ITB-113, ITB-117).

A record is sealed when somebody first looks at it. What it says stands from the moment it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, overload

from thecal.journal import Entry, Kind, entry_after, verify_chain

if TYPE_CHECKING:
    from collections.abc import Iterable

Row = tuple[str, str, dict[str, str], str]

_ACTOR = "pump"


class Log(Sequence[Entry]):
    """Records as they stand; older logs are beginnings of newer ones."""

    __slots__ = ("_length", "_raw", "_sealed")

    def __init__(
        self,
        raw: list[tuple[datetime, Kind, dict[str, str]]] | None = None,
        sealed: list[Entry] | None = None,
    ) -> None:
        self._raw = [] if raw is None else raw
        self._length = len(self._raw)
        self._sealed = [] if sealed is None else sealed

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> Entry: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Entry]: ...

    def __getitem__(self, place: int | slice) -> Entry | Sequence[Entry]:
        return self._entries()[place]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Log):
            return NotImplemented
        return self._raw[: self._length] == other._raw[: other._length]

    __hash__ = None  # type: ignore[assignment]  # equal logs may differ in what follows them

    def then(self, kind: Kind, at: datetime, facts: dict[str, str]) -> Log:
        """Return the log with one more record.

        Raises:
            ValueError: a fact that cannot be written down.
        """
        for text in facts.values():
            if not text.isascii():
                text.encode()
        if len(self._raw) == self._length:
            raw, sealed = self._raw, self._sealed
        else:
            raw, sealed = self._raw[: self._length], self._sealed[: self._length]
        raw.append((at, kind, facts))
        return Log(raw, sealed)

    def of_kind(self, *kinds: Kind) -> list[Entry]:
        """Return the records of some kinds."""
        wanted = [place for place, raw in enumerate(self._raw[: self._length]) if raw[1] in kinds]
        entries = self._entries() if wanted else ()
        return [entries[place] for place in wanted]

    def _entries(self) -> Sequence[Entry]:
        sealed = self._sealed
        for at, kind, facts in self._raw[len(sealed) : self._length]:
            last = sealed[-1] if sealed else None
            sealed.append(entry_after(last, at=at, actor=_ACTOR, kind=kind, data=facts))
        return tuple(sealed[: self._length])


def recorded(log: Log, kind: Kind, *, at: datetime, **facts: str) -> Log:
    """Return the log with one more record."""
    return log.then(kind, at, facts)


def log_rows(log: Iterable[Entry]) -> list[Row]:
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
    log = Log()
    for at, kind, facts, _ in rows:
        log = log.then(Kind(kind), datetime.fromisoformat(at), facts)
    verify_chain((entry, seal) for entry, (*_, seal) in zip(log, rows, strict=True))
    return log
