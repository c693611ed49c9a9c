"""How every alarm is brought about, alone, to see what a pump does about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from thecal.pump import Cause, Condition, Pump
from thecal.quantities import DAY, HOUR, Volume
from thecal.therapy import Alarm, CommandId

FULL, _LOW = Decimal(18), Decimal(2)
"""Fillings, mL."""
_APART = 3 * HOUR
_TOO_MUCH = Volume(mL=Decimal(3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How an alarm is brought about.

    Attributes:
        said: in words.
        cause, size: a condition; None where it is an act or a filling.
        times, lasts: how often the condition acts, three hours apart, and for how long; None for good.
        act: ``stop``, ``begin update``, ``compare residual`` or nothing.
        fill_mL: of the reservoir.
        watched: how long somebody waits for the alarm.
    """

    said: str
    cause: Cause | None = None
    size: str | None = None
    times: int = 1
    lasts: timedelta | None = None
    act: str = ""
    fill_mL: Decimal = FULL
    watched: timedelta = 3 * DAY


TRIALS = MappingProxyType(
    {
        Alarm.OVER_DELIVERY: Trial(
            said="the drive moves half as much again", cause=Cause.RUNAWAY, size="1.5"
        ),
        Alarm.EMPTY_RESERVOIR: Trial(said="no usable drug is left", fill_mL=Decimal(1)),
        Alarm.MOTOR_STALL: Trial(said="the motor's shaft is worn and stands", cause=Cause.SHAFT_WEAR),
        Alarm.PUMP_STOPPED: Trial(said="a person stops it", act="stop"),
        Alarm.END_OF_SERVICE: Trial(
            said="the battery runs low, and nobody replaces the pump",
            cause=Cause.BATTERY_DRAIN,
            size="820",
            watched=100 * DAY,
        ),
        Alarm.TRANSACTION_OPEN: Trial(said="an update is begun and left", act="begin update"),
        Alarm.PUMP_RESET: Trial(said="the watchdog resets it", cause=Cause.WATCHDOG),
        Alarm.MEMORY_ERROR: Trial(said="every copy of its memory is damaged", cause=Cause.BOTH_COPIES),
        Alarm.UNDER_DELIVERY: Trial(said="the drive moves a fifth less", cause=Cause.LAGGING, size="0.8"),
        Alarm.TEMPERATURE: Trial(said="a fever of 42 degrees C", cause=Cause.FEVER, size="42"),
        Alarm.SELF_TEST_FAILED: Trial(said="its independent counter sticks", cause=Cause.COUNTER_STUCK),
        Alarm.LOW_RESERVOIR: Trial(said="2 mL are left", fill_mL=_LOW),
        Alarm.REPLACE_SOON: Trial(
            said="nine tenths of the battery are used", cause=Cause.BATTERY_DRAIN, size="820"
        ),
        Alarm.PROCESSOR_ERROR: Trial(said="a bit of its code has flipped", cause=Cause.CODE_BIT, size="1"),
        Alarm.LIBRARY_ERROR: Trial(said="a bit of its drug library has flipped", cause=Cause.LIBRARY_BIT),
        Alarm.KEY_STUCK: Trial(said="its request key sticks", cause=Cause.KEY_STUCK),
        Alarm.CLOCK_ERROR: Trial(said="its clock jumps by an hour", cause=Cause.CLOCK_JUMP, size="3600"),
        Alarm.OCCLUSION: Trial(said="3 mL more are drawn out than it expects", act="compare residual"),
        Alarm.UNSTABLE_FLOW: Trial(
            said="a particle stops the drive three times, 3 h apart",
            cause=Cause.FOREIGN_PARTICLE,
            times=3,
            lasts=timedelta(seconds=100),
        ),
    }
)


def bring_about(pump: Pump, trial: Trial, now: datetime) -> None:
    """Do to a pump what a trial says; a filling was chosen when it was implanted."""
    match trial.act:
        case "stop":
            pump.stop(CommandId("stop"), now=now)
        case "begin update":
            pump.begin_update(now=now)
        case "compare residual":
            pump.compare_residual(pump.status(now=now).content + _TOO_MUCH, now=now)
        case _:
            pump.arrange(*_conditions(trial, now))


def _conditions(trial: Trial, now: datetime) -> tuple[Condition, ...]:
    if trial.cause is None:
        return ()
    size = None if trial.size is None else Decimal(trial.size)
    starts = [now + number * _APART for number in range(trial.times)]
    return tuple(
        Condition(
            cause=trial.cause,
            since=since,
            size=size,
            until=None if trial.lasts is None else since + trial.lasts,
        )
        for since in starts
    )
