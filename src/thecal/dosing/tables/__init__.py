"""Decision tables: rules as rows that the documents are drawn from and the tests go through."""

from thecal.dosing.tables.facts import (
    FactsError,
    Question,
    check_physiology,
    fact,
    known,
    question_text,
    questions_of,
)
from thecal.dosing.tables.table import Calculation, Decision, Hit, Row, Table, TableError

__all__ = [
    "Calculation",
    "Decision",
    "FactsError",
    "Hit",
    "Question",
    "Row",
    "Table",
    "TableError",
    "check_physiology",
    "fact",
    "known",
    "question_text",
    "questions_of",
]
