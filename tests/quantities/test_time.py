from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.strategies import clock_offsets, intervals, moments, pump_clocks
from builders.summer_time import Change, changes, spans_around
from thecal.quantities import (
    DAY,
    HOUR,
    Interval,
    ManualClock,
    PumpClock,
    Weekday,
    aware,
    elapsed,
    microseconds,
    since_midnight,
    utc,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAIVE = NOON.replace(tzinfo=None)
ZURICH = ZoneInfo("Europe/Zurich")
BEFORE_SUMMER = datetime(2026, 3, 29, 1, 30, tzinfo=ZURICH)
AFTER_SUMMER = datetime(2026, 3, 29, 3, 30, tzinfo=ZURICH)


def test_a_moment_without_its_zone_names_no_moment() -> None:
    for refuse in (aware, utc, ManualClock, lambda moment: Interval(moment, NOON), PumpClock().reading):
        with pytest.raises(ValueError, match="has no time zone"):
            refuse(NAIVE)


def test_a_moment_with_its_zone_is_left_as_it_is() -> None:
    assert aware(BEFORE_SUMMER) is BEFORE_SUMMER


def test_an_interval_holds_its_start_and_not_its_end() -> None:
    hour = Interval(NOON, NOON + HOUR)

    assert NOON in hour
    assert NOON + HOUR not in hour
    assert NOON + HOUR - timedelta(microseconds=1) in hour


def test_an_empty_interval_holds_nothing() -> None:
    assert NOON not in Interval(NOON, NOON)
    assert Interval(NOON, NOON).length == timedelta(0)


def test_an_interval_does_not_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Interval(NOON, NOON - HOUR)


def test_the_night_the_clocks_go_forward_is_an_hour_shorter() -> None:
    night = Interval(BEFORE_SUMMER, AFTER_SUMMER)

    assert night.length == HOUR
    assert night == Interval(BEFORE_SUMMER.astimezone(UTC), AFTER_SUMMER.astimezone(UTC))


def test_the_hour_that_comes_twice_comes_in_order() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZURICH)

    assert Interval(first, first.replace(fold=1)).length == HOUR
    with pytest.raises(ValueError, match="cannot end"):
        Interval(first.replace(fold=1), first)


@given(intervals(), intervals(), st.data())
def test_a_moment_lies_in_an_overlap_exactly_if_it_lies_in_both(
    one: Interval, drawn: Interval, data: st.DataObject
) -> None:
    start = one.start + data.draw(st.timedeltas(timedelta(days=-9), timedelta(days=9)))
    other = Interval(start, start + drawn.length)
    moment = start + data.draw(st.timedeltas(timedelta(0), timedelta(days=20)))

    both = one.overlap(other)

    assert (both is not None and moment in both) == (moment in one and moment in other)
    assert both == other.overlap(one)


def test_intervals_that_adjoin_do_not_overlap() -> None:
    assert Interval(NOON, NOON + HOUR).overlap(Interval(NOON + HOUR, NOON + DAY)) is None


def test_microseconds_are_counted_whole() -> None:
    assert microseconds(timedelta(days=1, microseconds=3)) == 86_400_000_003


@given(changes(), spans_around(), spans_around())
def test_elapsed_time_is_the_same_in_every_zone(change: Change, one: timedelta, other: timedelta) -> None:
    start, moment = change.at + one, change.at + other

    assert elapsed(change.there(start), change.there(moment)) == other - one
    assert elapsed(start, change.there(moment)) == other - one


def test_elapsed_time_is_refused_where_a_zone_is_missing() -> None:
    for start, moment in ((NAIVE, NOON), (NOON, NAIVE)):
        with pytest.raises(ValueError, match="has no time zone"):
            elapsed(start, moment)


@given(st.times())
def test_the_time_since_midnight_leaves_nothing_out(moment: time) -> None:
    assert datetime.combine(NOON, time(0)) + since_midnight(moment) == datetime.combine(NOON, moment)


def test_a_pump_clock_knows_no_summer_time() -> None:
    clock = PumpClock(HOUR)

    shown = [clock.time_of_day(moment) for moment in (BEFORE_SUMMER, AFTER_SUMMER)]

    assert shown == [time(1, 30), time(2, 30)]  # the wall says 03:30; the pump does not follow
    assert clock.midnight_before(AFTER_SUMMER) == datetime(2026, 3, 28, 23, tzinfo=UTC)


@given(clock_offsets(), moments())
def test_a_pump_day_starts_at_the_midnight_the_pump_shows(offset: timedelta, moment: datetime) -> None:
    clock = PumpClock(offset)

    midnight = clock.midnight_before(moment)

    assert timedelta(0) <= moment - midnight < DAY
    assert clock.time_of_day(midnight) == time(0)
    assert clock.weekday(midnight) == clock.weekday(moment)
    assert clock.midnight_before(midnight) == midnight


@given(pump_clocks(), moments())
def test_the_next_pump_day_is_the_next_weekday(clock: PumpClock, moment: datetime) -> None:
    assert clock.weekday(moment + DAY) == Weekday((clock.weekday(moment) + 1) % 7)


def test_weekdays_are_the_pumps_own() -> None:
    assert PumpClock().weekday(NOON) is Weekday.MONDAY
    assert PumpClock(timedelta(hours=13)).weekday(NOON) is Weekday.TUESDAY


@pytest.mark.parametrize("offset", [DAY, -DAY])
def test_a_pump_clock_is_less_than_a_day_away(offset: timedelta) -> None:
    with pytest.raises(ValueError, match="less than a day"):
        PumpClock(offset)


def test_a_manual_clock_moves_only_when_it_is_set_and_only_forward() -> None:
    clock = ManualClock(NOON)

    clock.advance(HOUR)

    assert clock.now() == clock.now() == NOON + HOUR
    with pytest.raises(ValueError, match="cannot advance"):
        clock.advance(-HOUR)
    assert clock.now() == NOON + HOUR


def test_a_manual_clock_moves_by_elapsed_time() -> None:
    clock = ManualClock(BEFORE_SUMMER)

    clock.advance(HOUR)

    assert clock.now() == AFTER_SUMMER
