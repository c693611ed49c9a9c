"""A child's proportions: the adult's canal made shorter, plasma by weight.

Assumed: the canal's length, and with it the volumes of spinal fluid and cord, go with height; its
cross-section, the fluid of the head and its production are an adult's from 4 years on; the cord answers as an
adult's does.
Measured: clearance and volume by weight (He 2014, 49 children of 2 to 17 years with cerebral palsy [V]).
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.body.bounds import number
from thecal.body.parameters import Law

if TYPE_CHECKING:
    from thecal.body.parameters import Parameters

ADULT_HEIGHT_CM = 170.0
"""Height of the adult whose canal the parameters describe; assumed."""
_YOUNGEST, _OLDEST = 4.0, 18.0
_CLEARANCE_OVER_F_L_H_KG, _CLEARANCE_CV = 0.273, 0.334
_VOLUME_OVER_F_L_KG, _VOLUME_CV = 1.16, 0.439
_HE = "He 2014, J Pediatr (49 children with cerebral palsy)"


def child(parameters: Parameters, *, age_years: float, height_cm: float, weight_kg: float) -> Parameters:
    """Return the parameters of a child.

    >>> from thecal.body import load_parameters
    >>> adult = load_parameters()
    >>> small = child(adult, age_years=8, height_cm=127.5, weight_kg=26)
    >>> round(small["spinal_csf_mL"].value / adult["spinal_csf_mL"].value, 3)
    0.75

    Args:
        parameters: an adult's.
        age_years: 4 to 18; below 4 safety is not established (US label), and nothing here is known.
        height_cm: 80 to 200.
        weight_kg: 10 to 120.

    Raises:
        ValueError: an age, height or weight out of range.
    """
    number("age_years", age_years, "years", low=_YOUNGEST, high=_OLDEST, source="4 years and over, US label")
    number("height_cm", height_cm, "cm", low=80, high=200)
    number("weight_kg", weight_kg, "kg", low=10, high=120)
    shorter = height_cm / ADULT_HEIGHT_CM
    table = dict(parameters.table)
    for name in ("canal_length_cm", "spinal_csf_mL", "cord_volume_mL"):
        adult = table[name]
        table[name] = replace(
            adult,
            value=adult.value * shorter,
            sd=adult.sd * shorter if adult.law is Law.NORMAL else adult.sd,
            sureness="assumed",
            how=f"in proportion to height, {height_cm:g} cm over an adult's {ADULT_HEIGHT_CM:g}",
        )
    available = table["oral_bioavailability"].value
    for name, per_kg, cv, unit in (
        ("plasma_clearance_L_h", _CLEARANCE_OVER_F_L_H_KG, _CLEARANCE_CV, "L/h/kg"),
        ("plasma_volume_L", _VOLUME_OVER_F_L_KG, _VOLUME_CV, "L/kg"),
    ):
        table[name] = replace(
            table[name],
            value=available * per_kg * weight_kg,
            law=Law.LOGNORMAL,
            sd=cv,
            sureness="D",
            source=f"{available:g} (Agarwal 2015) x {per_kg:g} {unit} x {weight_kg:g} kg, {_HE}",
        )
    return replace(parameters, table=MappingProxyType(table))
