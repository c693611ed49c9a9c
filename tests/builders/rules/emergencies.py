"""Examples of the rules of emergencies."""

from dataclasses import replace

from builders.rules.example import Example
from thecal.dosing.emergencies import WithdrawalFacts
from thecal.dosing.urgency import Urgency

MILD = WithdrawalFacts(
    severe_signs=False, level_t6_or_above=False, cannot_communicate=False, earlier_withdrawal=False
)
_TABLE = "emergencies.withdrawal-urgency"
EXAMPLES = (
    Example(table=_TABLE, row="severe", facts=replace(MILD, severe_signs=True), gives=Urgency.EMERGENCY),
    Example(table=_TABLE, row="severe", facts=replace(MILD, severe_signs=None), gives=Urgency.EMERGENCY),
    Example(
        table=_TABLE, row="at-risk", facts=replace(MILD, level_t6_or_above=True), gives=Urgency.EMERGENCY
    ),
    Example(
        table=_TABLE, row="at-risk", facts=replace(MILD, cannot_communicate=None), gives=Urgency.EMERGENCY
    ),
    Example(
        table=_TABLE, row="at-risk", facts=replace(MILD, earlier_withdrawal=True), gives=Urgency.EMERGENCY
    ),
    Example(table=_TABLE, row="other", facts=MILD, gives=Urgency.CLINIC_TODAY),
)
