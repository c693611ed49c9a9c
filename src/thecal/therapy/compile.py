"""Fit a program to what a pump model can do: rounded down, never up, and every rounding shown.

``compile_program`` either returns a program the pump can run exactly as written, with the list of what was
rounded, or raises with every problem found. Compiling twice changes nothing. What a pump can do exactly:

- a continuous flow (simple continuous, fallback, flex step, background, bridge): whole flow steps, or none;
- a bolus and a prime: whole quanta of the drive, spread evenly over a duration within the pump's range;
- a time of day and a duration: whole seconds, which is all the language can say; nothing is ever moved, for
  moving a step moves the dose.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.quantities import (
    DAY,
    HOUR,
    MICROSECONDS_PER_DAY,
    Volume,
    microseconds,
    write_dose_rate,
    write_mass,
    write_time_of_day,
    write_volume,
)
from thecal.therapy.bolus import Bridge, Once, PatientBolus, Priming, SingleBolus, once_flow
from thecal.therapy.errors import UndeliverableError
from thecal.therapy.flow import highest_flow, most_in_any
from thecal.therapy.limits import Limits, Rounding
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
    as_quotient,
    recurring,
)

if TYPE_CHECKING:
    from thecal.therapy.capability import Capability
    from thecal.therapy.program import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A program the pump can run exactly, and what it cost to make it so."""

    program: Program
    roundings: tuple[Rounding, ...]


def compile_program(asked: Program, capability: Capability, *, usable: Volume | None = None) -> Compiled:
    """Round a program down to what a pump can deliver.

    >>> from decimal import Decimal
    >>> from thecal.pump import capability
    >>> from thecal.quantities import Concentration, DoseRate
    >>> from thecal.therapy import BACLOFEN, Program, SimpleContinuous
    >>> dose, strength = DoseRate(ug_per_day=Decimal("100.777")), Concentration(ug_per_mL=Decimal(500))
    >>> asked = Program(drug=BACLOFEN, concentration=strength, base=SimpleContinuous(dose=dose))
    >>> compiled = compile_program(asked, capability("reference design 20 mL"))
    >>> [(rounding.asked, rounding.given) for rounding in compiled.roundings]
    [('100.777 mcg/day', '100.75 mcg/day')]

    Args:
        asked: the program as prescribed.
        capability: of the implanted pump.
        usable: what the reservoir can still give, to judge a bolus by (ITB-036); None skips that.

    Returns:
        The deliverable program, each of its amounts at most what was asked, and the roundings.

    Raises:
        UndeliverableError: outside the pump's or the configured limits, with every amount that is; or,
            where each by itself is possible, with everything that they come to together and must not.
    """
    limits = Limits(capability, asked.concentration)
    given = replace(
        asked,
        base=_base(asked.base, limits),
        once=None if asked.once is None else _once(asked.once, limits),
        patient_bolus=None if asked.patient_bolus is None else _patient_bolus(asked.patient_bolus, limits),
    )
    if not limits.problems:  # what amounts come to together is judged once each of them is possible
        _check_flows(given, limits)
        _check_dose_in_a_day(given, limits)
        _check_dose_in_an_hour(given, limits)
        if usable is not None and given.once is not None:
            _check_reservoir(given, given.once, usable, limits)
    if limits.problems:
        raise UndeliverableError(tuple(limits.problems))
    return Compiled(program=given, roundings=tuple(limits.roundings))


def _base(asked: Base, limits: Limits) -> Base:
    match asked:
        case Stopped() | MinimumRate():
            return asked
        case Fallback(dose=dose):
            return replace(asked, dose=limits.pace(dose, "fallback dose"))
        case SimpleContinuous(dose=dose):
            return replace(asked, dose=limits.pace(dose, "daily dose"))
        case Flex(days=days):
            fitted = {day: _day(day, when, limits) for when, day in recurring(days)}
            return Flex(tuple(fitted[day] for day in days))
        case PeriodicBolus():
            limits.check_duration(asked.duration, "periodic bolus duration")
            return replace(
                asked,
                background=limits.pace(asked.background, "background dose", or_none=True),
                bolus=limits.bolus(asked.bolus, "periodic bolus"),
            )


