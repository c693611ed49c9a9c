"""The base modes: what a pump runs until the next command.

Minimum rate and fallback are different things with different names (ITB-164): the *minimum rate* is what
the device needs to keep its pump tubing moving and is no therapy; the *fallback* is a patient's own dose.
A rate is a step function of the pump's time of day; each step applies from its start up to, and not
including, the next start, and the last up to midnight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from thecal.quantities import (
    DAY,
    MICROSECONDS_PER_DAY,
    DoseRate,
    Mass,
    Weekday,
    microseconds,
    plain,
    quotient,
    since_midnight,
    write_dose_rate,
    write_duration,
    write_mass,
    write_time_of_day,
)
from thecal.therapy.drug import STABILITY
from thecal.therapy.errors import ProgramError

MIDNIGHT = time(0)
_SHORTEST_INTERVAL = timedelta(minutes=15)
"""Least interval of a periodic bolus: default of ITB-054, after intervals typed as minutes for hours."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """No flow. A stop that a person ordered never ends by itself (ITB-161)."""


@dataclass(frozen=True, slots=True)
class MinimumRate:
    """The device's lowest flow, which keeps the pump tubing moving: no therapy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """The patient's own dose for when the program cannot run; never claimed to prevent withdrawal."""

    dose: DoseRate

    def __post_init__(self) -> None:
        """Refuse a fallback of nothing: that would be a stop."""
        _refuse_zero(self.dose, "fallback dose")


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleContinuous:
    """One dose, all day, every day."""

    dose: DoseRate

    def __post_init__(self) -> None:
        """Refuse nothing under the name of a dose."""
        _refuse_zero(self.dose, "daily dose")


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseStep:
    """The pace of dosing from ``start`` up to the next step, or to midnight."""

    start: time
    rate: DoseRate

    def __post_init__(self) -> None:
        """Refuse a start that is not a whole second of a naive pump time of day."""
        _pump_time(self.start, "step start")


@dataclass(frozen=True, slots=True)
class DaySchedule:
    """One day of dose steps, the first at midnight, so that no minute is undefined."""

    steps: tuple[DoseStep, ...]

    def __post_init__(self) -> None:
        """Refuse a day with a hole in it, or steps that overlap or go backwards."""
        if not self.steps or self.steps[0].start != MIDNIGHT:
            raise ProgramError("a day of dose steps starts at 00:00, so that no minute is undefined")
        for earlier, later in pairwise(self.steps):
            if later.start <= earlier.start:
                after, before = write_time_of_day(later.start), write_time_of_day(earlier.start)
                raise ProgramError(f"step at {after} overlaps the step at {before}: each must start later")

    def lengths(self) -> tuple[timedelta, ...]:
        """Return how long each step lasts; the lengths add up to 24 h exactly."""
        starts = [since_midnight(step.start) for step in self.steps]
        return tuple(end - start for start, end in pairwise([*starts, DAY]))

    def total_ug(self) -> Fraction:
        """Return the day's dose in micrograms, exactly."""
        return sum(
            (
                Fraction(step.rate.ug_per_day) * microseconds(length) / MICROSECONDS_PER_DAY
                for step, length in zip(self.steps, self.lengths(), strict=True)
            ),
            Fraction(0),
        )


@dataclass(frozen=True, slots=True)
class Flex:
    """Dose steps through the day, the same every day or different by weekday, repeating weekly.

    A step of 0 mcg/day is a pause and may be; a week of nothing else is a stop and may not.
    """

    days: tuple[DaySchedule, ...]

    def __post_init__(self) -> None:
        """Refuse anything but seven days, and a week without a single microgram."""
        if len(self.days) != len(Weekday):
            raise ProgramError(f"a flex program has all 7 weekdays, Monday first; got {len(self.days)}")
        if all(day.total_ug() == 0 for day in self.days):
            raise ProgramError("a flex program of 0 mcg is a stop; order a stop instead")

    @classmethod
    def every_day(cls, *steps: DoseStep) -> Flex:
        """Return a flex program with the same steps every day."""
        return cls((DaySchedule(steps),) * len(Weekday))


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodicBolus:
    """A repeated bolus on top of a background dose, the first at a pump time of day.

    Each bolus starts ``interval`` after the last, counted from ``first`` every day; so the interval must
    divide a day, and every day is the same. A bolus that is under way at midnight runs on into the next day;
    a program that begins within a bolus gives the rest of it and no more.
    """

    background: DoseRate
    bolus: Mass
    duration: timedelta
    interval: timedelta
    first: time = MIDNIGHT

    def __post_init__(self) -> None:
        """Refuse an empty bolus, one longer than its interval, and an interval that does not fit a day."""
        if self.bolus.is_zero:
            raise ProgramError("periodic bolus: 0 mcg is not a bolus; use simple continuous instead")
        whole_seconds(self.duration, "periodic bolus duration")
        whole_seconds(self.interval, "periodic bolus interval")
        if self.duration > self.interval:
            longer, shorter = write_duration(self.duration), write_duration(self.interval)
            raise ProgramError(f"periodic bolus: {longer} is longer than its interval of {shorter} (ITB-038)")
        if not _SHORTEST_INTERVAL <= self.interval <= DAY or DAY % self.interval:
            raise ProgramError(
                f"periodic bolus: an interval of {write_duration(self.interval)} is outside what is allowed, "
                f"{write_duration(_SHORTEST_INTERVAL)} to 24 h and dividing a day evenly (ITB-054)"
            )
        _pump_time(self.first, "periodic bolus: the first at")
        if since_midnight(self.first) >= self.interval:
            raise ProgramError(
                f"periodic bolus: the first at {write_time_of_day(self.first)} is outside what is allowed, "
                f"from 00:00 up to one interval ({write_duration(self.interval)}) after midnight"
            )

    @property
    def boluses_per_day(self) -> int:
        """The number of boluses in a day."""
        return DAY // self.interval


