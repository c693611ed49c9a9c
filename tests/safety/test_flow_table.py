"""The table of ITB-004 in life, row by row: what an alarm does to the flow, and that it does no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction

import pytest

from builders.pumps import (
    C500,
    C2000,
    MODEL,
    START,
    acting,
    bolus,
    continuous,
    fresh_id,
    mL,
    program,
    read,
    running,
    send,
    ug_a_day,
)
from thecal.pump import FLOW_EFFECTS, Cause, FlowEffect, Pump, effects
from thecal.pump.scheduler import flow_now
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.therapy import Alarm, BeginUpdate, CompareResidual, Fallback, Pause, SimpleContinuous, Stop

BOLUS = bolus(90, minutes=360)
RUNS = program(SimpleContinuous(dose=ug_a_day(200)), BOLUS)
QUANTUM = Fraction(MODEL.quantum.mL)


@dataclass(frozen=True)
class Row:
    """How an alarm is brought about: on what pump, by what, and what is asked of it then."""

    cause: Cause | None = None
    size: str | None = None
    lasting: timedelta | None = None
    times: int = 1
    fill: str = "18"
    act: Callable[[Pump], object] | None = None
    watched: timedelta = 5 * HOUR

    def pump(self, *, faulty: bool) -> Pump:
        """Return a pump within a bolus of six hours, to which it happens, or not."""
        pump = running(RUNS, fill=self.fill)
        if faulty and self.cause is not None:
            pump.arrange(
                *(
                    acting(self.cause, HOUR + MINUTE + number * HOUR, lasting=self.lasting, size=self.size)
                    for number in range(self.times)
                )
            )
        pump.advance(START + HOUR)
        if faulty and self.act is not None:
            self.act(pump)
        return pump


def stop(pump: Pump) -> None:
    """Stop it."""
    pump.handle(Stop(id=fresh_id()), pump.present)


def pause(pump: Pump) -> None:
    """Pause it and go away."""
    pump.handle(Pause(id=fresh_id(), against=read(pump)), pump.present)


def leave_open(pump: Pump) -> None:
    """Begin an update and go away."""
    pump.handle(BeginUpdate(id=fresh_id(), against=read(pump)), pump.present)


def fill_and_tell_nobody(pump: Pump) -> None:
    """Draw out half of what it holds, by a needle alone."""
    pump.fill_by_needle(left_behind=mL(9), fill=mL(0), product=C500, now=pump.present)


def drain_too_much(pump: Pump) -> None:
    """Draw out far more than it expects."""
    pump.handle(
        CompareResidual(id=fresh_id(), against=read(pump), drained=pump.memory.reservoir.capacity),
        pump.present,
    )


def drain_too_little(pump: Pump) -> None:
    """Draw out far less than it expects."""
    pump.handle(CompareResidual(id=fresh_id(), against=read(pump), drained=mL("1.4")), pump.present)


ROWS = {
    Alarm.OVER_DELIVERY: Row(Cause.RUNAWAY, "3"),
    Alarm.EMPTY_RESERVOIR: Row(fill="1.7", watched=10 * HOUR),
    Alarm.MOTOR_STALL: Row(Cause.SHAFT_WEAR),
    Alarm.PUMP_STOPPED: Row(act=stop),
    Alarm.END_OF_SERVICE: Row(Cause.BATTERY_DRAIN, "1490", watched=100 * DAY),
    Alarm.TRANSACTION_OPEN: Row(act=leave_open),
    Alarm.LEVEL_DIFFERS: Row(act=drain_too_little),
    Alarm.PAUSE_LONG: Row(act=pause),
    Alarm.MEMORY_ERROR: Row(Cause.BOTH_COPIES),
    Alarm.PROCESSOR_ERROR: Row(Cause.CODE_BIT, "1"),
    Alarm.CLOCK_ERROR: Row(Cause.CLOCK_JUMP, "5000"),
    Alarm.PUMP_RESET: Row(Cause.HANG),
    Alarm.OCCLUSION: Row(act=drain_too_much),
    Alarm.TEMPERATURE: Row(Cause.FEVER, "42"),
    Alarm.SELF_TEST_FAILED: Row(Cause.TONE_BROKEN),
    Alarm.LOW_RESERVOIR: Row(fill="1.9"),
    Alarm.REPLACE_SOON: Row(Cause.BATTERY_DRAIN, "1400"),
    Alarm.LIBRARY_ERROR: Row(Cause.LIBRARY_BIT),
    Alarm.UNDER_DELIVERY: Row(Cause.LAGGING, "0.5"),
    Alarm.UNSTABLE_FLOW: Row(Cause.FOREIGN_PARTICLE, lasting=50 * timedelta(seconds=1), times=3),
    Alarm.KEY_STUCK: Row(Cause.KEY_STUCK),
}


def commanded(pump: Pump) -> Fraction:
    """Return what the pump asks its drive for, in mL/day."""
    return flow_now(pump.memory)


def raised(row: Row, alarm: Alarm) -> Pump:
    """Return the pump at the first moment, to the minute, at which the alarm stands."""
    pump = row.pump(faulty=True)
    step = MINUTE if row.watched < DAY else DAY
    while alarm not in pump.status(now=pump.present).alarms:
        assert pump.present < START + HOUR + row.watched, f"{alarm} did not come"
        pump.advance(pump.present + step)
    return pump


@pytest.mark.requirement("ITB-004")
@pytest.mark.parametrize("alarm", [alarm for alarm in Alarm if alarm is not Alarm.DOSE_LIMIT])
def test_every_alarm_does_to_the_flow_what_its_row_says_and_nothing_else(alarm: Alarm) -> None:
    effect, row = FLOW_EFFECTS[alarm], ROWS[alarm]
    pump, left = raised(row, alarm), row.pump(faulty=False)
    left.advance(pump.present)
    base = Fraction("0.4")

    for later in (timedelta(0), HOUR, 3 * HOUR, 10 * HOUR, 3 * DAY):
        at = pump.present + later
        pump.advance(at)
        left.advance(at)
        expected = {
            FlowEffect.NONE_LEFT: Fraction(0),
            FlowEffect.STANDS: Fraction(0),
            FlowEffect.KEEPS: commanded(left),
            FlowEffect.ENDS_BOLUS: base,
            FlowEffect.RESUMES: base,
            FlowEffect.FALLS_BACK: base,
        }[effect]
        if effect is FlowEffect.KEEPS and left.memory.is_empty:
            break
        assert commanded(pump) == expected

    kept = effect in (FlowEffect.KEEPS, FlowEffect.STANDS, FlowEffect.ENDS_BOLUS, FlowEffect.RESUMES)
    assert (pump.memory.program == RUNS) == (kept or alarm in (Alarm.EMPTY_RESERVOIR, Alarm.END_OF_SERVICE))
    if effect is FlowEffect.FALLS_BACK:
        assert pump.memory.program.base == Fallback(dose=ug_a_day(200))


@pytest.mark.requirement("ITB-004")
def test_the_dose_limit_ends_the_bolus_and_the_base_program_goes_on() -> None:
    assert FLOW_EFFECTS[Alarm.DOSE_LIMIT] is FlowEffect.ENDS_BOLUS
    pump = running(continuous(1900, C2000))
    pump.arrange(acting(Cause.COUNTER_STUCK, 2 * DAY))
    pump.advance(START + 2 * DAY)
    send(pump, program(SimpleContinuous(dose=ug_a_day(1900)), bolus(95, minutes=360), C2000))
    assert commanded(pump) > Fraction("0.95")

    while Alarm.DOSE_LIMIT not in pump.status(now=pump.present).alarms:
        assert not pump.memory.once_over
        pump.advance(pump.present + 15 * MINUTE)

    assert pump.memory.once_over
    for _ in range(10):
        assert commanded(pump) == Fraction("0.95")
        pump.advance(pump.present + 5 * HOUR)


@pytest.mark.requirement("ITB-004")
def test_every_alarm_has_its_row_in_life() -> None:
    assert set(ROWS) | {Alarm.DOSE_LIMIT} == set(Alarm) == set(FLOW_EFFECTS)


@pytest.mark.requirement("ITB-004")
@pytest.mark.parametrize(
    "alarm", [alarm for alarm, effect in FLOW_EFFECTS.items() if effect is FlowEffect.KEEPS]
)
def test_an_alarm_that_keeps_the_program_changes_nothing_but_what_is_told_of_it(alarm: Alarm) -> None:
    memory = Row().pump(faulty=False).memory

    after = effects.raised(memory, alarm)

    told = {"raised": memory.raised, "alarm_starts": memory.alarm_starts, "log": memory.log}
    assert replace(after, **told) == memory  # type: ignore[arg-type] # three fields of three types
    assert after != memory


@pytest.mark.requirement("ITB-004", "ITB-161")
@pytest.mark.parametrize("alarm", list(Alarm))
def test_no_alarm_starts_a_pump_that_a_person_stopped(alarm: Alarm) -> None:
    pump = Row().pump(faulty=False)
    pump.handle(Stop(id=fresh_id()), pump.present)

    after = effects.raised(pump.memory, alarm)

    assert after.program.is_stopped
    assert flow_now(after) == 0
