"""Withdrawal of intrathecal baclofen: recognise it, restore drug, and treat in a monitored bed."""

from thecal.dosing.emergencies.stages import Action, Emergency, Stage
from thecal.quantities import Sureness

_REVIEW = "clinical review"

WITHDRAWAL = Emergency(
    id="withdrawal",
    title="Too little baclofen: withdrawal",
    signs=(
        "early: spasticity returns, itching without a rash, tingling",
        "worse: fast heartbeat, restlessness, hallucinations, seizures",
        "severe: high fever, rigid muscles, altered mental state",
        "untreated: muscle breakdown, organ failure, death",
    ),
    stages=(
        Stage(
            id="now",
            title="Now",
            who="whoever is with the patient",
            actions=(
                Action(
                    says="Take every one of these signs seriously in a person with a pump, also without "
                    "an alarm. Bring "
                    "the patient to a hospital; severe signs: call the emergency team.",
                    source="US label, boxed warning (DailyMed, 2025)",
                    sureness=Sureness.VERIFIED,
                ),
                Action(
                    says="Call the ITB physician on call.",
                    source=_REVIEW,
                    sureness=Sureness.ASSUMED,
                ),
            ),
        ),
        Stage(
            id="find",
            title="Find the cause",
            who="the ITB team",
            actions=(
                Action(
                    says="Interrogate the pump: alarms, program, delivery, reservoir. Compare the "
                    "residual volume, then "
                    "X-ray, then the catheter access port; without aspirate nothing is injected.",
                    source="CMSC 2015, CC15; Saulino 2016",
                    sureness=Sureness.VERIFIED,
                ),
            ),
        ),
        Stage(
            id="treat",
            title="Treat",
            who="a physician, in a monitored bed",
            actions=(
                Action(
                    says="Short interruption: restore intrathecal baclofen as it ran. Drug that was "
                    "missed is never "
                    "made up.",
                    source="Saulino 2016; ITB-158",
                    sureness=Sureness.VERIFIED,
                ),
                Action(
                    says="Longer interruption: restart at the starting dose or the last effective dose, "
                    "whichever is "
                    "lower, in a monitored bed.",
                    source="ITB-165; Heetla 2009; Delhaas 1991",
                    sureness=Sureness.ASSUMED,
                ),
                Action(
                    says="Oral rescue for an adult: baclofen {rescue_baclofen_least} to "
                    "{rescue_baclofen_most} every "
                    "{rescue_baclofen_every}. Check renal function first. It is not an equivalent of the "
                    "intrathecal dose and may not be enough.",
                    source="Saulino 2016",
                    sureness=Sureness.VERIFIED,
                    contested="There is no validated conversion from micrograms to milligrams.",
                ),
                Action(
                    says="Added for an adult where needed: cyproheptadine {rescue_cyproheptadine_least} to "
                    "{rescue_cyproheptadine_most} by mouth every {rescue_cyproheptadine_every_least} to "
                    "{rescue_cyproheptadine_every_most}, or a benzodiazepine.",
                    source="Meythaler 2003, four patients",
                    sureness=Sureness.VERIFIED,
                    contested="Evidence is four patients.",
                ),
                Action(
                    says="A child: no dose is printed here. Whoever treats the child decides.",
                    source="no source with a dose for children was found",
                    sureness=Sureness.ASSUMED,
                ),
            ),
        ),
    ),
    never=(
        "Fever is a sign of withdrawal: it is never by itself a reason to lower the dose.",
        "Blood pressure may go either way: it never decides between withdrawal and overdose.",
        "An oral dose is never called equivalent to the intrathecal dose.",
    ),
    also_consider=(
        "sepsis, meningitis",
        "autonomic dysreflexia",
        "serotonin syndrome, neuroleptic malignant syndrome",
        "a new sedative, or withdrawal of another drug",
    ),
)
"""What to do about too little baclofen."""
