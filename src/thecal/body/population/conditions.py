"""Posture, density, infusion rate and the hour of the day: how they change the numbers of a whole run.

Each holds from start to end of a run, or of a phase of it (``simulate_phases``). Directions come from physics
and published findings, sizes are mostly assumed: docs/science/conditions.md.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.body.bounds import number, one_of, whole
from thecal.body.population.day_and_night import MEASURED, at_clock
from thecal.body.population.parameters import Parameters

if TYPE_CHECKING:
    from thecal.body.population.parameters import Parameter

CSF_DENSITY_MG_ML = 1000.6
"""At 37 degC; commonly quoted as 1.0003 to 1.0010 g/mL [M]."""


class Posture(Enum):
    """How the patient is placed."""

    FLAT = "flat"
    HEAD_UP = "head up"
    LEGS_UP = "legs up"


# Lumbosacral fluid by MRI, n = 22: flat 34.4, head-up 38.1, legs-up 28.7 mL [V].
_MORE_FLUID_ML = MappingProxyType({Posture.FLAT: 0.0, Posture.HEAD_UP: 3.7, Posture.LEGS_UP: -5.7})
# How much of gravity points headwards along the canal for something heavy. Upright it falls. Lying, it runs
# from the lumbar rise down into the hollow of the chest, above most tips: the slope is assumed, the direction
# the textbook's [M].
_HEADWARDS = MappingProxyType({Posture.FLAT: 0.3, Posture.HEAD_UP: -1.0, Posture.LEGS_UP: 0.5})

LEAST_DENSITY_MG_ML, MOST_DENSITY_MG_ML = 950.0, 1100.0
MOST_INFUSION_ML_H = 60.0


def under_conditions(
    parameters: Parameters,
    *,
    posture: Posture = Posture.FLAT,
    density_mg_mL: float = CSF_DENSITY_MG_ML,
    infusion_mL_h: float = 0.0,
) -> Parameters:
    """Return the parameters of a patient so placed, infused with something so dense, so fast.

    >>> from thecal.body import load_parameters
    >>> flat = load_parameters()
    >>> upright = under_conditions(flat, posture=Posture.HEAD_UP)
    >>> round(upright["spinal_csf_mL"].value - flat["spinal_csf_mL"].value, 1)
    3.7

    What is known of the patient (``Parameters.knowing``) is kept, as it is in this posture.

    Args:
        parameters: of a patient who lies flat and is infused slowly with something as dense as spinal fluid.
        posture: how the patient is placed throughout.
        density_mg_mL: of what is infused or injected, at 37 degC; spinal fluid's unless given.
        infusion_mL_h: flow at the tip; it stirs.

    Raises:
        ValueError: a density or flow that cannot be, or would drive a parameter out of its range; conditions
            a second time; a condition that would change nothing, for all it changes is known.
    """
    one_of("parameters", parameters, Parameters, allowed="Parameters, as load_parameters returns them")
    one_of("posture", posture, Posture, allowed=", ".join(map(str, Posture)))
    number("density_mg_mL", density_mg_mL, "mg/mL", low=LEAST_DENSITY_MG_ML, high=MOST_DENSITY_MG_ML)
    number("infusion_mL_h", infusion_mL_h, "mL/h", low=0, high=MOST_INFUSION_ML_H)
    heavier = density_mg_mL - CSF_DENSITY_MG_ML
    table: dict[str, Parameter] = {}
    uses, reasons = set(), []
    if posture is not Posture.FLAT:
        why = f"one placed {posture.value}"
        reasons.append(why)
        if not heavier:
            _refuse_without_effect(parameters, "spinal_csf_mL", f"posture is {posture.value}")
        fluid = parameters["spinal_csf_mL"].value + _MORE_FLUID_ML[posture]
        _change(table, parameters, "spinal_csf_mL", fluid, f"lumbosacral fluid of {why}")
    if heavier:
        why = f"what is {heavier:g} mg/mL heavier drifts in one placed {posture.value}"
        reasons.append(f"a density of {density_mg_mL:g} mg/mL")
        _refuse_without_effect(parameters, "bulk_flow_mL_h", f"density_mg_mL is {density_mg_mL:g} mg/mL")
        uses.add("density_drift_mL_h_per_mg_mL")
        drift = parameters["density_drift_mL_h_per_mg_mL"].value * heavier * _HEADWARDS[posture]
        _change(table, parameters, "bulk_flow_mL_h", parameters["bulk_flow_mL_h"].value + drift, why)
    if infusion_mL_h:
        why = f"an infusion of {infusion_mL_h:g} mL/h stirs"
        reasons.append(f"an infusion of {infusion_mL_h:g} mL/h")
        _refuse_without_effect(parameters, "dispersion_cm2_h", f"infusion_mL_h is {infusion_mL_h:g} mL/h")
        uses.add("stirring_flow_mL_h")
        stirring = 1.0 + infusion_mL_h / parameters["stirring_flow_mL_h"].value
        _change(table, parameters, "dispersion_cm2_h", parameters["dispersion_cm2_h"].value * stirring, why)
    if not reasons:
        return parameters
    return parameters.changed("conditions", ", ".join(reasons), table, uses=uses)


def _refuse_without_effect(parameters: Parameters, name: str, condition: str) -> None:
    """Refuse a condition that would have no effect."""
    if name in parameters.known:
        one = parameters[name]
        raise ValueError(
            f"{condition}, and {name}, which it changes, is known: {one.value:g} {one.unit}; "
            "allowed: one of the two"
        )


def _change(table: dict[str, Parameter], parameters: Parameters, name: str, value: float, why: str) -> None:
    """Put a parameter with another value into the table, or refuse one out of its range."""
    one = parameters[name]
    if name not in parameters.known:
        number(f"{name}, as {why},", value, one.unit, low=one.low, high=one.high)
        table[name] = replace(one, value=value, sureness="assumed", how=why)


def at_hour(parameters: Parameters, hour: int) -> Parameters:
    """Return the parameters with the production of spinal fluid as measured at an hour, held all day.

    >>> from thecal.body import load_parameters
    >>> night = at_hour(load_parameters(), 2)["csf_turnover_mL_h"]
    >>> night.value, night.sd
    (42.0, 2.0)

    The two hours bracket what the day can do; the day itself is ``phases_by_clock``.

    Raises:
        ValueError: an hour without a measurement; production that is known, or an animal's; a second hour.
    """
    hour = whole("hour", hour, "h", low=0, high=24)
    if hour not in MEASURED:
        measured = " and ".join(f"{one}:00" for one in MEASURED)
        raise ValueError(
            f"hour is {hour}; allowed: {measured} (Nilsson 1992); the day between them is phases_by_clock"
        )
    return at_clock(parameters, hour)
