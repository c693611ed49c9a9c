"""The dose in 24 hours: the lowest, the highest and the next, against a count of every minute."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.strategies import programs
from builders.therapy import (
    CAN,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    PERIODIC,
    UTC_CLOCK,
    a_day,
    bolus,
    continuous,
    day,
    flex,
    flow,
    mL,
    program,
    solution,
    ug,
)
from thecal.quantities import Interval, Mass, PumpClock, write_dose_rate
from thecal.therapy import (
    Bridge,
    DailyDose,
    DoseRange,
    Flex,
    Interrogation,
    MinimumRate,
    Once,
    Priming,
    Program,
    PumpSerial,
    PumpStatus,
    Stopped,
    compare_programs,
    daily_dose,
    dose_in_any_24_hours,
    dose_in_first_24_hours,
    per_day,
    pieces,
    program_digest,
    programmed_dose_of_next_24_hours,
)

RATE = CAN.minimum_rate
WEEKENDS = Flex((day(("00:00", 0)),) * 5 + (day(("00:00", 525)),) * 2)
A_PICOGRAM = Decimal("1e-6")


def between(low: str | int, high: str | int) -> DoseRange:
    return DoseRange(lowest=ug(low), highest=ug(high))


def following(what: Program, *, now: datetime = NOW, started: datetime = NOW) -> DoseRange:
    return programmed_dose_of_next_24_hours(
        what, now=now, started=started, clock=UTC_CLOCK, minimum_rate=RATE
    )


def reading_of(running: Program, *, started: datetime = NOW) -> Interrogation:
    status = PumpStatus(
        serial=PumpSerial("TH-1"),
        at=NOW,
        revision=1,
        program_digest=program_digest(running),
        last_command=None,
        stopped=running.is_stopped,
        paused=False,
        flow=flow("0.3"),
        content=mL(18),
        concentration=running.concentration,
        delivered=mL(0),
        alarms=(),
        escalated=(),
        sound_off=False,
        log_records=0,
    )
    return Interrogation(
        status=status,
        program=running,
        started=started,
        filled_at=started,
        clock_offset=timedelta(0),
        capability=CAN,
    )


def dose_row(before: Program, after: Program, reading: Interrogation | None = None) -> tuple[str, str, str]:
    row = next(row for row in compare_programs(before, after, reading=reading) if row.what == "24-hour dose")
    return row.before, row.after, row.change


def test_nothing_on_weekdays_is_not_a_dose_of_150_a_day() -> None:
    assert dose_in_any_24_hours(program(WEEKENDS), minimum_rate=RATE) == between(0, 525)
    assert dose_row(continuous(150), program(WEEKENDS)) == (
        "150 mcg/day",
        "0 mcg to 525 mcg in any 24 h",
        "lowest -100 %, highest +250 %, lowest first 24 h -100 %, highest first 24 h +250 %",
    )


def test_a_bolus_on_top_is_no_unchanged_dose() -> None:
    with_bolus = continuous(150, bolus(100))

    assert daily_dose(with_bolus, minimum_rate=RATE) == DailyDose(
        any_24_hours=between(150, 150), next_24_hours=between(250, 250)
    )
    assert dose_row(continuous(150), with_bolus) == (
        "150 mcg/day",
        "150 mcg/day; first 24 h 250 mcg",
        "first 24 h +66.7 %",
    )


def test_a_bolus_under_way_counts_in_what_comes_next() -> None:
    running = continuous(150, bolus(60, HOUR))

    before, after, change = dose_row(running, continuous(150), reading_of(running, started=NOW - HOUR / 2))

    assert before == "150 mcg/day; next 24 h as programmed 180 mcg"
    assert (after, change) == ("150 mcg/day", "next 24 h as programmed -16.7 %")


def test_the_weekend_begins_where_the_pump_says() -> None:
    friday_noon = NOW + timedelta(days=4, hours=6)

    assert following(program(WEEKENDS), now=friday_noon) == between("262.5", "262.5")
    assert following(program(WEEKENDS), now=NOW) == between(0, 0)
    ahead = PumpClock(timedelta(hours=12))
    assert programmed_dose_of_next_24_hours(
        program(WEEKENDS), now=friday_noon, started=NOW, clock=ahead, minimum_rate=RATE
    ) == between(525, 525)


def test_the_highest_24_hours_wrap_over_the_end_of_the_week() -> None:
    week = [day(("00:00", 0)) for _ in range(7)]
    week[0], week[6] = day(("00:00", 240), ("12:00", 0)), day(("00:00", 0), ("12:00", 240))

    assert dose_in_any_24_hours(program(Flex(tuple(week))), minimum_rate=RATE) == between(0, 240)


def test_a_steady_dose_is_written_as_one_amount() -> None:
    for base in (PERIODIC, flex(("00:00", 80), ("12:00", 100))):
        dose = daily_dose(program(base), minimum_rate=RATE)
        assert dose.is_steady
        assert dose.write() == "90 mcg/day"


@pytest.mark.parametrize(
    ("once", "first"),
    [
        (bolus(100, 2 * DAY), "200"),
        (Priming(volume=mL("0.2"), duration=HOUR), "243.75"),
        (Priming(volume=mL("0.2"), duration=2 * DAY), "50"),
        (Bridge(dose=a_day(200), old_concentration=solution(500), dead_volume=mL("0.2")), "175"),
        (Bridge(dose=a_day(200), old_concentration=solution(500), dead_volume=mL(2)), "200"),
    ],
)
def test_what_is_given_once_counts_in_the_first_24_hours(once: Once, first: str) -> None:
    what = program(continuous(150).base, once)

    assert dose_in_first_24_hours(what, minimum_rate=RATE) == between(first, first)
    assert following(what) == between(first, first)


def test_the_minimum_rate_and_a_stop_have_their_own_doses() -> None:
    assert dose_in_any_24_hours(program(MinimumRate()), minimum_rate=RATE) == between(3, 3)
    assert dose_in_any_24_hours(program(Stopped()), minimum_rate=RATE) == between(0, 0)


def test_a_lowest_dose_above_the_highest_is_refused() -> None:
    with pytest.raises(ValueError, match="lowest dose 2 mcg is above the highest, 1 mcg"):
        between(2, 1)


def counted(what: Program, start: datetime, started: datetime) -> Mass:
    """Count the dose of 24 hours from their pieces, in a way of its own."""
    total = Fraction(0)
    window = Interval(start, start + DAY)
    for piece in pieces(what, window, started=started, clock=UTC_CLOCK, minimum_rate=RATE):
        concentration = what.concentration
        if isinstance(what.once, Bridge) and piece.interval.start < started + what.once.duration:
            concentration = what.once.old_concentration
        total += piece.volume * Fraction(concentration.ug_per_mL)
    return Mass(ug=Decimal(total.numerator) / Decimal(total.denominator))


@given(programs(), st.integers(0, 7 * 24 * 60), st.integers(0, 60 * 86_400))
def test_no_24_hours_lie_outside_lowest_and_highest(what: Program, minute: int, ago: int) -> None:
    started = NOW + minute * MINUTE
    now = started + timedelta(seconds=ago)
    dose = daily_dose(what, minimum_rate=RATE)

    first, later = counted(what, started, started), counted(what, now, started)

    assert dose.next_24_hours.lowest.ug - A_PICOGRAM <= first.ug <= dose.next_24_hours.highest.ug + A_PICOGRAM
    following_dose = following(what, now=now, started=started)
    assert following_dose.is_single
    assert abs(following_dose.lowest.ug - later.ug) < A_PICOGRAM
    if what.once is None or now >= started + what.once.duration:
        assert dose.any_24_hours.lowest.ug - A_PICOGRAM <= later.ug
        assert later.ug <= dose.any_24_hours.highest.ug + A_PICOGRAM


@given(programs(), programs())
def test_a_dose_is_unchanged_only_where_every_24_hours_are(before: Program, after: Program) -> None:
    row = next(row for row in compare_programs(before, after) if row.what == "24-hour dose")
    same = daily_dose(before, minimum_rate=flow(0)) == daily_dose(after, minimum_rate=flow(0))

    if not row.changed:
        assert same
        assert before.is_minimum_rate == after.is_minimum_rate


@given(programs())
def test_a_mean_is_never_called_a_day(what: Program) -> None:
    said = [line for line in what.describe() if line.startswith("24-hour dose")]
    dose = dose_in_any_24_hours(what, minimum_rate=RATE)

    for line in said:
        assert dose.is_single
        assert line.endswith(f": {write_dose_rate(per_day(dose.lowest))}")
        assert ("of the base program" in line) == (what.once is not None)
