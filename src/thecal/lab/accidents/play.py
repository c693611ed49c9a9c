"""Play an accident on a pump of either profile: what reached the patient, what was refused, what sounded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.lab.accidents.doing import ScreenError, do
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
SET_FOR_PATIENT = "set by the clinic for this patient; chosen for this play"
"""Who says the most that a reference pump gives in 24 hours; its model's own default is another figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An order that was not taken.

    Attributes:
        after: when, since the beginning.
        reason: in words.
        by_pump: the pump itself refused it; else a check did before the pump heard of it.
    """

    after: timedelta
    reason: str
    by_pump: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A pump at one moment, as it would say itself.

    Attributes:
        after: when, since the beginning.
        memory: everything it remembers.
    """

    after: timedelta
    memory: Memory

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """What it is alarming about, gravest first."""
        return tuple(self.standing)

    @property
    def standing(self) -> Mapping[Alarm, AlarmClass]:
        """What it is alarming about, gravest first, and as what each sounds."""
        raised = {one.alarm: one for one in self.memory.raised}
        return {
            alarm: AlarmClass.CRITICAL if raised[alarm].escalated else kind
            for alarm, kind in ALARM_CLASSES.items()
            if alarm in raised
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
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
        """What it alarmed about, and when since the beginning it began to."""
        found: list[tuple[timedelta, Alarm]] = []
        stood: set[Alarm] = set()
        for moment in self.moments:
            found += [(moment.after, alarm) for alarm in moment.alarms if alarm not in stood]
            stood = set(moment.alarms)
        return tuple(found)

    def dose(self, start: timedelta, end: timedelta) -> Mass:
        """Return what left the tip between two times since the beginning."""
        until = self.at_tip.until(self.starts + end).mass
        return until - self.at_tip.until(self.starts + start).mass


def play(
    accident: Accident,
    profile: str,
    *,
    starts: datetime,
    screens: bool = True,
    people: str | None = None,
    patient_limit: bool = True,
) -> Played:
    """Play an accident.

    Args:
        accident: what is done.
        profile: ``legacy`` or ``reference``.
        starts: when the pump, filled and stopped, is at hand.
        screens: the checks that are made of a reference pump's orders before the pump hears of them.
        people: whose people act, by the name of their pump's profile; those of this profile if None.
        patient_limit: the clinic has set a reference pump's most of a day for this patient; else its model's
            default holds.
    """
    starts = utc(starts)
    whose = people or profile
    steps = [(number, step) for number, step in enumerate(accident.steps, start=1) if whose in step.profiles]
    looks = {step.after for _, step in steps} | {accident.lasts}

    def at_hand() -> Pump:
        return _at_hand(accident, profile, starts, patient_limit=patient_limit)

    pump, refused, _ = _lived(at_hand(), accident, starts, steps, looks, screens=screens)
    looks |= {elapsed(pump.memory.implanted_at, entry.at) for entry in pump.log}
    pump, refused, moments = _lived(at_hand(), accident, starts, steps, looks, screens=screens)
    return Played(
        profile=profile,
        starts=pump.memory.implanted_at,
        at_tip=at_tip(
            pump.true_delivery,
            Volume(mL=accident.dead_volume_mL),
            Concentration(ug_per_mL=accident.tube_ug_per_mL),
        ),
        refused=refused,
        moments=moments,
        pump=pump,
    )


def _lived(
    pump: Pump,
    accident: Accident,
    starts: datetime,
    steps: list[tuple[int, Step]],
    looks: set[timedelta],
    *,
    screens: bool,
) -> tuple[Pump, tuple[Refusal, ...], tuple[Moment, ...]]:
    """Return a pump that lived through it, what was refused, and how the pump was at each look."""
    refused, moments = [], []
    for look in sorted(looks):
        for number, step in steps:
            if step.after != look:
                continue
            try:
                do(pump, step, CommandId(f"step-{number}"), starts + look, accident, screens=screens)
            except (RefusedError, ProgramError, CatalogueError) as refusal:
                by_pump = isinstance(refusal, RefusedError) and not isinstance(refusal, ScreenError)
                refused.append(Refusal(after=look, reason=str(refusal), by_pump=by_pump))
        pump.advance(starts + look)
        moments.append(Moment(after=look, memory=pump.memory))
    return pump, tuple(refused), tuple(moments)


def _at_hand(accident: Accident, profile: str, starts: datetime, *, patient_limit: bool) -> Pump:
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


def at_tip(delivery: Delivery, dead_volume: Volume, held: Concentration) -> Delivery:
    """Return what leaves the tip of a tube that holds a solution and does not mix (plug flow)."""
    queue = [(Fraction(dead_volume.mL), held)]
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
            volume, strength = queue[0]
            lasts = timedelta(microseconds=max(1, int(volume / flow * microseconds(DAY))))
            end = min(at + lasts, segment.interval.end)
            out.append(replace(segment, interval=Interval(at, end), concentration=strength))
            left = volume - flow * microseconds(elapsed(at, end)) / microseconds(DAY)
            queue[0] = (left, strength)
            if left * microseconds(DAY) < flow and len(queue) > 1:
                queue.pop(0)
            at = end
    return Delivery(()).then(Delivery(tuple(out)))
