"""Triage: the symptom call, one table for the staff's form and the patient's app."""

from typing import Any

from thecal.dosing.tables import Table
from thecal.dosing.triage.call import (
    CALL,
    QUESTIONS,
    CallAdvice,
    CallFacts,
    CallOutcome,
    symptom_call,
)

TABLES: tuple[Table[Any, Any], ...] = (CALL,)
"""The decision tables of this package."""

__all__ = [
    "CALL",
    "QUESTIONS",
    "TABLES",
    "CallAdvice",
    "CallFacts",
    "CallOutcome",
    "symptom_call",
]
