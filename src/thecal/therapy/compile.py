"""Fit a program to what a pump model can do: rounded down, never up, and every rounding shown.

``compile_program`` either returns a program the pump can run exactly as written, with the list of what was
rounded, or raises with every problem found. Compiling twice changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.quantities import (
    DoseRate,
    FlowRate,
    Mass,
    Volume,
    Weekday,
    write_dose_rate,
    write_duration,
    write_flow,
    write_mass,
    write_time_of_day,
    write_volume,
)
from thecal.therapy.bolus import Bridge, Once, Priming, SingleBolus, once_flow
from thecal.therapy.errors import Problem, UndeliverableError
from thecal.therapy.modes import (
    Base,
    DaySchedule,
    Fallback,
    Flex,
    MinimumRate,
    PeriodicBolus,
    SimpleContinuous,
    Stopped,
    as_dose_rate,
    as_mass,
    daily_totals_ug,
)

if TYPE_CHECKING:
    from datetime import timedelta

    from thecal.quantities import Concentration
    from thecal.therapy.capability import Capability
    from thecal.therapy.program import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounding:
    """One amount that the pump cannot do as asked: what, as asked, as given."""

    what: str
    asked: str
    given: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A program the pump can run exactly, and what it cost to make it so."""

    program: Program
    roundings: tuple[Rounding, ...]


def compile_program(asked: Program, capability: Capability, *, usable: Volume | None = None) -> Compiled:
    """Round a program down to what a pump can deliver.

    Args:
        asked: the program as prescribed.
        capability: of the implanted pump.
        usable: what the reservoir can still give, to judge a bolus by (ITB-036); None skips that.

    Returns:
        The deliverable program, each of its amounts at most what was asked, and the roundings.

    Raises:
        UndeliverableError: outside the pump's or the configured limits, with every problem.
    """
    fitting = _Fitting(capability, asked.concentration)
    base = fitting.base(asked.base)
    once = None if asked.once is None else fitting.once(asked.once, base, usable)
    fitting.check_daily_dose(base, once)
    if fitting.problems:
        raise UndeliverableError(tuple(fitting.problems))
    return Compiled(program=replace(asked, base=base, once=once), roundings=tuple(fitting.roundings))


