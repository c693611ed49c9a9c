"""What is calculated from local times is what is calculated from the same moments in UTC."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.readings import last_reading
from builders.strategies import programs, pump_clocks
from builders.summer_time import ALL, Change, changes, spans_around
from builders.therapy import CAN
from thecal.quantities import DAY, HOUR, Interval, PumpClock, Volume, elapsed
from thecal.therapy import (
    Program,
    Reservoir,
    daily_dose_from,
    pieces,
    refill_dates,
    therapy_now,
    when_delivered,
)

BEFORE = st.timedeltas(timedelta(0), timedelta(days=4))
RATE = CAN.minimum_rate


@pytest.mark.parametrize("change", ALL)
def test_each_change_moves_the_clock_on_the_wall(change: Change) -> None:
    before, after = change.there(change.at - HOUR), change.there(change.at)

    assert before.utcoffset() != after.utcoffset()
    assert after - before != HOUR  # what Python says; it is an hour
    assert elapsed(before, after) == HOUR


@given(changes(), spans_around(), BEFORE, programs(), pump_clocks())
def test_a_program_flows_alike_whatever_zone_its_times_are_in(
    change: Change, shift: timedelta, before: timedelta, what: Program, clock: PumpClock
) -> None:
    start = change.at + shift
    started, end = start - before, start + DAY
    there = change.there

    local = pieces(
        what, Interval(there(start), there(end)), started=there(started), clock=clock, minimum_rate=RATE
    )
    in_utc = pieces(what, Interval(start, end), started=started, clock=clock, minimum_rate=RATE)

    assert list(local) == list(in_utc)


@given(changes(), spans_around(), BEFORE, programs(), pump_clocks())
def test_the_dose_of_the_next_24_hours_is_of_24_hours(
    change: Change, shift: timedelta, before: timedelta, what: Program, clock: PumpClock
) -> None:
    now = change.at + shift

    def dose(now: datetime, started: datetime) -> object:
        return daily_dose_from(what, now=now, started=started, clock=clock, minimum_rate=RATE)

    assert dose(change.there(now), change.there(now - before)) == dose(now, now - before)


@given(changes(), spans_around(days=20), programs(), st.integers(1, 19), pump_clocks())
def test_refill_dates_are_the_same_in_every_zone(
    change: Change, shift: timedelta, what: Program, mL: int, clock: PumpClock
) -> None:
    now, before = change.at + shift, 2 * DAY
    reservoir = Reservoir(
        content=Volume(mL=Decimal(mL)),
        capacity=CAN.reservoir,
        unusable=CAN.unusable,
        concentration=what.concentration,
    )

    def dates(now: datetime, started: datetime, filled_at: datetime) -> object:
        return refill_dates(reservoir, what, CAN, now=now, started=started, filled_at=filled_at, clock=clock)

    local = dates(change.there(now), change.there(now - before), change.there(now - before - DAY))
    assert local == dates(now, now - before, now - before - DAY)


@given(changes(), spans_around(), programs(), st.fractions(0, 5), pump_clocks())
def test_a_volume_is_delivered_at_the_same_moment_in_every_zone(
    change: Change, shift: timedelta, what: Program, mL: Fraction, clock: PumpClock
) -> None:
    now = change.at + shift

    def reached(now: datetime) -> datetime | None:
        return when_delivered(what, mL, now=now, started=now, clock=clock, minimum_rate=RATE)

    assert reached(change.there(now)) == reached(now)


@given(changes(), spans_around(days=40))
def test_how_long_a_refill_is_overdue_is_elapsed_time(change: Change, shift: timedelta) -> None:
    reading, now = last_reading(), change.at + shift
    read = reading.interrogation
    dates = refill_dates(
        read.reservoir,
        read.program,
        read.capability,
        now=reading.read_at,
        started=read.started,
        filled_at=read.filled_at,
        clock=PumpClock(read.clock_offset),
    )
    local = replace(dates, refill_by=change.there(dates.refill_by))

    here = therapy_now(read, local, read_at=change.there(reading.read_at), now=change.there(now))

    assert here.overdue_by == max(timedelta(0), now - dates.refill_by)
