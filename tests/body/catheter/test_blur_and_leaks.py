"""Leaks in a catheter that blurs: their number does not multiply the work, and no drug is lost."""

from __future__ import annotations

import numpy as np
import pytest

from thecal.body import CatheterFault, Fault, Implant, Inflow
from thecal.body.catheter.faults import through_faults
from thecal.body.catheter.tubing import thinned

BLURRED = Implant(primed_with_ug_mL=500, disperses=True)
LATER_H = np.array([1e5])


def stepped(changes: int, hours: float = 1440.0) -> Inflow:
    """Return a pump whose concentration changes so often, with a flow that changes too."""
    steps = np.arange(changes + 1)
    edges = np.append(np.linspace(0, hours * 0.7, changes + 1), hours)
    return Inflow(edges, np.where(steps % 3, 0.0083, 0.0042), np.where(steps % 2, 2000.0, 500.0))


def leaks(count: int, kind: Fault = Fault.LEAK) -> list[CatheterFault]:
    share = {} if kind is Fault.DISCONNECTION else {"share": 0.2}
    return [
        CatheterFault(
            kind=kind, at_h=40 + 13 * n, until_h=47 + 13 * n, position=(n + 1) / (count + 1), **share
        )
        for n in range(count)
    ]


def tip_edges(pump: Inflow, faults: list[CatheterFault]) -> int:
    return len(through_faults(pump, BLURRED, faults).outlets[0][1].edges_h)


def test_four_leaks_and_a_change_of_concentration_end_within_a_thousand_edges() -> None:
    pump = Inflow([0, 12, 144], [0.0083, 0.0021], [500, 2000])
    assert tip_edges(pump, leaks(4)) < 1000


@pytest.mark.parametrize("changes", [1, 5, 20])
@pytest.mark.parametrize(
    "faults",
    [
        leaks(12),
        [*leaks(4), *leaks(4, Fault.DISCONNECTION)],
        [*leaks(5), *leaks(6, Fault.KINK)],
        [*leaks(5), *leaks(3, Fault.DISCONNECTION), *leaks(6, Fault.KINK)],
    ],
)
def test_work_grows_with_changes_and_leaks_and_does_not_multiply(
    changes: int, faults: list[CatheterFault]
) -> None:
    assert tip_edges(stepped(changes), faults) < 300 * (changes + 1) + 10 * len(faults)


@pytest.mark.parametrize("count", [0, 1, 3, 8])
def test_what_enters_a_leaking_catheter_that_blurs_comes_out_somewhere(count: int) -> None:
    pump = stepped(3)
    output = through_faults(pump, BLURRED, leaks(count))

    came = sum(part.delivered_ug(LATER_H)[0] for _, part in output.outlets) + output.lost_ug(LATER_H)[0]
    held = BLURRED.dead_volume_mL * (float(pump.concentration_ug_mL[-1]) - BLURRED.primed_with_ug_mL)

    assert came + held == pytest.approx(pump.infused_ug(LATER_H)[0], rel=1e-5)


def test_thinning_keeps_the_drug_and_moves_no_concentration_by_more_than_it_says() -> None:
    rng = np.random.default_rng(3)
    edges = np.append(0.0, np.cumsum(rng.uniform(0.01, 1, 4000)))
    flow = Inflow(edges, rng.choice([0.0, 0.01, 0.03], 4000), np.linspace(500, 2000, 4000))

    thin = thinned(flow, 2)

    at = (edges[1:] + edges[:-1]) / 2
    found = thin.concentration_ug_mL[np.searchsorted(thin.edges_h, at, side="right") - 1]
    assert len(np.unique(thin.concentration_ug_mL)) <= 2 * 160 + 1
    assert np.abs(found - flow.concentration_ug_mL).max() <= 1500 / (2 * 160) + 0.5
    assert thin.infused_ug(edges[-1:]) == pytest.approx(flow.infused_ug(edges[-1:]), rel=1e-12)
