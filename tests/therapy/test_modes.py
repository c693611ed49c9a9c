from __future__ import annotations

from datetime import UTC, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given

from builders.strategies import bases, day_schedules, flexes, periodic_boluses
from builders.therapy import DAY, HOUR, MINUTE, a_day, day, flex, ug
from thecal.quantities import Weekday, microseconds
from thecal.therapy import (
    Base,
    DaySchedule,
    DoseStep,
    Fallback,
    Flex,
    MinimumRate,
    PeriodicBolus,
    ProgramError,
    SimpleContinuous,
    Stopped,
)
from thecal.therapy.modes import daily_totals_ug, describe_base


def periodic(**changes: object) -> PeriodicBolus:
    settings: dict[str, object] = {
        "background": a_day(50),
        "bolus": ug(10),
        "duration": 5 * MINUTE,
        "interval": 6 * HOUR,
        "first": time(2),
    }
    return PeriodicBolus(**(settings | changes))  # type: ignore[arg-type]


@pytest.mark.requirement("ITB-017")
@given(day_schedules())
def test_the_steps_of_a_day_cover_24_hours_exactly(schedule: DaySchedule) -> None:  # ITB-017
    assert sum(schedule.lengths(), timedelta(0)) == DAY
    assert all(length > timedelta(0) for length in schedule.lengths())


@given(day_schedules())
def test_a_days_dose_is_the_sum_of_its_steps_exactly(schedule: DaySchedule) -> None:
    steps = zip(schedule.steps, schedule.lengths(), strict=True)

    by_hand = sum(Fraction(step.rate.ug_per_day) * microseconds(length) for step, length in steps)

    assert schedule.total_ug() * microseconds(DAY) == by_hand


@pytest.mark.parametrize("starts", [[], [time(1)], [time(0, 0, 1)]])
def test_a_day_without_midnight_is_refused(starts: list[time]) -> None:
    with pytest.raises(ProgramError, match="starts at 00:00"):
        DaySchedule(tuple(DoseStep(start=start, rate=a_day(100)) for start in starts))


@pytest.mark.parametrize("second", ["06:00", "05:00", "00:00"])
def test_steps_that_overlap_or_go_backwards_are_refused(second: str) -> None:
    with pytest.raises(ProgramError, match=f"step at {second} overlaps the step at 06:00"):
        day(("00:00", 100), ("06:00", 200), (second, 300))


@pytest.mark.parametrize("start", [time(6, tzinfo=UTC), time(6, 0, 0, 1)])
def test_a_step_starts_at_a_whole_second_of_the_pumps_own_day(start: time) -> None:
    with pytest.raises(ProgramError, match="pump time of day in whole seconds"):
        DoseStep(start=start, rate=a_day(100))
    with pytest.raises(ProgramError, match="pump time of day in whole seconds"):
        periodic(first=start, interval=DAY)


@pytest.mark.parametrize("days", [0, 1, 6, 8])
def test_a_flex_program_says_all_seven_days(days: int) -> None:
    with pytest.raises(ProgramError, match=f"all 7 weekdays, Monday first; got {days}"):
        Flex((day(("00:00", 100)),) * days)


def test_a_pause_may_be_a_step_or_a_day_but_not_a_week() -> None:
    rest, work = day(("00:00", 0)), day(("00:00", 100), ("12:00", 0))

    assert daily_totals_ug(Flex((rest,) * 6 + (work,))) == (0,) * 6 + (50,)
    with pytest.raises(ProgramError, match="order a stop instead"):
        Flex((rest,) * 7)


@pytest.mark.parametrize(("make", "field"), [(Fallback, "fallback dose"), (SimpleContinuous, "daily dose")])
def test_nothing_does_not_pass_under_the_name_of_a_dose(make: type, field: str) -> None:
    with pytest.raises(ProgramError, match=f"{field}: 0 mcg/day is a stop"):
        make(dose=a_day(0))


