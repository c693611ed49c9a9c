"""Transport that saturates or returns: against the engine, against closed forms, and nothing lost."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from builders.bodies import PRIMED, continuous, fortnight, typical
from thecal.body import (
    PLASMA,
    SEDATION,
    Bolus,
    Ensemble,
    Inflow,
    Transport,
    csf_at,
    load_parameters,
    simulate,
    simulate_transport,
)
from thecal.body.simulation.simulate import catheter_output, input_routes
from thecal.body.simulation.transport import step
from thecal.body.simulation.view import View

BOTH = Transport(loss_half_ng_mL=200, plasma_return_mL_h=50)
ALMOST_LINEAR = Transport(loss_half_ng_mL=1e9, plasma_return_mL_h=1e-9)
GIVEN = {
    "inflow": Inflow([0, 5.3, 30, 40], [0.02, 0.05, 0.01], [500, 500, 2000]).stopped(until_h=60),
    "implant": PRIMED,
    "boluses": [Bolus(at_h=3, mass_ug=50, minutes=0), Bolus(at_h=12, mass_ug=25, minutes=10)],
}
TIMES = np.array([0.0, 2.0, 3.0, 3.5, 12.1, 29.0, 40.0, 55.0])


def test_in_the_linear_limit_stepping_gives_what_the_engine_gives() -> None:
    few = Ensemble.drawn(load_parameters(), 1, seed=4, cells_per_cm=1)

    stepped = simulate_transport(
        few, ALMOST_LINEAR, sample_times_h=TIMES, also=[SEDATION], tolerance=1e-9, **GIVEN
    )

    exact = simulate(few, sample_times_h=TIMES, also=[SEDATION], **GIVEN)
    assert stepped.quantities == exact.quantities
    for name in exact.quantities:
        highest = np.max(exact.curves[name])
        assert np.allclose(stepped.curves[name], exact.curves[name], rtol=0, atol=2e-6 * highest), name


def test_linear_transport_is_the_engines_own() -> None:
    body = typical(1)

    found = simulate_transport(body, Transport(), sample_times_h=TIMES, tolerance=1e-9, **GIVEN)

    exact = simulate(body, sample_times_h=TIMES, tolerance=1e-9, **GIVEN)
    assert all(np.array_equal(found.curves[name], exact.curves[name]) for name in exact.quantities)


@pytest.mark.parametrize("transport", [BOTH, Transport(loss_half_ng_mL=5), Transport(plasma_return_mL_h=900)])
def test_no_drug_is_made_or_lost(transport: Transport) -> None:
    body = typical(1)
    boluses = GIVEN["boluses"]
    output = catheter_output(GIVEN["inflow"], PRIMED, ())
    view = View(body, sites=["lumbar"], also=[])

    _, pools = step(
        body,
        transport,
        input_routes(body, [output], boluses, TIMES),
        view,
        np.append(TIMES, 500.0),
        tolerance=1e-7,
    )

    (_, tip), *_ = output.outlets
    given = tip.delivered_ug(np.append(TIMES, 500.0))
    given += np.array([0, 0, 50, 50, 50 + 25 * 0.6, 75, 75, 75, 75])
    assert np.allclose(pools.sum(axis=0)[0], given, rtol=1e-9, atol=1e-9)
    assert np.min(pools) > -1e-4


def test_a_loss_that_saturates_settles_where_the_closed_form_says() -> None:
    body = typical(1, dispersion_cm2_h=20_000, spinal_loss_per_h=0.3)
    value = {name: float(of[0]) for name, of in body.patients.values.items()}
    half, rate_ug_h = 150.0, 20.0

    found = simulate_transport(
        body,
        Transport(loss_half_ng_mL=half),
        sample_times_h=[900],
        inflow=continuous(24 * rate_ug_h, 1000),
        implant=PRIMED,
    )

    # Well mixed: rate = k V C / (1 + C/half) + turnover C, in ng and mL; a square equation in C.
    loss = value["spinal_loss_per_h"] * value["spinal_csf_mL"]
    drain, rate = value["csf_turnover_mL_h"], 1000 * rate_ug_h
    level = max(np.roots([drain / half, loss + drain - rate / half, -rate]))
    assert found.typical(csf_at("lumbar"))[0] == pytest.approx(level, rel=0.03)


def test_what_returns_raises_the_fluid_and_leaves_plasmas_steady_state_as_it_was() -> None:
    body, rate_ug_h = typical(1), 10.0
    given = {"inflow": continuous(24 * rate_ug_h, 400), "implant": PRIMED, "sample_times_h": [390]}

    without = simulate(body, **given)
    returning = simulate_transport(body, Transport(plasma_return_mL_h=2000), **given)

    # All drug leaves through plasma, so that its level is rate over clearance whatever returns.
    expected = rate_ug_h / float(body.patients["plasma_clearance_L_h"][0])
    assert returning.typical(PLASMA)[0] == pytest.approx(expected, rel=0.01)
    assert returning.typical(csf_at("cisternal"))[0] > 1.01 * without.typical(csf_at("cisternal"))[0]


def test_twice_the_dose_is_more_than_twice_the_level_where_loss_saturates() -> None:
    body = typical(1)

    once, twice = (
        simulate_transport(body, BOTH, sample_times_h=[6], boluses=[Bolus(at_h=0, mass_ug=mass)])
        for mass in (50, 100)
    )

    assert twice.typical(csf_at("lumbar"))[0] > 2.02 * once.typical(csf_at("lumbar"))[0]


def test_before_anything_enters_there_is_nothing() -> None:
    found = simulate_transport(
        typical(1), BOTH, sample_times_h=[1, 2, 4], boluses=[Bolus(at_h=3, mass_ug=50)]
    )

    assert found.typical(csf_at("lumbar"))[:2].tolist() == [0, 0]
    assert found.typical(csf_at("lumbar"))[2] > 0
    assert not simulate_transport(typical(1), BOTH, sample_times_h=[1, 2]).typical(PLASMA).any()


def test_without_scipy_the_error_names_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.integrate", None)

    with pytest.raises(ImportError, match=r"needs SciPy.*pip install 'thecal\[transport\]'"):
        simulate_transport(typical(1), BOTH, sample_times_h=[1], boluses=[Bolus(at_h=0, mass_ug=50)])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"loss_half_ng_mL": 0.0}, "loss_half_ng_mL is 0 ng/mL; allowed: 0.001 to 1e"),
        ({"loss_half_ng_mL": float("nan")}, "loss_half_ng_mL is nan"),
        ({"plasma_return_mL_h": -1.0}, "plasma_return_mL_h is -1 mL/h; allowed: 0 to 10000 mL/h"),
    ],
)
def test_transport_that_cannot_be_is_refused(wrong: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Transport(**wrong)


def test_an_accuracy_out_of_reach_is_refused() -> None:
    with pytest.raises(ValueError, match=r"tolerance is 1e-14 1; allowed: 1e-11 to 0\.01"):
        simulate_transport(typical(1), BOTH, sample_times_h=[1], inflow=fortnight(), tolerance=1e-14)
