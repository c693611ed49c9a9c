"""What temperature and pressure make of a quantum, and the bounds within which a pump keeps its tolerance.

No implant here measures pressure: what lies outside the bounds is for the patient to be told, and only a
temperature outside them is an alarm. Inside them no model may leave its declared tolerance (ITB-156).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.pump.conditions import Cause
from thecal.pump.errors import CatalogueError

if TYPE_CHECKING:
    from decimal import Decimal

    from thecal.pump.catalogue import Figure
    from thecal.therapy import Capability

BODY_TEMPERATURE = 37
"""Degrees C: what a pump's label is calibrated for."""
MMHG_OF_A_METRE = Fraction("73.56")
"""Of water."""
_MMHG_STEP = 100

BOUNDS = {
    Cause.COLD: "coldest",
    Cause.FEVER: "warmest",
    Cause.ALTITUDE: "highest",
    Cause.HYPERBARIC: "deepest_dive",
}
"""What bounds each of the surroundings: a figure of the model."""


Figures = Mapping[str, "Figure"]
"""What a model is built of, by the names of ``models.ENGINEERING``."""


def volume_factor(built: Figures, cause: Cause, size: Decimal, *, pushed: bool = False) -> Fraction:
    """Return what surroundings of a size make of a quantum's volume; 1 where they make nothing of it.

    Args:
        built: figures of the model.
        cause: temperature or pressure.
        size: in the unit of the cause.
        pushed: gas alone pushes the drug, and nothing draws it (a valve pump): under more water than the
            lowest pressure of its reservoir can lift, nothing flows. Arithmetic, with an assumed pressure.
    """
    if cause in (Cause.FEVER, Cause.COLD):
        return 1 + (Fraction(size) - BODY_TEMPERATURE) * Fraction(built["temperature_effect"].value)
    effect = Fraction(built["pressure_effect"].value) / _MMHG_STEP
    if cause is Cause.ALTITUDE:
        return 1 + Fraction(size) * effect
    if cause is Cause.HYPERBARIC:
        if pushed and Fraction(size) * MMHG_OF_A_METRE >= Fraction(built["pressure_low"].value):
            return Fraction(0)
        return max(Fraction(0), 1 - Fraction(size) * MMHG_OF_A_METRE * effect)
    return Fraction(1)


def line_holds(built: Figures) -> Fraction:
    """Return what a blocked line takes before the pressure that pushes can push no more, in mL."""
    return Fraction(built["compliance"].value) * Fraction(built["pressure_high"].value) / _MMHG_STEP


def is_within(built: Figures, cause: Cause, size: Decimal) -> bool:
    """Say whether surroundings lie within a model's bounds."""
    bound = built[BOUNDS[cause]].value
    return size > bound if cause is Cause.COLD else size < bound


def check_bounds(can: Capability, built: Figures, *, pushed: bool = False) -> None:
    """Refuse a model that leaves its declared tolerance although its surroundings are within their bounds.

    Raises:
        CatalogueError: with the surroundings, what they would make of the flow, and what is allowed.
    """
    most = Fraction(can.accuracy)
    for cause, figure in BOUNDS.items():
        bound = built[figure].value
        off = abs(volume_factor(built, cause, bound, pushed=pushed) - 1)
        if off > most:
            raise CatalogueError(
                f"{can.model}, {cause}: at its bound of {bound} {built[figure].unit} the flow "
                f"would be off by {float(off):.1%}, outside what is allowed, up to {float(most):.1%} "
                f"({can.source('accuracy')}); set a smaller effect or a narrower bound"
            )
