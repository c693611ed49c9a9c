"""What is asked before intrathecal baclofen is considered for a patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.dosing.tables import check_physiology, fact

if TYPE_CHECKING:
    from datetime import timedelta
    from decimal import Decimal

    from thecal.dosing.patient import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidacyFacts:
    """What is known of a patient who may become a candidate; None where nobody answered.

    Attributes:
        origin: of the spasticity.
        age_years: of the patient.
        interferes: whether spasticity interferes with comfort, function, care or position.
        tablets_tried: whether oral drugs were tried, at useful doses.
        tablets_failed: whether they did not help enough or were not tolerated.
        tablet_burden: pill burden, missed doses or trouble swallowing.
        therapy_tried: whether physiotherapy was tried.
        injections_tried: whether botulinum toxin was considered or tried.
        orthopaedic_considered: whether orthopaedic measures were considered.
        goals_agreed: whether goals are written down with the patient or the carer.
        goals_realistic: whether the team holds them for realistic.
        allergy: a reaction to baclofen.
        reaction_was_allergy: whether that reaction was a true allergy, as a specialist judged it.
        infection: an active infection.
        body_too_small: whether a surgeon finds the body too small for a pump.
        since_brain_injury: time since a traumatic brain injury; None where there was none or it is not known.
        epilepsy: known seizures.
        shunt: a shunt or hydrocephalus.
        spine_changed: a deformity or fusion of the spine.
        breathing_weak: weak breathing or sleep apnoea.
        gastrostomy: a feeding tube, near the place of the pump.
        anticoagulated: takes an anticoagulant.
        anaesthesia_risk: a high risk of anaesthesia.
        escort: whether a person is named who brings the patient to every refill.
        distance_settled: whether the way to the clinic is settled, also for an emergency.
        funding_settled: whether the funding of pump and refills is settled.
        mental_health_managed: whether mental health problems are managed.
        walks: whether the patient walks.
        progressive: whether the disease progresses.
        cognition_impaired: whether cognition is impaired.
    """

    origin: Origin | None = fact("Is the spasticity of spinal or of cerebral origin?")
    age_years: Decimal | None = fact(
        "How old is the patient, in years?", within=("age_lowest", "age_highest")
    )
    interferes: bool | None = fact("Does spasticity interfere with comfort, function, care or position?")
    tablets_tried: bool | None = fact("Which oral drugs were tried, at useful doses? Were any?")
    tablets_failed: bool | None = fact("Did they help too little, or were they not tolerated?")
    tablet_burden: bool | None = fact("Is there a pill burden, are doses missed, or is swallowing hard?")
    therapy_tried: bool | None = fact("Was physiotherapy tried, and with what result?")
    injections_tried: bool | None = fact("Was botulinum toxin considered or tried?")
    orthopaedic_considered: bool | None = fact("Were orthopaedic measures considered?")
    goals_agreed: bool | None = fact("Are goals written down with the patient or the carer?")
    goals_realistic: bool | None = fact("Does the team hold these goals for realistic?")
    allergy: bool | None = fact("Was there ever a reaction to baclofen?")
    reaction_was_allergy: bool | None = fact("Did a specialist judge that reaction to be a true allergy?")
    infection: bool | None = fact("Is there an active infection?")
    body_too_small: bool | None = fact("Does the surgeon find the body too small for a pump?")
    since_brain_injury: timedelta | None = fact("How long ago was the brain injury?")
    epilepsy: bool | None = fact("Are seizures known?")
    shunt: bool | None = fact("Is there a shunt or hydrocephalus?")
    spine_changed: bool | None = fact("Is there a deformity or fusion of the spine?")
    breathing_weak: bool | None = fact("Is breathing weak, or is there sleep apnoea?")
    gastrostomy: bool | None = fact("Is there a feeding tube?")
    anticoagulated: bool | None = fact("Does the patient take an anticoagulant?")
    anaesthesia_risk: bool | None = fact("Is the risk of anaesthesia high?")
    escort: bool | None = fact("Who brings the patient to every refill? Is a person named?")
    distance_settled: bool | None = fact("Is the way to the clinic settled, also for an emergency?")
    funding_settled: bool | None = fact("Is the funding of pump and refills settled?")
    mental_health_managed: bool | None = fact("Are mental health problems managed?")
    walks: bool | None = fact("Does the patient walk?")
    progressive: bool | None = fact("Does the disease progress?")
    cognition_impaired: bool | None = fact("Is cognition impaired?")

    def __post_init__(self) -> None:
        """Refuse facts outside physiology."""
        check_physiology(self)