class _Fitting:
    """One compilation: collects problems and roundings as it goes."""

    def __init__(self, capability: Capability, concentration: Concentration) -> None:
        self._can = capability
        self._strength = Fraction(concentration.ug_per_mL)
        self._concentration = concentration
        self.problems: list[Problem] = []
        self.roundings: list[Rounding] = []

    def base(self, asked: Base) -> Base:
        match asked:
            case Stopped() | MinimumRate():
                return asked
            case Fallback(dose=dose):
                return _or_as_asked(asked, self._continuous(dose, "fallback dose"))
            case SimpleContinuous(dose=dose):
                return _or_as_asked(asked, self._continuous(dose, "daily dose"))
            case Flex(days=days):
                return self._flex(days)
            case PeriodicBolus():
                return self._periodic(asked)

    def once(self, asked: Once, base: Base, usable: Volume | None) -> Once:
        match asked:
            case SingleBolus():
                return self._single_bolus(asked, base, usable)
            case Priming(volume=volume):
                self._check_once(once_flow(asked, self._concentration), volume, usable)
                return asked
            case Bridge(dead_volume=volume):
                fitted = self._bridge(asked)
                self._check_once(once_flow(fitted, self._concentration), volume, usable)
                return fitted

    def _single_bolus(self, asked: SingleBolus, base: Base, usable: Volume | None) -> SingleBolus:
        self._check_duration(asked.duration, "single bolus duration")
        dose = self._bolus_dose(asked.dose, "single bolus")
        if dose.is_zero:
            return asked
        fitted = replace(asked, dose=dose)
        flow = once_flow(fitted, self._concentration) + self._highest_flow(base)
        self._check_once(flow, self._concentration.volume_of(dose), usable)
        return fitted

    def _bridge(self, asked: Bridge) -> Bridge:
        """A bridge moves the old solution, so its pace is judged in the old concentration."""
        fitting = _Fitting(self._can, asked.old_concentration)
        given = fitting._continuous(asked.dose, "bridge dose")
        self.problems += fitting.problems
        self.roundings += fitting.roundings
        return asked if given is None else replace(asked, dose=given)

    def _check_once(self, flow: Fraction, volume: Volume, usable: Volume | None) -> None:
        self._check_most(flow, "flow while it runs once")
        if usable is not None and volume > usable:
            self._refuse("reservoir", write_volume(volume), f"up to {write_volume(usable)} usable", "ITB-036")

    def _flex(self, days: tuple[DaySchedule, ...]) -> Flex:
        fitted = []
        for weekday, day in zip(Weekday, days, strict=True):
            if len(day.steps) > self._can.flex_steps:
                self._refuse(
                    f"steps on {weekday.name.title()}",
                    str(len(day.steps)),
                    f"1 to {self._can.flex_steps} a day",
                    self._can.source("flex_steps"),
                )
            steps = []
            for step in day.steps:
                what = f"step at {write_time_of_day(step.start)} on {weekday.name.title()}"
                rate = self._continuous(step.rate, what)
                steps.append(step if rate is None else replace(step, rate=rate))
            fitted.append(DaySchedule(tuple(steps)))
        return Flex(tuple(fitted))

    def _periodic(self, asked: PeriodicBolus) -> PeriodicBolus:
        self._check_duration(asked.duration, "periodic bolus duration")
        background = self._continuous(asked.background, "background dose")
        bolus = self._bolus_dose(asked.bolus, "periodic bolus")
        if background is None or bolus.is_zero:
            return asked
        fitted = replace(asked, background=background, bolus=bolus)
        self._check_most(self._highest_flow(fitted), "flow during the periodic bolus")
        return fitted

    def _continuous(self, asked: DoseRate, what: str) -> DoseRate | None:
        """Round a pace down to whole flow steps; a flow of nothing stays nothing."""
        flow = Fraction(asked.ug_per_day) / self._strength
        step, least = Fraction(self._can.flow_step.mL_per_day), Fraction(self._can.flow_least.mL_per_day)
        count = flow // step
        if flow and count * step < least:
            self._refuse(
                what,
                f"{write_dose_rate(asked)} ({self._write_flow(flow)})",
                f"{self._write_dose(least)} to {self._write_dose(Fraction(self._can.flow_most.mL_per_day))}",
                self._can.source("flow_least"),
            )
            return None
        if not self._check_most(flow, what):
            return None
        given = self._can.flow_step.scaled(Decimal(count)).as_dose(self._concentration)
        if given != asked:
            self.roundings.append(
                Rounding(what=what, asked=write_dose_rate(asked), given=write_dose_rate(given))
            )
        return given

    def _bolus_dose(self, asked: Mass, what: str) -> Mass:
        """Round a bolus down to whole drive quanta."""
        most = self._can.single_bolus_most
        if asked > most:
            self._refuse(
                what, write_mass(asked), f"up to {write_mass(most)}", self._can.source("single_bolus_most")
            )
        quantum = Fraction(self._can.quantum.mL) * self._strength
        given = as_mass(Fraction(asked.ug) // quantum * quantum)
        if given.is_zero:
            self._refuse(
                what,
                write_mass(asked),
                f"at least {write_mass(as_mass(quantum))}",
                self._can.source("quantum"),
            )
        elif given != asked:
            self.roundings.append(Rounding(what=what, asked=write_mass(asked), given=write_mass(given)))
        return given

    def _check_duration(self, duration: timedelta, what: str) -> None:
        shortest, longest = self._can.shortest_bolus, self._can.longest_bolus
        if not shortest <= duration <= longest:
            allowed = f"{write_duration(shortest)} to {write_duration(longest)}"
            self._refuse(what, write_duration(duration), allowed, self._can.source("longest_bolus"))

    def _check_most(self, flow: Fraction, what: str) -> bool:
        most = Fraction(self._can.flow_most.mL_per_day)
        if flow > most:
            self._refuse(
                what, self._write_flow(flow), f"up to {self._write_flow(most)}", self._can.source("flow_most")
            )
        return flow <= most

    def check_daily_dose(self, base: Base, once: Once | None) -> None:
        totals = daily_totals_ug(base)
        extra = Fraction(once.dose.ug) if isinstance(once, SingleBolus) else Fraction(0)
        highest = max(totals, default=Fraction(0)) + extra if totals is not None else extra
        most = self._can.daily_dose_most
        if highest > Fraction(most.ug_per_day):
            self._refuse(
                "24-hour dose",
                write_dose_rate(as_dose_rate(highest)),
                f"up to {write_dose_rate(most)}",
                self._can.source("daily_dose_most"),
            )

    def _highest_flow(self, base: Base) -> Fraction:
        match base:
            case Stopped():
                return Fraction(0)
            case MinimumRate():
                return Fraction(self._can.minimum_rate.mL_per_day)
            case Fallback(dose=dose) | SimpleContinuous(dose=dose):
                return Fraction(dose.ug_per_day) / self._strength
            case Flex(days=days):
                return (
                    max(Fraction(step.rate.ug_per_day) for day in days for step in day.steps) / self._strength
                )
            case PeriodicBolus(background=background, bolus=bolus, duration=duration):
                pace = once_flow(SingleBolus(dose=bolus, duration=duration), self._concentration)
                return pace + Fraction(background.ug_per_day) / self._strength

    def _refuse(self, field: str, value: str, allowed: str, source: str) -> None:
        self.problems.append(Problem(field=field, value=value, allowed=allowed, source=source))

    def _write_flow(self, flow: Fraction) -> str:
        return write_flow(FlowRate(mL_per_day=as_dose_rate(flow).ug_per_day))

    def _write_dose(self, flow: Fraction) -> str:
        return write_dose_rate(as_dose_rate(flow * self._strength))


def _or_as_asked(asked: Fallback | SimpleContinuous, dose: DoseRate | None) -> Fallback | SimpleContinuous:
    return asked if dose is None or dose.is_zero else replace(asked, dose=dose)
