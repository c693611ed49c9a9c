"""One trial for each alarm: a cause that raises it on its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType

from thecal.pump import Cause, Condition, Pump
from thecal.quantities import DAY, HOUR, MINUTE, Concentration, DoseRate, Mass, PumpClock, Volume
from thecal.therapy import (
    BACLOFEN,
    Alarm,
    BeginUpdate,
    CommandId,
    CompareResidual,
    DoseStep,
    Flex,
    Pause,
    Program,
    SetClock,
    SetProgram,
    SimpleContinuous,
    SingleBolus,
    Stop,
    WrittenAgainst,
)

FULL, _LOW = Decimal(18), Decimal(2)
"""Fillings, mL."""
_REPEAT_INTERVAL = 3 * HOUR
_CAUSE_STARTS = HOUR + 7 * MINUTE
"""When the cause starts: between two self-tests."""
_BLOCKED_FOR = 10 * DAY
"""Long enough for a residual volume of 4 mL."""
_VOLUME_ERROR = Volume(mL=Decimal(3))
PLAIN = Program(
    drug=BACLOFEN,
    concentration=Concentration(ug_per_mL=Decimal(500)),
    base=SimpleContinuous(dose=DoseRate(ug_per_day=Decimal(200))),
)
_NEAR_THE_LIMIT = Program(
    drug=BACLOFEN,
    concentration=Concentration(ug_per_mL=Decimal(2000)),
    base=Flex.every_day(
        DoseStep(start=time(0), rate=DoseRate(ug_per_day=Decimal(1400))),
        DoseStep(start=time(12), rate=DoseRate(ug_per_day=Decimal(2400))),
    ),
)
"""1900 mcg in 24 h; the default limit is 2003 mcg."""
_BOLUS = SingleBolus(dose=Mass(ug=Decimal(95)), duration=2 * HOUR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How an alarm is caused.

    Attributes:
        cause_text: in words.
        cause, size: a condition; None if the cause is an act or a fill volume.
        times, lasts: how often the condition occurs, three hours apart, and for how long; None if permanent.
        act: ``stop``, ``begin update``, ``pause``, ``draw out residual``, ``too little left``, ``clock
            within a bolus`` or empty.
        fill_mL: of the reservoir.
        program: that runs.
        observed: how long the pump is observed for the alarm.
    """

    cause_text: str
    cause: Cause | None = None
    size: str | None = None
    times: int = 1
    lasts: timedelta | None = None
    act: str = ""
    fill_mL: Decimal = FULL
    program: Program = PLAIN
    observed: timedelta = 3 * DAY


