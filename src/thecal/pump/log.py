"""The pump's own log: numbered records, each sealed to the one before; it only grows (ITB-113, ITB-117).

A record is sealed when somebody first looks at it. What it says stands from the moment it is written. One
that cannot be read any more is lost, and its number stays empty: what follows it keeps the seals it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, overload

from thecal.journal import GENESIS, Entry
from thecal.pump.fault_log import FaultLog, is_fault
from thecal.pump.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

Raw = tuple["datetime", Kind, dict[str, str]]

_ACTOR = "pump"


class Log(Sequence[Entry]):
    """Records as they stand; older logs are beginnings of newer ones.

    It is the sequence of the records that can be read. ``written`` counts all that ever were.
    """

    __slots__ = ("_faults", "_length", "_lost", "_raw", "_sealed")

    def __init__(
        self,
        raw: list[Raw | None] | None = None,
        sealed: list[Entry | str] | None = None,
        faults: FaultLog | None = None,
        lost: tuple[int, ...] = (),
    ) -> None:
        self._raw = [] if raw is None else raw
        self._length = len(self._raw)
        self._sealed = [] if sealed is None else sealed
        self._faults = FaultLog() if faults is None else faults
        self._lost = lost

    @classmethod
    def of(cls, records: Mapping[int, Entry], *, written: int, tip: str, faults: FaultLog) -> Log:
        """Return the log of which these records, by number, can still be read.

        Args:
            records: entry by number.
            written: how many there ever were.
            tip: seal of the newest, by which the next one is sealed to it although it be lost.
            faults: the separate log of faults.
        """
        found = [records.get(number) for number in range(1, written + 1)]
        raw = [None if one is None else (one.at, Kind(one.kind), dict(one.data)) for one in found]
        sealed = [tip if one is None else one for one in found]
        lost = tuple(number for number, one in enumerate(found, 1) if one is None)
        return cls(raw, sealed, faults, lost)

    def __len__(self) -> int:
        return self._length - len(self._lost)

    @overload
    def __getitem__(self, place: int) -> Entry: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Entry]: ...

    def __getitem__(self, place: int | slice) -> Entry | Sequence[Entry]:
        return self._entries()[place]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Log):
            return NotImplemented
        return (self._raw[: self._length], self._faults) == (other._raw[: other._length], other._faults)

    __hash__ = None  # type: ignore[assignment]  # equal logs may differ in what follows them

    @property
    def written(self) -> int:
        """How many records there ever were."""
        return self._length

    @property
    def lost(self) -> tuple[int, ...]:
        """The numbers of the records that cannot be read any more."""
        return self._lost

    @property
    def tip(self) -> str:
        """Seal of the newest record, lost or not."""
        self._seal()
        return _seal_of(self._sealed[self._length - 1]) if self._length else GENESIS

    @property
    def faults(self) -> FaultLog:
        """The separate log of faults (ITB-114)."""
        return self._faults

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
        faults = self._faults.then(kind, at, facts) if is_fault(kind, facts) else self._faults
        return Log(raw, sealed, faults, self._lost)

    def of_kind(self, *kinds: Kind) -> list[Entry]:
        """Return the records of some kinds."""
        wanted = {
            number
            for number, raw in enumerate(self._raw[: self._length], 1)
            if raw is not None and raw[1] in kinds
        }
        return [entry for entry in self._entries() if entry.number in wanted] if wanted else []

    def count_since(self, since: datetime, kind: Kind, **facts: str) -> int:
        """Count the newest records, of after a moment, of one kind that say these facts."""
        count = 0
        for raw in islice(reversed(self._raw), len(self._raw) - self._length, None):
            if raw is not None:
                if raw[0] <= since:
                    break
                count += raw[1] is kind and facts.items() <= raw[2].items()
        return count

    def _seal(self) -> None:
        sealed = self._sealed
        for raw in self._raw[len(sealed) : self._length]:
            if raw is None:
                raise ValueError("a record is lost only after it was sealed")
            at, kind, facts = raw
            data, number = tuple(sorted(facts.items())), len(sealed) + 1
            previous = _seal_of(sealed[-1]) if sealed else GENESIS
            sealed.append(Entry(number=number, at=at, actor=_ACTOR, kind=kind, data=data, previous=previous))

    def _entries(self) -> Sequence[Entry]:
        self._seal()
        return tuple(one for one in self._sealed[: self._length] if isinstance(one, Entry))


def _seal_of(one: Entry | str) -> str:
    return one.seal if isinstance(one, Entry) else one


def recorded(log: Log, kind: Kind, *, at: datetime, **facts: str) -> Log:
    """Return the log with one more record."""
    return log.then(kind, at, facts)
