"""Examples of special situations."""

from decimal import Decimal
from typing import Any

from builders.rules.example import Example
from thecal.dosing.limits import limits_for
from thecal.dosing.situations import SITUATIONS, Drive, RenalFacts, SituationFacts

_CUTS = (
    ("normal", "81", "0"),
    ("mild", "80", "0.333"),
    ("mild", "51", "0.333"),
    ("moderate", "50", "0.5"),
    ("severe", "30", "0.667"),
)
_SITUATIONS: dict[str, dict[str, Any]] = {
    "mri-rotor": {"mri_planned": True, "drive": Drive.ROTOR},
    "mri-open-valve": {"mri_planned": True, "drive": Drive.OPEN_VALVE},
    "mri-closing-valve": {"mri_planned": True, "drive": Drive.CLOSING_VALVE},
    "pregnancy": {"pregnant": True},
    "epidural-morphine": {"epidural_morphine": True},
    "depressants": {"depressants": True},
    "explant": {"explant_planned": True, "plan_recorded": False},
    "rehabilitation": {"dose_changed": True},
}


def _situation(row: str, known: dict[str, Any]) -> Example:
    facts = SituationFacts(**known)
    decision = SITUATIONS.decide(facts, limits_for())
    gives = decision.results[decision.rows.index(row)] if row in decision.rows else None
    return Example(table="situations.advice", row=row, facts=facts, gives=gives)


EXAMPLES = (
    *(
        Example(
            table="situations.renal",
            row=row,
            facts=RenalFacts(clearance_mL_min=Decimal(clearance)),
            gives=Decimal(cut),
        )
        for row, clearance, cut in _CUTS
    ),
    *(_situation(row, known) for row, known in _SITUATIONS.items()),
)
