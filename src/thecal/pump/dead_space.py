"""The dead space of catheter and tubing, as far as a pump knows it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.quantities import Volume

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.quantities import Concentration

MOST_DEAD_VOLUME = Volume(mL=Decimal("0.6"))
"""More than tubing and catheter hold: 0.2 mL and 114 cm at 0.0022 mL/cm come to 0.45 mL; assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tube:
    """What catheter and tubing held when the solution last changed.

    Attributes:
        holds: the old solution.
        since: when the new one came in behind it.
        counts: the drive's count then.
        volume: the dead space, as a bridge named it; None where none has.
    """

    holds: Concentration
    since: datetime
    counts: int
    volume: Volume | None
