from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from builders.strategies import concentrations, moments, programs, pump_clocks, volumes
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
    flow,
    mL,
    program,
    solution,
    ug,
)
from thecal.quantities import Concentration, Interval, PumpClock, Volume
from thecal.therapy import (
    REFILL_MARGIN,
    STABILITY,
    Flex,
    MinimumRate,
    PatientBolus,
    Priming,
    Program,
    RefillDates,
    Reservoir,
    ReservoirError,
    SimpleContinuous,
    Stopped,
    pieces,
    prime_volume,
    refill_dates,
    when_delivered,
)

FULL = Reservoir(content=mL(18), capacity=mL(20), unusable=mL("1.4"), concentration=solution(500))
CONTENTS = volumes(most="20").map(lambda content: replace(FULL, content=content))


def dates(
    what: Program,
    reservoir: Reservoir = FULL,
    *,
    now: datetime = NOW,
    started: datetime = NOW,
    filled_at: datetime = NOW,
) -> RefillDates:
    return refill_dates(reservoir, what, CAN, now=now, started=started, filled_at=filled_at, clock=UTC_CLOCK)


def when(
    what: Program,
    volume: Fraction,
    *,
    now: datetime = NOW,
    started: datetime = NOW,
    clock: PumpClock = UTC_CLOCK,
) -> datetime | None:
    return when_delivered(what, volume, now=now, started=started, clock=clock, minimum_rate=CAN.minimum_rate)


def delivered(what: Program, until: datetime, *, now: datetime, clock: PumpClock) -> Fraction:
    parts = pieces(what, Interval(now, until), started=NOW, clock=clock, minimum_rate=CAN.minimum_rate)
    return sum((part.volume for part in parts), Fraction(0))


@given(CONTENTS, volumes())
def test_what_leaves_the_reservoir_is_what_was_drawn(reservoir: Reservoir, volume: Volume) -> None:
    if volume > reservoir.usable:
        with pytest.raises(ReservoirError, match=r"outside what can be drawn, 0 mL to .* mL \(its usable"):
            reservoir.draw(volume)
        return

    assert reservoir.draw(volume).content + volume == reservoir.content
    assert reservoir.draw(volume).usable + volume == reservoir.usable


def test_what_the_pump_cannot_draw_is_not_usable() -> None:
    assert FULL.usable == mL("16.6")
    assert replace(FULL, content=mL("1.4")).usable == replace(FULL, content=mL(1)).usable == mL(0)


@given(CONTENTS, volumes(most="20"), volumes(most="20"), concentrations())
def test_a_refill_keeps_every_microgram_but_the_last_digit(
    reservoir: Reservoir, left: Volume, fill: Volume, concentration: Concentration
) -> None:
    if left > reservoir.content or left + fill > reservoir.capacity:
        with pytest.raises(ReservoirError, match="outside what is allowed, 0 mL to "):
            reservoir.refill(fill, concentration, left_behind=left)
        return

    filled = reservoir.refill(fill, concentration, left_behind=left)

    before = reservoir.concentration.of(left) + concentration.of(fill)
    after = filled.concentration.of(filled.content)
    assert filled.content == left + fill
    assert filled.content.is_zero or 0 <= before.ug - after.ug <= Decimal("1e-30")


@pytest.mark.requirement("ITB-167")
@pytest.mark.parametrize(
    ("capacity", "fill", "mixed", "percent"), [(20, "18.6", 605, 21), (40, "38.6", "552.5", "10.5")]
)
def test_the_residual_volume_mixes_with_the_new_solution(
    capacity: int, fill: str, mixed: str | int, percent: str | int
) -> None:  # C15, ITB-167
    old = Reservoir(
        content=mL("1.4"), capacity=mL(capacity), unusable=mL("1.4"), concentration=solution(2000)
    )

    new = old.refill(mL(fill), solution(500), left_behind=mL("1.4"))

    assert new.concentration == solution(mixed)
    assert (new.concentration.ug_per_mL / 500 - 1) * 100 == Decimal(percent)


