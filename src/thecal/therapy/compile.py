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
from thecal.therapy.daily_dose import daily_dose
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
    """A program that the pump can run exactly, and the roundings that this needed."""

    program: Program
    roundings: tuple[Rounding, ...]


def compile_program(requested: Program, capability: Capability, *, usable: Volume | None = None) -> Compiled:
    """Round a program down to what a pump can deliver.

    >>> from decimal import Decimal
    >>> from thecal.pump import capability
    >>> from thecal.quantities import Concentration, DoseRate
    >>> from thecal.therapy import BACLOFEN, Program, SimpleContinuous
    >>> dose, solution = DoseRate(ug_per_day=Decimal("100.777")), Concentration(ug_per_mL=Decimal(500))
    >>> requested = Program(drug=BACLOFEN, concentration=solution, base=SimpleContinuous(dose=dose))
    >>> compiled = compile_program(requested, capability("reference design 20 mL"))
    >>> [(rounding.requested, rounding.programmed) for rounding in compiled.roundings]
    [('100.777 mcg/day', '100.75 mcg/day')]

    Args:
        requested: the program as prescribed.
        capability: of the implanted pump.
        usable: the usable volume in the reservoir, for the check of a bolus (ITB-036); None skips the check.

    Returns:
        The deliverable program, each of its amounts at most the requested amount, and the roundings.

    Raises:
        UndeliverableError: an amount is outside the pump's or the configured limits; every such amount is
            named. If each amount is possible, every combination that exceeds a limit is named.
    """
    limits = Limits(capability, requested.concentration)
    program = replace(
        requested,
        base=_base(requested.base, limits),
        once=None if requested.once is None else _once(requested.once, limits),
        patient_bolus=None
        if requested.patient_bolus is None
        else _patient_bolus(requested.patient_bolus, limits),
    )
    if not limits.problems:  # combinations are checked only if each amount is possible
        _check_flows(program, limits)
        _check_dose_in_a_day(program, limits)
        _check_dose_in_an_hour(program, limits)
        if usable is not None and program.once is not None:
            _check_reservoir(program, program.once, usable, limits)
    if limits.roundings:
        _note_24_hour_dose(requested, program, limits)
    if limits.problems:
        raise UndeliverableError(tuple(limits.problems))
    return Compiled(program=program, roundings=tuple(limits.roundings))


def _base(requested: Base, limits: Limits) -> Base:
    match requested:
        case Stopped() | MinimumRate():
            return requested
        case Fallback(dose=dose):
            return replace(requested, dose=limits.pace(dose, "fallback dose"))
        case SimpleContinuous(dose=dose):
            return replace(requested, dose=limits.pace(dose, "daily dose"))
        case Flex(days=days):
            compiled_days = {day: _day(day, when, limits) for when, day in recurring(days)}
            return Flex(tuple(compiled_days[day] for day in days))
        case PeriodicBolus():
            limits.check_duration(requested.duration, "periodic bolus duration")
            return replace(
                requested,
                background=limits.pace(requested.background, "background dose", or_none=True),
                bolus=limits.bolus(requested.bolus, "periodic bolus"),
            )


def _day(requested: DaySchedule, when: str, limits: Limits) -> DaySchedule:
    most = limits.can.flex_steps
    if len(requested.steps) > most:
        limits.refuse(f"steps, {when}", str(len(requested.steps)), f"1 to {most} a day", "flex_steps")
    steps = []
    for step in requested.steps:
        what = f"step at {write_time_of_day(step.start)}, {when}"
        steps.append(replace(step, rate=limits.pace(step.rate, what, or_none=True)))
    return DaySchedule(tuple(steps))


def _once(requested: Once, limits: Limits) -> Once:
    match requested:
        case SingleBolus():
            limits.check_duration(requested.duration, "single bolus duration")
            return replace(requested, dose=limits.bolus(requested.dose, "single bolus"))
        case Priming():
            limits.check_duration(requested.duration, "priming duration")
            return replace(requested, volume=limits.prime(requested.volume, "priming"))
        case Bridge(old_concentration=old):
            return replace(requested, dose=limits.in_solution(old).pace(requested.dose, "bridge dose"))


