from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.strategies import concentrations, dose_rates, durations, masses, pump_times, volumes
from thecal.quantities import (
    Concentration,
    DoseRate,
    Mass,
    QuantityError,
    Volume,
    read_concentration,
    read_dose_rate,
    read_duration,
    read_mass,
    read_number,
    read_time_of_day,
    read_volume,
    write_concentration,
    write_dose_rate,
    write_duration,
    write_mass,
    write_time_of_day,
    write_volume,
)

MICRO, MU = "\N{MICRO SIGN}", "\N{GREEK SMALL LETTER MU}"
READERS: list[Callable[..., object]] = [
    read_number,
    read_mass,
    read_volume,
    read_concentration,
    read_dose_rate,
    read_duration,
    read_time_of_day,
]


@pytest.mark.requirement("ITB-055")
@pytest.mark.parametrize(
    ("text", "ug"),
    [
        ("50 mcg", "50"),
        ("50mcg", "50"),
        ("  0.5  MCG ", "0.5"),
        ("50 ug", "50"),
        (f"50 {MICRO}g", "50"),
        (f"50 {MU}g", "50"),
        ("2 mg", "2000"),
        ("0.05 mg", "50"),
        ("1 microgram", "1"),
        ("12 micrograms", "12"),
        ("05 mcg", "5"),
        ("5.0 mcg", "5"),
        ("0 mcg", "0"),
    ],
)
def test_amounts_of_drug_are_read_as_people_write_them(text: str, ug: str) -> None:
    assert read_mass(text, field="dose") == Mass(ug=Decimal(ug))


@pytest.mark.parametrize(
    ("text", "number"),
    [("125.5 mcg/day", "125.5"), ("125.5 mcg / day", "125.5"), ("90 ug/d", "90"), ("90 mcg per day", "90")],
)
def test_daily_doses_are_read_as_people_write_them(text: str, number: str) -> None:
    assert read_dose_rate(text, field="daily dose") == DoseRate(ug_per_day=Decimal(number))


@pytest.mark.parametrize(
    ("text", "number"), [("500 mcg/mL", "500"), ("0.5 mg/ml", "500"), ("2 mg per mL", "2000")]
)
def test_strengths_are_read_as_people_write_them(text: str, number: str) -> None:
    assert read_concentration(text, field="concentration") == Concentration(ug_per_mL=Decimal(number))


def test_volumes_are_read_as_people_write_them() -> None:
    assert read_volume("18.6 mL", field="fill") == Volume(mL=Decimal("18.6"))
    assert read_volume("18.6ml", field="fill") == Volume(mL=Decimal("18.6"))


AMBIGUOUS = [
    "1,000",
    "1.000,5",
    ".5",
    "5.",
    "1e3",
    "1E3",
    "-5",
    "+5",
    "1_0",
    "5 5",
    "1.2.3",
    "0x10",
    "",
    "five",
]


@pytest.mark.requirement("ITB-127")
@pytest.mark.parametrize(
    "text", [*AMBIGUOUS, "\N{ARABIC-INDIC DIGIT FIVE}", "1234567890", "0.1234567", "NaN"]
)
def test_a_number_that_could_mean_something_else_is_refused(text: str) -> None:
    with pytest.raises(QuantityError, match=r"dose: .* is not a number as doses are written"):
        read_number(text, field="dose")


@pytest.mark.parametrize("number", AMBIGUOUS)
def test_no_amount_is_read_from_a_number_that_could_mean_something_else(number: str) -> None:
    with pytest.raises(QuantityError, match=r"^dose: "):
        read_mass(f"{number} mcg", field="dose")


@pytest.mark.requirement("ITB-127")
@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_mass, "50"),
        (read_mass, "mcg"),
        (read_mass, "50 g"),
        (read_mass, "50 mL"),
        (read_mass, "50 mcg/day"),
        (read_mass, "50 mcg mcg"),
        (read_mass, "50 mcg 50 mcg"),
        (read_volume, "18 L"),
        (read_volume, "18 cc"),
        (read_dose_rate, "125"),
        (read_dose_rate, "125 mcg"),
        (read_dose_rate, "0.1 mg/day"),
        (read_dose_rate, "125 mcg/h"),
        (read_concentration, "500"),
        (read_concentration, "500 mcg"),
        (read_concentration, "500 mcg/day"),
        (read_concentration, "0 mcg/mL"),
    ],
)
def test_a_missing_or_wrong_unit_is_refused_and_an_example_given(
    read: Callable[..., object], text: str
) -> None:
    with pytest.raises(QuantityError, match=r"^concentration at 08:00: .*'[0-9.]+ [a-zA-Z/]+'$") as refusal:
        read(text, field="concentration at 08:00")

    assert repr(text) in str(refusal.value) or "0 mcg/mL" in str(refusal.value)


