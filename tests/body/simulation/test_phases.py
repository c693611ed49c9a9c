"""Parameters that change in time, against a dense matrix exponential and against no change at all."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from builders.bodies import PRIMED, SCREENING, fortnight, typical
from builders.body.dense_body import dense_matrix, propagate
from thecal.body import (
    CORD_LEGS,
    READOUTS,
    SUPRASPINAL,
    WITHDRAWAL,
    Bolus,
    CatheterFault,
    Ensemble,
    Fault,
    Inflow,
    OralDose,
    Phase,
    load_parameters,
    simulate,
    simulate_phases,
)

TIMES = np.array([0.5, 30.0, 100.0, 150.25, 151.0, 200.0, 330.0])
CHANGED = {
    "spinal_loss_per_h": 0.1,
    "csf_turnover_mL_h": 30.0,
    "plasma_volume_L": 40.0,
    "cord_exchange_per_h": 3.0,
}


def test_a_change_of_nothing_changes_nothing() -> None:
    parameters = load_parameters().knowing(tolerance_gain=2.0, rebound_grades=1.0)
    few = Ensemble.drawn(parameters, 3, seed=2, cells_per_cm=1)
    given = {
        "inflow": fortnight(),
        "implant": PRIMED,
        "boluses": [SCREENING, Bolus(at_h=150, mass_ug=50)],
        "oral": OralDose.repeated(20, every_h=7, doses=40),
        "faults": [CatheterFault(kind=Fault.LEAK, at_h=60, until_h=250, share=0.5)],
        "also": list(READOUTS),
    }

    whole = simulate(few, sample_times_h=TIMES, **given)
    phases = simulate_phases(
        [Phase(0, few), Phase(20.0, few), Phase(150.1, few)], sample_times_h=TIMES, **given
    )

    for name in whole.quantities:
        highest = np.max(whole.curves[name])
        assert np.allclose(phases.curves[name], whole.curves[name], rtol=1e-8, atol=1e-9 * highest), name


def test_a_changed_body_goes_on_from_where_the_first_one_was() -> None:
    before, after = typical(1), typical(1, **CHANGED)
    inflow = Inflow([0, 100], [0.02], [500])

    found = simulate_phases(
        [Phase(0, before), Phase(30.0, after)],
        sample_times_h=[29.0, 30.0, 33.0, 60.0],
        inflow=inflow,
        implant=PRIMED,
    )

    network = before.network
    source = np.zeros(len(dense_matrix(before, 0)))
    source[: network.cells + 1] = before.tip_shares("T10")[0] * 10
    state = propagate(dense_matrix(before, 0), np.zeros(len(source)), source, 30.0)
    for place, hours in ((2, 3.0), (3, 30.0)):
        later = propagate(dense_matrix(after, 0), state, source, hours)
        lumbar = after.csf_tap("lumbar").csf[0] @ later[: network.cells + 1]
        assert found.typical("csf_lumbar_ng_mL")[place] == pytest.approx(lumbar, rel=1e-8)
        assert found.typical("plasma_ng_mL")[place] == pytest.approx(later[-2] / 40.0, rel=1e-8)
    legs = propagate(dense_matrix(after, 0), state, source, 3.0)[-4]
    expected = 1 + 3.0 / (1 + (legs / 180) ** 3)
    assert found.typical("tone_legs")[2] == pytest.approx(expected, rel=1e-8)
    assert found.typical("plasma_ng_mL")[1] == pytest.approx(state[-2] / 40.0, rel=1e-8)


@pytest.mark.parametrize(
    ("starts", "said"),
    [([], "must begin at 0 h"), ([1.0], "must begin at 0 h"), ([0.0, 5.0, 5.0], "from_h must increase")],
)
def test_phases_that_cannot_follow_one_another_are_refused(starts: list[float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        simulate_phases([Phase(at, typical(1)) for at in starts], sample_times_h=[1.0])


def test_phases_of_different_patients_or_grids_are_refused() -> None:
    with pytest.raises(
        ValueError, match="phase from 5 h has 1 patients on a grid of 120 cells, the first has 1 on 60"
    ):
        simulate_phases([Phase(0, typical(1)), Phase(5.0, typical(2))], sample_times_h=[1.0])


def test_what_was_swallowed_goes_on_in_a_changed_body() -> None:
    first = {"oral_absorption_per_h": 0.3, "plasma_volume_L": 60.0, "csf_plasma_ratio": 0.2}
    then = {"oral_absorption_per_h": 2.0, "plasma_volume_L": 40.0, "cord_exchange_per_h": 2.0}
    before, after = typical(1, **first), typical(1, **then)
    doses = [OralDose(at_h=0, dose_mg=20), OralDose(at_h=6, dose_mg=10)]

    found = simulate_phases(
        [Phase(0, before), Phase(5.0, after)],
        sample_times_h=[5.0, 9.0],
        oral=doses,
        sites=["lumbar"],
        also=[CORD_LEGS, SUPRASPINAL],
    )

    state = expm(swallowing(before) * 5.0) @ np.array([20_000.0, 0, 0, 0, 0])
    now = expm(swallowing(after)) @ state + np.array([10_000.0, 0, 0, 0, 0])
    later = expm(swallowing(after) * 3.0) @ now
    for place, masses in ((0, state), (1, later)):
        plasma = masses[1] / 40.0
        assert found.typical("plasma_ng_mL")[place] == pytest.approx(plasma, rel=1e-8)
        for name, row in (("csf_lumbar_ng_mL", 2), (CORD_LEGS, 3), (SUPRASPINAL, 4)):
            assert found.typical(name)[place] == pytest.approx(masses[row], rel=1e-8), name


def swallowing(body: Ensemble) -> np.ndarray:
    """Return dx/dt = A x for gut and plasma (ug), fluid, cord and brain (ng/mL)."""
    value = {name: float(values[0]) for name, values in body.patients.values.items()}
    absorbed, into = value["oral_absorption_per_h"], value["plasma_to_csf_per_h"]
    exchange, brain = value["cord_exchange_per_h"], value["brain_delay_per_h"]
    renal = value["renal_share"] * (1 - value["creatinine_clearance_mL_min"] / 120)
    cleared = value["plasma_clearance_L_h"] * (1 - renal) / value["plasma_volume_L"]
    return np.array(
        [
            [-absorbed, 0, 0, 0, 0],
            [value["oral_bioavailability"] * absorbed, -cleared, 0, 0, 0],
            [0, into * value["csf_plasma_ratio"] / value["plasma_volume_L"], -into, 0, 0],
            [0, 0, exchange, -exchange, 0],
            [0, 0, brain, 0, -brain],
        ]
    )


def test_what_a_patient_is_used_to_is_kept_when_the_body_changes() -> None:
    pump = Inflow.of_doses({0: 200}, concentration_ug_mL=500, until_h=24 * 60)
    used, quicker = typical(1), typical(1, spinal_loss_per_h=2.0)

    found = simulate_phases(
        [Phase(0, used), Phase(24 * 30.0, quicker)],
        sample_times_h=[24 * 30 - 1.0, 24 * 30.0, 24 * 30 + 24.0],
        inflow=pump,
        implant=PRIMED,
        also=[WITHDRAWAL],
    )

    before, at_once, next_day = found.typical(WITHDRAWAL)
    assert at_once == pytest.approx(before, abs=0.01)
    assert next_day > before + 0.1


def test_habits_that_form_in_one_phase_only_are_followed_in_all() -> None:
    pump = Inflow.of_doses({0: 200}, concentration_ug_mL=500, until_h=480)
    times = [100.0, 239.0, 241.0, 479.0]
    plain, tolerant = typical(1), typical(1, tolerance_gain=5.0)

    found, never, always = (
        simulate_phases(
            [Phase(0, first), Phase(240.0, then)], sample_times_h=times, inflow=pump, implant=PRIMED
        )
        for first, then in ((plain, tolerant), (plain, plain), (tolerant, tolerant))
    )

    tones = [one.typical("tone_legs") for one in (found, never, always)]
    assert tones[0][:2] == pytest.approx(tones[1][:2])
    assert tones[0][2:] == pytest.approx(tones[2][2:])
    assert tones[2][3] > tones[1][3]
