"""The screening trial: boluses, observation, when to stop and when to put it off."""

from typing import Any

from thecal.dosing.tables import Calculation, Table
from thecal.dosing.trial.ladder import LADDER, TrialFacts, TrialStep, next_step

TABLES: tuple[Table[Any, Any], ...] = (LADDER,)
"""The decision tables of this package."""
CALCULATIONS = (
    Calculation(
        id="trial.observation",
        title="Observation after a screening bolus",
        formula="observe for {trial_observe_least} to {trial_observe_most}: before the bolus, and then "
        "tone by "
        "muscle, spasms, sedation, breathing rate, oxygen saturation, blood pressure, heart rate and "
        "function",
        sources=("US label, copies; Rote Liste; clinical review, trial chart",),
    ),
)
"""The calculations of this package."""

__all__ = ["CALCULATIONS", "LADDER", "TABLES", "TrialFacts", "TrialStep", "next_step"]
