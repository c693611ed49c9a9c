"""A symptom call: red flags and missing answers never lower the urgency, and none says that all is well."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.rules.triage import NOTHING
from thecal.dosing.emergencies import WithdrawalFacts, withdrawal_urgency
from thecal.dosing.limits import limits_for
from thecal.dosing.triage import CALL, QUESTIONS, CallFacts, symptom_call
from thecal.dosing.urgency import Urgency

LIMITS = limits_for()
ANSWERS = st.fixed_dictionaries({name: st.sampled_from([None, True, False]) for name in QUESTIONS})
REASSURING = re.compile(
    r"\b(all is well|is fine|no problem|safe|nothing to worry|harmless|normal)\b", re.IGNORECASE
)


@given(answers=ANSWERS, name=st.sampled_from(QUESTIONS))
def test_a_red_flag_or_a_missing_answer_never_lowers_the_urgency(
    answers: dict[str, bool | None], name: str
) -> None:
    ruled_out = symptom_call(CallFacts(**{**answers, name: False}), LIMITS).urgency

    assert symptom_call(CallFacts(**{**answers, name: True}), LIMITS).urgency >= ruled_out
    assert symptom_call(CallFacts(**{**answers, name: None}), LIMITS).urgency >= ruled_out


@given(answers=ANSWERS)
def test_no_outcome_says_that_all_is_well(answers: dict[str, bool | None]) -> None:
    outcome = symptom_call(CallFacts(**answers), LIMITS)

    assert not any(REASSURING.search(line) for line in (outcome.urgency.says, *outcome.advice))
    assert outcome.advice


@pytest.mark.parametrize(
    ("changed", "urgency"),
    [
        ({}, Urgency.CLINIC_THIS_WEEK),
        ({"alarm_heard": True}, Urgency.CLINIC_TODAY),
        ({"tone_back": True}, Urgency.CLINIC_TODAY),
        ({"tone_back": True, "earlier_withdrawal": True}, Urgency.EMERGENCY),
        ({"itching": True, "fever": True}, Urgency.EMERGENCY),
        ({"alarm_heard": True, "two_tones": True}, Urgency.HOSPITAL_NOW),
        ({"alarm_heard": True, "itching": True}, Urgency.HOSPITAL_NOW),
        ({"weaker": True, "filled_today": True}, Urgency.HOSPITAL_NOW),
        ({"fever": True}, Urgency.HOSPITAL_NOW),
        ({"breathing_slow": True}, Urgency.EMERGENCY),
    ],
)
def test_each_sign_has_its_urgency(changed: dict[str, bool], urgency: Urgency) -> None:
    assert symptom_call(replace(NOTHING, **changed), LIMITS).urgency is urgency


def test_with_nothing_answered_it_is_an_emergency_and_every_question_applies() -> None:
    outcome = symptom_call(CallFacts(), LIMITS)

    assert outcome.urgency is Urgency.EMERGENCY
    assert [question.fact for question in outcome.asks] == list(QUESTIONS)


def test_fever_never_lowers_a_dose() -> None:
    advice = symptom_call(replace(NOTHING, fever=True), LIMITS).advice

    assert any("not lowered because of it" in line for line in advice)


def test_the_rows_have_no_advice_that_reassures() -> None:
    assert not any(REASSURING.search(f"{row.when} {row.then}") for row in CALL.rows)


@given(answers=ANSWERS)
def test_the_pump_is_stopped_only_for_an_answered_sign(answers: dict[str, bool | None]) -> None:
    advice = " ".join(symptom_call(CallFacts(**answers), LIMITS).advice)

    assert ("stop the pump" in advice) == (answers["breathing_slow"] is True)


@given(answers=ANSWERS)
def test_a_call_is_never_milder_than_the_emergency_rule_of_withdrawal(
    answers: dict[str, bool | None],
) -> None:
    facts = CallFacts(**{**answers, "itching": True})
    severe = (facts.fever, facts.confused, facts.seizure)
    withdrawal = WithdrawalFacts(
        severe_signs=True if True in severe else None if None in severe else False,
        level_t6_or_above=facts.level_t6,
        cannot_communicate=facts.cannot_say,
        earlier_withdrawal=facts.earlier_withdrawal,
    )

    assert symptom_call(facts, LIMITS).urgency >= withdrawal_urgency(withdrawal, LIMITS)
