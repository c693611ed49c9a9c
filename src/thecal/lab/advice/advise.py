"""Advise: what the rules propose, joined with what this patient's own model expects of each option."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.dosing.propose import propose
from thecal.lab.advice.advice import Advice, Basis
from thecal.lab.advice.choices import DECIMALS, SEED
from thecal.lab.advice.evidence import evidence_of
from thecal.lab.advice.lessons import lessons_of, option_to_learn
from thecal.lab.advice.outlook import outlooks_of
from thecal.lab.advice.patient import PatientModel

if TYPE_CHECKING:
    from thecal.dosing.history import History
    from thecal.dosing.limits import Limits
    from thecal.lab.advice.evidence import Evidence


def advise(history: History, limits: Limits, *, seed: int = SEED) -> Advice:
    """Return the options of the rules for one history, each with an outlook from the patient's own model.

    The options are those of ``dosing.propose`` and no others; the model ranks and describes them, and lifts
    no finding. Where the patient has no score that counts, the outlook is that of the population and says so.

    Args:
        history: of the patient.
        limits: of the place.
        seed: of the patients drawn who could be this one; the same input and seed give an equal advice.
    """
    proposal = propose(history, limits)
    evidence = evidence_of(history)
    patient = PatientModel(evidence, seed)
    return Advice(
        proposal=proposal,
        limits=limits,
        seed=seed,
        outlooks=outlooks_of(proposal, patient),
        lessons=lessons_of(proposal, patient),
        lessons_for=option_to_learn(proposal),
        basis=_basis(evidence, patient),
        model=evidence.parameters.version,
    )


def replay(advice: Advice) -> Advice:
    """Return the advice worked out anew from what it records; equal where rules and model are the same."""
    return advise(advice.proposal.history, advice.limits, seed=advice.seed)


def _basis(evidence: Evidence, patient: PatientModel) -> Basis:
    population_only = not evidence.observations
    notes = [*evidence.notes, *patient.notes]
    if population_only:
        notes.insert(0, "Population only: there is no score of this patient to go by.")
    return Basis(
        group=evidence.group,
        used=tuple(evidence.used.items()),
        scales=tuple((limb, scale.scale_id) for limb, scale in evidence.scales.items()),
        population_only=population_only,
        information=round(patient.posterior.information, DECIMALS),
        notes=tuple(notes),
    )