@pytest.mark.parametrize("read", READERS)
def test_what_is_too_long_is_refused_and_not_cut(read: Callable[..., object]) -> None:
    with pytest.raises(QuantityError, match="70 characters long; write 1 to 64"):
        read("5 mcg".ljust(66) + "/day", field="dose")


@pytest.mark.parametrize("read", READERS)
@given(text=st.text(max_size=70))
def test_whatever_is_typed_is_read_or_refused_by_name(read: Callable[..., object], text: str) -> None:
    try:
        read(text, field="dose")
    except QuantityError as refusal:
        assert str(refusal).startswith("dose: ")  # noqa: PT017 - either outcome is right


@pytest.mark.requirement("ITB-055")
@given(masses(least="0.0001"), volumes(least="0.0001"), concentrations(), dose_rates())
def test_what_was_written_is_read_back_the_same(
    mass: Mass, volume: Volume, concentration: Concentration, dose: DoseRate
) -> None:
    assert read_mass(write_mass(mass), field="") == mass
    assert read_volume(write_volume(volume), field="") == volume
    assert read_concentration(write_concentration(concentration), field="") == concentration
    assert read_dose_rate(write_dose_rate(dose), field="") == dose


@pytest.mark.requirement("ITB-055")
@given(durations(least=0, most=180 * 86_400), pump_times())
def test_times_are_read_back_as_they_were_written(span: timedelta, moment: time) -> None:
    assert read_duration(write_duration(span), field="") == span
    assert read_time_of_day(write_time_of_day(moment), field="") == moment


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90 min", 90),
        ("90min", 90),
        ("1.5 h", 90),
        ("1 h 30 min", 90),
        ("1h30min", 90),
        ("1 day 2 h", 1560),
        ("2 Days", 2880),
        ("180 s", 3),
        ("1 hour 1 minute", 61),
        ("0.5 min", 0.5),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, minutes: float) -> None:
    assert read_duration(text, field="interval") == timedelta(minutes=minutes)


@pytest.mark.requirement("ITB-054")
@pytest.mark.parametrize(
    "text", ["90", "1:30", "5 m", "30 min 1 h", "1 h 1 h", "1 h 30", "h", "-5 min", "1 month", "1,5 h", ""]
)
def test_a_duration_without_a_clear_unit_is_refused(text: str) -> None:  # ITB-054: hours typed as minutes
    with pytest.raises(QuantityError, match=r"interval: .* is not a duration; .* '90 min'"):
        read_duration(text, field="interval")


@pytest.mark.parametrize("text", ["0.5 s", "0.01 min", "3651 days", "999999999 days 999999999 h"])
def test_a_duration_of_parts_of_seconds_or_of_ages_is_refused(text: str) -> None:
    with pytest.raises(QuantityError, match="outside what is allowed, whole seconds from 0 s to 3650 days"):
        read_duration(text, field="interval")


def test_a_number_within_a_duration_is_read_like_any_other() -> None:
    with pytest.raises(QuantityError, match=r"interval: '1\.' is not a number"):
        read_duration("1. h", field="interval")


@pytest.mark.parametrize(
    ("text", "moment"), [("06:30", time(6, 30)), ("6:30", time(6, 30)), ("23:59:59", time(23, 59, 59))]
)
def test_a_time_of_day_is_read_on_the_24_hour_clock(text: str, moment: time) -> None:
    assert read_time_of_day(text, field="step start") == moment


@pytest.mark.parametrize("text", ["24:00", "6", "0630", "6.30", "6:30 pm", "06:60", "06:30:60", "6:3", ""])
def test_any_other_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(QuantityError, match=r"step start: .* 00:00 to 23:59"):
        read_time_of_day(text, field="step start")
