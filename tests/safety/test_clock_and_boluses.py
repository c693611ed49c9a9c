"""The clock of the day is set, and no periodic bolus is given twice or made up."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import START, fresh_id, program, read, running, ug_a_day
from thecal.pump import Pump
from thecal.quantities import DAY, HOUR, MINUTE, Mass, PumpClock
from thecal.therapy import PeriodicBolus, SetClock

LASTS, INTERVAL = 10 * MINUTE, 6 * HOUR
BASE = PeriodicBolus(background=ug_a_day(48), bolus=Mass(ug=Decimal(20)), duration=LASTS, interval=INTERVAL)


def boluses(pump: Pump) -> list[tuple[timedelta, timedelta]]:
    """Return from when to when more flowed than the background, since the start."""
    background = Decimal("0.096")
    return [
        (part.interval.start - START, part.interval.end - START)
        for part in pump.delivery.segments
        if part.flow.mL_per_day > background
    ]


def midnight(pump: Pump) -> timedelta:
    """Return when the pump's first whole day begins, since the start."""
    return pump.memory.clock.midnight_before(START) + DAY - START


def set_by(pump: Pump, by: timedelta, *, after: timedelta) -> None:
    """Set a pump's clock so much ahead, so long after the start."""
    pump.handle(
        SetClock(id=fresh_id(), against=read(pump), clock=PumpClock(pump.memory.clock.offset + by)),
        START + after,
    )


@pytest.mark.requirement("ITB-118")
@pytest.mark.parametrize("minutes", [5, 15])
def test_a_clock_set_back_repeats_no_bolus_and_cuts_none_short(minutes: int) -> None:
    pump = running(program(BASE))
    begins = midnight(pump)

    set_by(pump, -30 * MINUTE, after=begins + minutes * MINUTE)
    pump.advance(START + begins + 8 * HOUR)

    later = begins + INTERVAL + 30 * MINUTE
    assert boluses(pump)[-2:] == [(begins, begins + LASTS), (later, later + LASTS)]


@pytest.mark.requirement("ITB-118")
def test_a_clock_set_forward_makes_no_bolus_up() -> None:
    pump = running(program(BASE))
    begins = midnight(pump)

    set_by(pump, INTERVAL + 5 * MINUTE, after=begins + HOUR)
    pump.advance(START + begins + 13 * HOUR)

    first, late = begins + INTERVAL, begins + 2 * INTERVAL - 5 * MINUTE
    assert boluses(pump)[-3:] == [
        (begins, begins + LASTS),
        (first, first + LASTS - 5 * MINUTE),
        (late, late + LASTS),
    ]


@pytest.mark.requirement("ITB-118")
@given(
    sets=st.lists(
        st.tuples(st.integers(1, 400), st.integers(-720, 720).map(lambda minutes: minutes * MINUTE)),
        min_size=1,
        max_size=6,
    )
)
@settings(max_examples=60, deadline=None)
def test_however_the_clock_is_set_no_interval_holds_more_than_one_bolus(
    sets: list[tuple[int, timedelta]],
) -> None:
    pump, at, hours = running(program(BASE)), timedelta(0), pump_offset()
    for minutes, offset in sets:
        at += minutes * MINUTE
        pump.handle(SetClock(id=fresh_id(), against=read(pump), clock=PumpClock(hours + offset)), START + at)
        pump = Pump.restore(pump.image())
    pump.advance(START + at + 2 * DAY)

    flowed = boluses(pump)
    for begins in {edge for start, end in flowed for edge in (start, end - INTERVAL)}:
        ends = begins + INTERVAL
        held = (min(end, ends) - max(start, begins) for start, end in flowed if end > begins and start < ends)
        assert sum(held, timedelta(0)) <= LASTS


def pump_offset() -> timedelta:
    """Return by how much a fresh pump's clock is ahead of UTC."""
    return running(program(BASE)).memory.clock.offset
