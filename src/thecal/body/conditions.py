"""Posture, density, infusion rate and the hour of the day: how they change the numbers of a whole run.

Each holds from start to end of a run, or of a phase of it (``simulate_phases``). Directions come from physics
and published findings, sizes are mostly assumed: docs/science/conditions.md.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.body.bounds import number

if TYPE_CHECKING:
    from thecal.body.parameters import Parameters

CSF_DENSITY_MG_ML = 1000.6
"""At 37 degC; commonly quoted as 1.0003 to 1.0010 g/mL [M]."""


class Posture(Enum):
    """How the patient is placed."""

    FLAT = "flat"
    HEAD_UP = "head up"
    LEGS_UP = "legs up"


# Lumbosacral fluid by MRI, n = 22: flat 34.4, head-up 38.1, legs-up 28.7 mL [V2].
_MORE_FLUID_ML = MappingProxyType({Posture.FLAT: 0.0, Posture.HEAD_UP: 3.7, Posture.LEGS_UP: -5.7})
# How much of gravity points headwards along the canal for something heavy. Upright it falls. Lying, it runs
# from the lumbar rise down into the hollow of the chest, above most tips: the slope is assumed, the direction
# the textbook's [M].
_HEADWARDS = MappingProxyType({Posture.FLAT: 0.3, Posture.HEAD_UP: -1.0, Posture.LEGS_UP: 0.5})

MEASURED_PRODUCTION_ML_H = MappingProxyType({18: 12.0, 2: 42.0})
"""Production of spinal fluid by hour of the day: Nilsson 1992, n = 6 [V]; other methods differ tenfold."""


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

    Args:
        parameters: of a patient who lies flat and is infused slowly with something as dense as spinal fluid.
        posture: how the patient is placed throughout.
        density_mg_mL: of what is infused or injected, at 37 degC; spinal fluid's unless given.
        infusion_mL_h: flow at the tip; it stirs.

    Raises:
        ValueError: a density or flow that cannot be.
    """
    if not isinstance(posture, Posture):
        raise ValueError(f"posture is {posture!r}; allowed: {', '.join(map(str, Posture))}")  # noqa: TRY004 - one kind
    number("density_mg_mL", density_mg_mL, "mg/mL", low=950, high=1100)
    number("infusion_mL_h", infusion_mL_h, "mL/h", low=0, high=60)
    table = dict(parameters.table)

    def change(name: str, value: float, why: str) -> None:
        if value != table[name].value:
            held = min(max(value, table[name].low), table[name].high)
            table[name] = replace(table[name], value=held, sureness="assumed", how=why)

    fluid = parameters["spinal_csf_mL"].value + _MORE_FLUID_ML[posture]
    change("spinal_csf_mL", fluid, f"lumbosacral fluid of one placed {posture.value}")
    heavier = density_mg_mL - CSF_DENSITY_MG_ML
    drift = parameters["density_drift_mL_h_per_mg_mL"].value * heavier * _HEADWARDS[posture]
    change(
        "bulk_flow_mL_h",
        parameters["bulk_flow_mL_h"].value + drift,
        f"what is {heavier:g} mg/mL heavier drifts in one placed {posture.value}",
    )
    stirring = 1.0 + infusion_mL_h / parameters["stirring_flow_mL_h"].value
    change(
        "dispersion_cm2_h",
        parameters["dispersion_cm2_h"].value * stirring,
        f"an infusion of {infusion_mL_h:g} mL/h stirs",
    )
    return replace(parameters, table=MappingProxyType(table))


def at_hour(parameters: Parameters, hour: int) -> Parameters:
    """Return the parameters with the production of spinal fluid as measured at an hour, held all day.

    >>> from thecal.body import load_parameters
    >>> at_hour(load_parameters(), 2)["csf_turnover_mL_h"].value
    42.0

    The two hours bracket what the day can do; a day of both is a run in phases (``simulate_phases``).

    Raises:
        ValueError: an hour at which nobody measured.
    """
    if hour not in MEASURED_PRODUCTION_ML_H:
        measured = " and ".join(f"{one}:00" for one in MEASURED_PRODUCTION_ML_H)
        raise ValueError(
            f"hour is {hour}; allowed: {measured} (Nilsson 1992); "
            "what changes during a run is simulated in phases"
        )
    changed = replace(
        parameters["csf_turnover_mL_h"],
        value=MEASURED_PRODUCTION_ML_H[hour],
        source=f"Nilsson 1992, n = 6, at {hour}:00; the spread is assumed",
        sureness="V",
    )
    return replace(parameters, table=MappingProxyType({**parameters.table, "csf_turnover_mL_h": changed}))
