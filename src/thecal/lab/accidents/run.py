"""Run an accident on a virtual pump: the delivery at the catheter tip, the refusals and the alarms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.lab.accidents.steps import ScreenError, carry_out
from thecal.pump import ALARM_CLASSES, PROFILES, AlarmClass, CatalogueError, Pump, RefusedError, capability
from thecal.quantities import (
    DAY,
    Concentration,
    DoseRate,
    Interval,
    Mass,
    PumpClock,
    Volume,
    elapsed,
    microseconds,
    utc,
)
from thecal.therapy import BACLOFEN, CommandId, Delivery, DeliverySegment, ProgramError, PumpSerial

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thecal.lab.accidents.accident import Accident, Step
    from thecal.pump import Memory
    from thecal.therapy import Alarm

_NO_LIMIT = DoseRate(ug_per_day=Decimal(100_000))
SET_FOR_PATIENT = "set by the clinic for this patient; chosen for this simulation"
"""The source of a reference pump's 24-hour dose limit; the default of its model is another value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A refused order.

    Attributes:
        after: the time since the beginning.
        reason: in words.
        by_pump: whether the pump refused it; else a check before the pump did.
    """

    after: timedelta
    reason: str
    by_pump: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A pump's own record of its state at one moment.

    Attributes:
        after: the time since the beginning.
        memory: the pump's memory.
    """

    after: timedelta
    memory: Memory

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """The active alarms, most urgent first."""
        return tuple(self.standing)

    @property
    def standing(self) -> Mapping[Alarm, AlarmClass]:
        """The active alarms, most urgent first, each with the class in which it sounds."""
        raised = {one.alarm: one for one in self.memory.raised}
        return {
            alarm: AlarmClass.CRITICAL if raised[alarm].escalated else kind
            for alarm, kind in ALARM_CLASSES.items()
            if alarm in raised
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AccidentRun:
    """What came of an accident on one pump.

    Attributes:
        profile: of the pump.
        starts: when it began.
        at_tip: what truly left the catheter's tip.
        refused: what the pump, or the check before it, did not take.
        moments: the pump whenever something was done, or it recorded something; and at the end.
        pump: as it is at the end.
    """

    profile: str
    starts: datetime
    at_tip: Delivery
    refused: tuple[Refusal, ...]
    moments: tuple[Moment, ...]
    pump: Pump

    @property
    def sounded(self) -> tuple[tuple[timedelta, Alarm], ...]:
        """Each alarm and the time since the beginning at which it started."""
        found: list[tuple[timedelta, Alarm]] = []
        stood: set[Alarm] = set()
        for moment in self.moments:
            found += [(moment.after, alarm) for alarm in moment.alarms if alarm not in stood]
            stood = set(moment.alarms)
        return tuple(found)

    def dose(self, start: timedelta, end: timedelta) -> Mass:
        """Return the dose that left the catheter tip between two times since the beginning."""
        return self.at_tip.mass_between(self.starts + start, self.starts + end)


def run_accident(
    accident: Accident,
    profile: str,
    *,
    starts: datetime,
    screens: bool = True,
    steps_for: str | None = None,
    patient_limit: bool = True,
) -> AccidentRun:
    """Run an accident on one pump.

    Args:
        accident: the accident.
        profile: ``legacy`` or ``reference``.
        starts: when the run begins, with the pump filled and stopped.
        screens: whether orders for a reference pump are checked before the pump, as by a barcode scan.
        steps_for: the profile whose steps are taken; ``profile`` if None.
        patient_limit: whether a reference pump has the patient's own 24-hour dose limit; else it has the
            default of its model.
    """
    starts = utc(starts)
    chosen = steps_for or profile
    steps = [(number, step) for number, step in enumerate(accident.steps, start=1) if chosen in step.profiles]
    times = {step.after for _, step in steps} | {accident.lasts}

    def implant() -> Pump:
        return _implant(accident, profile, starts, patient_limit=patient_limit)

    pump, refused, _ = _run_steps(implant(), accident, starts, steps, times, screens=screens)
    times |= {elapsed(pump.memory.implanted_at, entry.at) for entry in pump.log}
    pump, refused, moments = _run_steps(implant(), accident, starts, steps, times, screens=screens)
    return AccidentRun(
        profile=profile,
        starts=pump.memory.implanted_at,
        at_tip=at_tip(
            pump.true_delivery,
            Volume(mL=accident.dead_volume_mL),
            Concentration(ug_per_mL=accident.dead_volume_ug_per_mL),
        ),
        refused=refused,
        moments=moments,
        pump=pump,
    )


def _run_steps(
    pump: Pump,
    accident: Accident,
    starts: datetime,
    steps: list[tuple[int, Step]],
    times: set[timedelta],
    *,
    screens: bool,
) -> tuple[Pump, tuple[Refusal, ...], tuple[Moment, ...]]:
    """Take the steps, and return the pump, the refusals and the state of the pump at each time."""
    refused, moments = [], []
    for after in sorted(times):
        for number, step in steps:
            if step.after != after:
                continue
            try:
                carry_out(pump, step, CommandId(f"step-{number}"), starts + after, accident, screens=screens)
            except (RefusedError, ProgramError, CatalogueError) as refusal:
                by_pump = isinstance(refusal, RefusedError) and not isinstance(refusal, ScreenError)
                refused.append(Refusal(after=after, reason=str(refusal), by_pump=by_pump))
        pump.advance(starts + after)
        moments.append(Moment(after=after, memory=pump.memory))
    return pump, tuple(refused), tuple(moments)


def _implant(accident: Accident, profile: str, starts: datetime, *, patient_limit: bool) -> Pump:
    can = capability(accident.model)
    if profile == "legacy":
        can = replace(can, daily_dose_most=_NO_LIMIT)
    elif patient_limit:
        sources = {**dict(can.sources), "daily_dose_most": SET_FOR_PATIENT}
        most = DoseRate(ug_per_day=accident.reference_daily_dose_most_ug)
        can = replace(can, daily_dose_most=most, sources=tuple(sources.items()))
    return Pump.implanted(
        serial=PumpSerial("ACCIDENT"),
        capability=can,
        drug=BACLOFEN,
        fill=Volume(mL=accident.fill_mL),
        concentration=Concentration(ug_per_mL=accident.concentration_ug_per_mL),
        clock=PumpClock(),
        now=starts,
        profile=PROFILES[profile],
    )


def at_tip(delivery: Delivery, dead_volume: Volume, contents: Concentration) -> Delivery:
    """Return the delivery at the catheter tip, for pump tubing and catheter without mixing (plug flow).

    Args:
        delivery: at the pump.
        dead_volume: of pump tubing and catheter.
        contents: the concentration in the dead volume at the beginning.
    """
    queue = [(Fraction(dead_volume.mL), contents)]
    out: list[DeliverySegment] = []
    for segment in delivery.segments:
        flow, at = Fraction(segment.flow.mL_per_day), segment.interval.start
        if not flow:
            out.append(segment)
            continue
        queue.append(
            (flow * microseconds(segment.interval.length) / microseconds(DAY), segment.concentration)
        )
        while at < segment.interval.end:
            volume, concentration = queue[0]
            lasts = timedelta(microseconds=max(1, int(volume / flow * microseconds(DAY))))
            end = min(at + lasts, segment.interval.end)
            out.append(replace(segment, interval=Interval(at, end), concentration=concentration))
            left = volume - flow * microseconds(elapsed(at, end)) / microseconds(DAY)
            queue[0] = (left, concentration)
            if left * microseconds(DAY) < flow and len(queue) > 1:
                queue.pop(0)
            at = end
    return Delivery(()).then(Delivery(tuple(out)))
