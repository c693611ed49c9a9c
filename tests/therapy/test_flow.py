from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.strategies import programs, pump_clocks
from builders.therapy import (
    CAN,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    UTC_CLOCK,
    a_day,
    bolus,
    continuous,
    day,
    flex,
    mL,
    program,
    ug,
)
from thecal.quantities import Interval, PumpClock
from thecal.therapy import (
    Flex,
    MinimumRate,
    PeriodicBolus,
    Piece,
    Priming,
    Program,
    Stopped,
    most_in_any,
    once_duration,
    pieces,
    weekly_volume,
)
from thecal.therapy.flow import highest_flow
from thecal.therapy.modes import daily_totals_ug

WEEK = timedelta(days=7)
SPANS = st.timedeltas(timedelta(0), timedelta(days=9))


def cut(
    what: Program, window: Interval, started: datetime = NOW, clock: PumpClock = UTC_CLOCK
) -> list[Piece]:
    return list(pieces(what, window, started=started, clock=clock, minimum_rate=CAN.minimum_rate))


def total(parts: list[Piece]) -> Fraction:
    return sum((part.volume for part in parts), Fraction(0))


@given(programs(), pump_clocks(), SPANS, SPANS)
def test_pieces_adjoin_and_together_are_the_window(
    what: Program, clock: PumpClock, after: timedelta, length: timedelta
) -> None:
    window = Interval(NOW + after, NOW + after + length)

    parts = cut(what, window, clock=clock)

    edges = [window.start, *(part.interval.end for part in parts)]
    assert [part.interval.start for part in parts] == edges[:-1]
    assert edges[-1] == window.end
    assert all(part.interval.length > timedelta(0) for part in parts)


@given(programs(), pump_clocks(), SPANS, st.lists(SPANS, max_size=4))
def test_the_total_does_not_depend_on_where_it_is_cut(
    what: Program, clock: PumpClock, length: timedelta, cuts: list[timedelta]
) -> None:
    whole = Interval(NOW, NOW + length)
    edges = [NOW, *sorted(NOW + at for at in cuts if at < length), NOW + length]

    parts = [part for start, end in pairwise(edges) for part in cut(what, Interval(start, end), clock=clock)]

    assert total(parts) == total(cut(what, whole, clock=clock))


@given(programs(), pump_clocks(), SPANS)
def test_a_week_of_the_base_program_is_the_same_from_wherever_it_is_counted(
    what: Program, clock: PumpClock, after: timedelta
) -> None:
    begun = timedelta(0) if what.once is None else once_duration(what.once)
    start = NOW + begun + after

    parts = cut(what, Interval(start, start + WEEK), clock=clock)

    assert total(parts) == weekly_volume(what, CAN.minimum_rate)


@given(programs())
def test_a_weeks_volume_carries_the_weeks_dose(what: Program) -> None:
    totals = daily_totals_ug(what.base)

    volume = weekly_volume(what, CAN.minimum_rate)

    if totals is None:
        assert volume == 7 * Fraction(CAN.minimum_rate.mL_per_day)
    else:
        assert volume * Fraction(what.concentration.ug_per_mL) == sum(totals)


@given(programs(), pump_clocks(), SPANS, st.sampled_from([HOUR, DAY, 30 * HOUR]))
def test_no_stretch_holds_more_than_the_most_in_any(
    what: Program, clock: PumpClock, after: timedelta, span: timedelta
) -> None:
    begun = timedelta(0) if what.once is None else once_duration(what.once)
    start = NOW + begun + after

    held = total(cut(what, Interval(start, start + span), clock=clock))

    assert held <= most_in_any(span, what, CAN.minimum_rate)


@given(programs())
def test_the_highest_flow_is_never_passed_by_the_base_program(what: Program) -> None:
    begun = timedelta(0) if what.once is None else once_duration(what.once)

    flows = {part.mL_per_day for part in cut(what, Interval(NOW + begun, NOW + begun + WEEK))}

    assert max(flows) == highest_flow(what, CAN.minimum_rate)


def test_a_late_dose_and_an_early_one_lie_within_the_same_24_hours() -> None:
    late, early = day(("00:00", 0), ("20:00", 600)), day(("00:00", 600), ("04:00", 0))
    two_days = program(Flex((late, early) + (late,) * 5))

    assert max(daily_totals_ug(two_days.base) or ()) == 100
    assert most_in_any(DAY, two_days, CAN.minimum_rate) * 500 == 200
    assert most_in_any(HOUR, two_days, CAN.minimum_rate) * 500 == 25


def test_the_most_in_an_hour_may_end_where_the_flow_changes() -> None:
    steep = program(flex(("00:00", 240), ("06:00", 480), ("06:30", 0)))

    assert most_in_any(HOUR, steep, CAN.minimum_rate) * 500 == 5 + 10