Base = Stopped | MinimumRate | Fallback | SimpleContinuous | Flex | PeriodicBolus


def daily_totals_ug(base: Base) -> tuple[Fraction, ...] | None:
    """Return the dose of each weekday in micrograms, exactly; None for the device's minimum rate."""
    match base:
        case Stopped():
            return (Fraction(0),) * len(Weekday)
        case MinimumRate():
            return None
        case Fallback(dose=dose) | SimpleContinuous(dose=dose):
            return (Fraction(dose.ug_per_day),) * len(Weekday)
        case Flex(days=days):
            return tuple(day.total_ug() for day in days)
        case PeriodicBolus(background=background, bolus=bolus):
            once = Fraction(background.ug_per_day) + Fraction(bolus.ug) * base.boluses_per_day
            return (once,) * len(Weekday)


def describe_base(base: Base) -> tuple[str, ...]:
    """Describe a base mode in sentences, each step with its recurrence and amount (hazard H-04)."""
    match base:  # one sentence per mode; mypy checks that none is forgotten
        case Stopped():
            return ("stopped: no flow",)
        case MinimumRate():
            return ("minimum rate: keeps the pump tubing moving, not a therapy",)
        case Fallback(dose=dose):
            return (f"fallback: {write_dose_rate(dose)}, all day, every day",)
        case SimpleContinuous(dose=dose):
            return (f"simple continuous: {write_dose_rate(dose)}, all day, every day",)
        case PeriodicBolus():
            bolus = f"{write_mass(base.bolus)} over {write_duration(base.duration)}"
            often = f"once every {write_duration(base.interval)} ({base.boluses_per_day} a day)"
            first, background = write_time_of_day(base.first), write_dose_rate(base.background)
            return (f"periodic bolus: {bolus}, {often}, the first at {first}; background {background}",)
        case Flex(days=days):
            return tuple(line for when, day in recurring(days) for line in _describe_day(when, day))


def recurring(days: tuple[DaySchedule, ...]) -> tuple[tuple[str, DaySchedule], ...]:
    """Return each different day once, with a phrase for when it recurs: ``every day``, ``every Monday``."""
    names: dict[DaySchedule, list[str]] = {}
    for weekday, day in zip(Weekday, days, strict=True):
        names.setdefault(day, []).append(weekday.name.title())
    if len(names) == 1:
        return (("every day", days[0]),)
    return tuple((f"every {_listed(weekdays)}", day) for day, weekdays in names.items())


def _listed(phrases: list[str]) -> str:
    return " and ".join(part for part in (", ".join(phrases[:-1]), phrases[-1]) if part)


def _describe_day(recurrence: str, day: DaySchedule) -> tuple[str, ...]:
    ends = [*(step.start for step in day.steps[1:]), None]
    lines = []
    for step, end, length in zip(day.steps, ends, day.lengths(), strict=True):
        until = "24:00" if end is None else write_time_of_day(end)
        amount = write_mass(step.rate.over(length))
        lines.append(f"flex, {recurrence}: {write_time_of_day(step.start)} to {until}, {amount} in all")
    return (*lines, f"flex, {recurrence}: {write_mass(as_mass(day.total_ug()))} in 24 h")


def as_mass(exact_ug: Fraction) -> Mass:
    """Return an exact fraction of a microgram as a mass (40 digits, rounded down)."""
    return Mass(ug=as_quotient(exact_ug))


def as_dose_rate(exact_ug_per_day: Fraction) -> DoseRate:
    """Return an exact daily dose as a dose rate (40 digits, rounded down)."""
    return DoseRate(ug_per_day=as_quotient(exact_ug_per_day))


def as_quotient(exact: Fraction) -> Decimal:
    """Return an exact fraction as a decimal (40 digits, rounded down)."""
    return quotient(Decimal(exact.numerator), Decimal(exact.denominator))


def whole_seconds(span: timedelta, what: str) -> None:
    """Refuse a span that is not a whole number of seconds, from one up to the drug's time in the pump.

    Raises:
        ProgramError: zero, negative, with a fraction of a second, or longer than the drug keeps.
    """
    if not timedelta(0) < span <= STABILITY or span.microseconds:
        raise ProgramError(
            f"{what}: {plain(Decimal(microseconds(span)).scaleb(-6))} s is outside what is allowed, whole "
            f"seconds from 1 s to {write_duration(STABILITY)} (longest time of the drug in a pump)"
        )


def _pump_time(moment: time, what: str) -> None:
    if moment.tzinfo is not None or moment.microsecond:
        raise ProgramError(f"{what} {moment.isoformat()} must be a pump time of day in whole seconds")


def _refuse_zero(dose: DoseRate, what: str) -> None:
    if dose.is_zero:
        raise ProgramError(f"{what}: 0 mcg/day is a stop; order a stop instead")
