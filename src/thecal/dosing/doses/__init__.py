"""Doses: the starting dose, titration, maintenance, flex patterns, boluses, and the restart after a loss."""

from typing import Any

from thecal.dosing.doses.guardrails import GUARDRAILS, GuardFacts, guard
from thecal.dosing.doses.guardrails import KINDS as _GUARD_KINDS
from thecal.dosing.doses.restart import RESTART, Restart, RestartFacts, restart_dose
from thecal.dosing.doses.starting import STARTING, StartingFacts, starting_dose
from thecal.dosing.doses.titration import (
    QUESTIONS_BEFORE_INCREASE,
    TITRATION,
    TitrationFacts,
    is_fast_decrease,
    largest_increase,
    smallest_increase,
    titrate,
)
from thecal.dosing.doses.titration_findings import KINDS as _TITRATION_KINDS
from thecal.dosing.tables import Calculation, Table

TABLES: tuple[Table[Any, Any], ...] = (STARTING, TITRATION, GUARDRAILS, RESTART)
"""The decision tables of this package, in the order of the therapy."""
CALCULATIONS = (
    Calculation(
        id="doses.smallest-step",
        title="Smallest usual increase",
        formula="spinal {step_least_spinal}, cerebral {step_least_cerebral}, "
        "below {adult_age} {step_least_child}",
        sources=("labels of US and EU; Boster 2016, PMID 27433993",),
    ),
    Calculation(
        id="doses.flex-pattern",
        title="Pattern for goals of the day",
        formula="the rate rises by {flex_rise} from {flex_lead} before the hours of the goal, and falls as "
        "long before their end; the rest of the day gives so much less that the 24-hour dose stays",
        sources=("delivery-mode advice; no randomised evidence for patterns was found",),
    ),
    Calculation(
        id="doses.smallest-decrease",
        title="Smaller dose that is offered",
        formula="{step_down_least} less than the dose that runs",
        sources=("US label, Rote Liste",),
    ),
)
"""The calculations of this package."""
KINDS = (*_TITRATION_KINDS, *_GUARD_KINDS)
"""The kinds of finding of this package."""

__all__ = [
    "CALCULATIONS",
    "GUARDRAILS",
    "KINDS",
    "QUESTIONS_BEFORE_INCREASE",
    "RESTART",
    "STARTING",
    "TABLES",
    "TITRATION",
    "GuardFacts",
    "Restart",
    "RestartFacts",
    "StartingFacts",
    "TitrationFacts",
    "guard",
    "is_fast_decrease",
    "largest_increase",
    "restart_dose",
    "smallest_increase",
    "starting_dose",
    "titrate",
]
