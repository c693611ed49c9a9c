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
    """An amount that the pump cannot deliver exactly: what it is, as requested and as programmed.

    The two texts always differ.
    """

    what: str
    requested: str
    programmed: str


class Limits:
    """The limits of one pump with one solution; each check collects problems and roundings.

    A refused amount is returned as requested, so that one pass finds every problem.
    """

    def __init__(self, can: Capability, concentration: Concentration) -> None:
        self.can = can
        self._concentration = concentration
        self._ug_per_mL = Fraction(concentration.ug_per_mL)
        self.problems: list[Problem] = []
        self.roundings: list[Rounding] = []

    def in_solution(self, other: Concentration) -> Limits:
        """Return the same pump's limits with another solution, sharing the problems and roundings found."""
        limits = Limits(self.can, other)
        limits.problems, limits.roundings = self.problems, self.roundings
        return limits

    def pace(self, requested: DoseRate, what: str, *, or_none: bool = False) -> DoseRate:
        """Round a continuous dose down to whole flow steps.

        Args:
            requested: the dose rate.
            what: its name in messages.
            or_none: whether it is a part of a day, which may be 0; else it is the dose of a whole day.
        """
        if or_none and requested.is_zero:
            return requested
        flow, step = Fraction(requested.ug_per_day) / self._ug_per_mL, Fraction(self.can.flow_step.mL_per_day)
        least, most = Fraction(self.can.flow_least.mL_per_day), Fraction(self.can.flow_most.mL_per_day)
        count = flow // step
        if count * step < least or flow > most:
            low = self._end_of_range(math.ceil(least / step) * step, up=True)
            high = self._end_of_range(most // step * step, up=False)
            if not or_none:
                high = min(high, self.can.daily_dose_most)
            self.refuse(
                what,
                write_dose_rate(requested),
                f"{'0 mcg/day, or ' if or_none else ''}{write_dose_rate(low)} to {write_dose_rate(high)}",
                "flow_most" if flow > most else "flow_least",
            )
            return requested
        rounded = self.can.flow_step.scaled(Decimal(count)).as_dose(self._concentration)
        self.note(what, requested, rounded, write_dose_rate)
        return rounded

    def bolus(self, requested: Mass, what: str) -> Mass:
        """Round a bolus down to whole quanta of the drive."""
        quantum, most = self._concentration.of(self.can.quantum), self.can.single_bolus_most
        count = Fraction(requested.ug) // Fraction(quantum.ug)
        if requested > most or not count:
            low = Mass(ug=_at_places(Fraction(quantum.ug), up=True))
            self.refuse(
                what,
                write_mass(requested),
                f"{write_mass(low)} to {write_mass(most)}",
                "single_bolus_most" if requested > most else "quantum",
            )
            return requested
        rounded = quantum.scaled(Decimal(count))
        self.note(what, requested, rounded, write_mass)
        return rounded

    def prime(self, requested: Volume, what: str) -> Volume:
        """Round a prime down to whole quanta of the drive."""
        count = Fraction(requested.mL) // Fraction(self.can.quantum.mL)
        if not count:
            low = Volume(mL=_at_places(Fraction(self.can.quantum.mL), up=True))
            allowed = f"{write_volume(low)} to {write_volume(self.can.reservoir)}"
            self.refuse(what, write_volume(requested), allowed, "quantum")
            return requested
        rounded = self.can.quantum.scaled(Decimal(count))
        self.note(what, requested, rounded, write_volume)
        return rounded

    def check_duration(self, duration: timedelta, what: str) -> None:
        """Refuse a duration outside the pump's limits for a bolus."""
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
        """Record a problem; ``source`` is the name of one of the pump's limits, or the source itself."""
        known = dict(self.can.sources)
        self.problems.append(
            Problem(field=field, value=value, allowed=allowed, source=known.get(source, source))
        )

    def note(self, what: str, requested: A, rounded: A, write: Callable[..., str]) -> None:
        """Note a rounding; ``write`` writes an amount to at most so many ``places``."""
        if requested == rounded:
            return
        places = _PLACES
        while write(requested, places=places) == write(rounded, places=places) and places < _MOST_PLACES:
            places += 1
        rounding = Rounding(
            what=what, requested=write(requested, places=places), programmed=write(rounded, places=places)
        )
        self.roundings.append(rounding)

    def _end_of_range(self, flow: Fraction, *, up: bool) -> DoseRate:
        return DoseRate(ug_per_day=_at_places(flow * self._ug_per_mL, up=up))


def _at_places(exact: Fraction, *, up: bool) -> Decimal:
    """Return one end of a range as it is written, rounded into the range."""
    scaled = exact * 10**_PLACES
    return Decimal(math.ceil(scaled) if up else math.floor(scaled)).scaleb(-_PLACES)
