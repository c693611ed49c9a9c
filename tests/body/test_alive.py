"""Every number of the file does something: none can be set and change nothing."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import MappingProxyType

import numpy as np
import pytest

from builders.bodies import SCREENING
from thecal.body import (
    READOUTS,
    Ensemble,
    Implant,
    Inflow,
    OralDose,
    Parameters,
    Posture,
    Response,
    load_parameters,
    simulate,
    under_conditions,
)
from thecal.body.population.parameters import CATHETER_PARAMETERS

SHIPPED = load_parameters()
HABITS = {"tolerance_gain": 1.0, "rebound_grades": 1.0, "creatinine_clearance_mL_min": 60.0}
"""What is off in the typical patient, and keeps quiet what depends on it."""
CONDITIONED = ("spinal_csf_mL", "bulk_flow_mL_h", "dispersion_cm2_h")
"""What a condition changes cannot be known beside it: it is asked by itself."""
PUMP = Inflow([0, 240, 400, 480], [200 / 24 / 500, 0.0, 0.02], [500, 500, 2000])


@cache
def everything(known: tuple[tuple[str, float], ...] = (), **implant: float) -> Response:
    """Return a story in which everything has a part: pump, stop, bolus, tablets, posture, density, rate."""
    placed = under_conditions(
        SHIPPED.knowing(**(HABITS | dict(known))),
        posture=Posture.HEAD_UP,
        density_mg_mL=1005,
        infusion_mL_h=0.1,
    )
    return simulate(
        Ensemble.drawn(placed, 0, 0, cells_per_cm=1),
        sample_times_h=np.arange(1, 480, 3.0),
        inflow=PUMP,
        implant=Implant(primed_with_ug_mL=500, disperses=True, **implant),  # type: ignore[arg-type]
        boluses=[SCREENING],
        oral=OralDose.repeated(20, every_h=8, doses=12),
        also=list(READOUTS),
    )


def differ(one: Response, other: Response) -> bool:
    return any(not np.allclose(one[name], other[name], rtol=1e-6, atol=1e-9) for name in one.quantities)


def elsewhere(low: float, value: float, high: float) -> float:
    """Return another value within a range."""
    return value * 0.9 if value * 0.9 >= low and value else (value + high) / 2


@pytest.mark.parametrize("name", [name for name in SHIPPED.table if name not in CONDITIONED])
def test_every_parameter_of_a_patient_changes_something(name: str) -> None:
    one = SHIPPED[name]
    value = elsewhere(one.low, HABITS.get(name, one.value), one.high)

    assert differ(everything(), everything(((name, value),)))


@pytest.mark.parametrize("name", CONDITIONED)
def test_what_conditions_change_changes_something_by_itself(name: str) -> None:
    one = SHIPPED[name]
    usual, other = (
        simulate(
            Ensemble.drawn(parameters, 0, 0, cells_per_cm=1), sample_times_h=[1, 24], boluses=[SCREENING]
        )
        for parameters in (SHIPPED, SHIPPED.knowing(**{name: 0.9 * one.value}))
    )

    assert differ(usual, other)


@pytest.mark.parametrize("name", SHIPPED.catheter)
def test_every_number_of_the_catheter_matters_and_is_the_default_of_an_implant(name: str) -> None:
    field, value = CATHETER_PARAMETERS[name], SHIPPED.catheter[name].value

    assert getattr(Implant(primed_with_ug_mL=0), field) == value
    assert differ(everything(), everything(**{field: 1.5 * value}))


@pytest.mark.parametrize("name", SHIPPED.catheter)
def test_a_number_of_the_catheter_is_not_known_of_a_patient_and_the_way_out_is_said(name: str) -> None:
    said = rf"{name} is the catheter's .*; allowed: Implant\({CATHETER_PARAMETERS[name]}=\.\.\.\)"

    with pytest.raises(ValueError, match=said):
        SHIPPED.knowing(**{name: SHIPPED.catheter[name].value})


def test_a_number_that_nothing_reads_would_be_found() -> None:
    dead = replace(SHIPPED["ec50_ng_mL"], name="luck")
    parameters = replace(SHIPPED, table=MappingProxyType({**SHIPPED.table, "luck": dead}))

    with pytest.raises(ValueError, match="parameter 'luck' is unknown"):
        Ensemble.drawn(parameters, 0, 0, cells_per_cm=1)
    assert isinstance(parameters, Parameters)
    assert not differ(everything(), everything((("ec50_ng_mL", SHIPPED["ec50_ng_mL"].value),)))
