"""What truly reached the patient."""

from __future__ import annotations

from fractions import Fraction

from builders.pumps import (
    MODEL,
)
from thecal.pump import (
    Pump,
)
from thecal.quantities import MICROSECONDS_PER_DAY, microseconds

QUANTUM = Fraction(MODEL.quantum.mL)


def moved(pump: Pump) -> Fraction:
    """Return what truly reached the patient, in mL."""
    return sum(
        (
            Fraction(part.flow.mL_per_day) * microseconds(part.interval.length) / MICROSECONDS_PER_DAY
            for part in pump.true_delivery.segments
        ),
        Fraction(0),
    )
