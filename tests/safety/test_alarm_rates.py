"""The analysis of false and missed alarms says what the rules come to, and pumps that live agree."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from architecture.repository import ROOT
from builders.pumps import START, acting, alarms_of, continuous, raised_at, running
from builders.safety.alarm_rates import (
    ERRORS,
    QUANTUM,
    TABLES,
    YEARS,
    beyond_tolerance,
    dry_before_low,
    most_miscounts,
    stall_unnoticed,
    unnoticed,
    unstable_falsely,
)
from thecal.pump import Cause, Pump
from thecal.quantities import DAY, HOUR
from thecal.therapy import Alarm

PAGE = (ROOT / "docs" / "safety" / "analyses" / "alarm-rates.md").read_text(encoding="utf-8")
DOSES = {"0.048": 24, "0.1": 50, "0.4": 200, "1": 500}
"""Doses at 500 mcg/mL that come to the flows."""


@pytest.mark.parametrize("table", TABLES, ids=lambda table: str(table.__name__))
def test_the_page_has_each_table_as_it_is_computed(table: Callable[[], str]) -> None:
    assert table() in PAGE


def test_the_page_has_the_share_of_pumps_beyond_their_tolerance() -> None:
    assert f"{beyond_tolerance():.2g} of pumps" in " ".join(PAGE.split())


@given(
    flow=st.sampled_from(sorted(DOSES)),
    error=st.sampled_from(ERRORS[1:]),
    ahead=st.booleans(),
    after=st.timedeltas(timedelta(0), DAY),
)
@settings(max_examples=40, deadline=None)
def test_no_error_of_a_drive_goes_unnoticed_for_longer_than_the_page_says(
    flow: str, error: str, after: timedelta, *, ahead: bool
) -> None:
    pump = running(continuous(DOSES[flow]))
    size = 1 + Decimal(error) if ahead else 1 - Decimal(error)
    pump.arrange(acting(Cause.RUNAWAY if ahead else Cause.LAGGING, after, size=str(size)))

    pump.advance(START + after + unnoticed(error, flow))

    (noticed,) = raised_at(pump, Alarm.OVER_DELIVERY if ahead else Alarm.UNDER_DELIVERY)
    assert after < noticed
    assert abs(pump.memory.drive.counts - pump.memory.asked) * QUANTUM <= 3 * QUANTUM


@given(flow=st.sampled_from(sorted(DOSES)), after=st.timedeltas(timedelta(0), DAY))
@settings(max_examples=40, deadline=None)
def test_no_stall_goes_unnoticed_for_longer_than_the_page_says(flow: str, after: timedelta) -> None:
    pump = running(continuous(DOSES[flow]))
    pump.arrange(acting(Cause.SHAFT_WEAR, after))

    pump.advance(START + after + stall_unnoticed(flow) + timedelta(microseconds=2))

    assert Alarm.MOTOR_STALL in alarms_of(pump)


@pytest.mark.parametrize(("above", "low_first"), [(Fraction(-1, 100), True), (Fraction(1, 100), False)])
def test_a_pump_is_dry_before_it_is_low_from_the_gain_on_that_the_page_says(
    above: Fraction, *, low_first: bool
) -> None:
    gain = Fraction(dry_before_low("2")[0]) + above
    pump = running(continuous(1000), fill=18, gain=f"{int(gain * 10**6)}/1000000")

    while not _dry(pump) and Alarm.LOW_RESERVOIR not in alarms_of(pump):
        pump.advance(pump.present + HOUR)

    assert (Alarm.LOW_RESERVOIR in alarms_of(pump)) == low_first


def _dry(pump: Pump) -> bool:
    return pump.true_content == pump.memory.reservoir.unusable


@pytest.mark.parametrize("flow", ["0.1", "0.4", "24"])
def test_a_counter_that_miscounts_as_rarely_as_the_page_says_alarms_in_one_pump_of_a_hundred(
    flow: str,
) -> None:
    mean = most_miscounts(flow) * float(Fraction(flow) / QUANTUM) * 365 * YEARS

    assert 1 - math.exp(-mean) * (1 + mean) == pytest.approx(0.01, rel=1e-6)


def test_jerks_at_random_look_unstable_as_often_as_the_page_says() -> None:
    chance, rate, found, lives = Random(7), 1 / 7, 0, 300  # noqa: S311 - it decides nothing secret
    for _ in range(lives):
        at, jerks = 0.0, list[float]()
        while (at := at + chance.expovariate(rate)) < 365 * YEARS:
            jerks.append(at)
        found += sum(place - bisect_left(jerks, jerk - 1) >= 2 for place, jerk in enumerate(jerks))

    assert found / lives == pytest.approx(unstable_falsely(rate), rel=0.1)