@pytest.mark.requirement("ITB-038")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bolus": ug(0)}, "0 mcg is not a bolus"),
        ({"duration": timedelta(0)}, "duration: 0 s is outside .* 1 s to 180 days"),
        ({"duration": timedelta(seconds=-5)}, "duration: -5 s is outside .* 1 s to 180 days"),
        ({"duration": timedelta(milliseconds=1500)}, r"duration: 1\.5 s is outside .* whole seconds"),
        ({"interval": timedelta(0)}, "interval: 0 s is outside"),
        ({"duration": 7 * HOUR}, r"7 h is longer than its interval of 6 h \(ITB-038\)"),
        ({"interval": 5 * HOUR}, r"interval of 5 h is outside .* 15 min to 24 h .* \(ITB-054\)"),
        ({"interval": 48 * HOUR}, "interval of 2 days is outside"),
        ({"interval": 10 * MINUTE}, "interval of 10 min is outside"),
        ({"first": time(6)}, "the first at 06:00 is outside .* from 00:00 up to one interval"),
    ],
)
def test_a_periodic_bolus_that_no_pump_could_mean_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ProgramError, match=message):
        periodic(**change)


@pytest.mark.requirement("ITB-054")
def test_hours_cannot_be_taken_for_minutes() -> None:  # ITB-054, H-01: seven serious, two deaths in 2004
    assert periodic(interval=12 * HOUR).boluses_per_day == 2
    with pytest.raises(ProgramError, match="15 min to 24 h"):
        periodic(interval=12 * MINUTE)


@given(periodic_boluses())
def test_a_days_dose_of_a_periodic_bolus_is_background_and_boluses(base: PeriodicBolus) -> None:
    each = Fraction(base.background.ug_per_day) + Fraction(base.bolus.ug) * base.boluses_per_day

    assert daily_totals_ug(base) == (each,) * 7


def test_only_the_devices_minimum_has_no_dose() -> None:  # ITB-164
    assert daily_totals_ug(MinimumRate()) is None
    assert daily_totals_ug(Stopped()) == (0,) * 7
    assert daily_totals_ug(Fallback(dose=a_day(80))) == (80,) * 7


def test_minimum_rate_and_fallback_have_different_names() -> None:  # ITB-164
    assert describe_base(MinimumRate()) == ("minimum rate: keeps the pump tubing moving, not a therapy",)
    assert describe_base(Fallback(dose=a_day(80))) == ("fallback: 80 mcg/day, all day, every day",)
    assert describe_base(Stopped()) == ("stopped: no flow",)
    assert describe_base(SimpleContinuous(dose=a_day("80.0"))) == (
        "simple continuous: 80 mcg/day, all day, every day",
    )


def test_a_flex_step_says_how_often_it_recurs_and_what_it_gives() -> None:  # H-04: 60 mcg became hourly
    assert describe_base(flex(("00:00", 0), ("06:00", 1440), ("07:00", 0))) == (
        "flex, every day: 00:00 to 06:00, 0 mcg in all",
        "flex, every day: 06:00 to 07:00, 60 mcg in all",
        "flex, every day: 07:00 to 24:00, 0 mcg in all",
        "flex, every day: 60 mcg in 24 h",
    )


def test_days_that_are_alike_are_said_once() -> None:
    work, rest, long = day(("00:00", 100)), day(("00:00", 120)), day(("00:00", 140))

    said = describe_base(Flex((work, work, rest, work, rest, long, work)))

    assert [line.split(":")[0] for line in said[::2]] == [
        "flex, every Monday, Tuesday, Thursday and Sunday",
        "flex, every Wednesday and Friday",
        "flex, every Saturday",
    ]


def test_a_periodic_bolus_says_how_often_it_recurs() -> None:
    assert describe_base(periodic()) == (
        (
            "periodic bolus: 10 mcg over 5 min, once every 6 h (4 a day), "
            "the first at 02:00; background 50 mcg/day"
        ),
    )


@given(bases())
def test_every_mode_can_be_said(base: Base) -> None:
    assert all(describe_base(base))


@given(flexes())
def test_the_same_every_day_is_a_week_of_that_day(base: Flex) -> None:
    monday = base.days[Weekday.MONDAY]
    if monday.total_ug():
        assert Flex.every_day(*monday.steps).days == (monday,) * 7