def test_an_emptied_reservoir_has_the_new_concentration() -> None:
    emptied = FULL.refill(mL(0), solution(2000), left_behind=mL(0))

    assert emptied.content.is_zero
    assert emptied.concentration == solution(2000)


@pytest.mark.requirement("ITB-064")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: FULL.refill(mL(19), solution(500), left_behind=mL("1.4")),
            r"fill volume: 19 mL is outside what is allowed, 0 mL to 18\.6 mL .*ITB-064",
        ),
        (
            lambda: FULL.refill(mL(1), solution(500), left_behind=mL(19)),
            r"left behind: 19 mL is outside what is allowed, 0 mL to 18 mL",
        ),
        (lambda: replace(FULL, content=mL(21)), r"reservoir: 21 mL is outside .* 0 mL to 20 mL .*ITB-064"),
        (lambda: replace(FULL, unusable=mL(20)), r"unusable: 20 mL is outside .* to below 20 mL"),
    ],
)
def test_what_does_not_fit_is_refused(make: object, message: str) -> None:  # ITB-064
    with pytest.raises(ReservoirError, match=message):
        make()  # type: ignore[operator]


@pytest.mark.requirement("ITB-062")
def test_the_low_reservoir_date_is_what_the_alarm_will_be() -> None:  # C2: 18 mL, alarm at 2, 0.4 mL/day
    assert dates(continuous(200)).low == NOW + 40 * DAY


@pytest.mark.requirement("ITB-072", "ITB-168")
def test_the_refill_date_is_of_the_worst_pump_less_the_margin() -> None:  # C3, ITB-168
    found = dates(continuous(200))

    assert found.empty == NOW + timedelta(days=41.5)
    worst = found.refill_by + REFILL_MARGIN
    assert timedelta(days=36.2) < worst - NOW < timedelta(days=36.3)


@pytest.mark.requirement("ITB-072", "ITB-168")
def test_stability_comes_before_a_slow_pump_runs_dry() -> None:  # ITB-072
    filled_at = NOW - 30 * DAY

    found = dates(continuous(24), filled_at=filled_at)

    assert found.refill_by == filled_at + STABILITY - REFILL_MARGIN
    assert dates(program(Stopped()), filled_at=filled_at) == RefillDates(
        low=None, empty=None, refill_by=filled_at + STABILITY - REFILL_MARGIN
    )


def test_a_refill_that_is_overdue_keeps_its_date() -> None:
    due = dates(continuous(200), replace(FULL, content=mL(2))).refill_by

    assert NOW - REFILL_MARGIN < due < NOW
    assert dates(continuous(24), filled_at=NOW - 200 * DAY).refill_by == NOW - 20 * DAY - REFILL_MARGIN
    assert dates(continuous(200), replace(FULL, content=mL(1))) == RefillDates(
        low=NOW, empty=NOW, refill_by=NOW - REFILL_MARGIN
    )


@given(programs(), CONTENTS, CONTENTS)
def test_more_in_the_reservoir_never_means_an_earlier_date(
    what: Program, one: Reservoir, other: Reservoir
) -> None:
    less, more = sorted([one, other], key=lambda reservoir: reservoir.content)
    sooner, later = dates(what, less), dates(what, more)

    assert sooner.refill_by <= later.refill_by
    for early, late in ((sooner.low, later.low), (sooner.empty, later.empty)):
        assert late is None or (early is not None and early <= late)


@given(programs(), pump_clocks(), volumes(most="20"), st.timedeltas(timedelta(0), timedelta(days=3)))
def test_by_the_date_given_that_volume_has_been_delivered_to_the_microsecond(
    what: Program, clock: PumpClock, volume: Volume, after: timedelta
) -> None:
    requested, now = Fraction(volume.mL), NOW + after
    found = when(what, requested, now=now, clock=clock)
    assume(found is not None)
    assert found is not None
    assume(found - now < 60 * DAY)

    by_then = delivered(what, found, now=now, clock=clock)

    a_moment_later = delivered(what, found + timedelta(microseconds=1), now=now, clock=clock)
    assert by_then <= requested
    assert requested == by_then or requested < a_moment_later


