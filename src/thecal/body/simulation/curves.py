"""The curves that a simulation reports: the name of each, its unit, and what it is in words."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.body.bounds import one_of, unknown
from thecal.body.effects.readouts import READOUTS
from thecal.body.scales.scale import ASHWORTH_1_5

if TYPE_CHECKING:
    from collections.abc import Mapping

PUMP_RATE = "pump_rate_ug_h"
TIP_RATE = "tip_rate_ug_h"
PLASMA = "plasma_ng_mL"
TONE_LEGS = "tone_legs"
TONE_ARMS = "tone_arms"

_CSF, _NG_ML = "csf_", "ng/mL"
_KNOWN: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        PUMP_RATE: ("ug/h", "drug leaving the pump"),
        TIP_RATE: ("ug/h", "drug leaving the catheter tip"),
        PLASMA: (_NG_ML, "plasma"),
        TONE_LEGS: (ASHWORTH_1_5.name, "tone, legs"),
        TONE_ARMS: (ASHWORTH_1_5.name, "tone, arms"),
        **{name: (readout.unit, readout.meaning) for name, readout in READOUTS.items()},
    }
)


def csf_at(site: str) -> str:
    """Return the name of the spinal-fluid concentration at a site, for example ``csf_lumbar_ng_mL``."""
    return f"{_CSF}{site}_ng_mL"


def unit_of(quantity: str) -> str:
    """Return the unit of a curve, or the name of its scale.

    >>> unit_of("csf_lumbar_ng_mL"), unit_of("tone_legs")
    ('ng/mL', 'Ashworth 1-5')

    Raises:
        ValueError: no such curve.
    """
    return _described(quantity)[0]


def meaning_of(quantity: str) -> str:
    """Return in words what a curve is.

    >>> meaning_of("csf_T10_ng_mL")
    'spinal fluid, T10'

    Raises:
        ValueError: no such curve.
    """
    return _described(quantity)[1]


def _described(quantity: str) -> tuple[str, str]:
    one_of("curve", quantity, str, allowed=f"a name: {', '.join(_KNOWN)}, {csf_at('<site>')}")
    site = quantity.removeprefix(_CSF).removesuffix("_ng_mL")
    if quantity == csf_at(site):
        return _NG_ML, f"spinal fluid, {site}"
    try:
        return _KNOWN[quantity]
    except KeyError:
        raise unknown("curve", quantity, [*_KNOWN, csf_at("<site>")]) from None
