"""Examples of the assessment of a candidacy."""

from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from builders.rules.example import Example
from thecal.dosing.candidacy import CANDIDACY, CandidacyFacts
from thecal.dosing.limits import limits_for
from thecal.dosing.patient import Origin

SETTLED = CandidacyFacts(
    **{
        **dict.fromkeys((one.name for one in fields(CandidacyFacts)), False),
        **dict.fromkeys(
            (
                "interferes",
                "tablets_tried",
                "tablets_failed",
                "therapy_tried",
                "injections_tried",
                "orthopaedic_considered",
                "goals_agreed",
                "goals_realistic",
                "escort",
                "distance_settled",
                "funding_settled",
                "mental_health_managed",
            ),
            True,
        ),
        "origin": Origin.MULTIPLE_SCLEROSIS,
        "age_years": Decimal(40),
        "since_brain_injury": timedelta(days=3650),
    }
)
"""A patient about whom everything is answered and settled."""
_CHANGES: dict[str, dict[str, Any]] = {
    "interferes": {},
    "tablets-failed": {},
    "tablet-burden": {"tablet_burden": True},
    "allergy": {"allergy": True, "reaction_was_allergy": True},
    "infection": {"infection": True},
    "body-too-small": {"body_too_small": True},
    "too-young": {"age_years": Decimal(3)},
    "reaction-unclear": {"allergy": True},
    "no-tablets-yet": {"tablets_tried": False},
    "no-therapy-yet": {"therapy_tried": False},
    "injections": {"injections_tried": False},
    "orthopaedic": {"orthopaedic_considered": False},
    "no-goals": {"goals_agreed": False},
    "no-escort": {"escort": False},
    "distance": {"distance_settled": False},
    "funding": {"funding_settled": False},
    "anticoagulated": {"anticoagulated": True},
    "anaesthesia": {"anaesthesia_risk": True},
    "early-injury": {"origin": Origin.BRAIN_INJURY, "since_brain_injury": timedelta(days=364)},
    "epilepsy": {"epilepsy": True},
    "shunt": {"shunt": True},
    "spine": {"spine_changed": True},
    "breathing": {"breathing_weak": True},
    "feeding-tube": {"gastrostomy": True},
    "goals-unrealistic": {"goals_realistic": False},
    "mental-health": {"mental_health_managed": False},
    "walks": {"walks": True},
    "progressive": {"progressive": True},
    "cognition": {"cognition_impaired": True},
    "not-all-tried": {"injections_tried": False},
}


def _example(row: str, changed: dict[str, Any]) -> Example:
    facts = replace(SETTLED, **changed)
    decision = CANDIDACY.decide(facts, limits_for())
    gives = decision.results[decision.rows.index(row)] if row in decision.rows else None
    return Example(table="candidacy.assessment", row=row, facts=facts, gives=gives, jurisdiction=None)


EXAMPLES = tuple(_example(row, changed) for row, changed in _CHANGES.items())
