"""The table of the alarms: how each sounds, and what a legacy and a reference pump were seen to do about it.

Nothing is typed in of when an alarm comes or what becomes of the flow: each is brought about by a cause of
its own, alone, and watched.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.lab.accidents.words import orders_in_words
from thecal.pump import (
    PROFILES,
    RULES,
    TONES,
    Cause,
    Condition,
    Pump,
    capability,
    pump_model,
)
from thecal.pump.alarms import ESCALATES_AT, ESCALATES_WITHIN, REARMS_AFTER
from thecal.quantities import (
    DAY,
    HOUR,
    MINUTE,
    Concentration,
    DoseRate,
    PumpClock,
    Volume,
    write_duration,
)
from thecal.therapy import BACLOFEN, Alarm, CommandId, Program, PumpSerial, SimpleContinuous

if TYPE_CHECKING:
    from thecal.pump import AlarmClass, Priority, Tone

MODEL = "SynchroMed II 20 mL"
_STARTS = datetime(2026, 3, 2, tzinfo=UTC)
_BEGINS = HOUR + 7 * MINUTE
"""After so long the cause is brought about: between two self-tests."""
_LOOKS_EVERY = 6 * HOUR
_APART = 3 * HOUR
_TOO_MUCH = Volume(mL=Decimal(3))
_FULL, _LOW = Decimal(18), Decimal(2)
_STRENGTH = Concentration(ug_per_mL=Decimal(500))
_DOSE = DoseRate(ug_per_day=Decimal(200))
_INTERVALS = MappingProxyType({"critical": "critical_interval", "non-critical": "non_critical_interval"})


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
    fill_mL: Decimal = _FULL
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one pump was seen to do.

    Attributes:
        raised_after: how long after its cause; None if not while it was watched.
        then: what becomes of the flow, in words.
    """

    raised_after: timedelta | None
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """One alarm.

    Attributes:
        alarm: which.
        kind: its class.
        priority: how soon somebody must act.
        event: from when on it could be noticed.
        effect: what it does to the flow of a reference pump, by the pump's own table.
        tried: how it was brought about; empty where it was not.
        watched: for how long.
        legacy, reference: what each was seen to do; None where it was not tried.
    """

    alarm: Alarm
    kind: AlarmClass
    priority: Priority
    event: str
    effect: str
    tried: str
    watched: timedelta
    legacy: Seen | None
    reference: Seen | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """How a class of alarm sounds.

    Attributes:
        kind: which.
        tone: to be played.
        said: in words.
        every: how often.
        source: who says how often, and how sure that is.
    """

    kind: AlarmClass
    tone: Tone
    said: str
    every: timedelta
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmTable:
    """Every alarm, gravest first, and the rules of sounding."""

    model: str
    rows: tuple[AlarmRow, ...]
    sounds: tuple[Sound, ...]
    rules: tuple[str, ...]


_RULES = (
    "While a critical alarm stands, it alone sounds; the others stay on record.",
    f"A silenced alarm sounds again after {write_duration(REARMS_AFTER)}. Silence clears nothing.",
    f"An alarm that comes {ESCALATES_AT} times within {write_duration(ESCALATES_WITHIN)} sounds as critical.",
    "An alarm about a state goes with the state.",
    "An alarm about a fault stands until somebody interrogates the pump, also when the fault is over.",
)


@cache
def alarm_table() -> AlarmTable:
    """Bring every alarm about on both pumps, and tell what was seen."""
    return AlarmTable(
        model=MODEL,
        rows=tuple(_row(alarm) for alarm in RULES),
        sounds=tuple(_sound(kind) for kind in TONES),
        rules=_RULES,
    )


def _row(alarm: Alarm) -> AlarmRow:
    rule, trial = RULES[alarm], TRIALS.get(alarm)
    return AlarmRow(
        alarm=alarm,
        kind=rule.sounds_as,
        priority=rule.priority,
        event=rule.event,
        effect=rule.effect.value,
        tried="" if trial is None else trial.said,
        watched=timedelta(0) if trial is None else trial.watched,
        legacy=None if trial is None else _seen(alarm, trial, "legacy"),
        reference=None if trial is None else _seen(alarm, trial, "reference"),
    )


def tone_in_words(tone: Tone) -> str:
    """Say how a tone sounds: its pitches, whether they alternate, and how long."""
    pitches = list(dict.fromkeys(pitch for pitch, _ in tone.steps))
    lasts = f"{tone.lasts.total_seconds():g} s"
    if len(pitches) == 1:
        return f"one tone of {pitches[0]} Hz for {lasts}"
    each = f"{tone.steps[0][1] / 1000:g} s"
    return f"{' and '.join(f'{pitch} Hz' for pitch in pitches)} by turns, {each} each, for {lasts}"


def _sound(kind: AlarmClass) -> Sound:
    model = pump_model(MODEL)
    name = _INTERVALS[kind.value]
    figure = model.engineering[name]
    return Sound(
        kind=kind,
        tone=TONES[kind],
        said=tone_in_words(TONES[kind]),
        every=timedelta(seconds=int(model.number(name))),
        source=figure.source,
    )


def _seen(alarm: Alarm, trial: Trial, profile: str) -> Seen:
    pump = Pump.implanted(
        serial=PumpSerial("ALARMS"),
        capability=capability(MODEL),
        drug=BACLOFEN,
        fill=Volume(mL=trial.fill_mL),
        concentration=_STRENGTH,
        clock=PumpClock(),
        now=_STARTS,
        profile=PROFILES[profile],
    )
    pump.set_program(
        CommandId("trial"),
        base_revision=0,
        base_digest=pump.memory.plan.digest,
        program=Program(
            drug=BACLOFEN,
            concentration=_STRENGTH,
            base=SimpleContinuous(dose=_DOSE),
        ),
        now=_STARTS,
    )
    begins = _STARTS if trial.fill_mL != _FULL else _STARTS + _BEGINS
    pump.advance(begins)
    _bring_about(pump, trial, begins)
    raised = _raised(pump, alarm)
    while raised is None and pump.present < begins + trial.watched:
        pump.advance(pump.present + _LOOKS_EVERY)
        raised = _raised(pump, alarm)
    return Seen(
        raised_after=None if raised is None else raised - begins,
        then=orders_in_words(pump.memory, base=_DOSE),
    )


def _bring_about(pump: Pump, trial: Trial, now: datetime) -> None:
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


def _raised(pump: Pump, alarm: Alarm) -> datetime | None:
    return next((one.since for one in pump.memory.raised if one.alarm is alarm), None)
