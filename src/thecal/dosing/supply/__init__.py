"""The supply of drug: refills in time, and what to do about a late one."""

from typing import Any

from thecal.dosing.supply.late import LATE, LateFacts, LateStep, Rung, late_refill
from thecal.dosing.tables import Table

TABLES: tuple[Table[Any, Any], ...] = (LATE,)
"""The decision tables of this package."""

__all__ = ["LATE", "TABLES", "LateFacts", "LateStep", "Rung", "late_refill"]