def test_what_runs_once_runs_from_the_start_up_to_and_not_including_its_end() -> None:
    what = continuous(100, bolus(25, HOUR))

    parts = cut(what, Interval(NOW, NOW + 2 * HOUR))

    assert [(part.interval.end - NOW, part.mL_per_day) for part in parts] == [
        (HOUR, Fraction(1, 5) + Fraction(25 * 24, 500)),
        (2 * HOUR, Fraction(1, 5)),
    ]
    assert total(parts) * 500 == 25 + Fraction(100 * 2, 24)


def test_a_prime_takes_the_base_programs_place() -> None:
    what = continuous(100, Priming(volume=mL("0.316"), duration=HOUR))

    assert total(cut(what, Interval(NOW, NOW + HOUR))) == Fraction("0.316")
    assert total(cut(what, Interval(NOW + HOUR, NOW + 25 * HOUR))) == Fraction(1, 5)


def test_nothing_is_said_of_the_time_before_the_program_began() -> None:
    with pytest.raises(ValueError, match="it says nothing of"):
        cut(continuous(100), Interval(NOW - MINUTE, NOW))


def test_a_window_of_nothing_has_no_pieces() -> None:
    assert cut(continuous(100, bolus(25)), Interval(NOW, NOW)) == []


def test_a_year_of_simple_continuous_is_one_piece_a_day() -> None:
    midnight = datetime(2026, 3, 2, tzinfo=UTC)

    assert len(cut(continuous(100), Interval(midnight, midnight + 365 * DAY), midnight)) == 365


def test_a_periodic_bolus_runs_on_over_midnight() -> None:
    base = PeriodicBolus(
        background=a_day(0),
        bolus=ug(10),
        duration=2 * HOUR,
        interval=12 * HOUR,
        first=(NOW.replace(hour=11)).time(),
    )
    midnight = datetime(2026, 3, 2, tzinfo=UTC)

    parts = cut(program(base), Interval(midnight, midnight + DAY), midnight)

    high = Fraction(10 * 12, 500)
    assert [(part.interval.end - midnight, part.mL_per_day) for part in parts] == [
        (HOUR, high),
        (11 * HOUR, 0),
        (13 * HOUR, high),
        (23 * HOUR, 0),
        (24 * HOUR, high),
    ]


def test_a_periodic_bolus_as_long_as_its_interval_is_continuous() -> None:
    base = PeriodicBolus(background=a_day(0), bolus=ug(10), duration=6 * HOUR, interval=6 * HOUR)

    flows = {part.mL_per_day for part in cut(program(base), Interval(NOW, NOW + 3 * DAY))}

    assert flows == {Fraction(40, 500)}


def test_different_weekdays_follow_the_pumps_own_week() -> None:
    days = tuple(day(("00:00", 100 + 10 * number)) for number in range(7))
    sunday_noon = datetime(2026, 3, 8, 12, tzinfo=UTC)
    clock = PumpClock(timedelta(hours=5, minutes=30))

    parts = cut(program(Flex(days)), Interval(sunday_noon, sunday_noon + DAY), sunday_noon, clock)

    assert [(part.interval.end, part.mL_per_day * 500) for part in parts] == [
        (datetime(2026, 3, 8, 18, 30, tzinfo=UTC), 160),
        (sunday_noon + DAY, 100),
    ]


def test_the_night_the_clocks_change_the_pump_does_not() -> None:  # H-27, ITB-118
    zurich = ZoneInfo("Europe/Zurich")
    evening = datetime(2026, 3, 28, 22, tzinfo=zurich)
    night = Interval(evening, datetime(2026, 3, 29, 10, tzinfo=zurich))

    parts = cut(
        program(flex(("00:00", 100), ("06:00", 200))),
        night,
        started=evening,
        clock=PumpClock(timedelta(hours=1)),
    )

    assert night.length == 11 * HOUR
    # The pump's 06:00 is 07:00 on the wall after the clocks went forward.
    assert [part.interval.end for part in parts] == [
        datetime(2026, 3, 29, 0, tzinfo=zurich),
        datetime(2026, 3, 29, 7, tzinfo=zurich),
        datetime(2026, 3, 29, 10, tzinfo=zurich),
    ]


def test_a_bolus_over_that_night_lasts_as_long_as_ordered() -> None:
    started = datetime(2026, 3, 29, 1, tzinfo=ZoneInfo("Europe/Zurich"))
    what = continuous(100, bolus(24, 3 * HOUR))

    parts = cut(what, Interval(started, started.astimezone(UTC) + 3 * HOUR), started)

    assert total(parts) * 500 == 24 + Fraction(100 * 3, 24)


@given(programs())
def test_a_piece_says_its_flow_as_a_decimal_rounded_down(what: Program) -> None:
    for part in cut(what, Interval(NOW, NOW + DAY)):
        assert 0 <= part.mL_per_day - Fraction(part.flow.mL_per_day) <= part.mL_per_day / 10**39


def test_a_stopped_pump_and_the_minimum_rate_flow_as_they_say() -> None:
    assert total(cut(program(Stopped()), Interval(NOW, NOW + DAY))) == 0
    assert total(cut(program(MinimumRate()), Interval(NOW, NOW + DAY))) == Fraction("0.006")
