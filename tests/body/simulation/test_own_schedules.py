"""Every patient on a schedule of their own: the same as each alone."""

from __future__ import annotations

import numpy as np
import pytest

from builders.bodies import PRIMED, SCREENING, fortnight
from thecal.body import (
    PUMP_RATE,
    READOUTS,
    CatheterFault,
    Ensemble,
    Fault,
    Inflow,
    OralDose,
    Patients,
    Phase,
    load_parameters,
    simulate,
    simulate_phases,
)

FEW = Ensemble.drawn(load_parameters(), 3, seed=4, cells_per_cm=1)
OWN = [
    fortnight(),
    Inflow.nothing(),
    Inflow.of_doses({5: 300, 60: 0}, concentration_ug_mL=2000, until_h=330),
    Inflow.of_doses({0: 90, 100: 120, 200: 150}, concentration_ug_mL=500, until_h=330),
]
TIMES = np.array([0.0, 4.0, 61.0, 150.0, 320.0])
REST = {
    "implant": PRIMED,
    "faults": [CatheterFault(kind=Fault.MIGRATION, at_h=120, level="T4")],
    "boluses": [SCREENING],
    "oral": [OralDose(at_h=50, dose_mg=20)],
    "also": list(READOUTS),
}


def alone(patient: int) -> Ensemble:
    values = {name: of[patient : patient + 1] for name, of in FEW.patients.values.items()}
    return Ensemble(Patients(values), FEW.anatomy)


def test_each_patient_s_own_schedule_is_what_it_would_be_alone() -> None:
    together = simulate(FEW, sample_times_h=TIMES, inflow=OWN, **REST)

    for patient, inflow in enumerate(OWN):
        by_itself = simulate(alone(patient), sample_times_h=TIMES, inflow=inflow, **REST)
        for name in together.quantities:
            highest = by_itself[name].max()
            assert together[name][patient] == pytest.approx(
                by_itself[name][0], rel=1e-7, abs=1e-9 * highest
            ), name


def test_bodies_that_change_take_own_schedules_too() -> None:
    whole = simulate(FEW, sample_times_h=TIMES, inflow=OWN, **REST)
    phases = simulate_phases([Phase(0, FEW), Phase(62.5, FEW)], sample_times_h=TIMES, inflow=OWN, **REST)

    for name in whole.quantities:
        assert np.allclose(phases[name], whole[name], rtol=1e-7, atol=1e-9 * whole[name].max()), name


def test_what_leaves_each_pump_is_reported_of_each() -> None:
    together = simulate(FEW, sample_times_h=TIMES, inflow=OWN, implant=PRIMED)

    assert together[PUMP_RATE][2].tolist() == pytest.approx([0, 0, 0, 0, 0])
    assert together[PUMP_RATE][3].tolist() == pytest.approx([3.75, 3.75, 3.75, 5.0, 6.25])
    assert not together[PUMP_RATE][1].any()


def test_schedules_for_more_or_fewer_than_there_are_patients_are_refused() -> None:
    with pytest.raises(ValueError, match="inflow is 3 schedules; allowed: one for all, or 4, one for each"):
        simulate(FEW, sample_times_h=TIMES, inflow=OWN[:3], implant=PRIMED)
