"""Faults of the catheter in a scenario, and the residue under a refill."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from builders.scenarios import SMALL, problems_of, read, with_event
from thecal.body import TIP_RATE, Fault, inflow_from_delivery
from thecal.lab import run_scenario, summarise
from thecal.lab.scenario import CatheterEvent


def catheter_event(*lines: str) -> CatheterEvent:
    (found,) = (
        event for event in read(with_event('at = "24 h"', *lines)).events if isinstance(event, CatheterEvent)
    )
    return found


def test_each_fault_is_read_and_written() -> None:
    assert catheter_event('do = "kink"').describe() == "kink holds back 100 % of the flow"
    assert catheter_event('do = "kink"', 'share = "40 %"', 'lasts = "6 h"').describe() == (
        "kink holds back 40 % of the flow, repaired at 1 day 6 h"
    )
    assert catheter_event(
        'do = "leak"', 'share = "50 %"', 'position = "10 %"'
    ).fault.position == pytest.approx(0.1)
    assert catheter_event('do = "disconnection"').fault.kind is Fault.DISCONNECTION
    assert catheter_event('do = "migration"', 'level = "L1"').describe() == "tip moved to L1"


def test_a_total_kink_stops_the_tip_and_not_the_pump() -> None:
    outcome = run_scenario(read(with_event('at = "24 h"', 'do = "kink"', 'lasts = "6 h"')), patients=2)

    times, tip = outcome.response.sample_times_h, outcome.response.typical(TIP_RATE)
    assert (tip[(times >= 24) & (times < 30)] == 0).all()
    assert (tip[(times < 24) | (times >= 30)] > 0).all()
    assert summarise(outcome)["catheter"] == [
        {"at_h": 24.0, "what": "kink holds back 100 % of the flow, repaired at 1 day 6 h"}
    ]


def test_several_faults_can_happen_at_once() -> None:
    text = with_event('at = "24 h"', 'do = "leak"', 'share = "50 %"')
    text += '\n[[event]]\nat = "24 h"\ndo = "leak"\nshare = "20 %"\nposition = "80 %"\n'

    outcome = run_scenario(read(text), patients=2)

    tip = outcome.response.typical(TIP_RATE)
    assert tip[-1] == pytest.approx(0.5 * 0.8 * tip[0], rel=1e-6)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (('do = "kink"', 'share = "140 %"'), "share"),
        (('do = "kink"', 'along = "40 %"'), "along: is not a field"),
        (('do = "leak"', 'along = "40 %"'), "along: is now called 'position'; allowed: position = "),
        (('do = "disconnection"', 'along = "x"'), "along: is now called 'position'"),
        (('do = "migration"',), "level: is missing"),
        (('do = "migration"', 'level = "S1"'), "level"),
        (('do = "leak"', 'lasts = "0 min"'), "for no time"),
    ],
)
def test_a_fault_that_cannot_be_is_refused(lines: tuple[str, ...], said: str) -> None:
    problems = problems_of(with_event('at = "24 h"', *lines))

    assert len(problems) == 1
    assert said in problems[0]


def test_a_fault_needs_a_catheter() -> None:
    without = SMALL[: SMALL.index("[implant]")] + SMALL[SMALL.index("[[observe]]") :]

    problems = problems_of(without + '\n[[event]]\nat = "1 h"\ndo = "kink"\n')

    assert any("needs a pump" in problem for problem in problems)


def test_the_residual_volume_changes_the_concentration_at_the_tip() -> None:
    """1.4 mL of 2000 under 18.6 mL of 500 mcg/mL is 605 mcg/mL."""
    text = SMALL.replace('concentration = "500 mcg/mL"', 'concentration = "2000 mcg/mL"')
    text += (
        '\n[[event]]\nat = "24 h"\ndo = "refill"\nfill = "18.6 mL"\n'
        'concentration = "500 mcg/mL"\nleft_behind = "1.4 mL"\n'
    )
    scenario = read(text)

    outcome = run_scenario(scenario, patients=2)

    assert outcome.supply is not None
    inflow = inflow_from_delivery(outcome.supply.delivery, scenario.starts)
    assert np.unique(inflow.concentration_ug_mL).tolist() == pytest.approx([605, 2000])
    concentrations = {segment.concentration.ug_per_mL for segment in outcome.supply.delivery.segments}
    assert concentrations == {Decimal(2000), Decimal(605)}
