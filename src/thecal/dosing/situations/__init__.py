"""Special situations: renal function, MRI, pregnancy, other medicines, explant and rehabilitation."""

from typing import Any

from thecal.dosing.situations.advice import SITUATIONS, Drive, SituationFacts, situation_advice
from thecal.dosing.situations.renal import RENAL, RenalFacts, oral_reduction
from thecal.dosing.tables import Table

TABLES: tuple[Table[Any, Any], ...] = (RENAL, SITUATIONS)
"""The decision tables of this package."""

__all__ = [
    "RENAL",
    "SITUATIONS",
    "TABLES",
    "Drive",
    "RenalFacts",
    "SituationFacts",
    "oral_reduction",
    "situation_advice",
]
