"""A program as whole numbers: what the drive does in each part of each weekday.

Paces are whole multiples of ``1 / scale`` quanta for each microsecond, exactly what the program says, so a
stretch of any length is one multiplication, and however time is cut the count is the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Generic, TypeVar

from thecal.pump.motor import pace
from thecal.quantities import DAY, Interval, PumpClock, microseconds
from thecal.therapy import PeriodicBolus, SingleBolus, once_duration, once_flow, pieces, program_digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from thecal.quantities import Volume
    from thecal.therapy import Capability, Program

Part = tuple[int, int, int]
"""From, up to (microseconds since midnight), and the pace."""
Week = tuple[tuple[Part, ...], ...]

DAY_US = microseconds(DAY)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_WEEKDAY = 3
"""1970-01-01 was a Thursday."""

_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)
_MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class Plan:
    """What a program comes to on one pump.

    Attributes:
        digest: of the program.
        scale: what the paces are parts of.
        once_us: how long what runs once takes; 0 where nothing does.
        once: the week while it runs.
        base: the week after that.
        patient: the base week with the patient's bolus on top.
        background: the base week without its periodic boluses.
        once_withheld, patient_withheld: as ``once`` and ``patient``, with the periodic boluses withheld.
        bolus_quanta: how many a periodic bolus takes, with the background meanwhile; 0 where there is none.
        once_pace, patient_pace: what runs once, and the patient's bolus, alone.
        most_pace: highest pace of the base program.
        most_once_pace: highest pace while something runs on top of it, or in its place.
    """

    digest: str
    scale: int
    once_us: int
    once: Week
    base: Week
    patient: Week
    background: Week
    once_withheld: Week
    patient_withheld: Week
    bolus_quanta: int
    once_pace: int
    patient_pace: int
    most_pace: int
    most_once_pace: int

    def pace_as_mL_per_day(self, pace: int, quantum: Volume) -> Fraction:  # noqa: N802 - the unit's own spelling
        """Return a pace as a flow, exactly."""
        return Fraction(pace * DAY_US, self.scale) * Fraction(quantum.mL)


_Made = TypeVar("_Made")
_Of = TypeVar("_Of")
_With = TypeVar("_With")


class ByIdentity(Generic[_Of, _With, _Made]):
    """What was made of frozen values, by their identity: looking one up must not mean reading it."""

    def __init__(self, make: Callable[[_Of, _With], _Made]) -> None:
        self._make = make
        self._kept: dict[int, tuple[_Of, _With, _Made]] = {}

    def __call__(self, of: _Of, along: _With) -> _Made:
        """Return what is made of one value along with another."""
        found = self._kept.get(id(of))
        if found is not None and found[0] is of and found[1] is along:
            return found[2]
        made = self._make(of, along)
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[id(of)] = (of, along, made)
        return made


def plan_of(program: Program, capability: Capability) -> Plan:
    """Return the plan of a program on a pump."""
    return _PLANS(program, capability)


def _plan(program: Program, capability: Capability) -> Plan:
    quantum, minimum_rate = capability.quantum, capability.minimum_rate
    window = Interval(_MONDAY, _MONDAY + 7 * DAY)
    paces: list[list[tuple[int, int, Fraction]]] = [[] for _ in range(7)]
    for part in pieces(
        replace(program, once=None), window, started=_MONDAY, clock=PumpClock(), minimum_rate=minimum_rate
    ):
        day, start = divmod(microseconds(part.interval.start - _MONDAY), DAY_US)
        length = microseconds(part.interval.length)
        paces[day].append((start, start + length, pace(part.mL_per_day, quantum)))
    extra, alone, asked = Fraction(0), False, Fraction(0)
    if program.once is not None:
        extra = pace(once_flow(program.once, program.concentration), quantum)
        alone = not isinstance(program.once, SingleBolus)
    if (allowed := program.patient_bolus) is not None:
        bolus = SingleBolus(dose=allowed.dose, duration=allowed.duration)
        asked = pace(once_flow(bolus, program.concentration), quantum)
    speeds = (part[2].denominator for day in paces for part in day)
    scale = math.lcm(extra.denominator, asked.denominator, *speeds)
    base = tuple(tuple((start, end, int(speed * scale)) for start, end, speed in day) for day in paces)
    more = int(extra * scale)
    once = (((0, DAY_US, more),),) * 7 if alone else _on_top(base, more)
    patient = _on_top(base, int(asked * scale))
    background, bolus_quanta = base, 0
    if isinstance(program.base, PeriodicBolus):
        low = min(speed for day in base for _, _, speed in day)
        background = (((0, DAY_US, low),),) * 7
        high = _highest(base)
        bolus_quanta = -(-high * microseconds(program.base.duration) // scale) if low < high else 0
    withholds = background is not base
    return Plan(
        digest=program_digest(program),
        scale=scale,
        once_us=0 if program.once is None else microseconds(once_duration(program.once)),
        once=once,
        base=base,
        patient=patient,
        background=background,
        once_withheld=_on_top(background, more) if withholds and not alone else once,
        patient_withheld=_on_top(background, int(asked * scale)) if withholds else patient,
        bolus_quanta=bolus_quanta,
        once_pace=more,
        patient_pace=int(asked * scale),
        most_pace=_highest(base),
        most_once_pace=max(_highest(once), _highest(patient)),
    )


def _on_top(week: Week, more: int) -> Week:
    return tuple(tuple((start, end, speed + more) for start, end, speed in day) for day in week)


def _highest(week: Week) -> int:
    return max(speed for day in week for _, _, speed in day)


_PLANS = ByIdentity(_plan)
