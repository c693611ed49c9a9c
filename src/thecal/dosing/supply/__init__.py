"""The supply of drug: refills, a late one, another concentration, the dead space, the pump's replacement."""

from typing import Any

from thecal.dosing.supply import changeover, dead_space, drained
from thecal.dosing.supply.changeover import (
    CHANGEOVER,
    ChangeoverFacts,
    changeover_findings,
    effective_concentration,
)
from thecal.dosing.supply.dead_space import (
    MANUAL_DOSE,
    PRIME,
    ManualDoseFacts,
    PrimeFacts,
    manual_dose,
    prime,
)
from thecal.dosing.supply.drained import DRAINED, DrainedFacts, drained_findings
from thecal.dosing.supply.late import LATE, LateFacts, LateStep, Rung, late_refill
from thecal.dosing.supply.planning import CALCULATIONS, Replacement, alarm_volume, replacement
from thecal.dosing.tables import Table

TABLES: tuple[Table[Any, Any], ...] = (LATE, DRAINED, CHANGEOVER, PRIME, MANUAL_DOSE)
"""The decision tables of this package."""
KINDS = (*drained.KINDS, *changeover.KINDS, *dead_space.KINDS)
"""The kinds of finding of this package."""

__all__ = [
    "CALCULATIONS",
    "CHANGEOVER",
    "DRAINED",
    "KINDS",
    "LATE",
    "MANUAL_DOSE",
    "PRIME",
    "TABLES",
    "ChangeoverFacts",
    "DrainedFacts",
    "LateFacts",
    "LateStep",
    "ManualDoseFacts",
    "PrimeFacts",
    "Replacement",
    "Rung",
    "alarm_volume",
    "changeover_findings",
    "drained_findings",
    "effective_concentration",
    "late_refill",
    "manual_dose",
    "prime",
    "replacement",
]
