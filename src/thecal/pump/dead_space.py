"""The dead space of catheter and tubing, as far as a pump knows it: what went in, after how many quanta."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.quantities import Concentration, Volume

if TYPE_CHECKING:
    from datetime import datetime

MOST_DEAD_VOLUME = Volume(mL=Decimal("0.6"))
"""More than tubing and catheter hold: 0.2 mL and 114 cm at 0.0022 mL/cm come to 0.45 mL; assumed."""
LEAST_DEAD_VOLUME = Volume(mL=Decimal("0.1"))
"""Less than the tubing of a pump alone: 0.14 mL is the least that is read of one; assumed."""
ALIKE = Fraction(1, 4)
"""Two solutions that differ by no more need no bridge; assumed."""
NOTHING = Concentration(ug_per_mL=Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A solution that began to enter the tube.

    Attributes:
        concentration: of what was in the reservoir, the mixture; ``NOTHING`` for a tube that was empty.
        counts: the drive's count then.
        at: when.
    """

    concentration: Concentration
    counts: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tube:
    """What has entered catheter and tubing, oldest first: the first of them fills it from before.

    Attributes:
        entered: two or more, their counts going up.
        volume: the dead space, as a bridge or a prime named it; None where neither has.
    """

    entered: tuple[Entered, ...]
    volume: Volume | None


def are_alike(one: Concentration, other: Concentration) -> bool:
    """Say whether two solutions are so alike that a flow of one is nearly the dose of the other."""
    apart = abs(Fraction(one.ug_per_mL) - Fraction(other.ug_per_mL))
    return apart <= ALIKE * Fraction(min(one, other).ug_per_mL)