@given(volumes(least="0.0001"), st.integers(1, 30))
def test_a_date_weeks_away_is_found_without_counting_days(volume: Volume, more: int) -> None:
    what = program(Flex((day(("00:00", 100)),) * 5 + (day(("00:00", 0), ("06:00", 300)),) * 2), bolus(25))
    week = Fraction(5 * 100 + 2 * 225, 500)
    requested, begun = Fraction(volume.mL), NOW + HOUR

    found = when(what, requested, now=begun, started=NOW)

    assert found is not None
    assert when(what, requested + more * week, now=begun, started=NOW) == found + more * timedelta(days=7)


def test_a_volume_is_delivered_when_its_last_drop_flows_and_not_after_the_pause() -> None:
    midnight = NOW.replace(hour=0)
    weeks = Fraction(3 * 7 * 25, 500)

    morning = program(flex(("00:00", 100), ("06:00", 0)))
    evening = program(flex(("00:00", 0), ("18:00", 100)))

    assert when(morning, weeks, now=midnight, started=midnight) == midnight + 20 * DAY + 6 * HOUR
    assert when(evening, weeks, now=midnight, started=midnight) == midnight + 21 * DAY


def test_nothing_is_delivered_at_once_and_almost_nothing_soon() -> None:
    assert when(continuous(200), Fraction(0)) == NOW
    assert when(continuous(200), Fraction(-1)) == NOW
    assert when(continuous(200), Fraction(1, 10**15)) == NOW
    assert when(continuous(200), Fraction("0.4") * 7) == NOW + 7 * DAY


def test_what_runs_once_is_counted_before_the_base_program() -> None:
    primed = continuous(200, Priming(volume=mL("0.4"), duration=2 * HOUR))

    assert when(primed, Fraction("0.2")) == NOW + HOUR
    assert when(primed, Fraction("0.8")) == NOW + DAY + 2 * HOUR
    assert when(primed, Fraction("0.8"), now=NOW + 2 * HOUR) == NOW + 2 * DAY + 2 * HOUR


def test_a_bolus_longer_than_a_day_is_counted_whole() -> None:
    slow = program(SimpleContinuous(dose=a_day(200)), bolus(100, 48 * HOUR))

    assert when(slow, Fraction(1)) == NOW + 2 * DAY


def test_what_never_comes_has_no_date() -> None:
    assert when(program(Stopped()), Fraction(1)) is None
    assert when(program(MinimumRate()), Fraction(30)) is None
    assert when(program(MinimumRate()), Fraction(18)) == NOW + 3000 * DAY
    assert when(program(MinimumRate()), Fraction("21.907")) is None  # in the week that the tenth year ends
    assert (
        when_delivered(
            program(MinimumRate()), Fraction(1), now=NOW, started=NOW, clock=UTC_CLOCK, minimum_rate=flow(0)
        )
        is None
    )


@given(moments())
def test_dates_do_not_depend_on_when_the_week_began(moment: datetime) -> None:
    assert dates(continuous(200), now=moment, started=moment - DAY, filled_at=moment).low == moment + 40 * DAY


@pytest.mark.requirement("ITB-062")
def test_dates_count_every_bolus_a_patient_may_ask_for() -> None:  # ITB-062
    allowed = PatientBolus(dose=ug(50), duration=10 * MINUTE, most_per_day=4, lockout=HOUR)
    requested = program(SimpleContinuous(dose=a_day(200)), patient_bolus=allowed)

    assert dates(requested).low == NOW + timedelta(days=(16 - 0.4) / 0.8)


def test_a_dead_volume_is_tubing_and_catheter() -> None:  # C4
    assert prime_volume(
        tubing=mL("0.140"), catheter_mL_per_cm=Decimal("0.0022"), length_cm=Decimal(80)
    ) == mL("0.316")


def test_the_expected_residual_is_the_fill_less_what_flowed() -> None:  # C10
    what = continuous(200, bolus(25))

    used = delivered(what, NOW + 30 * DAY, now=NOW, clock=UTC_CLOCK)

    assert FULL.draw(Volume(mL=Decimal(used.numerator) / used.denominator)).content == mL("5.95")
