"""Pauses and stops: what the drive then does, and how each ends."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from builders.pumps import (
    C500,
    MODEL,
    START,
    acting,
    alarms_of,
    bolus,
    continuous,
    days,
    deliverable,
    flow,
    fresh_id,
    implanted,
    kinds_of,
    program,
    read,
    running,
    send,
    ug_a_day,
)
from builders.twin.delivered import moved
from thecal.pump import (
    ALARM_CLASSES,
    LEGACY,
    AlarmClass,
    Cause,
    Kind,
    Pump,
    RefusedError,
)
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.therapy import (
    Alarm,
    CommandId,
    DaySchedule,
    DoseStep,
    Flex,
    Pause,
    Resume,
    SimpleContinuous,
    Stop,
    Stopped,
)

TICK = timedelta(microseconds=1)
QUANTUM = Fraction(MODEL.quantum.mL)
FINISHES_WITHIN = timedelta(seconds=10)


# --- a pause ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-012")
def test_a_pause_lowers_the_flow_to_the_minimum_rate_and_every_status_says_so() -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(240)), bolus(60, minutes=360)))
    pump.advance(START + HOUR)
    least = min(dose for dose in pump.memory.program.daily_doses or () if not dose.is_zero)
    status = pump.handle(Pause(id=fresh_id(), against=read(pump)), START + HOUR)

    assert status.paused
    assert not status.stopped
    assert status.flow == MODEL.minimum_rate
    assert status.flow.as_dose(C500) < least
    assert pump.interrogate(now=START + HOUR + MINUTE).status.paused
    assert kinds_of(pump)[-2:] == [Kind.PROGRAM_PAUSED, Kind.PUMP_INTERROGATED]

    status = pump.handle(Resume(id=fresh_id(), against=read(pump)), START + HOUR + 10 * MINUTE)
    assert not status.paused
    assert status.flow.mL_per_day == Decimal("0.48")


@pytest.mark.requirement("ITB-012")
@given(day=days(), at=st.timedeltas(timedelta(0), DAY))
@example(
    day=DaySchedule(
        (DoseStep(start=time(0), rate=ug_a_day(0)), DoseStep(start=time(12), rate=ug_a_day(240)))
    ),
    at=timedelta(0),
)
@settings(max_examples=20, deadline=None)
def test_a_pause_never_raises_the_flow_above_what_the_program_says(day: DaySchedule, at: timedelta) -> None:
    assume(day.total_ug())
    asked = program(Flex((day,) * 7))
    assume(deliverable(asked))
    pump, left = running(asked), running(asked)
    pump.handle(Pause(id=fresh_id(), against=read(pump)), START + at)

    for minutes in (0, 1, 10, 29):
        left.advance(START + at + minutes * MINUTE)
        pump.advance(START + at + minutes * MINUTE)
        assert flow(pump) == min(flow(left), MODEL.minimum_rate.mL_per_day)
    assert moved(pump) <= moved(left)


@pytest.mark.requirement("ITB-013", "ITB-158")
def test_a_pause_of_half_an_hour_alarms_and_the_base_program_goes_on_with_nothing_made_up() -> None:
    pump = running(continuous(240))
    pump.handle(Pause(id=fresh_id(), against=read(pump)), START + HOUR)

    assert pump.status(now=START + HOUR + 30 * MINUTE - TICK).alarms == ()
    status = pump.status(now=START + HOUR + 30 * MINUTE)
    assert status.alarms == (Alarm.PAUSE_LONG,)
    assert ALARM_CLASSES[Alarm.PAUSE_LONG] is AlarmClass.CRITICAL
    assert not status.paused
    assert flow(pump) == Decimal("0.48")
    pump.advance(START + DAY)
    paused = Fraction(MODEL.minimum_rate.mL_per_day) / 48
    assert abs(moved(pump) - Fraction("0.48") * 47 / 48 - paused) <= QUANTUM
    pump.interrogate(now=START + DAY)
    assert alarms_of(pump) == set()


@pytest.mark.requirement("ITB-013")
def test_a_stop_of_any_length_alarms_from_its_beginning() -> None:
    pump = running(continuous(240))

    assert Alarm.PUMP_STOPPED in pump.handle(Stop(id=fresh_id()), START + HOUR).alarms
    assert Alarm.PUMP_STOPPED in pump.status(now=START + HOUR + 30 * MINUTE).alarms


@pytest.mark.parametrize("cause", [Cause.POWER_CUT, Cause.WATCHDOG])
def test_a_reset_ends_a_pause(cause: Cause) -> None:
    pump = running(continuous(240))
    pump.arrange(acting(cause, HOUR + MINUTE))
    pump.handle(Pause(id=fresh_id(), against=read(pump)), START + HOUR)

    pump.advance(START + HOUR + MINUTE)

    assert flow(pump) == Decimal("0.48")
    pump.advance(START + DAY)
    assert Alarm.PAUSE_LONG not in alarms_of(pump)


def test_a_stop_and_a_program_end_a_pause_for_good() -> None:
    stopped, told = running(continuous(240)), running(continuous(240))
    for pump in (stopped, told):
        pump.handle(Pause(id=fresh_id(), against=read(pump)), START + HOUR)
    stopped.handle(Stop(id=fresh_id()), START + HOUR)
    send(told, continuous(120), now=START + HOUR)

    for pump, left in ((stopped, Decimal(0)), (told, Decimal("0.24"))):
        assert flow(pump) == left
        pump.advance(START + DAY)
        assert flow(pump) == left
        assert Alarm.PAUSE_LONG not in alarms_of(pump)


def test_a_pump_that_is_stopped_held_or_has_no_pause_refuses_one() -> None:
    legacy, held = running(continuous(240), profile=LEGACY), running(continuous(240))
    held.arrange(acting(Cause.RUNAWAY, MINUTE, lasting=HOUR, size="3"))
    for pump, why in (
        (implanted(), "this pump is stopped"),
        (legacy, "cannot pause"),
        (held, "does not follow its program now, over-delivery"),
    ):
        with pytest.raises(RefusedError, match=why):
            pump.handle(Pause(id=fresh_id(), against=read(pump)), START + 2 * HOUR)
        with pytest.raises(RefusedError, match="not paused"):
            pump.handle(Resume(id=fresh_id(), against=read(pump)), START + 2 * HOUR)


# --- a stop ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-019")
@given(dose=st.integers(48, 2000), after=st.timedeltas(timedelta(0), 2 * DAY), stops=st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_stop_finishes_the_quantum_under_way_within_seconds_and_moves_no_other(
    dose: int, after: timedelta, *, stops: bool
) -> None:
    pump = running(continuous(dose))
    pump.advance(START + after)
    before = pump.memory

    if stops:
        pump.handle(Stop(id=fresh_id()), START + after)
    else:
        send(pump, program(Stopped()))

    assert pump.status(now=START + after).stopped
    under_way = int(before.drive.phase > 0)
    pump.advance(START + after + FINISHES_WITHIN)
    assert pump.memory.drive.counts == before.drive.counts + under_way
    assert pump.memory.drive.phase == 0
    assert abs(moved(pump) - pump.memory.drive.counts * QUANTUM) < QUANTUM / 1000
    pump.advance(START + after + 20 * DAY)
    assert pump.memory.drive.counts == before.drive.counts + under_way


@pytest.mark.requirement("ITB-019")
def test_an_occlusion_stops_what_reaches_the_patient_at_once_and_the_program_is_kept() -> None:
    """S-02: the drive goes on, for one that stands cannot find the tube open again."""
    pump = running(continuous(240))
    pump.arrange(acting(Cause.OCCLUSION, HOUR + 7 * MINUTE, lasting=DAY))
    pump.advance(START + HOUR + 7 * MINUTE)
    reached = moved(pump)

    pump.advance(START + 20 * HOUR)

    assert moved(pump) == reached
    assert pump.memory.program == continuous(240)
    pump.advance(START + 3 * DAY)
    assert moved(pump) > reached


@pytest.mark.requirement("ITB-160")
def test_a_stop_whose_id_is_no_text_is_carried_out_once_and_recorded() -> None:
    pump, command = running(continuous(240)), CommandId("half a pair \ud800")

    for _ in range(2):
        status = pump.handle(Stop(id=command), START + HOUR)

    assert (status.stopped, status.last_command) == (True, r"half a pair \ud800")
    assert kinds_of(pump).count(Kind.PUMP_STOPPED) == 1
    assert Pump.restore(pump.image()).memory == pump.memory


def test_a_stop_of_a_drive_that_stands_or_of_an_empty_pump_moves_nothing() -> None:
    stalled, empty = running(continuous(240)), running(continuous(240), fill="1.5")
    stalled.arrange(acting(Cause.SHAFT_WEAR, HOUR))
    for pump in (stalled, empty):
        pump.advance(START + DAY)
        counts = pump.memory.drive.counts
        pump.handle(Stop(id=fresh_id()), START + DAY)
        pump.advance(START + 2 * DAY)
        assert pump.memory.drive.counts == counts
        assert not pump.memory.finishing


def test_a_program_that_comes_while_a_stop_finishes_its_quantum_goes_on_from_there() -> None:
    pump = running(continuous(240))
    pump.advance(START + HOUR)
    counts = pump.memory.drive.counts
    pump.handle(Stop(id=fresh_id()), START + HOUR)
    pump.advance(START + HOUR + timedelta(milliseconds=100))

    send(pump, continuous(240))

    assert not pump.memory.finishing
    pump.advance(START + 2 * HOUR)
    assert abs((pump.memory.drive.counts - counts) * QUANTUM - Fraction("0.02")) <= QUANTUM
