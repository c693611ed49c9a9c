"""What a pump can do with one solution: each amount rounded down to it, or refused with the range."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from thecal.quantities import (
    DoseRate,
    FlowRate,
    Mass,
    Volume,
    write_dose_rate,
    write_duration,
    write_flow,
    write_mass,
    write_volume,
)
from thecal.therapy.errors import Problem
from thecal.therapy.modes import as_quotient

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from thecal.quantities import Concentration
    from thecal.therapy.capability import Capability

_PLACES = 4
_MOST_PLACES = 60
A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounding:
    """One amount that the pump cannot do as asked: what, as asked, as given; the two texts always differ."""

    what: str
    asked: str
    given: str


class Limits:
    """The limits of one pump with one solution; collects problems and roundings as it is asked.

    A refused amount is handed back as it was asked, so that one pass finds every problem.
    """

    def __init__(self, can: Capability, concentration: Concentration) -> None:
        self.can = can
        self._concentration = concentration
        self._strength = Fraction(concentration.ug_per_mL)
        self.problems: list[Problem] = []
        self.roundings: list[Rounding] = []

    def in_solution(self, other: Concentration) -> Limits:
        """Return the same pump's limits with another solution, sharing the problems and roundings found."""
        limits = Limits(self.can, other)
        limits.problems, limits.roundings = self.problems, self.roundings
        return limits

    def pace(self, asked: DoseRate, what: str, *, or_none: bool = False) -> DoseRate:
        """Round a continuous dose down to whole flow steps.

        Args:
            asked: the dose.
            what: it is called.
            or_none: a part of a day, which may be nothing; else a whole day's dose, bounded as such.
        """
        if or_none and asked.is_zero:
            return asked
        flow, step = Fraction(asked.ug_per_day) / self._strength, Fraction(self.can.flow_step.mL_per_day)
        least, most = Fraction(self.can.flow_least.mL_per_day), Fraction(self.can.flow_most.mL_per_day)
        count = flow // step
        if count * step < least or flow > most:
            low = self._end_of_range(math.ceil(least / step) * step, up=True)
            high = self._end_of_range(most // step * step, up=False)
            if not or_none:
                high = min(high, self.can.daily_dose_most)
            self.refuse(
                what,
                write_dose_rate(asked),
                f"{'0 mcg/day, or ' if or_none else ''}{write_dose_rate(low)} to {write_dose_rate(high)}",
                "flow_most" if flow > most else "flow_least",
            )
            return asked
        given = self.can.flow_step.scaled(Decimal(count)).as_dose(self._concentration)
        self._note(what, asked, given, write_dose_rate)
        return given

    def bolus(self, asked: Mass, what: str) -> Mass:
        """Round a bolus down to whole quanta of the drive."""
        quantum, most = self._concentration.of(self.can.quantum), self.can.single_bolus_most
        count = Fraction(asked.ug) // Fraction(quantum.ug)
        if asked > most or not count:
            low = Mass(ug=_at_places(Fraction(quantum.ug), up=True))
            self.refuse(
                what,
                write_mass(asked),
                f"{write_mass(low)} to {write_mass(most)}",
                "single_bolus_most" if asked > most else "quantum",
            )
            return asked
        given = quantum.scaled(Decimal(count))
        self._note(what, asked, given, write_mass)
        return given

    def prime(self, asked: Volume, what: str) -> Volume:
        """Round a prime down to whole quanta of the drive."""
        count = Fraction(asked.mL) // Fraction(self.can.quantum.mL)
        if not count:
            low = Volume(mL=_at_places(Fraction(self.can.quantum.mL), up=True))
            allowed = f"{write_volume(low)} to {write_volume(self.can.reservoir)}"
            self.refuse(what, write_volume(asked), allowed, "quantum")
            return asked
        given = self.can.quantum.scaled(Decimal(count))
        self._note(what, asked, given, write_volume)
        return given

    def check_duration(self, duration: timedelta, what: str) -> None:
        """Refuse a bolus shorter or longer than the pump gives one."""
        shortest, longest = self.can.shortest_bolus, self.can.longest_bolus
        if not shortest <= duration <= longest:
            limit = "shortest_bolus" if duration < shortest else "longest_bolus"
            allowed = f"{write_duration(shortest)} to {write_duration(longest)}"
            self.refuse(what, write_duration(duration), allowed, limit)

    def check_flow(self, flow: Fraction, what: str) -> None:
        """Refuse a flow above the pump's highest."""
        if flow > Fraction(self.can.flow_most.mL_per_day):
            value = write_flow(FlowRate(mL_per_day=as_quotient(flow)))
            self.refuse(what, value, f"0 mL/day to {write_flow(self.can.flow_most)}", "flow_most")

    def refuse(self, field: str, value: str, allowed: str, source: str) -> None:
        """Note a problem; ``source`` is the name of one of the pump's limits, or says itself who says so."""
        known = dict(self.can.sources)
        self.problems.append(
            Problem(field=field, value=value, allowed=allowed, source=known.get(source, source))
        )

    def _note(self, what: str, asked: A, given: A, write: Callable[..., str]) -> None:
        if asked == given:
            return
        places = _PLACES
        while write(asked, places=places) == write(given, places=places) and places < _MOST_PLACES:
            places += 1
        rounding = Rounding(what=what, asked=write(asked, places=places), given=write(given, places=places))
        self.roundings.append(rounding)

    def _end_of_range(self, flow: Fraction, *, up: bool) -> DoseRate:
        return DoseRate(ug_per_day=_at_places(flow * self._strength, up=up))


def _at_places(exact: Fraction, *, up: bool) -> Decimal:
    """Return one end of a range as it is written, rounded into the range."""
    scaled = exact * 10**_PLACES
    return Decimal(math.ceil(scaled) if up else math.floor(scaled)).scaleb(-_PLACES)
