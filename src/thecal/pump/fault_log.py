"""The log of faults, apart from the log of events: the last thousand, the oldest overwritten (ITB-114)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import overload

from thecal.pump.kinds import Kind

HOLDS = 1_000
"""Entries it holds at the most (Open PCA Pump System Requirements, R6.6.0(7))."""

FAULTS = frozenset(
    {
        Kind.ALARM_RAISED,
        Kind.ALARM_ESCALATED,
        Kind.CAUSE_RETURNED,
        Kind.FAULT_FOUND,
        Kind.PUMP_STALLED,
        Kind.STALL_RECOVERED,
        Kind.PUMP_RESET,
        Kind.TELEMETRY_ENTERED,
        Kind.MEMORY_REPAIRED,
        Kind.MEMORY_LOST,
        Kind.LOG_DAMAGED,
        Kind.SERVICE_ENDED,
    }
)
"""Kinds of record that are faults, whatever they say."""

Row = tuple[int, str, str, dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: its number since implantation, when it was noticed, what it was and what is known of it."""

    number: int
    at: datetime
    kind: Kind
    facts: Mapping[str, str]


class FaultLog(Sequence[Fault]):
    """The newest faults, the oldest of them first."""

    __slots__ = ("_faults",)

    def __init__(self, faults: tuple[Fault, ...] = ()) -> None:
        self._faults = faults[-HOLDS:]

    def __len__(self) -> int:
        return len(self._faults)

    @overload
    def __getitem__(self, place: int) -> Fault: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Fault]: ...

    def __getitem__(self, place: int | slice) -> Fault | Sequence[Fault]:
        return self._faults[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FaultLog) and self._faults == other._faults

    def __hash__(self) -> int:
        return hash(tuple((one.number, one.at, one.kind) for one in self._faults))

    def then(self, kind: Kind, at: datetime, facts: Mapping[str, str]) -> FaultLog:
        """Return the log with one more; beyond its size the oldest goes."""
        number = self._faults[-1].number + 1 if self._faults else 1
        return FaultLog((*self._faults, Fault(number=number, at=at, kind=kind, facts=facts)))


def is_fault(kind: Kind, facts: Mapping[str, str]) -> bool:
    """Say whether a record belongs into the log of faults too."""
    return kind in FAULTS or (kind is Kind.CLOCK_ADJUSTED and facts.get("cause") == "fault")


def fault_rows(faults: FaultLog) -> list[Row]:
    """Return the log of faults as JSON values."""
    return [
        (one.number, one.at.astimezone(UTC).isoformat(), one.kind.value, dict(one.facts)) for one in faults
    ]


def faults_from_rows(rows: Iterable[Row]) -> FaultLog:
    """Read the log of faults back.

    Raises:
        ValueError: a row that is none, or numbers with a gap.
    """
    faults = tuple(
        Fault(number=number, at=datetime.fromisoformat(at).astimezone(UTC), kind=Kind(kind), facts=facts)
        for number, at, kind, facts in rows
    )
    numbers = [one.number for one in faults]
    if numbers and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        raise ValueError("the log of faults has a gap")
    return FaultLog(faults)
