"""Emergencies: airway first, physostigmine never, fever never lowers a dose, no dose for a child."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.rules.emergencies import MILD
from thecal.dosing.emergencies import (
    EMERGENCIES,
    OVERDOSE,
    WITHDRAWAL,
    Emergency,
    WithdrawalFacts,
    withdrawal_urgency,
)
from thecal.dosing.limits import Jurisdiction, limits_for
from thecal.dosing.urgency import Urgency

FACTS = ("severe_signs", "level_t6_or_above", "cannot_communicate", "earlier_withdrawal")
ANSWERS = st.sampled_from([None, True, False])


def _text(emergency: Emergency) -> str:
    return " ".join(action.says for action in emergency.actions).casefold()


def test_in_overdose_the_airway_comes_first_and_the_pump_is_stopped_at_once() -> None:
    first, second, third = OVERDOSE.stages[0].actions

    assert first.says.startswith("Airway")
    assert "Stop the pump at once" in second.says
    assert "empties the reservoir" in third.says


@pytest.mark.parametrize("emergency", EMERGENCIES, ids=lambda one: one.id)
def test_physostigmine_is_never_a_step(emergency: Emergency) -> None:
    assert "physostigmine" not in _text(emergency)


def test_why_physostigmine_is_never_a_step_is_said() -> None:
    assert any("Physostigmine is never a step" in line for line in OVERDOSE.never)


def test_fever_and_blood_pressure_never_decide() -> None:
    never = " ".join(WITHDRAWAL.never)

    assert "never by itself a reason to lower the dose" in never
    assert "Blood pressure may go either way" in never
    assert "never called equivalent" in never


def test_the_oral_rescue_is_checked_against_renal_function_with_its_doses() -> None:
    rescue = next(action for action in WITHDRAWAL.actions if "Oral rescue" in action.says)

    assert "baclofen 10 mg to 20 mg every 6 h" in rescue.says_here(limits_for(Jurisdiction.IN))
    assert "Check renal function first" in rescue.says
    assert "not an equivalent" in rescue.says


def test_no_dose_is_printed_for_a_child() -> None:
    child = [action for one in EMERGENCIES for action in one.actions if "child" in action.says.casefold()]

    assert child
    assert all(not action.limit_ids for action in child)


@pytest.mark.parametrize("emergency", EMERGENCIES, ids=lambda one: one.id)
def test_every_action_has_a_source(emergency: Emergency) -> None:
    assert all(action.source for action in emergency.actions)
    assert "all is well" not in _text(emergency)


@given(answers=st.tuples(ANSWERS, ANSWERS, ANSWERS, ANSWERS), index=st.integers(0, 3))
def test_a_sign_or_a_missing_answer_never_lowers_the_urgency(
    answers: tuple[bool | None, ...], index: int
) -> None:
    facts = WithdrawalFacts(**dict(zip(FACTS, answers, strict=True)))
    limits = limits_for()
    ruled_out = withdrawal_urgency(replace(facts, **{FACTS[index]: False}), limits)

    assert withdrawal_urgency(replace(facts, **{FACTS[index]: True}), limits) >= ruled_out
    assert withdrawal_urgency(replace(facts, **{FACTS[index]: None}), limits) >= ruled_out


def test_without_any_answer_somebody_acts_at_once() -> None:
    assert withdrawal_urgency(WithdrawalFacts(), limits_for()) is Urgency.EMERGENCY
    assert withdrawal_urgency(MILD, limits_for()) is Urgency.CLINIC_TODAY