def _day(asked: DaySchedule, when: str, limits: Limits) -> DaySchedule:
    most = limits.can.flex_steps
    if len(asked.steps) > most:
        limits.refuse(f"steps, {when}", str(len(asked.steps)), f"1 to {most} a day", "flex_steps")
    steps = []
    for step in asked.steps:
        what = f"step at {write_time_of_day(step.start)}, {when}"
        steps.append(replace(step, rate=limits.pace(step.rate, what, or_none=True)))
    return DaySchedule(tuple(steps))


def _once(asked: Once, limits: Limits) -> Once:
    match asked:
        case SingleBolus():
            limits.check_duration(asked.duration, "single bolus duration")
            return replace(asked, dose=limits.bolus(asked.dose, "single bolus"))
        case Priming():
            limits.check_duration(asked.duration, "priming duration")
            return replace(asked, volume=limits.prime(asked.volume, "priming"))
        case Bridge(old_concentration=old):
            return replace(asked, dose=limits.in_solution(old).pace(asked.dose, "bridge dose"))


def _patient_bolus(asked: PatientBolus, limits: Limits) -> PatientBolus:
    limits.check_duration(asked.duration, "patient bolus duration")
    return replace(asked, dose=limits.bolus(asked.dose, "patient bolus"))


def _check_flows(given: Program, limits: Limits) -> None:
    """Judge what flows together (ITB-016); each continuous flow by itself was judged when it was rounded."""
    base = highest_flow(given, limits.can.minimum_rate)
    strength = given.concentration
    if isinstance(given.base, PeriodicBolus):
        limits.check_flow(base, "flow during the periodic bolus")
    most = base
    match given.once:
        case SingleBolus():
            most = base + once_flow(given.once, strength)
            limits.check_flow(most, "flow during the single bolus")
        case Priming():
            limits.check_flow(once_flow(given.once, strength), "flow during priming")
        case Bridge() | None:
            pass
    if (allowed := given.patient_bolus) is not None:
        asked_for = once_flow(SingleBolus(dose=allowed.dose, duration=allowed.duration), strength)
        limits.check_flow(most + asked_for, "flow during the patient bolus")


def _check_dose_in_a_day(given: Program, limits: Limits) -> None:
    """Judge the most that any 24 h can hold, all that runs once and all that may be asked for included."""
    strength = Fraction(given.concentration.ug_per_mL)
    base = most_in_any(DAY, given, limits.can.minimum_rate) * strength
    highest = base  # a prime fills the tube; what it holds is counted when it flows on
    once = given.once
    if isinstance(once, SingleBolus):
        highest += Fraction(once.dose.ug)
    elif isinstance(once, Bridge):  # the first 24 h of it, and the base program for what it leaves of them
        length = min(once.duration, DAY)
        bridged = Fraction(once.dose.ug_per_day) * microseconds(length) / MICROSECONDS_PER_DAY
        after = most_in_any(DAY - length, given, limits.can.minimum_rate) * strength
        highest = max(base, bridged + after)
    highest += given.patient_bolus_volume * strength
    most = limits.can.daily_dose_most
    if highest > Fraction(most.ug_per_day):
        limits.refuse(
            "24-hour dose",
            write_dose_rate(as_dose_rate(highest)),
            f"0 mcg/day to {write_dose_rate(most)}",
            "daily_dose_most",
        )


def _check_dose_in_an_hour(given: Program, limits: Limits) -> None:
    """Judge a flex program by the hour, lest a bolus above the bolus limit pass as a steep step (ITB-170)."""
    if not isinstance(given.base, Flex):
        return
    highest = most_in_any(HOUR, given, limits.can.minimum_rate) * Fraction(given.concentration.ug_per_mL)
    most = limits.can.single_bolus_most
    if highest > Fraction(most.ug):
        limits.refuse(
            "flex dose in one hour",
            write_mass(as_mass(highest)),
            f"0 mcg to {write_mass(most)}",
            "single_bolus_most",
        )


def _check_reservoir(given: Program, once: Once, usable: Volume, limits: Limits) -> None:
    """Judge what runs once, with what the base program uses meanwhile, by what is there (ITB-036)."""
    flow = once_flow(once, given.concentration)
    if isinstance(once, SingleBolus):
        flow += highest_flow(given, limits.can.minimum_rate)
    needed = Volume(mL=as_quotient(flow * microseconds(once.duration) / MICROSECONDS_PER_DAY))
    if needed > usable:
        limits.refuse(
            "reservoir",
            f"{write_volume(needed)} needed by what runs once",
            f"0 mL to {write_volume(usable)}",
            "usable content of the reservoir; ITB-036",
        )
