"""Concentration and reservoir: the worst-case interval, never above the stability, and what cannot run."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.dosing.choice import choices
from thecal.dosing.limits import limits_for
from thecal.pump import capability
from thecal.quantities import Concentration, DoseRate, Volume

LIMITS = limits_for()
TWENTY, FORTY = capability("reference design 20 mL"), capability("reference design 40 mL")
SOLUTIONS = tuple(Concentration(ug_per_mL=Decimal(number)) for number in (500, 1000, 2000))


def _dose(number: str) -> DoseRate:
    return DoseRate(ug_per_day=Decimal(number))


def test_every_pair_is_listed_the_longest_interval_first() -> None:
    found = choices(_dose("400"), SOLUTIONS, (TWENTY, FORTY), LIMITS)

    assert len(found) == 6
    assert [one.days for one in found] == sorted((one.days for one in found), reverse=True)
    assert found[0].concentration == SOLUTIONS[2]


@pytest.mark.parametrize(("concentration", "nominal"), [(500, Decimal("22.5")), (1000, 45), (2000, 90)])
def test_the_interval_is_the_published_one_less_the_tolerance(concentration: int, nominal: Decimal) -> None:
    to_two_mL = replace(TWENTY, unusable=Volume(mL=Decimal(2)), accuracy=Decimal(0))
    solution = Concentration(ug_per_mL=Decimal(concentration))

    (exact,) = choices(_dose("400"), (solution,), (to_two_mL,), LIMITS)
    (worst,) = choices(_dose("400"), (solution,), (replace(to_two_mL, accuracy=Decimal("0.145")),), LIMITS)

    assert exact.days == int(nominal)
    assert worst.days == int(nominal / Decimal("1.145"))


def test_a_large_reservoir_is_limited_by_the_stability_of_the_drug() -> None:
    (one,) = choices(_dose("100"), SOLUTIONS[2:], (FORTY,), LIMITS)

    assert one.days == 180
    assert [finding.code for finding in one.findings] == ["choice.stability-limits"]
    assert one.is_possible


def test_a_flow_below_the_pumps_lowest_cannot_run() -> None:
    (one,) = choices(_dose("50"), SOLUTIONS[2:], (TWENTY,), LIMITS)

    assert not one.is_possible
    assert one.days == 0
    assert "below the lowest flow of this pump" in one.findings[0].says


def test_a_flow_above_the_pumps_highest_cannot_run() -> None:
    thin = Concentration(ug_per_mL=Decimal(50))

    (one,) = choices(_dose("2000"), (thin,), (TWENTY,), LIMITS)

    assert one.findings[0].code == "choice.flow-too-high"


@given(dose=st.integers(100, 2000), more=st.integers(0, 500))
def test_a_higher_dose_never_has_a_longer_interval(dose: int, more: int) -> None:
    for solution in SOLUTIONS:
        (lower,) = choices(_dose(str(dose)), (solution,), (FORTY,), LIMITS)
        (higher,) = choices(_dose(str(dose + more)), (solution,), (FORTY,), LIMITS)
        assert higher.days <= lower.days


def test_no_dose_is_refused() -> None:
    with pytest.raises(ValueError, match="needs no pump"):
        choices(_dose("0"), SOLUTIONS, (TWENTY,), LIMITS)
