"""The choice of pump, concentration and tip: what each means; people decide."""

from typing import Any

from thecal.dosing.choice.levels import TIP, Pattern, PlaceFacts, usual_tip
from thecal.dosing.choice.options import INTERVAL, KINDS, Choice, choices
from thecal.dosing.tables import Calculation, Table

TABLES: tuple[Table[Any, Any], ...] = (TIP,)
"""The decision tables of this package."""
CALCULATIONS = (
    INTERVAL,
    Calculation(
        id="choice.site",
        title="Site of the pump",
        formula="under the skin of abdomen or buttock, not deeper than {implant_depth_most}; the surgeon "
        "decides",
        sources=("lioresal.com, contraindications",),
    ),
)
"""The calculations of this package."""

__all__ = [
    "CALCULATIONS",
    "INTERVAL",
    "KINDS",
    "TABLES",
    "TIP",
    "Choice",
    "Pattern",
    "PlaceFacts",
    "choices",
    "usual_tip",
]
