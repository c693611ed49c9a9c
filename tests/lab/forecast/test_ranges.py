"""A quantity is said with its lowest and its highest of a period: one moment of steps may show any value."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.readings import READ_AT, RUNNING, last_reading, subject_of
from thecal.lab.forecast import Curves, Series, ValueRange, estimate_curves, places_between
from thecal.lab.whatif import map_spinal_fluid
from thecal.quantities import DAY, HOUR, MINUTE, DoseRate
from thecal.therapy import DoseStep, Flex, Program

PULSES = Flex.every_day(
    *(
        DoseStep(start=time(hour), rate=DoseRate(ug_per_day=Decimal(dose)))
        for hour, dose in ((0, 48), (6, 480), (7, 48))
    )
)
PULSED: Program = replace(RUNNING, base=PULSES)
TIMES = tuple(READ_AT + number * HOUR for number in range(49))


@pytest.fixture(scope="module")
def curves() -> Curves:
    return estimate_curves(
        subject_of(last_reading()), since=READ_AT - DAY, until=READ_AT + 7 * DAY, proposed=PULSED
    )


def series(mid: list[float], *, banded: bool) -> Series:
    low, high = ([value * share for value in mid] for share in (0.5, 2.0))
    return Series(
        key="x",
        label="x",
        unit="x",
        group="x",
        low=tuple(low) if banded else None,
        mid=tuple(mid),
        high=tuple(high) if banded else None,
    )


def test_a_pulse_of_an_hour_is_in_every_day(curves: Curves) -> None:
    assert curves.proposed is not None
    pump = curves.proposed[0]

    for hours in range(0, 6 * 24, 5):
        start = READ_AT + hours * HOUR
        day = pump.between(curves.times, start, start + DAY)
        assert (day.lowest, day.highest) == (pytest.approx(2), pytest.approx(20))


def test_the_bands_reach_as_far_as_in_the_whole_day(curves: Curves) -> None:
    assert curves.proposed is not None
    lumbar = curves.proposed[1]

    day = lumbar.between(curves.times, READ_AT + 6 * DAY, READ_AT + 7 * DAY)

    assert day.low is not None
    assert day.high is not None
    assert day.low < day.lowest < day.highest < day.high
    assert day.highest > 1.1 * day.lowest


def test_a_level_of_the_map_has_its_range_too() -> None:
    found = map_spinal_fluid(subject_of(last_reading()), proposed=PULSED)
    mapped = found.cases[1].map
    assert mapped is not None
    row = mapped.levels.index("T10")

    day = mapped.between(row, found.times, READ_AT + 6 * DAY, READ_AT + 7 * DAY)

    assert day.highest > 1.5 * day.lowest > 0


def test_a_rate_holds_until_it_changes_and_not_longer() -> None:
    rates = series([1.0] * 24 + [5.0] + [1.0] * 24, banded=False)

    late = READ_AT + 24 * HOUR
    assert rates.between(TIMES, late + MINUTE, late + 2 * MINUTE).highest == 5
    assert rates.between(TIMES, READ_AT, late).highest == 1
    assert rates.between(TIMES, late + HOUR, late + DAY).highest == 1
    assert rates.between(TIMES, late, late) == ValueRange(lowest=5, highest=5)


def test_a_moment_has_one_value() -> None:
    curve = series([float(number) for number in range(1, 50)], banded=True)

    assert curve.between(TIMES, TIMES[7], TIMES[7]) == ValueRange(lowest=8, highest=8, low=4, high=16)
    assert curve.between(TIMES, TIMES[7] + MINUTE, TIMES[7] + MINUTE).lowest == 9
    assert curve.between(TIMES, TIMES[-1] + DAY, TIMES[-1] + DAY).lowest == 49


@given(st.timedeltas(-DAY, 3 * DAY), st.timedeltas(timedelta(0), 2 * DAY), st.sampled_from(["a", "b"]))
def test_a_period_holds_all_samples_within_it_and_is_never_empty(
    after: timedelta, length: timedelta, kind: str
) -> None:
    start = READ_AT + after
    end = start + length

    found = TIMES[places_between(TIMES, start, end, holds=kind == "a")]

    assert found
    assert {moment for moment in TIMES if start <= moment < end} <= set(found)
