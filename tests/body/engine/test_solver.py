"""The modes against closed forms, against a dense matrix exponential and against a stepping solver."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from builders.bodies import PRIMED, fortnight, typical
from builders.body.dense_body import dense_matrix, propagate
from builders.body.modes import Modes, with_downstream
from thecal.body import (
    Anatomy,
    Bolus,
    Ensemble,
    Inflow,
    csf_at,
    draw_patients,
    height_of,
    load_parameters,
    simulate,
)
from thecal.body.canal.anatomy import SWING_CM
from thecal.body.catheter.implant import through_catheter

UNIFORM = Anatomy(csf_profile=((0.0, 1.0), (60.0, 1.0)))
T10_CM = height_of("T10")


def closed_form(ensemble: Ensemble, *, tip_cm: float, z_cm: float, ug_h: float) -> float:
    """Return the steady state, ng/mL, in a uniform canal, closed below, opening above into a drained chamber.

    A D C'' - Q C' - k A C = 0 on both sides of the tip: two exponentials each, four conditions.
    """
    value = {name: float(values[0]) for name, values in ensemble.patients.values.items()}
    area, spread = value["spinal_csf_mL"] / value["canal_length_cm"], value["dispersion_cm2_h"]
    flow, drain, top = value["bulk_flow_mL_h"], value["csf_turnover_mL_h"], value["canal_length_cm"]
    roots = np.roots([area * spread, -flow, -value["spinal_loss_per_h"] * area])

    def flux(z: float) -> np.ndarray:
        return (flow - area * spread * roots) * np.exp(roots * z)

    none = np.zeros(2)
    conditions = np.array(
        [
            [*flux(0.0), *none],
            [*none, *(flux(top) - drain * np.exp(roots * top))],
            [*np.exp(roots * tip_cm), *-np.exp(roots * tip_cm)],
            [*-flux(tip_cm), *flux(tip_cm)],
        ]
    )
    shares = np.linalg.solve(conditions, [0, 0, 0, ug_h])
    below, above = shares[:2], shares[2:]
    if z_cm == top:
        return float(1000 * above @ np.exp(roots * top))
    heights = np.linspace(z_cm - SWING_CM, z_cm + SWING_CM, 21)[:, np.newaxis]
    curve = np.where(heights[:, 0] < tip_cm, np.exp(roots * heights) @ below, np.exp(roots * heights) @ above)
    return float(1000 * curve.mean())


@pytest.mark.parametrize("bulk_flow", [0.0, 0.7, 5.0])
@pytest.mark.parametrize("dispersion", [100.0, 400.0])
def test_the_steady_state_of_a_uniform_canal_is_the_closed_form(bulk_flow: float, dispersion: float) -> None:
    known = load_parameters().knowing(bulk_flow_mL_h=bulk_flow, dispersion_cm2_h=dispersion)
    ensemble = Ensemble(draw_patients(known, 0, 0), UNIFORM)

    response = simulate(
        ensemble, sample_times_h=[2000], inflow=Inflow([0, 2001], [0.02], [500]), implant=PRIMED
    )

    for site in ("lumbar", "thoracic", "cervical", "cisternal"):
        expected = closed_form(ensemble, tip_cm=height_of("T10"), z_cm=height_of(site), ug_h=10)
        assert response.typical(csf_at(site))[0] == pytest.approx(expected, rel=1e-3)


def test_a_well_mixed_body_decays_at_one_rate() -> None:
    ensemble = typical(
        dispersion_cm2_h=20_000,
        spinal_loss_per_h=0,
        csf_turnover_mL_h=0.5,
        cord_exchange_per_h=100,
        bulk_flow_mL_h=0,
    )
    times = np.array([6.0, 24.0, 72.0, 240.0])

    response = simulate(ensemble, sample_times_h=times, boluses=[Bolus(at_h=0, mass_ug=100, minutes=0)])

    volume_mL = 97.3 + 52.7 + 19.9
    expected = 100_000 / volume_mL * np.exp(-0.5 / volume_mL * times)
    assert np.allclose(response.typical(csf_at("lumbar")), expected, rtol=1e-3)


@pytest.mark.parametrize("gap", [0.5, 1e-3, 1e-9, 0.0])
def test_a_delay_behind_one_compartment_is_batemans_function_at_equal_rates_too(gap: float) -> None:
    fast, slow = np.array([[0.8]]), np.array([0.8 - gap])
    alone = Modes(
        rates=fast, entry=np.ones((1, 1, 1)), masses=np.ones((1, 1, 1)), downstream=np.zeros((1, 0, 1))
    )
    hours = np.array([0.1, 1.0, 5.0, 20.0])

    both = with_downstream(alone, slow, slow[:, np.newaxis])
    start = both.entry[0, :, 0]
    held = both.downstream[0, 0] @ (start[:, np.newaxis] * np.exp(-both.rates[0][:, np.newaxis] * hours))

    a, b = 0.8, 0.8 - gap
    expected = (
        b * hours * np.exp(-a * hours)
        if gap < 1e-8
        else b / (a - b) * (np.exp(-b * hours) - np.exp(-a * hours))
    )
    assert np.allclose(held, expected, rtol=1e-4)


def test_plasma_at_rest_is_the_dose_rate_over_the_clearance() -> None:
    response = simulate(
        typical(), sample_times_h=[2000], inflow=Inflow([0, 2001], [0.1], [500]), implant=PRIMED
    )

    assert response.typical("plasma_ng_mL")[0] == pytest.approx(50 / 8.6, rel=1e-6)


def test_every_output_is_that_of_the_dense_matrix_exponential() -> None:
    ensemble = Ensemble.drawn(load_parameters(), 2, seed=7, cells_per_cm=1)
    inflow, bolus = fortnight(), Bolus(at_h=30.2, mass_ug=75, volume_mL=1.5, level="L4", minutes=0)
    times = np.array([0.05, 3.0, 30.2, 31.7, 100.0, 200.5])
    tip = through_catheter(inflow, PRIMED)

    response = simulate(
        ensemble,
        sample_times_h=times,
        inflow=inflow,
        implant=PRIMED,
        boluses=[bolus],
        sites=["lumbar", "T10"],
        tolerance=1e-13,
    )

    cells = ensemble.network.cells
    events = np.unique(np.concatenate((tip.edges_h, times, [0.0])))
    events = events[events <= times[-1]]
    for patient in range(3):
        matrix = dense_matrix(ensemble, patient)
        at_tip = np.append(ensemble.anatomy.place(T10_CM), np.zeros(len(matrix) - cells - 1))
        injected = np.zeros(len(matrix))
        stirred = (
            ensemble.patients["stirred_volumes"][patient] * 1.5 / ensemble.patients["spinal_csf_mL"][patient]
        )
        middle = ensemble.anatomy.csf_below(np.array([9.5 / 60]))[0]
        inside = np.clip(
            ensemble.anatomy.csf_below(ensemble.anatomy.edges), middle - stirred / 2, middle + stirred / 2
        )
        injected[:cells] = 75 * np.diff(inside) / stirred
        state, found = np.zeros(len(matrix)), []
        for start, end in zip([0.0, *events[:-1]], events, strict=True):
            step = np.searchsorted(tip.edges_h, (start + end) / 2, side="right") - 1
            if end > start:
                state = propagate(matrix, state, at_tip * tip.rate_ug_h[step], end - start)
            if end == 30.2:
                state = state + injected
            if end in times:
                found.append(state)
        states = np.array(found)
        csf = states[:, : cells + 1] / ensemble.network.csf_mL[patient] * 1000
        for site, z_cm in (("lumbar", 12.9), ("T10", T10_CM)):
            expected = csf @ ensemble.anatomy.place(z_cm)
            assert np.allclose(response.curves[csf_at(site)][patient], expected, rtol=1e-9, atol=1e-9)
        plasma = states[:, -2] / ensemble.patients["plasma_volume_L"][patient]
        assert np.allclose(response.curves["plasma_ng_mL"][patient], plasma, rtol=1e-8, atol=1e-12)
        ec50, steep = (ensemble.patients[name][patient] for name in ("ec50_ng_mL", "effect_steepness"))
        before = ensemble.patients["tone_legs_before"][patient]
        fall = (before - 1) * states[:, -4] ** steep / (ec50**steep + states[:, -4] ** steep)
        assert np.allclose(response.curves["tone_legs"][patient], before - fall, rtol=1e-9)


def test_a_stepping_solver_agrees_within_its_own_tolerance() -> None:
    ensemble = typical()
    matrix = dense_matrix(ensemble, 0)
    cells = ensemble.network.cells
    at_tip = np.append(ensemble.anatomy.place(T10_CM), np.zeros(len(matrix) - cells - 1))

    solved = solve_ivp(
        lambda _, x: matrix @ x + 10 * at_tip, (0, 24), np.zeros(len(matrix)), method="BDF",
        t_eval=[1, 6, 24], rtol=1e-8, atol=1e-10, jac=matrix,
    )  # fmt: skip
    response = simulate(
        ensemble, sample_times_h=[1, 6, 24], inflow=Inflow([0, 24], [0.02], [500]), implant=PRIMED
    )

    lumbar = ensemble.anatomy.place(12.9) @ (
        solved.y[: cells + 1] / ensemble.network.csf_mL[0][:, np.newaxis]
    )
    assert np.allclose(response.typical(csf_at("lumbar")), 1000 * lumbar, rtol=1e-5)
