"""Candidacy: a structured assessment, never a bare yes or no; what must not exclude does not."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from builders.rules.candidacy import SETTLED
from thecal.dosing.candidacy import QUESTIONS, CandidacyFacts, Part, assess
from thecal.dosing.limits import limits_for
from thecal.dosing.patient import Origin
from thecal.dosing.tables import FactsError

LIMITS = limits_for()


def test_a_settled_patient_has_reasons_and_nothing_to_settle() -> None:
    assessment = assess(SETTLED, LIMITS)

    assert assessment.is_complete
    assert assessment.of(Part.REASON)
    for part in (Part.CONTRAINDICATION, Part.FIRST, Part.RELATIVE):
        assert assessment.of(part) == ()


@pytest.mark.parametrize("name", ["walks", "progressive", "cognition_impaired"])
def test_what_must_not_exclude_on_its_own_does_not(name: str) -> None:
    assessment = assess(replace(SETTLED, **{name: True}), LIMITS)

    assert assessment.of(Part.CONTRAINDICATION) == ()
    assert any("not exclude" in says for says in assessment.of(Part.NO_EXCLUSION))


def test_a_reaction_that_was_no_allergy_is_clarified_and_does_not_exclude() -> None:
    assessment = assess(replace(SETTLED, allergy=True), LIMITS)

    assert assessment.of(Part.CONTRAINDICATION) == ()
    assert any("often recorded as allergy" in says for says in assessment.of(Part.FIRST))


def test_an_early_implant_after_brain_injury_asks_for_a_reason_and_is_no_block() -> None:
    early = replace(SETTLED, origin=Origin.BRAIN_INJURY, since_brain_injury=timedelta(days=100))

    assessment = assess(early, LIMITS)

    assert assessment.of(Part.CONTRAINDICATION) == ()
    assert any("second signature" in says for says in assessment.of(Part.FIRST))


def test_anticoagulation_and_body_size_name_who_decides_and_no_number() -> None:
    assessment = assess(replace(SETTLED, anticoagulated=True, body_too_small=True), LIMITS)

    said = [*assessment.of(Part.FIRST), *assessment.of(Part.CONTRAINDICATION)]
    assert not any(character.isdigit() for says in said for character in says)
    assert any("haematology and anaesthesia decide" in says for says in said)


def test_without_any_answer_every_question_applies_and_nothing_is_assumed() -> None:
    assessment = assess(CandidacyFacts(), LIMITS)

    assert assessment.statements == ()
    assert [question.fact for question in assessment.asks] == list(QUESTIONS)


def test_the_time_since_a_brain_injury_applies_only_where_there_may_be_one() -> None:
    assert assess(replace(SETTLED, since_brain_injury=None), LIMITS).is_complete
    assert not assess(
        replace(SETTLED, origin=Origin.BRAIN_INJURY, since_brain_injury=None), LIMITS
    ).is_complete


def test_an_age_outside_physiology_is_refused() -> None:
    with pytest.raises(FactsError, match="age_years: 140 is outside what can be, 0 y to 120 y"):
        CandidacyFacts(age_years=Decimal(140))
