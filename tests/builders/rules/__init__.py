"""Examples for every row of every decision table, one module for each package of rules."""

from builders.rules import (
    candidacy,
    choice,
    doses,
    emergencies,
    situations,
    supply,
    triage,
    trial,
    troubleshooting,
)
from builders.rules.example import Example

EXAMPLES: tuple[Example, ...] = (
    *candidacy.EXAMPLES,
    *choice.EXAMPLES,
    *trial.EXAMPLES,
    *doses.EXAMPLES,
    *supply.EXAMPLES,
    *troubleshooting.EXAMPLES,
    *situations.EXAMPLES,
    *triage.EXAMPLES,
    *emergencies.EXAMPLES,
)
