"""The programmed dose in 24 hours, which is not a mean: lowest and highest of any 24 hours, and the next.

A program that gives nothing on weekdays and 525 mcg on each weekend day has a mean of 150 mcg/day and a
24-hour dose from 0 to 525 mcg. A bolus of 100 mcg leaves that range as it is and adds 100 mcg to the first
24 hours. So a 24-hour dose is always these values together (``DailyDose``), and two programs have the same
24-hour dose only where all of them are the same.

What is counted is the drug that the pump delivers while it follows its program: a pause, a fault and an
empty reservoir are not in it, and ``therapy_now`` says what will be delivered. A bridge counts with its dose,
because the old solution leaves the catheter meanwhile. A prime counts with all the drug it moves. What a
patient may request counts in the highest dose and not in the lowest.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.quantities import (
    DAY,
    MICROSECONDS_PER_DAY,
    DoseRate,
    Interval,
    Mass,
    microseconds,
    utc,
    write_dose_rate,
    write_mass,
)
from thecal.therapy.bolus import Bridge, SingleBolus, once_duration, once_flow
from thecal.therapy.flow import least_in_any, most_in_any, pieces
from thecal.therapy.modes import as_mass

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from thecal.quantities import FlowRate, PumpClock
    from thecal.therapy.program import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseRange:
    """The lowest and the highest dose in 24 hours."""

    lowest: Mass
    highest: Mass

    def __post_init__(self) -> None:
        """Refuse a lowest dose above the highest."""
        if self.lowest > self.highest:
            raise ValueError(
                f"lowest dose {write_mass(self.lowest)} is above the highest, {write_mass(self.highest)}"
            )

    @property
    def is_single(self) -> bool:
        """Whether the lowest and the highest are the same."""
        return self.lowest == self.highest

    def write(self, *, places: int = 4) -> str:
        """Write one amount, or the lowest and the highest, to at most so many decimal places."""
        lowest = write_mass(self.lowest, places=places)
        return lowest if self.is_single else f"{lowest} to {write_mass(self.highest, places=places)}"

    def write_daily(self, *, places: int = 4) -> str:
        """Write one dose a day, or the lowest and the highest of any 24 hours.

        >>> from decimal import Decimal
        >>> DoseRange(lowest=Mass(ug=Decimal(150)), highest=Mass(ug=Decimal(150))).write_daily()
        '150 mcg/day'
        >>> DoseRange(lowest=Mass(ug=Decimal(0)), highest=Mass(ug=Decimal(525))).write_daily()
        '0 mcg to 525 mcg in any 24 h'
        """
        if self.is_single:
            return write_dose_rate(per_day(self.lowest), places=places)
        return f"{self.write(places=places)} in any 24 h"

    def times(self, share: Fraction) -> DoseRange:
        """Return a share or a multiple of both doses (40 digits, rounded down)."""
        lowest, highest = (as_mass(Fraction(dose.ug) * share) for dose in (self.lowest, self.highest))
        return DoseRange(lowest=lowest, highest=highest)

    def __str__(self) -> str:
        """Write one amount, or the lowest and the highest.

        >>> from decimal import Decimal
        >>> str(DoseRange(lowest=Mass(ug=Decimal(0)), highest=Mass(ug=Decimal(525))))
        '0 mcg to 525 mcg'
        """
        return self.write()


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyDose:
    """The 24-hour dose of a program, as programmed.

    Attributes:
        any_24_hours: of the base program, in any 24 hours of any week, not only from midnight.
        next_24_hours: of the 24 hours from a given moment, with all that is given once. A range where the
            moment is not known, or where a patient may request boluses.
    """

    any_24_hours: DoseRange
    next_24_hours: DoseRange

    @property
    def is_steady(self) -> bool:
        """Whether every 24 hours, the next ones included, have the same dose."""
        return self.any_24_hours.is_single and self.any_24_hours == self.next_24_hours

    def write(self, *, places: int = 4, next_label: str = "next 24 h") -> str:
        """Write the dose in words.

        Args:
            places: at most so many decimal places.
            next_label: says from when the next 24 hours count.
        """
        repeating = self.any_24_hours.write_daily(places=places)
        if self.next_24_hours == self.any_24_hours:
            return repeating
        return f"{repeating}; {next_label} {self.next_24_hours.write(places=places)}"


def per_day(mass: Mass) -> DoseRate:
    """Return the dose of 24 hours as a dose rate, exactly."""
    return DoseRate(ug_per_day=mass.ug)


def daily_dose(program: Program, *, minimum_rate: FlowRate) -> DailyDose:
    """Return a program's 24-hour dose, with the first 24 hours of it, whenever it starts."""
    return DailyDose(
        any_24_hours=dose_in_any_24_hours(program, minimum_rate=minimum_rate),
        next_24_hours=dose_in_first_24_hours(program, minimum_rate=minimum_rate),
    )