def _patient_bolus(requested: PatientBolus, limits: Limits) -> PatientBolus:
    limits.check_duration(requested.duration, "patient bolus duration")
    return replace(requested, dose=limits.bolus(requested.dose, "patient bolus"))


def _check_flows(program: Program, limits: Limits) -> None:
    """Check the sum of simultaneous flows (ITB-016); rounding has checked each continuous flow."""
    base = highest_flow(program, limits.can.minimum_rate)
    concentration = program.concentration
    if isinstance(program.base, PeriodicBolus):
        limits.check_flow(base, "flow during the periodic bolus")
    most = base
    match program.once:
        case SingleBolus():
            most = base + once_flow(program.once, concentration)
            limits.check_flow(most, "flow during the single bolus")
        case Priming():
            limits.check_flow(once_flow(program.once, concentration), "flow during priming")
        case Bridge() | None:
            pass
    if (allowed := program.patient_bolus) is not None:
        patient_flow = once_flow(SingleBolus(dose=allowed.dose, duration=allowed.duration), concentration)
        limits.check_flow(most + patient_flow, "flow during the patient bolus")


def _check_dose_in_a_day(program: Program, limits: Limits) -> None:
    """Check the highest dose in any 24 h, with the single dose and every allowed patient bolus."""
    ug_per_mL = Fraction(program.concentration.ug_per_mL)
    base = most_in_any(DAY, program, limits.can.minimum_rate) * ug_per_mL
    highest = base  # priming fills the catheter; that drug is counted when it leaves the tip
    once = program.once
    if isinstance(once, SingleBolus):
        highest += Fraction(once.dose.ug)
    elif isinstance(once, Bridge):  # its first 24 h, or the bridge and then the base program
        length = min(once.duration, DAY)
        bridged = Fraction(once.dose.ug_per_day) * microseconds(length) / MICROSECONDS_PER_DAY
        after = most_in_any(DAY - length, program, limits.can.minimum_rate) * ug_per_mL
        highest = max(base, bridged + after)
    highest += program.patient_bolus_volume * ug_per_mL
    most = limits.can.daily_dose_most
    if highest > Fraction(most.ug_per_day):
        limits.refuse(
            "24-hour dose",
            write_dose_rate(as_dose_rate(highest)),
            f"0 mcg/day to {write_dose_rate(most)}",
            "daily_dose_most",
        )


def _check_dose_in_an_hour(program: Program, limits: Limits) -> None:
    """Check a flex program by the hour: a steep step must not hide a bolus above the limit (ITB-170)."""
    if not isinstance(program.base, Flex):
        return
    highest = most_in_any(HOUR, program, limits.can.minimum_rate) * Fraction(program.concentration.ug_per_mL)
    most = limits.can.single_bolus_most
    if highest > Fraction(most.ug):
        limits.refuse(
            "flex dose in one hour",
            write_mass(as_mass(highest)),
            f"0 mcg to {write_mass(most)}",
            "single_bolus_most",
        )


def _note_24_hour_dose(requested: Program, rounded: Program, limits: Limits) -> None:
    """Note the rounded 24-hour dose, unless the row of a simple continuous dose states it already."""
    if isinstance(requested.base, SimpleContinuous | Fallback) and requested.once is None:
        return
    rate = limits.can.minimum_rate
    limits.note(
        "24-hour dose",
        daily_dose(requested, minimum_rate=rate),
        daily_dose(rounded, minimum_rate=rate),
        lambda dose, places: dose.write(places=places, next_label="first 24 h"),
    )


def _check_reservoir(program: Program, once: Once, usable: Volume, limits: Limits) -> None:
    """Check that the reservoir contains enough for the single dose and the base program (ITB-036)."""
    flow = once_flow(once, program.concentration)
    if isinstance(once, SingleBolus):
        flow += highest_flow(program, limits.can.minimum_rate)
    needed = Volume(mL=as_quotient(flow * microseconds(once.duration) / MICROSECONDS_PER_DAY))
    if needed > usable:
        limits.refuse(
            "reservoir",
            f"{write_volume(needed)} needed",
            f"0 mL to {write_volume(usable)}",
            "usable content of the reservoir; ITB-036",
        )
