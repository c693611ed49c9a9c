"""Candidacy: what speaks for and against ITB, what to settle first, and what never excludes a patient."""

from typing import Any

from thecal.dosing.candidacy.assess import CANDIDACY, QUESTIONS, Assessment, Part, Statement, assess
from thecal.dosing.candidacy.facts import CandidacyFacts
from thecal.dosing.tables import Table

TABLES: tuple[Table[Any, Any], ...] = (CANDIDACY,)
"""The decision tables of this package."""

__all__ = [
    "CANDIDACY",
    "QUESTIONS",
    "TABLES",
    "Assessment",
    "CandidacyFacts",
    "Part",
    "Statement",
    "assess",
]
