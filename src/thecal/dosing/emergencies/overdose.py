"""Overdose of intrathecal baclofen: airway first, then no more drug."""

from thecal.dosing.emergencies.stages import Action, Emergency, Stage
from thecal.quantities import Sureness

_REVIEW = "clinical review"

OVERDOSE = Emergency(
    id="overdose",
    title="Too much baclofen",
    signs=(
        "drowsy, limp",
        "slow or shallow breathing",
        "loss of consciousness, up to coma",
    ),
    stages=(
        Stage(
            id="now",
            title="Now",
            who="whoever is with the patient",
            actions=(
                Action(
                    says="Airway and breathing first. Call the emergency team.",
                    source=f"{_REVIEW}; US label, copy (DrugLib)",
                    sureness=Sureness.SECONDARY,
                ),
                Action(
                    says="Stop the pump at once: STOP on the programmer.",
                    source=_REVIEW,
                    sureness=Sureness.ASSUMED,
                ),
                Action(
                    says="No programmer at hand, or STOP not confirmed: a trained person empties the "
                    "reservoir "
                    "through the refill port. That needs no programmer.",
                    source="US label, copy (DrugLib): empty the pump",
                    sureness=Sureness.SECONDARY,
                ),
            ),
        ),
        Stage(
            id="next",
            title="Next",
            who="emergency and intensive care",
            actions=(
                Action(
                    says="Support breathing and circulation for as long as it takes: coma of up to "
                    "{overdose_coma_most} is reported.",
                    source="US label, copy (DrugLib)",
                    sureness=Sureness.SECONDARY,
                ),
                Action(
                    says="Call the ITB physician, and note when the drug stopped: withdrawal may follow.",
                    source=_REVIEW,
                    sureness=Sureness.ASSUMED,
                ),
            ),
        ),
        Stage(
            id="specialist",
            title="Specialist",
            who="a specialist decides and does it",
            actions=(
                Action(
                    says="Removing {overdose_csf_least} to {overdose_csf_most} of spinal fluid by lumbar "
                    "puncture or "
                    "through the access port may be considered.",
                    source="US label, copy (DrugLib); fpnotebook; Delhaas 1991 prefers it with "
                    "supportive care",
                    sureness=Sureness.SECONDARY,
                    contested="How much, and how early, is not settled.",
                ),
                Action(
                    says="Find the cause before the pump runs again: concentration, program, bolus, "
                    "refill beside "
                    "the pump, access port, kept catheter that was primed.",
                    source=_REVIEW,
                    sureness=Sureness.ASSUMED,
                ),
            ),
        ),
    ),
    never=(
        "Physostigmine is never a step: older labels name it, but failure is reported in severe overdose.",
    ),
    also_consider=("sepsis, meningitis", "a new sedative"),
)
"""What to do about too much baclofen."""
