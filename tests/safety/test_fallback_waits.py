"""The fallback that begins by itself, when no copy of the program is intact, waits for room in the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
    C2000,
    MODEL,
    START,
    acting,
    alarms_of,
    bolus,
    continuous,
    flow,
    fresh_id,
    program,
    read,
    records,
    running,
    send,
    ug_a_day,
)
from builders.twin.window import highest_day_ug
from thecal.pump import LEGACY, Cause, Kind, Pump, RefusedError
from thecal.pump.hold import Hold
from thecal.pump.window import exceeds
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.therapy import Alarm, DoseStep, Fallback, Flex, Restart, Stop

STEEP = program(
    Flex.every_day(
        DoseStep(start=time(0), rate=ug_a_day(1400)), DoseStep(start=time(12), rate=ug_a_day(2400))
    ),
    concentration=C2000,
)
MOST = MODEL.daily_dose_most.ug_per_day
SLOWEST = MODEL.minimum_rate.mL_per_day


def lost(after: timedelta = 2 * DAY) -> Pump:
    """Return a pump both of whose copies were lost, at a time of the second day by its own clock."""
    pump = running(STEEP)
    midnight = pump.memory.clock.midnight_before(START)
    pump.arrange(acting(Cause.BOTH_COPIES, midnight + after - START))
    pump.advance(midnight + after)
    return pump


def begins(pump: Pump, within: timedelta = DAY) -> datetime:
    """Live on until the fallback flows, and return when."""
    last = pump.present + within
    while pump.present <= last:
        if Hold.WINDOW not in pump.memory.holds:
            return pump.present
        pump.advance(pump.present + MINUTE)
    raise AssertionError("the fallback never began")


@pytest.mark.requirement("ITB-035", "ITB-004")
def test_after_the_high_half_of_a_day_the_fallback_waits_until_the_day_has_room_for_it() -> None:
    pump = lost()
    began = pump.present

    assert pump.memory.program.base == Fallback(dose=ug_a_day(1900))
    assert flow(pump) == SLOWEST
    assert alarms_of(pump) == {Alarm.MEMORY_ERROR, Alarm.DOSE_LIMIT}
    assert records(pump, Kind.PROGRAM_PAUSED)[-1].fact("cause") == "dose window"

    waited = begins(pump) - began

    assert HOUR < waited < 6 * HOUR
    assert flow(pump) == Decimal("0.95")
    assert records(pump, Kind.PROGRAM_RESUMED)[-1].fact("cause") == "dose window"
    assert records(pump, Kind.PROGRAM_RESUMED)[-1].at == pump.present
    pump.advance(began + 3 * DAY)
    assert highest_day_ug(pump) <= MOST
    assert alarms_of(pump) >= {Alarm.MEMORY_ERROR}


@pytest.mark.requirement("ITB-035")
def test_a_quarter_of_an_hour_earlier_the_fallback_would_have_exceeded_the_maximum() -> None:
    pump = lost()
    begins(pump)
    at = pump.present - 16 * MINUTE
    sooner = lost()
    sooner.advance(at)

    assert exceeds(sooner.memory)
    assert not exceeds(pump.memory)


@pytest.mark.requirement("ITB-035", "ITB-158")
@pytest.mark.parametrize("after", [DAY + 13 * HOUR, DAY + 12 * HOUR])
def test_after_the_low_half_of_a_day_the_fallback_begins_at_once(after: timedelta) -> None:
    pump = lost(after)

    assert pump.memory.holds == ()
    assert flow(pump) == Decimal("0.95")
    assert records(pump, Kind.PROGRAM_PAUSED) == []


@pytest.mark.requirement("ITB-035")
@given(
    low=st.integers(200, 1900),
    dose=st.integers(10, 90),
    hour=st.integers(0, 47),
    minute=st.integers(0, 59),
)
@settings(max_examples=25, deadline=None)
def test_whenever_the_program_is_lost_no_24_hours_hold_more_than_the_maximum(
    low: int, dose: int, hour: int, minute: int
) -> None:
    high = min(2400, 2 * int(MOST) - low - 200)
    day = Flex.every_day(
        DoseStep(start=time(0), rate=ug_a_day(low)), DoseStep(start=time(12), rate=ug_a_day(high))
    )
    pump = running(program(day, concentration=C2000))
    midnight = pump.memory.clock.midnight_before(START) + DAY
    send(pump, program(day, bolus(dose, minutes=60), C2000), now=midnight)

    pump.arrange(acting(Cause.BOTH_COPIES, midnight + hour * HOUR + minute * MINUTE - START))
    pump.advance(midnight + 4 * DAY)

    assert isinstance(pump.memory.program.base, Fallback)
    assert pump.memory.holds == ()
    assert highest_day_ug(pump) <= MOST


@pytest.mark.requirement("ITB-035")
def test_a_fallback_waits_no_longer_than_a_day_whatever_is_in_doubt() -> None:
    pump = lost()
    began = pump.memory.started
    pump._memory = replace(pump.memory, doubts=((began, began + 3 * DAY, 3_000),))

    assert began + DAY - 15 * MINUTE < begins(pump, 2 * DAY) <= began + DAY + 15 * MINUTE


@pytest.mark.requirement("ITB-161", "ITB-160")
def test_a_stop_while_the_fallback_waits_holds_and_nothing_begins_by_itself() -> None:
    pump = lost()

    pump.handle(Stop(id=fresh_id()), pump.present + MINUTE)
    pump.advance(pump.present + 3 * DAY)

    assert flow(pump) == 0
    assert pump.memory.program.is_stopped
    assert pump.memory.holds == ()


@pytest.mark.requirement("ITB-163")
def test_a_restart_does_not_shorten_the_wait_and_says_so() -> None:
    pump = lost()

    with pytest.raises(RefusedError, match=r"^restart: the fallback starts by itself .*ITB-035\)$"):
        pump.handle(Restart(id=fresh_id(), against=read(pump)), pump.present)

    pump._memory = replace(pump.memory, holds=(Hold.OVER_DELIVERY, Hold.WINDOW))
    pump.handle(Restart(id=fresh_id(), against=read(pump)), pump.present)
    assert pump.memory.holds == (Hold.WINDOW,)
    assert flow(pump) == SLOWEST


def test_a_program_that_fits_is_taken_while_the_fallback_waits() -> None:
    pump = lost()

    send(pump, continuous(100, C2000))

    assert pump.memory.holds == ()
    assert flow(pump) == Decimal("0.05")


def test_the_wait_outlives_a_restart_of_the_processor_and_a_saved_memory() -> None:
    pump = lost()
    pump.arrange(acting(Cause.WATCHDOG, pump.present + MINUTE - START))
    pump.advance(pump.present + 2 * MINUTE)

    assert pump.memory.holds == (Hold.WINDOW,)
    assert flow(Pump.restore(pump.image())) == SLOWEST
    assert begins(Pump.restore(pump.image())) == begins(pump)


def test_a_legacy_pump_turns_at_its_minimum_rate_and_waits_for_nothing() -> None:
    pump = running(STEEP, profile=LEGACY)
    pump.arrange(acting(Cause.BOTH_COPIES, 2 * DAY))

    pump.advance(START + 4 * DAY)

    assert pump.memory.holds == (Hold.RESET,)
