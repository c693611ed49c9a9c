"""Play an accident on a pump of either profile: what reached the patient, what was refused, what sounded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.pump import (
    ALARM_CLASSES,
    PROFILES,
    AlarmClass,
    CatalogueError,
    Cause,
    Condition,
    Pump,
    RefusedError,
    capability,
    check_prime_tubing,
    pump_model,
)
from thecal.quantities import (
    DAY,
    HOUR,
    Concentration,
    DoseRate,
    Interval,
    Mass,
    PumpClock,
    Volume,
    microseconds,
)
from thecal.therapy import (
    BACLOFEN,
    Bridge,
    CommandId,
    Delivery,
    DeliverySegment,
    PeriodicBolus,
    Priming,
    Program,
    ProgramError,
    PumpSerial,
    SimpleContinuous,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thecal.lab.accidents.accident import Accident, Step
    from thecal.pump import Memory
    from thecal.therapy import Alarm

_NO_LIMIT = DoseRate(ug_per_day=Decimal(100_000))


class ScreenError(RefusedError):
    """A check before the pump did not let it pass."""


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
    accident: Accident, profile: str, *, starts: datetime, screens: bool = True, people: str | None = None
) -> Played:
    """Play an accident.

    Args:
        accident: what is done.
        profile: ``legacy`` or ``reference``.
        starts: when the pump, filled and stopped, is at hand.
        screens: the checks that are made of a reference pump's orders before the pump hears of them.
        people: whose people act, by the name of their pump's profile; those of this profile if None.
    """
    whose = people or profile
    steps = [(number, step) for number, step in enumerate(accident.steps, start=1) if whose in step.profiles]
    looks = {step.after for _, step in steps} | {accident.lasts}
    pump, refused, _ = _lived(accident, profile, starts, steps, looks, screens=screens)
    looks |= {entry.at - pump.memory.implanted_at for entry in pump.log}
    pump, refused, moments = _lived(accident, profile, starts, steps, looks, screens=screens)
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
    accident: Accident,
    profile: str,
    starts: datetime,
    steps: list[tuple[int, Step]],
    looks: set[timedelta],
    *,
    screens: bool,
) -> tuple[Pump, tuple[Refusal, ...], tuple[Moment, ...]]:
    """Return a pump that lived through it, what was refused, and how the pump was at each look."""
    pump = _at_hand(accident, profile, starts)
    refused, moments = [], []
    for look in sorted(looks):
        for number, step in steps:
            if step.after != look:
                continue
            try:
                _do(pump, step, CommandId(f"step-{number}"), starts + look, accident, screens=screens)
            except (RefusedError, ProgramError, CatalogueError) as refusal:
                by_pump = type(refusal) is RefusedError
                refused.append(Refusal(after=look, reason=str(refusal), by_pump=by_pump))
        pump.advance(starts + look)
        moments.append(Moment(after=look, memory=pump.memory))
    return pump, tuple(refused), tuple(moments)


def _at_hand(accident: Accident, profile: str, starts: datetime) -> Pump:
    can, most = capability(accident.model), _NO_LIMIT
    if profile == "reference":
        most = DoseRate(ug_per_day=accident.reference_daily_dose_most_ug)
    return Pump.implanted(
        serial=PumpSerial("ACCIDENT"),
        capability=replace(can, daily_dose_most=most),
        drug=BACLOFEN,
        fill=Volume(mL=accident.fill_mL),
        concentration=Concentration(ug_per_mL=accident.concentration_ug_per_mL),
        clock=PumpClock(),
        now=starts,
        profile=PROFILES[profile],
    )


def _do(
    pump: Pump, step: Step, command: CommandId, now: datetime, accident: Accident, *, screens: bool
) -> None:
    """Do one step.

    Raises:
        RefusedError, ProgramError, CatalogueError: it was not taken.
    """
    match step.act:
        case "program" | "prime":
            status = pump.status(now=now)
            pump.set_program(
                command,
                base_revision=status.revision,
                base_digest=status.program_digest,
                program=_program(pump, step, accident, screens=screens),
                now=now,
            )
        case "begin update":
            pump.begin_update(now=now)
        case "stop":
            pump.stop(command, now=now)
        case "interrogate":
            pump.interrogate(now=now)
        case "condition":
            pump.advance(now)
            pump.arrange(_condition(step, now))
        case _:
            _refill(pump, step, command, now, accident, screens=screens)


def _refill(
    pump: Pump, step: Step, command: CommandId, now: datetime, accident: Accident, *, screens: bool
) -> None:
    if step.act == "fill":
        product = Concentration(ug_per_mL=step.number("product_ug_per_mL"))
        left, fill = Volume(mL=step.number("left_mL")), Volume(mL=step.number("fill_mL"))
        pump.fill_by_needle(left_behind=left, fill=fill, product=product, now=now)
        return
    if step.act == "confirm refill":
        pump.confirm_refill(command, left_behind=Volume(mL=step.number("left_mL")), now=now)
        return
    label = Concentration(ug_per_mL=step.number("label_ug_per_mL"))
    fill, program = Volume(mL=step.number("fill_mL")), None
    if "ug_per_day" in step.said:
        program = _continuous(pump, step.number("ug_per_day"), label)
        if step.said.get("bridge"):
            program = replace(
                program,
                once=Bridge(
                    dose=DoseRate(ug_per_day=step.number("ug_per_day")),
                    old_concentration=pump.memory.program.concentration,
                    dead_volume=Volume(mL=accident.dead_volume_mL),
                ),
            )
    if step.act == "arm refill":
        pump.arm_refill(fill=fill, concentration=label, program=program, now=now)
        return
    if screens and "scanned_mg" in step.said and pump.memory.profile.name == "reference":
        _check_scanned(step, label)
    status = pump.status(now=now)
    pump.refill(
        command,
        base_revision=status.revision,
        base_digest=status.program_digest,
        left_behind=Volume(mL=step.number("left_mL")),
        fill=fill,
        concentration=label,
        program=program,
        product=Concentration(ug_per_mL=step.number("product_ug_per_mL")),
        now=now,
    )


def _check_scanned(step: Step, label: Concentration) -> None:
    """Hold what was scanned, in mg and mL, against the program: a check made before the pump (ITB-166)."""
    scanned = step.number("scanned_mg") * 1000 / step.number("scanned_mL")
    if scanned != label.ug_per_mL:
        raise ScreenError(
            f"scanned: {step.said['scanned_mg']} mg in {step.said['scanned_mL']} mL is {scanned} mcg/mL, "
            f"and the program says {label.ug_per_mL} mcg/mL (ITB-166)"
        )


def _continuous(pump: Pump, ug_per_day: Decimal, strength: Concentration) -> Program:
    dose = SimpleContinuous(dose=DoseRate(ug_per_day=ug_per_day))
    return Program(drug=pump.memory.program.drug, concentration=strength, base=dose)


def _program(pump: Pump, step: Step, accident: Accident, *, screens: bool) -> Program:
    strength = pump.memory.program.concentration
    minutes = timedelta(minutes=float(step.said.get("minutes", 0)))
    if step.act == "prime":
        tubing = Volume(mL=step.number("tubing_mL"))
        if screens and pump.memory.profile.name == "reference":
            check_prime_tubing(pump_model(accident.model), tubing)
        prime = Priming(volume=tubing + Volume(mL=step.number("catheter_mL")), duration=minutes)
        return replace(_continuous(pump, step.number("ug_per_day"), strength), once=prime)
    if "every_minutes" in step.said:
        background = DoseRate(ug_per_day=step.number("ug_per_day"))
        periodic = PeriodicBolus(
            background=background,
            bolus=Mass(ug=step.number("bolus_ug")),
            duration=minutes,
            interval=timedelta(minutes=float(step.number("every_minutes"))),
        )
        return replace(_continuous(pump, Decimal(1), strength), base=periodic)
    return _continuous(pump, step.number("ug_per_day"), strength)


def _condition(step: Step, now: datetime) -> Condition:
    said = step.said
    return Condition(
        cause=Cause(said["cause"]),
        since=now,
        until=now + float(said["lasts_h"]) * HOUR if "lasts_h" in said else None,
        size=Decimal(said["size"]) if "size" in said else None,
        lingers=float(said.get("lingers_h", 0)) * HOUR,
        until_seen=bool(said.get("until_seen", False)),
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
            left = volume - flow * microseconds(end - at) / microseconds(DAY)
            queue[0] = (left, strength)
            if left * microseconds(DAY) < flow and len(queue) > 1:
                queue.pop(0)
            at = end
    return Delivery(()).then(Delivery(tuple(out)))
