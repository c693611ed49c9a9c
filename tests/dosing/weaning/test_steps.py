"""Weaning: the worked examples of the sources come out to the last digit."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.dosing.limits import Jurisdiction, limits_for
from thecal.dosing.weaning import intrathecal_steps, oral_steps
from thecal.quantities import DoseRate

JAPAN = limits_for(Jurisdiction.JP)


def _a_day(number: int) -> DoseRate:
    return DoseRate(ug_per_day=Decimal(number))


def test_oral_baclofen_of_80_mg_goes_down_in_quarters() -> None:
    assert oral_steps(Decimal(80), 3, JAPAN) == (80, 60, 45, 34)


def test_400_mcg_a_day_go_down_by_a_fifth_every_two_days() -> None:
    steps = intrathecal_steps(_a_day(400), _a_day(100), JAPAN)

    assert [round(step.ug_per_day) for step in steps] == [400, 320, 256, 205, 164, 131, 105, 100]


def test_where_no_label_was_found_the_japanese_one_stands_in_and_says_so() -> None:
    limit = limits_for(Jurisdiction.IN)["itb_cut_most"]

    assert limit.is_stand_in
    assert limit.write() == "20 %"


@given(dose=st.integers(30, 2000), start=st.integers(24, 400))
def test_no_step_of_weaning_is_larger_than_allowed(dose: int, start: int) -> None:
    down_to = min(dose, start)

    steps = intrathecal_steps(_a_day(dose), _a_day(down_to), JAPAN)

    assert steps[-1] == _a_day(down_to)
    for earlier, later in pairwise(steps):
        assert later < earlier
        assert later.ug_per_day >= earlier.ug_per_day * Decimal("0.8")


@pytest.mark.parametrize(("dose", "down_to"), [(100, 0), (100, 101)])
def test_a_dose_that_cannot_be_weaned_down_to_is_refused(dose: int, down_to: int) -> None:
    with pytest.raises(ValueError, match="is no dose to wean down to"):
        intrathecal_steps(_a_day(dose), _a_day(down_to), JAPAN)


@pytest.mark.parametrize(("mg", "count"), [("-1", 3), ("80", -1)])
def test_cuts_below_nothing_are_refused(mg: str, count: int) -> None:
    with pytest.raises(ValueError, match="give 0 or more"):
        oral_steps(Decimal(mg), count, JAPAN)
