"""Emergencies: too much baclofen, too little, a pump that sounds; staged actions with their sources."""

from typing import Any

from thecal.dosing.emergencies.alarm import ALARM
from thecal.dosing.emergencies.overdose import OVERDOSE
from thecal.dosing.emergencies.shown import EMERGENCIES, shown_emergencies
from thecal.dosing.emergencies.stages import Action, Emergency, Stage
from thecal.dosing.emergencies.urgency import (
    WITHDRAWAL_URGENCY,
    WithdrawalFacts,
    withdrawal_urgency,
)
from thecal.dosing.emergencies.withdrawal import WITHDRAWAL
from thecal.dosing.tables import Table

TABLES: tuple[Table[Any, Any], ...] = (WITHDRAWAL_URGENCY,)
"""The decision tables of this package."""

__all__ = [
    "ALARM",
    "EMERGENCIES",
    "OVERDOSE",
    "TABLES",
    "WITHDRAWAL",
    "WITHDRAWAL_URGENCY",
    "Action",
    "Emergency",
    "Stage",
    "WithdrawalFacts",
    "shown_emergencies",
    "withdrawal_urgency",
]
