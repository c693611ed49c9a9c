"""Every public entry of the body takes what it is made for, and refuses everything else by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import numpy as np
import pytest

from builders.bodies import PRIMED, continuous
from thecal import body
from thecal.body import (
    Anatomy,
    Bolus,
    CatheterFault,
    Ensemble,
    Fault,
    Implant,
    Inflow,
    OralDose,
    Patients,
    Phase,
    Posture,
    Transport,
    draw_patients,
    load_parameters,
)
from thecal.quantities import Concentration, DoseRate
from thecal.therapy import BACLOFEN, Delivery, Program, SimpleContinuous

PARAMETERS = load_parameters()
ONE = Ensemble.drawn(PARAMETERS, 0, 0, cells_per_cm=1)
PUMP = continuous(100, 24)
MOMENT = datetime(2024, 1, 1, tzinfo=UTC)
PROGRAM = Program(
    drug=BACLOFEN,
    concentration=Concentration(ug_per_mL=Decimal(500)),
    base=SimpleContinuous(dose=DoseRate(ug_per_day=Decimal(120))),
)


class Stranger:
    """Something that nobody knows."""


# Of any type, for that is what is tried.
ODD: tuple[Any, ...] = (
    None,
    True,
    "x",
    "",
    1.5,
    -1,
    10**400,
    float("nan"),
    Decimal(1),
    [],
    [None],
    ["x"],
    [[1.0, 2.0]],
    {},
    {0: 100},
    {"x": "y"},
    (1, 2),
    1j,
    Fault.LEAK,
    Posture.HEAD_UP,
    Bolus(at_h=0, mass_ug=50),
    OralDose(at_h=0, dose_mg=5),
    CatheterFault(kind=Fault.LEAK, at_h=0),
    PUMP,
    [PUMP],
    PRIMED,
    ONE,
    Stranger(),
    [Stranger()],
    Stranger,
    timedelta(1),
    np.array(["x"]),
    np.array([[1.0]]),
)


@dataclass(frozen=True)
class Entry:
    """A way in, and arguments that it takes."""

    call: Callable[..., Any]
    takes: dict[str, Any]


def _of_group(parameters: Any, group: Any) -> object:
    return body.of_groups(parameters, group)


def _in_a_body(values: Any) -> Ensemble:
    return Ensemble(Patients(values))


RUN = {"sample_times_h": [1.0], "inflow": PUMP, "implant": PRIMED, "faults": [], "boluses": []}
ENTRIES: dict[str, Entry] = {
    "Anatomy": Entry(
        Anatomy, {"cells_per_cm": 1, "csf_profile": ((0, 1), (60, 1)), "cord_profile": ((13, 1), (60, 1))}
    ),
    "Bolus": Entry(Bolus, {"at_h": 0, "mass_ug": 50, "volume_mL": 1, "level": "L3", "minutes": 1}),
    "CatheterFault": Entry(
        CatheterFault,
        {"kind": Fault.MIGRATION, "at_h": 0, "until_h": 3, "share": 1, "position": 0.5, "level": "T8"},
    ),
    "Ensemble": Entry(Ensemble, {"patients": ONE.patients, "anatomy": Anatomy(1)}),
    "Ensemble.drawn": Entry(
        Ensemble.drawn, {"parameters": PARAMETERS, "count": 1, "seed": 1, "cells_per_cm": 1}
    ),
    "Implant": Entry(
        Implant,
        {
            "tip_level": "T10",
            "catheter_length_cm": 80,
            "tubing_mL": 0.1,
            "bore_mL_per_cm": 0.002,
            "primed_with_ug_mL": 500,
            "disperses": True,
            "diffusion_cm2_h": 0.03,
        },
    ),
    "Inflow": Entry(Inflow, {"edges_h": [0, 1], "flow_mL_h": [0.1], "concentration_ug_mL": [500]}),
    "Inflow.of_doses": Entry(
        Inflow.of_doses, {"doses_ug_day": {0: 100}, "concentration_ug_mL": 500, "until_h": 24}
    ),
    "OralDose": Entry(OralDose, {"at_h": 0, "dose_mg": 5}),
    "OralDose.repeated": Entry(OralDose.repeated, {"dose_mg": 5, "every_h": 8, "doses": 3, "from_h": 0}),
    "Parameters.knowing": Entry(PARAMETERS.knowing, {"spinal_csf_mL": 90, "tone_legs_before": 3}),
    "Parameters[]": Entry(PARAMETERS.__getitem__, {"name": "ec50_ng_mL"}),
    "Patients": Entry(_in_a_body, {"values": dict(ONE.patients.values)}),
    "Phase": Entry(Phase, {"from_h": 0, "ensemble": ONE}),
    "Transport": Entry(Transport, {"loss_half_ng_mL": 100, "plasma_return_mL_h": 1}),
    "at_hour": Entry(body.at_hour, {"parameters": PARAMETERS, "hour": 2}),
    "balance_mass": Entry(body.balance_mass, {"ensemble": ONE, **RUN}),
    "child": Entry(body.child, {"parameters": PARAMETERS, "age_years": 8, "height_cm": 125, "weight_kg": 26}),
    "dose_drift": Entry(
        body.dose_drift, {"at_days": [0, 9], "gain": 1, "per_day": 0.01, "level_over_ec50": 1}
    ),
    "draw_patients": Entry(draw_patients, {"parameters": PARAMETERS, "count": 2, "seed": 1}),
    "height_of": Entry(body.height_of, {"level": "L3"}),
    "hours_since": Entry(body.hours_since, {"start": MOMENT, "moment": MOMENT}),
    "inflow_from_delivery": Entry(
        body.inflow_from_delivery, {"delivery": Delivery(segments=()), "start": MOMENT}
    ),
    "inflow_from_programs": Entry(
        body.inflow_from_programs,
        {"programs": {0: PROGRAM}, "until_h": 24, "starts_at": time(0), "capability": None},
    ),
    "meaning_of": Entry(body.meaning_of, {"quantity": "tone_legs"}),
    "of_groups": Entry(
        _of_group,
        {"parameters": PARAMETERS, "group": "stroke"},
    ),
    "phases_by_clock": Entry(
        body.phases_by_clock,
        {
            "parameters": PARAMETERS,
            "count": 0,
            "seed": 0,
            "starts_at": 8,
            "lasts_h": 24,
            "every_h": 12,
            "cells_per_cm": 1,
        },
    ),
    "plasma_clearance": Entry(body.plasma_clearance, {"patients": ONE.patients}),
    "production_at": Entry(body.production_at, {"hour": 3}),
    "read_groups": Entry(body.read_groups, {"text": ""}),
    "read_parameters": Entry(body.read_parameters, {}),
    "simulate": Entry(
        body.simulate,
        {"ensemble": ONE, **RUN, "oral": [], "sites": ["L3"], "also": [body.SEDATION], "tolerance": 1e-6},
    ),
    "simulate_phases": Entry(
        body.simulate_phases,
        {
            "phases": [Phase(0, ONE), Phase(1, ONE)],
            **RUN,
            "oral": [],
            "sites": ["L3"],
            "also": [body.SEDATION],
            "tolerance": 1e-6,
        },
    ),
    "simulate_transport": Entry(
        body.simulate_transport,
        {
            "ensemble": ONE,
            "transport": Transport(loss_half_ng_mL=100),
            **RUN,
            "sites": ["L3"],
            "also": [body.SEDATION],
            "tolerance": 1e-4,
        },
    ),
    "under_conditions": Entry(
        body.under_conditions,
        {"parameters": PARAMETERS, "posture": Posture.FLAT, "density_mg_mL": 1010, "infusion_mL_h": 1},
    ),
    "unit_of": Entry(body.unit_of, {"quantity": "tone_legs"}),
}
SAID_OTHERWISE = {
    "kind": "level",
    "csf_profile": "profile",
    "doses_ug_day": "hours",
    "programs": "hours",
    "quantity": "curve",
    "name": "parameter",
    "values": "parameter",
    "sites": "level",
    "also": "readout",
    "tip_level": "level",
    "patients": "parameter",
    "flow_mL_h": "inflow",
    "edges_h": "inflow",
    "concentration_ug_mL": "inflow",
    "until_h": "hours",
    "phases": "phase",
    "bore_mL_per_cm": "bore",
}
"""How a message names what does not fit with the rest, where that is not the argument's own name."""
ELSEWHERE = {
    # what one is given back, or reads
    *(
        "Band",
        "Column",
        "Prediction",
        "Posterior",
        "Group",
        "MassBalance",
        "Parameter",
        "Parameters",
        "Readout",
        "Response",
        "Slot",
    ),
    # scores and their examiners: test_scales, test_examiner
    *("Agreement", "HmRatio", "Scale", "Score", "ScoreBand", "Tardieu", "examination_sd", "examine"),
    # test_fit, test_gradient
    *("Treatment", "Observation", "differentiate", "fit"),
    # no argument that could be wrong, or only a name that is written out
    *("as_table", "csf_at", "load_groups", "load_parameters", "write_table"),
}
NAMES = [(name, argument) for name, entry in ENTRIES.items() for argument in entry.takes]


def test_every_public_entry_is_tried_here_or_elsewhere() -> None:
    public = {
        name
        for name in body.__all__
        if callable(getattr(body, name))
        and not (inspect.isclass(getattr(body, name)) and issubclass(getattr(body, name), Enum))
    }

    assert public == {name for name in ENTRIES if not {".", "["} & set(name)} | ELSEWHERE


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if entry.takes])
def test_what_an_entry_is_made_for_it_takes(name: str) -> None:
    ENTRIES[name].call(**ENTRIES[name].takes) if name != "Parameters[]" else PARAMETERS["ec50_ng_mL"]


@pytest.mark.parametrize(("name", "argument"), NAMES, ids=[".".join(one) for one in NAMES])
def test_anything_else_is_taken_or_refused_by_name_with_what_is_allowed(name: str, argument: str) -> None:
    entry = ENTRIES[name]
    for odd in ODD:
        try:
            if name == "Parameters[]":
                PARAMETERS[odd]
            else:
                entry.call(**{**entry.takes, argument: odd})
        except ValueError as refused:
            said = str(refused)
            assert any(word in said for word in ("allowed: ", " must ", " needs ")), said
            assert argument in said or SAID_OTHERWISE.get(argument, argument) in said, said
            assert len(said) < 1500
