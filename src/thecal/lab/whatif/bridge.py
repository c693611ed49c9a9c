"""A change of concentration with and without a bridge: the catheter still contains the old solution.

The pump gave the same dose before, whatever is said to have been in it: the past is written anew with that
concentration, for the question is what comes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.lab.forecast import run_on, sample_times
from thecal.lab.whatif.cases import WhatIf, compare
from thecal.quantities import HOUR, PumpClock, Volume, elapsed, write_concentration
from thecal.therapy import (
    Bridge,
    Delivery,
    ProgramError,
    Reservoir,
    UndeliverableError,
    compile_program,
    dose_in_any_24_hours,
    per_day,
    when_delivered,
)

if TYPE_CHECKING:
    from thecal.lab.forecast import Subject
    from thecal.quantities import Concentration
    from thecal.therapy import Capability, DoseRange, Program

_CURVES = ("tip", "lumbar", "cord_legs", "tone_legs", "withdrawal", "sedation")
_PLACES = 4
_CUT = timedelta(seconds=1)
"""What a bridge's length may be short of, for it is whole seconds: what it leaves behind is out by then."""
_WIDER_TUBING = Volume(mL=Decimal("0.199"))
"""Commonly quoted for the pump's own tubing, where its programmer reckons with 0.140 mL [M]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changeover:
    """A refill of another concentration, calculated in advance.

    Attributes:
        programmed: the intended 24-hour dose of the program.
        old, new: the concentration in pump tubing and catheter, and on the label of the new solution.
        mixed: what is in the reservoir then, for something of the old was left behind.
        mixed_dose: the 24-hour dose of it once the old solution is cleared.
        dead_volume: of tubing and catheter.
        tubing, wider_tubing: what of it is the pump's own tubing, and a larger figure that is quoted too.
        bridge: as the pump would run it. It has one dose: the lowest 24-hour dose where that varies.
        bridge_if_wider: how long it would take with the larger one.
        program: after the bridge.
        clears_unbridged: how long the old solution goes on without a bridge.
        unbridged_dose: the 24-hour dose meanwhile.
        cases: without a bridge, and with it.
    """

    programmed: DoseRange
    old: Concentration
    new: Concentration
    mixed: Concentration
    mixed_dose: DoseRange
    dead_volume: Volume
    tubing: Volume
    wider_tubing: Volume
    bridge: Bridge
    bridge_if_wider: timedelta
    program: Program
    clears_unbridged: timedelta
    unbridged_dose: DoseRange
    cases: WhatIf


def change_concentration(
    subject: Subject, *, old: Concentration, new: Concentration, left_behind: Volume
) -> Changeover:
    """Return the coming week after a refill of another concentration, the programmed dose unchanged.

    Args:
        subject: whose body.
        old: the concentration in pump tubing and catheter, and of the residual volume.
        new: concentration on the label of what is filled in, up to the top.
        left_behind: what could not be drawn from the reservoir.

    Raises:
        ReservoirError: more left behind than fits.
        ProgramError: the same concentration twice, a pump without therapy, a bridge that cannot be, or a dose
            that the pump cannot give of one of the two solutions.
    """
    program, can = subject.reading.interrogation.program, subject.reading.interrogation.capability
    programmed = dose_in_any_24_hours(program, minimum_rate=can.minimum_rate)
    dose = per_day(programmed.lowest)
    if old == new:
        raise ProgramError(
            f"both concentrations are {write_concentration(old)}: nothing to bridge; choose another"
        )
    if program.is_stopped or program.is_minimum_rate:
        raise ProgramError("the pump delivers no dose that a bridge could keep; set a dose first")
    if dose.is_zero:
        raise ProgramError(
            f"the program gives {programmed.write_daily()}: a bridge has one dose and cannot keep it; "
            "set a program with a dose in every 24 hours first"
        )
    before = _deliverable(replace(program, concentration=old, once=None), can)
    dead_volume = _dead_volume(subject)
    bridge = Bridge(dose=dose, old_concentration=old, dead_volume=dead_volume)
    after = _deliverable(replace(before, concentration=new), can)
    bridged = _deliverable(replace(after, once=bridge), can)
    past = _written_anew(subject.unchanged().until(subject.now), before)
    drained = Reservoir(
        content=can.reservoir, capacity=can.reservoir, unusable=can.unusable, concentration=old
    )
    room = Volume(mL=max(Decimal(0), can.reservoir.mL - left_behind.mL))
    full = drained.refill(room, new, left_behind=left_behind)
    deliveries = [
        (
            key,
            label,
            past.then(
                run_on(
                    subject.reading,
                    program,
                    started=subject.now,
                    since=subject.now,
                    until=subject.until + HOUR,
                    usable_mL=Fraction(full.usable.mL),
                    concentration=full.concentration,
                )
            ),
        )
        for key, label, program in (
            (
                "bridged",
                "with the bridge",
                bridged,
            ),
            ("forgotten", "bridge forgotten", after),
        )
    ]
    cleared = when_delivered(
        after,
        Fraction(dead_volume.mL),
        now=subject.now,
        started=subject.now,
        clock=PumpClock(subject.reading.interrogation.clock_offset),
        minimum_rate=can.minimum_rate,
    )
    clears = elapsed(subject.now, cleared or subject.until)
    ends = {subject.now + span + _CUT for span in (bridge.duration, clears)}
    hours = sample_times(subject.since, subject.until, subject.now)
    times = tuple(sorted({*hours, *(end for end in ends if end < subject.until)}))
    catheter = replace(subject.implant, primed_with_ug_mL=float(old.ug_per_mL))
    tubing = Volume(mL=Decimal(str(subject.implant.tubing_mL)))
    return Changeover(
        programmed=programmed,
        old=old,
        new=new,
        mixed=full.concentration,
        mixed_dose=programmed.times(_ratio(full.concentration, new)),
        dead_volume=dead_volume,
        tubing=tubing,
        wider_tubing=_WIDER_TUBING,
        bridge=bridge,
        bridge_if_wider=replace(bridge, dead_volume=dead_volume - tubing + _WIDER_TUBING).duration,
        program=after,
        clears_unbridged=clears,
        unbridged_dose=programmed.times(_ratio(old, new)),
        cases=compare(subject, times, deliveries, wanted=_CURVES, implant=catheter),
    )


def _deliverable(program: Program, can: Capability) -> Program:
    try:
        return compile_program(program, can).program
    except UndeliverableError as refused:
        solution = write_concentration(program.concentration)
        raise ProgramError(f"with {solution} in the pump: {refused}") from refused


def _ratio(one: Concentration, other: Concentration) -> Fraction:
    return Fraction(one.ug_per_mL) / Fraction(other.ug_per_mL)


def _dead_volume(subject: Subject) -> Volume:
    return Volume(mL=Decimal(str(round(subject.implant.dead_volume_mL, _PLACES))))


def _written_anew(past: Delivery, program: Program) -> Delivery:
    """Return the same dose over the same time, of another solution."""
    return Delivery(
        tuple(
            replace(
                segment,
                flow=segment.flow.as_dose(segment.concentration).as_flow(program.concentration),
                concentration=program.concentration,
            )
            for segment in past.segments
        )
    )