TRIALS = MappingProxyType(
    {
        Alarm.OVER_DELIVERY: Trial(
            cause_text="the drive delivers half as much again", cause=Cause.RUNAWAY, size="1.5"
        ),
        Alarm.EMPTY_RESERVOIR: Trial(cause_text="no usable drug is left", fill_mL=Decimal(1)),
        Alarm.MOTOR_STALL: Trial(cause_text="the motor's shaft is worn and stops", cause=Cause.SHAFT_WEAR),
        Alarm.PUMP_STOPPED: Trial(cause_text="a person stops it", act="stop"),
        Alarm.END_OF_SERVICE: Trial(
            cause_text="the battery runs low, and nobody replaces the pump",
            cause=Cause.BATTERY_DRAIN,
            size="820",
            observed=100 * DAY,
        ),
        Alarm.TRANSACTION_OPEN: Trial(cause_text="an update is begun and left", act="begin update"),
        Alarm.PUMP_RESET: Trial(cause_text="the watchdog resets it", cause=Cause.WATCHDOG),
        Alarm.MEMORY_ERROR: Trial(cause_text="every copy of its memory is damaged", cause=Cause.BOTH_COPIES),
        Alarm.UNDER_DELIVERY: Trial(
            cause_text="the drive delivers a fifth less", cause=Cause.LAGGING, size="0.8"
        ),
        Alarm.TEMPERATURE: Trial(cause_text="a fever of 42 degrees C", cause=Cause.FEVER, size="42"),
        Alarm.SELF_TEST_FAILED: Trial(cause_text="its independent counter sticks", cause=Cause.COUNTER_STUCK),
        Alarm.LOW_RESERVOIR: Trial(cause_text="2 mL are left", fill_mL=_LOW),
        Alarm.REPLACE_SOON: Trial(
            cause_text="nine tenths of the battery are used", cause=Cause.BATTERY_DRAIN, size="820"
        ),
        Alarm.PROCESSOR_ERROR: Trial(
            cause_text="a bit of its code has flipped", cause=Cause.CODE_BIT, size="1"
        ),
        Alarm.LIBRARY_ERROR: Trial(
            cause_text="a bit of its drug library has flipped", cause=Cause.LIBRARY_BIT
        ),
        Alarm.KEY_STUCK: Trial(cause_text="its request key sticks", cause=Cause.KEY_STUCK),
        Alarm.CLOCK_ERROR: Trial(
            cause_text="its clock jumps by an hour", cause=Cause.CLOCK_JUMP, size="3600"
        ),
        Alarm.OCCLUSION: Trial(
            cause_text="its outlet is blocked for 10 days; then its residual volume is measured",
            cause=Cause.OCCLUSION,
            act="draw out residual",
        ),
        Alarm.LEVEL_DIFFERS: Trial(
            cause_text="3 mL less are drawn out than it expects", act="too little left"
        ),
        Alarm.PAUSE_LONG: Trial(cause_text="a person pauses it and does not resume it", act="pause"),
        Alarm.DOSE_LIMIT: Trial(
            cause_text="its clock is set forward by an hour while a bolus of 95 mcg runs, on 1900 mcg a day",
            act="clock within a bolus",
            program=_NEAR_THE_LIMIT,
        ),
        Alarm.UNSTABLE_FLOW: Trial(
            cause_text="a particle stops the drive three times, 3 h apart",
            cause=Cause.FOREIGN_PARTICLE,
            times=3,
            lasts=timedelta(seconds=100),
        ),
    }
)


def cause_alarm(pump: Pump, trial: Trial, starts: datetime) -> datetime:
    """Cause the alarm of a trial on a pump, and return the time; the fill volume is set at implantation.

    Raises:
        RefusedError: the pump does not have the function.
    """
    if trial.act == "clock within a bolus":
        return _set_clock_within_a_bolus(pump, trial, starts + DAY)
    now = starts if trial.fill_mL != FULL else starts + _CAUSE_STARTS
    pump.advance(now)
    match trial.act:
        case "stop":
            pump.handle(Stop(id=CommandId("stop")), now)
        case "begin update":
            pump.handle(BeginUpdate(id=CommandId("update"), against=_read(pump, now)), now)
        case "pause":
            pump.handle(Pause(id=CommandId("pause"), against=_read(pump, now)), now)
        case "draw out residual":
            pump.arrange(*_conditions(trial, now))
            now += _BLOCKED_FOR
            pump.advance(now)
            _compare(pump, pump.true_content, now)
        case "too little left":
            _compare(pump, pump.status(now=now).content - _VOLUME_ERROR, now)
        case _:
            pump.arrange(*_conditions(trial, now))
    return now


def _set_clock_within_a_bolus(pump: Pump, trial: Trial, midnight: datetime) -> datetime:
    program = replace(trial.program, once=_BOLUS)
    pump.handle(SetProgram(id=CommandId("bolus"), against=_read(pump, midnight), program=program), midnight)
    now = midnight + 30 * MINUTE
    clock = PumpClock(pump.memory.clock.offset + HOUR)
    pump.handle(SetClock(id=CommandId("clock"), against=_read(pump, now), clock=clock), now)
    return now


def _compare(pump: Pump, drained: Volume, now: datetime) -> None:
    compare = CompareResidual(id=CommandId("residual"), against=_read(pump, now), drained=drained)
    pump.handle(compare, now)


def _read(pump: Pump, now: datetime) -> WrittenAgainst:
    return WrittenAgainst.of(pump.status(now=now))


def _conditions(trial: Trial, now: datetime) -> tuple[Condition, ...]:
    if trial.cause is None:
        return ()
    size = None if trial.size is None else Decimal(trial.size)
    starts = [now + number * _REPEAT_INTERVAL for number in range(trial.times)]
    return tuple(
        Condition(
            cause=trial.cause,
            since=since,
            size=size,
            until=None if trial.lasts is None else since + trial.lasts,
        )
        for since in starts
    )
