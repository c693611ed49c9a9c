from __future__ import annotations

import re
from datetime import time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.strategies import decimals
from thecal.quantities import (
    Concentration,
    DoseRate,
    FlowRate,
    Mass,
    Volume,
    plain,
    write_concentration,
    write_dose_rate,
    write_duration,
    write_flow,
    write_hourly_rate,
    write_mass,
    write_percent_change,
    write_rounded,
    write_time_of_day,
    write_volume,
)

TRAILING_ZERO = re.compile(r"\.\d*0(?!\d)")
NAKED_POINT = re.compile(r"(?<!\d)\.|\.(?!\d)")
ANY_SCALE = st.builds(
    lambda digits, shift: Decimal(digits).scaleb(shift), st.integers(0, 10**9), st.integers(-14, 5)
)


@pytest.mark.requirement("ITB-172")
@given(ANY_SCALE)
def test_what_people_read_has_no_trailing_zero_no_naked_point_no_exponent_and_no_mu(number: Decimal) -> None:
    texts = [
        write_mass(Mass(ug=number)),
        write_volume(Volume(mL=number)),
        write_concentration(Concentration(ug_per_mL=number)),
        write_dose_rate(DoseRate(ug_per_day=number)),
        write_flow(FlowRate(mL_per_day=number)),
    ]

    for text in texts:
        assert not TRAILING_ZERO.search(text)
        assert not NAKED_POINT.search(text)
        assert re.fullmatch(r"(less than )?\d+(\.\d+)? (mcg|mL|mcg/mL|mcg/day|mL/day)", text)


@given(ANY_SCALE)
def test_something_is_never_written_as_nothing(number: Decimal) -> None:
    written = write_mass(Mass(ug=number))

    assert (written == "0 mcg") == (number == 0)


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("5.0", "5 mcg"),
        ("0.50", "0.5 mcg"),
        ("1E+3", "1000 mcg"),
        ("100", "100 mcg"),
        ("-0", "0 mcg"),
        ("0.12345", "0.1234 mcg"),
        ("0.12355", "0.1236 mcg"),
        ("2.99999", "3 mcg"),
        ("0.0001", "0.0001 mcg"),
        ("0.00009", "less than 0.0001 mcg"),
    ],
)
def test_doses_are_written_for_people(number: str, written: str) -> None:  # ITB-172
    assert write_mass(Mass(ug=Decimal(number))) == written


def test_more_places_tell_two_doses_apart() -> None:
    one, other = Decimal("0.00001"), Decimal("0.00002")

    assert write_mass(Mass(ug=one)) == write_mass(Mass(ug=other))
    assert write_mass(Mass(ug=one), places=5) == "0.00001 mcg"
    assert write_dose_rate(DoseRate(ug_per_day=other), places=6) == "0.00002 mcg/day"


@given(decimals(most="99999", places=6))
def test_a_decimal_written_in_full_is_the_same_number(number: Decimal) -> None:
    assert Decimal(plain(number)) == number


def test_a_long_number_is_rounded_and_not_refused() -> None:
    assert write_rounded(Decimal("9" * 60 + ".5"), places=0) == "1" + "0" * 60


@pytest.mark.parametrize(
    ("before", "after", "written"),
    [
        ("100", "120", "+20 %"),
        ("100", "87.5", "-12.5 %"),
        ("100", "100.0", "no change"),
        ("100", "0", "-100 %"),
        ("0", "100", "from zero"),
        ("100", "100.01", "rises by less than 0.1 %"),
        ("100", "99.99", "falls by less than 0.1 %"),
        ("3", "4", "+33.3 %"),
    ],
)
def test_a_change_of_dose_is_written_with_its_direction(before: str, after: str, written: str) -> None:
    rates = [DoseRate(ug_per_day=Decimal(number)) for number in (before, after)]

    assert write_percent_change(*rates) == written


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (time(0), "00:00"),
        (time(6, 30), "06:30"),
        (time(6, 30, 5), "06:30:05"),
        (time(6, 0, 0, 1), "06:00:00"),
    ],
)
def test_a_time_of_day_is_written_on_the_24_hour_clock(moment: time, written: str) -> None:
    assert write_time_of_day(moment) == written


@pytest.mark.parametrize(
    ("span", "written"),
    [
        (timedelta(0), "0 min"),
        (timedelta(days=1, hours=2, minutes=5), "1 day 2 h 5 min"),
        (timedelta(days=2), "2 days"),
        (timedelta(seconds=61), "1 min 1 s"),
        (timedelta(hours=18, minutes=57, seconds=36), "18 h 57 min 36 s"),
        (timedelta(milliseconds=500), "less than 1 s"),
        (timedelta(minutes=-5), "minus 5 min"),
    ],
)
def test_a_duration_is_written_in_words(span: timedelta, written: str) -> None:
    assert write_duration(span) == written


def test_a_dose_is_written_by_the_hour_as_it_flows() -> None:
    assert write_hourly_rate(DoseRate(ug_per_day=Decimal(200))) == "8.33 mcg/h"
    assert write_hourly_rate(DoseRate(ug_per_day=Decimal(240))) == "10 mcg/h"
    assert write_hourly_rate(DoseRate(ug_per_day=Decimal("0.01"))) == "less than 0.01 mcg/h"
