from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.strategies import concentrations, decimals, dose_rates, masses, volumes
from thecal.quantities import (
    DAY,
    HOUR,
    Concentration,
    DoseRate,
    FlowRate,
    Mass,
    QuantityError,
    Volume,
    as_decimal,
    exactly,
    microseconds,
    quotient,
)

KINDS = [(Mass, "ug"), (Volume, "mL"), (Concentration, "ug_per_mL"), (DoseRate, "ug_per_day")]
SPANS = st.timedeltas(timedelta(0), timedelta(days=4000))


@pytest.mark.parametrize(("kind", "unit"), [*KINDS, (FlowRate, "mL_per_day")])
@pytest.mark.parametrize("number", ["-0.001", "NaN", "sNaN", "Infinity", "1E+15", "1E-61"])
def test_what_cannot_be_an_amount_is_refused_with_value_and_unit(kind: type, unit: str, number: str) -> None:
    with pytest.raises(QuantityError, match=f"{kind.__name__} must be .* got .* {unit}"):
        kind(**{unit: Decimal(number)})


@pytest.mark.parametrize("number", [1.5, 3, "3", None])
def test_an_amount_is_a_decimal_and_nothing_else(number: object) -> None:
    with pytest.raises(QuantityError, match="takes a Decimal"):
        Mass(ug=number)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "read"), [("0.10", "0.1"), (7, "7"), ("-3", "-3"), ("1e3", "1000"), (Decimal("2.5"), "2.5")]
)
def test_numbers_become_decimals_as_they_were_written(number: Decimal | int | str, read: str) -> None:
    assert as_decimal(number) == Decimal(read)


@pytest.mark.parametrize(
    "number",
    [0.1, True, "", "a", "1_000", "1,000", " 1", "\N{ARABIC-INDIC DIGIT FIVE}", "NaN", "inf", "1e9999", ".5"],
)
def test_what_is_no_number_does_not_become_one(number: Decimal | int | str) -> None:
    with pytest.raises(QuantityError):
        as_decimal(number)


def test_a_number_that_is_not_finite_is_refused_as_such() -> None:
    with pytest.raises(QuantityError, match="not a finite number"):
        as_decimal(Decimal("Infinity"))


@given(masses(), masses())
def test_what_was_added_can_be_taken_away(one: Mass, other: Mass) -> None:
    assert one + other - other == one


def test_more_than_there_is_cannot_be_taken_away() -> None:
    with pytest.raises(QuantityError, match="from 0 up, got -1 mL"):
        Volume(mL=Decimal(1)) - Volume(mL=Decimal(2))


def test_amounts_of_different_kinds_do_not_mix() -> None:
    mass, volume = Mass(ug=Decimal(1)), Volume(mL=Decimal(1))

    with pytest.raises(TypeError):
        mass + volume  # type: ignore[operator]
    with pytest.raises(TypeError):
        mass - volume  # type: ignore[operator]
    with pytest.raises(TypeError):
        _ = mass < volume  # type: ignore[operator]
    assert mass != volume


def test_amounts_are_ordered_and_equal_by_what_they_are_worth() -> None:
    assert Mass(ug=Decimal("5.0")) == Mass(ug=Decimal(5))
    assert hash(Mass(ug=Decimal("5.0"))) == hash(Mass(ug=Decimal(5)))
    assert Mass(ug=Decimal("4.9")) < Mass(ug=Decimal(5))


def test_an_amount_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Mass(ug=Decimal(1)).ug = Decimal(2)  # type: ignore[misc]


def test_nothing_is_nothing() -> None:
    assert Volume(mL=Decimal(0)).is_zero
    assert not Volume(mL=Decimal("0.0001")).is_zero


def test_scaling_by_less_than_nothing_is_refused() -> None:
    with pytest.raises(QuantityError):
        Mass(ug=Decimal(5)).scaled(Decimal(-1))


@pytest.mark.requirement("ITB-055")
@given(volumes(), concentrations())
def test_a_product_is_exact(volume: Volume, concentration: Concentration) -> None:
    mass = concentration.of(volume)

    assert Fraction(mass.ug) == Fraction(volume.mL) * Fraction(concentration.ug_per_mL)


@pytest.mark.requirement("ITB-055")
@given(dose_rates(), concentrations())
def test_a_dose_and_its_flow_are_the_same_but_for_the_last_digit_and_never_more(
    dose: DoseRate, concentration: Concentration
) -> None:
    back = dose.as_flow(concentration).as_dose(concentration)

    assert back <= dose
    assert Fraction(dose.ug_per_day) - Fraction(back.ug_per_day) < Fraction(1, 10**30)


@pytest.mark.requirement("ITB-055")
@given(dose_rates(least="0"), SPANS)
def test_a_dose_over_time_is_rounded_down_to_forty_digits(dose: DoseRate, span: timedelta) -> None:
    exact = Fraction(dose.ug_per_day) * microseconds(span) / microseconds(DAY)

    given_ = Fraction(dose.over(span).ug)

    assert 0 <= exact - given_ <= exact / 10**39


@given(decimals(least="0.0001"), decimals(least="0.0001"), SPANS)
def test_a_quotient_times_a_quotient_still_fits(
    flow: Decimal, concentration: Decimal, span: timedelta
) -> None:
    third = FlowRate(mL_per_day=quotient(flow, Decimal(3)))
    seventh = Concentration(ug_per_mL=quotient(concentration, Decimal(7)))

    mass = third.as_dose(seventh).over(span)

    assert (
        Fraction(mass.ug)
        <= Fraction(flow) * Fraction(concentration) * microseconds(span) / microseconds(DAY) / 21
    )


@given(masses(), masses())
def test_a_ratio_is_never_above_the_true_one(one: Mass, other: Mass) -> None:
    assert Fraction(one.over_amount(other)) * Fraction(other.ug) <= Fraction(one.ug)


@pytest.mark.parametrize(
    "divide",
    [
        lambda: DoseRate(ug_per_day=Decimal(5)).as_flow(Concentration(ug_per_mL=Decimal(0))),
        lambda: Concentration(ug_per_mL=Decimal(0)).volume_of(Mass(ug=Decimal(5))),
        lambda: Mass(ug=Decimal(0)).over_amount(Mass(ug=Decimal(0))),
    ],
)
def test_nothing_is_divided_by_nothing(divide: object) -> None:
    with pytest.raises(QuantityError, match="cannot be divided by 0"):
        divide()  # type: ignore[operator]


def test_a_product_that_does_not_fit_is_refused_and_not_rounded() -> None:
    hundred_digits = Decimal(int("7" * 100))

    assert exactly(hundred_digits, hundred_digits) == int("7" * 100) ** 2
    with pytest.raises(ArithmeticError):
        exactly(Decimal(int("7" * 150)), Decimal(int("7" * 150)))


@pytest.mark.requirement("ITB-001")
def test_a_dose_entered_with_its_concentration_gives_the_flow() -> None:  # oracle C1, ITB-001
    dose = DoseRate(ug_per_day=Decimal(200))

    assert dose.as_flow(Concentration(ug_per_mL=Decimal(500))).mL_per_day == Decimal("0.4")
    assert dose.as_flow(Concentration(ug_per_mL=Decimal(2000))).mL_per_day == Decimal("0.1")
    assert dose.over(6 * HOUR) == Mass(ug=Decimal(50))
    assert FlowRate(mL_per_day=Decimal("2.4")).over(HOUR) == Volume(mL=Decimal("0.1"))
    assert Concentration(ug_per_mL=Decimal(500)).volume_of(Mass(ug=Decimal(50))) == Volume(mL=Decimal("0.1"))
