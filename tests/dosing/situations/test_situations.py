"""Renal function cuts oral doses only more as it falls; situations ask what is not known."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.dosing.limits import limits_for
from thecal.dosing.situations import Drive, RenalFacts, SituationFacts, oral_reduction, situation_advice
from thecal.dosing.tables import FactsError

LIMITS = limits_for()


@given(clearance=st.integers(0, 249))
def test_a_lower_clearance_is_never_cut_less(clearance: int) -> None:
    (lower,) = oral_reduction(RenalFacts(clearance_mL_min=Decimal(clearance)), LIMITS).results
    (higher,) = oral_reduction(RenalFacts(clearance_mL_min=Decimal(clearance + 1)), LIMITS).results

    assert lower >= higher


def test_a_clearance_outside_physiology_is_refused() -> None:
    with pytest.raises(FactsError, match="clearance_mL_min: 251 is outside what can be"):
        RenalFacts(clearance_mL_min=Decimal(251))


def test_nothing_is_assumed_about_a_patient_of_whom_nothing_is_known() -> None:
    decision = situation_advice(SituationFacts(), LIMITS)

    assert decision.results == ()
    assert len(decision.asks) == 8


def test_no_stop_is_programmed_before_an_mri_of_a_rotor() -> None:
    decision = situation_advice(SituationFacts(mri_planned=True, drive=Drive.ROTOR), LIMITS)

    assert "no programmed stop before MRI; interrogate twice afterwards" in decision.results
