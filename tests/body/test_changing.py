"""Parameters that change in time, against a dense matrix exponential and against no change at all."""

from __future__ import annotations

import numpy as np
import pytest

from body.bodies import PRIMED, SCREENING, fortnight, typical
from body.dense import dense_matrix, propagate
from thecal.body import Bolus, Ensemble, Inflow, Phase, load_parameters, simulate, simulate_phases

TIMES = np.array([0.5, 30.0, 100.0, 150.25, 151.0, 200.0, 330.0])
CHANGED = {
    "spinal_loss_per_h": 0.1,
    "csf_turnover_mL_h": 30.0,
    "plasma_volume_L": 40.0,
    "cord_exchange_per_h": 3.0,
}


def test_a_change_of_nothing_changes_nothing() -> None:
    few = Ensemble.drawn(load_parameters(), 3, seed=2, cells_per_cm=1)
    given = {"inflow": fortnight(), "implant": PRIMED, "boluses": [SCREENING, Bolus(at_h=150, mass_ug=50)]}

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
