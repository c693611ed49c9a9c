"""Doses: the starting dose, titration, maintenance, flex patterns, boluses, and the restart after a loss."""

from typing import Any

from thecal.dosing.doses.restart import RESTART, Restart, RestartFacts, restart_dose
from thecal.dosing.doses.starting import STARTING, StartingFacts, starting_dose
from thecal.dosing.doses.titration import TITRATION, TitrationFacts, largest_increase, titrate
from thecal.dosing.doses.titration_findings import KINDS as _TITRATION_KINDS
from thecal.dosing.tables import Calculation, Table

TABLES: tuple[Table[Any, Any], ...] = (STARTING, TITRATION, RESTART)
"""The decision tables of this package, in the order of the therapy."""
CALCULATIONS = (
    Calculation(
        id="doses.smallest-step",
        title="Smallest usual increase",
        formula="spinal {step_least_spinal}, cerebral {step_least_cerebral}, "
        "below {adult_age} {step_least_child}",
        sources=("labels of US and EU; Boster 2016, PMID 27433993",),
    ),
)
"""The calculations of this package."""
KINDS = (*_TITRATION_KINDS,)
"""The kinds of finding of this package."""

__all__ = [
    "CALCULATIONS",
    "KINDS",
    "RESTART",
    "STARTING",
    "TABLES",
    "TITRATION",
    "Restart",
    "RestartFacts",
    "StartingFacts",
    "TitrationFacts",
    "largest_increase",
    "restart_dose",
    "starting_dose",
    "titrate",
]