def daily_dose_from(
    program: Program, *, now: datetime, started: datetime, clock: PumpClock, minimum_rate: FlowRate
) -> DailyDose:
    """Return a program's 24-hour dose, with the 24 hours from ``now``, as programmed.

    Args:
        program: what runs, or is to run.
        now: the moment from which the next 24 hours count.
        started: when the program began, or ``now`` for one that is to begin.
        clock: the pump's own clock.
        minimum_rate: the pump's minimum rate.
    """
    return DailyDose(
        any_24_hours=dose_in_any_24_hours(program, minimum_rate=minimum_rate),
        next_24_hours=programmed_dose_of_next_24_hours(
            program, now=now, started=started, clock=clock, minimum_rate=minimum_rate
        ),
    )


def dose_in_any_24_hours(program: Program, *, minimum_rate: FlowRate) -> DoseRange:
    """Return the lowest and the highest dose of the base program in any 24 hours."""
    return _base_range(program, DAY, minimum_rate, extra=Fraction(0))


def dose_in_first_24_hours(program: Program, *, minimum_rate: FlowRate) -> DoseRange:
    """Return the dose of the first 24 hours of a program, whenever it starts, with what it gives once."""
    once = program.once
    if once is None:
        return dose_in_any_24_hours(program, minimum_rate=minimum_rate)
    during = min(once_duration(once), DAY)
    extra = _once_rate(program) * microseconds(during) / MICROSECONDS_PER_DAY
    base_runs = DAY if isinstance(once, SingleBolus) else DAY - during
    return _base_range(program, base_runs, minimum_rate, extra=extra)


def programmed_dose_of_next_24_hours(
    program: Program, *, now: datetime, started: datetime, clock: PumpClock, minimum_rate: FlowRate
) -> DoseRange:
    """Return the dose that is programmed from ``now`` to 24 hours later, with the rest of a single run.

    It is delivered only if the pump follows its program and the reservoir lasts: see ``therapy_now``.

    Raises:
        ValueError: ``now`` is before the program started.
    """
    next_day = Interval(utc(now), utc(now) + DAY)
    return programmed_dose(program, next_day, started=started, clock=clock, minimum_rate=minimum_rate)


def programmed_dose(
    program: Program, window: Interval, *, started: datetime, clock: PumpClock, minimum_rate: FlowRate
) -> DoseRange:
    """Return the dose that is programmed within a window, with its part of a single run.

    Raises:
        ValueError: the window starts before the program did.
    """
    concentration = Fraction(program.concentration.ug_per_mL)
    bridge_ends = utc(started)
    if isinstance(program.once, Bridge):
        bridge_ends += once_duration(program.once)
    total = Fraction(0)
    for piece in pieces(program, window, started=started, clock=clock, minimum_rate=minimum_rate):
        if piece.interval.start < bridge_ends:
            length = microseconds(piece.interval.length)
            total += _once_rate(program) * length / MICROSECONDS_PER_DAY
        else:
            total += piece.volume * concentration
    return _range(program, total, total)


def _once_rate(program: Program) -> Fraction:
    """Return the dose rate of the single run, in mcg/day."""
    once = program.once
    if once is None:
        return Fraction(0)
    if isinstance(once, Bridge):
        return Fraction(once.dose.ug_per_day)
    return once_flow(once, program.concentration) * Fraction(program.concentration.ug_per_mL)


def _base_range(program: Program, span: timedelta, minimum_rate: FlowRate, *, extra: Fraction) -> DoseRange:
    concentration = Fraction(program.concentration.ug_per_mL)
    return _range(
        program,
        least_in_any(span, program, minimum_rate) * concentration + extra,
        most_in_any(span, program, minimum_rate) * concentration + extra,
    )


def _range(program: Program, lowest: Fraction, highest: Fraction) -> DoseRange:
    """Return a range, with the boluses that a patient may request in its highest dose."""
    requested = program.patient_bolus_volume * Fraction(program.concentration.ug_per_mL)
    return DoseRange(lowest=as_mass(lowest), highest=as_mass(highest + requested))
