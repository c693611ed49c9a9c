"""The pump sounds: what to do about it at once, and what it may mean."""

from thecal.dosing.emergencies.stages import Action, Emergency, Stage
from thecal.quantities import Sureness

_REVIEW = "clinical review"

ALARM = Emergency(
    id="alarm",
    title="The pump sounds",
    signs=(
        "two tones: critical (empty, motor stall, end of service, stopped, memory, low battery reset)",
        "one tone: not critical (low reservoir, replacement due)",
        "no alarm does not mean that drug flows: a leak or a disconnected catheter is silent",
    ),
    stages=(
        Stage(
            id="now",
            title="Now",
            who="patient, carer or staff",
            actions=(
                Action(
                    says="Two tones: call the ITB clinic or its on-call service at once, also at night, "
                    "and look for "
                    "signs of withdrawal and of overdose.",
                    source="Gillette patient sheet; clinical review",
                    sureness=Sureness.VERIFIED,
                ),
                Action(
                    says="One tone: call the ITB clinic today.",
                    source=_REVIEW,
                    sureness=Sureness.ASSUMED,
                ),
                Action(
                    says="An alarm may not be heard: deafness, depth, sleep. Refills are never planned "
                    "by the alarm.",
                    source="UW Health, pump refills",
                    sureness=Sureness.VERIFIED,
                ),
            ),
        ),
        Stage(
            id="clinic",
            title="At the clinic",
            who="pump nurse or physician",
            actions=(
                Action(
                    says="Interrogate the pump. The alarm, its cause and its time stand on the first page.",
                    source="ITB-102, ITB-121",
                    sureness=Sureness.ASSUMED,
                ),
                Action(
                    says="After MRI, interrogate twice: a recovery sometimes appears only at the second "
                    "reading.",
                    source="SynchroMed II MRI correction, 2008",
                    sureness=Sureness.VERIFIED,
                ),
            ),
        ),
    ),
    never=("Silencing an alarm never ends its cause.",),
    also_consider=("a telephone, a household device, another implant",),
)
"""What to do about a pump that sounds."""
