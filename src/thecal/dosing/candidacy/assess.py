"""Candidacy as a structured assessment: reasons, contraindications, what to settle, and what never excludes.

The result is never a bare yes or no: a physician and the team decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from thecal.dosing.candidacy.facts import CandidacyFacts
from thecal.dosing.patient import Origin
from thecal.dosing.tables import Hit, Row, Table, known, questions_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from thecal.dosing.limits import Limits
    from thecal.dosing.tables import Question


class Part(StrEnum):
    """Which part of an assessment a statement belongs to."""

    REASON = "reasons to consider it"
    CONTRAINDICATION = "contraindications"
    FIRST = "to be settled first"
    RELATIVE = "relative reasons against it"
    NO_EXCLUSION = "does not exclude on its own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of an assessment."""

    part: Part
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What is known about a candidacy.

    Attributes:
        statements: by the order of the parts.
        asks: the questions that nobody answered.
    """

    statements: tuple[Statement, ...]
    asks: tuple[Question, ...]

    def of(self, part: Part) -> tuple[str, ...]:
        """Return the statements of one part."""
        return tuple(one.says for one in self.statements if one.part is part)

    @property
    def is_complete(self) -> bool:
        """Whether every question was answered; even then a person decides."""
        return not self.asks


def _row(
    row: str,
    part: Part,
    *,
    when: str,
    says: str,
    needs: tuple[str, ...],
    holds: Callable[[CandidacyFacts, Limits], bool] | None = None,
) -> Row[CandidacyFacts, Statement]:
    """Return a row; without a condition in code it holds where its only fact is true."""

    def is_true(facts: CandidacyFacts, _: Limits) -> bool:
        return bool(known(getattr(facts, needs[0])))

    def gives(_: CandidacyFacts, limits: Limits) -> Statement:
        return Statement(part=part, says=template.then_here(limits))

    template: Row[CandidacyFacts, Statement] = Row(
        id=row, when=when, then=says, needs=needs, holds=holds or is_true, gives=gives
    )
    return template


def _not(name: str) -> Callable[[CandidacyFacts, Limits], bool]:
    return lambda facts, _: not known(getattr(facts, name))


def _is_early_after_injury(facts: CandidacyFacts, limits: Limits) -> bool:
    if facts.origin is not Origin.BRAIN_INJURY:
        return False
    return known(facts.since_brain_injury) < limits["brain_injury_wait"].duration


CANDIDACY: Table[CandidacyFacts, Statement] = Table(
    id="candidacy.assessment",
    title="Candidacy for intrathecal baclofen",
    about=(
        "Every row that holds adds a statement; the result is an assessment and no verdict. A physician with "
        "experience of spasticity decides with the patient and the team."
    ),
    hit=Hit.ALL,
    sources=("Saulino 2016, selection; lioresal.com, contraindications; clinical review",),
    rows=(
        _row(
            "interferes",
            Part.REASON,
            when="spasticity interferes with comfort, function, care or position",
            says="spasticity interferes with comfort, function, care or position",
            needs=("interferes",),
        ),
        _row(
            "tablets-failed",
            Part.REASON,
            when="oral drugs helped too little or were not tolerated",
            says="oral drugs helped too little or were not tolerated",
            needs=("tablets_failed",),
        ),
        _row(
            "tablet-burden",
            Part.REASON,
            when="pill burden, missed doses or trouble swallowing",
            says="pill burden, missed doses or trouble swallowing",
            needs=("tablet_burden",),
        ),
        _row(
            "allergy",
            Part.CONTRAINDICATION,
            when="a specialist judged a reaction to baclofen to be a true allergy",
            says="hypersensitivity to baclofen",
            needs=("reaction_was_allergy",),
        ),
        _row(
            "infection",
            Part.CONTRAINDICATION,
            when="an active infection",
            says="active infection: treat it first",
            needs=("infection",),
        ),
        _row(
            "body-too-small",
            Part.CONTRAINDICATION,
            when="the surgeon finds the body too small for a pump",
            says="body too small for a pump, as the surgeon judges; no label gives a weight",
            needs=("body_too_small",),
        ),
        _row(
            "too-young",
            Part.CONTRAINDICATION,
            when="younger than {trial_age_least}",
            says="younger than {trial_age_least}: safety is not established",
            needs=("age_years",),
            holds=lambda facts, limits: known(facts.age_years) < limits["trial_age_least"].number("y"),
        ),
        _row(
            "reaction-unclear",
            Part.FIRST,
            when="a reaction to baclofen that no specialist judged to be an allergy",
            says="clarify the reaction to baclofen: side effects are often recorded as allergy",
            needs=("allergy", "reaction_was_allergy"),
            holds=lambda facts, _: known(facts.allergy) and not known(facts.reaction_was_allergy),
        ),
        _row(
            "no-tablets-yet",
            Part.FIRST,
            when="no oral drug was tried",
            says="try oral drugs, or record why not",
            needs=("tablets_tried",),
            holds=_not("tablets_tried"),
        ),
        _row(
            "no-therapy-yet",
            Part.FIRST,
            when="physiotherapy was not tried",
            says="try physiotherapy, or record why not",
            needs=("therapy_tried",),
            holds=_not("therapy_tried"),
        ),
        _row(
            "injections",
            Part.FIRST,
            when="botulinum toxin was not considered",
            says="consider botulinum toxin where spasticity is focal",
            needs=("injections_tried",),
            holds=_not("injections_tried"),
        ),
        _row(
            "orthopaedic",
            Part.FIRST,
            when="orthopaedic measures were not considered",
            says="consider orthopaedic measures",
            needs=("orthopaedic_considered",),
            holds=_not("orthopaedic_considered"),
        ),
        _row(
            "no-goals",
            Part.FIRST,
            when="no goals are written down",
            says="write down the goals in the patient's words",
            needs=("goals_agreed",),
            holds=_not("goals_agreed"),
        ),
        _row(
            "no-escort",
            Part.FIRST,
            when="no person is named who brings the patient to every refill",
            says="name the person who brings the patient to every refill: a missed refill can kill",
            needs=("escort",),
            holds=_not("escort"),
        ),
        _row(
            "distance",
            Part.FIRST,
            when="the way to the clinic is not settled",
            says="settle the way to the clinic, also for an emergency",
            needs=("distance_settled",),
            holds=_not("distance_settled"),
        ),
        _row(
            "funding",
            Part.FIRST,
            when="the funding is not settled",
            says="settle the funding of pump and refills",
            needs=("funding_settled",),
            holds=_not("funding_settled"),
        ),
        _row(
            "anticoagulated",
            Part.FIRST,
            when="takes an anticoagulant",
            says="anticoagulation for puncture and operation: haematology and anaesthesia decide; no "
            "number "
            "is given here",
            needs=("anticoagulated",),
        ),
        _row(
            "anaesthesia",
            Part.FIRST,
            when="a high risk of anaesthesia",
            says="anaesthesia assesses the risk",
            needs=("anaesthesia_risk",),
        ),
        _row(
            "early-injury",
            Part.FIRST,
            when="a brain injury less than {brain_injury_wait} ago",
            says="brain injury less than {brain_injury_wait} ago: give the reason and a second signature; "
            ""
            "early implants "
            "are published (Posteraro 2013)",
            needs=("origin", "since_brain_injury"),
            holds=_is_early_after_injury,
        ),
        _row(
            "epilepsy",
            Part.RELATIVE,
            when="known seizures",
            says="seizures may be more frequent: neurology advises",
            needs=("epilepsy",),
        ),
        _row(
            "shunt",
            Part.RELATIVE,
            when="a shunt or hydrocephalus",
            says="a shunt or hydrocephalus changes the flow of spinal fluid: neurosurgery advises",
            needs=("shunt",),
        ),
        _row(
            "spine",
            Part.RELATIVE,
            when="a deformity or fusion of the spine",
            says="puncture and catheter may be difficult: imaging and neurosurgery advise",
            needs=("spine_changed",),
        ),
        _row(
            "breathing",
            Part.RELATIVE,
            when="weak breathing or sleep apnoea",
            says="weak breathing: the trial and the first days need monitoring",
            needs=("breathing_weak",),
        ),
        _row(
            "feeding-tube",
            Part.RELATIVE,
            when="a feeding tube",
            says="plan the place of the pump away from the feeding tube",
            needs=("gastrostomy",),
        ),
        _row(
            "goals-unrealistic",
            Part.RELATIVE,
            when="goals that the team does not hold for realistic",
            says="goals are not realistic yet: talk about them again",
            needs=("goals_realistic",),
            holds=_not("goals_realistic"),
        ),
        _row(
            "mental-health",
            Part.RELATIVE,
            when="mental health problems that are not managed",
            says="mental health problems are not managed yet",
            needs=("mental_health_managed",),
            holds=_not("mental_health_managed"),
        ),
        _row(
            "walks",
            Part.NO_EXCLUSION,
            when="the patient walks",
            says="walking does not exclude; useful tone is a floor",
            needs=("walks",),
        ),
        _row(
            "progressive",
            Part.NO_EXCLUSION,
            when="the disease progresses",
            says="a progressive disease does not exclude",
            needs=("progressive",),
        ),
        _row(
            "cognition",
            Part.NO_EXCLUSION,
            when="cognition is impaired",
            says="impaired cognition does not exclude; who speaks for the patient is recorded",
            needs=("cognition_impaired",),
        ),
        _row(
            "not-all-tried",
            Part.NO_EXCLUSION,
            when="not every other therapy has failed",
            says="other therapies need not all have failed",
            needs=("injections_tried",),
            holds=_not("injections_tried"),
        ),
    ),
)
"""What is known about a candidacy."""

QUESTIONS = tuple(CandidacyFacts.__dataclass_fields__)
"""Every question of an assessment, in the order in which they are asked."""
_ONLY_AFTER = {"reaction_was_allergy": "allergy"}
"""Questions that are asked only where the answer to another one is yes or missing."""


def assess(facts: CandidacyFacts, limits: Limits) -> Assessment:
    """Return the assessment of a candidacy, and the questions that are open."""
    order = list(Part)
    found = CANDIDACY.decide(facts, limits).results
    asks = [one for one in questions_of(facts, QUESTIONS) if _applies(one.fact, facts)]
    return Assessment(
        statements=tuple(sorted(found, key=lambda one: order.index(one.part))), asks=tuple(asks)
    )


def _applies(name: str, facts: CandidacyFacts) -> bool:
    if name == "since_brain_injury":
        return facts.origin in {None, Origin.BRAIN_INJURY}
    return name not in _ONLY_AFTER or getattr(facts, _ONLY_AFTER[name]) is not False
