from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.bodies import PRIMED, continuous, fortnight, typical
from thecal.body import (
    TIP_RATE,
    TONE_LEGS,
    CatheterFault,
    Fault,
    Implant,
    Inflow,
    balance_mass,
    csf_at,
    simulate,
)
from thecal.body.catheter.faults import through_faults

KINK = CatheterFault(kind=Fault.KINK, at_h=100)
DAYS = np.arange(0.0, 336.01, 6.0)


@st.composite
def faults(draw: st.DrawFn) -> CatheterFault:
    kind = draw(st.sampled_from(list(Fault)))
    start = draw(st.floats(0, 300))
    return CatheterFault(
        kind=kind,
        at_h=start,
        until_h=start + draw(st.floats(0.5, 200)),
        share=1.0 if kind is Fault.DISCONNECTION else draw(st.floats(0, 1)),
        position=draw(st.floats(0, 1)),
        level=draw(st.sampled_from(["C5", "T4", "L1", "outside"])) if kind is Fault.MIGRATION else None,
    )


@given(st.lists(faults(), max_size=4))
@settings(max_examples=60, deadline=None)
def test_whatever_goes_wrong_no_drug_is_gained_or_lost(wrong: list[CatheterFault]) -> None:
    output = through_faults(fortnight(), PRIMED, wrong)

    came_out = sum(tip.delivered_ug(DAYS) for _, tip in output.outlets)
    found = came_out + output.contents_ug(DAYS) + output.lost_ug(DAYS)

    given_ug = fortnight().infused_ug(DAYS) + PRIMED.dead_volume_mL * 500
    assert found == pytest.approx(given_ug, abs=1e-8 * given_ug[-1])


def test_the_whole_body_balances_with_faults() -> None:
    wrong = [
        CatheterFault(kind=Fault.LEAK, at_h=50, until_h=150, share=0.4, position=0.3),
        CatheterFault(kind=Fault.KINK, at_h=200, until_h=220, share=0.7),
        CatheterFault(kind=Fault.MIGRATION, at_h=250, level="L1"),
    ]

    balance = balance_mass(
        typical(1), sample_times_h=DAYS[1:], inflow=fortnight(), implant=PRIMED, faults=wrong
    )

    assert balance.worst_error < 1e-10
    assert balance.lost[-1] > 0


def test_a_total_kink_stops_the_tip_and_brings_the_stiffness_back() -> None:
    found = simulate(
        typical(1), sample_times_h=DAYS, inflow=continuous(200, 400), implant=PRIMED, faults=[KINK]
    )

    tip, tone = found.typical(TIP_RATE), found.typical(TONE_LEGS)
    assert tip[DAYS < 100] == pytest.approx(200 / 24)
    assert (tip[DAYS >= 102] == 0).all()
    assert tone[DAYS == 96][0] < 1.5
    assert tone[-1] == pytest.approx(4, abs=0.01)


def test_half_a_kink_is_half_the_dose() -> None:
    half = CatheterFault(kind=Fault.KINK, at_h=0, share=0.5)
    times = [300.0]

    kinked = simulate(
        typical(1), sample_times_h=times, inflow=continuous(200, 400), implant=PRIMED, faults=[half]
    )
    low = simulate(typical(1), sample_times_h=times, inflow=continuous(100, 400), implant=PRIMED)

    lumbar = csf_at("lumbar")
    assert kinked.typical(lumbar) == pytest.approx(low.typical(lumbar), rel=1e-9)


def test_a_front_behind_a_leak_is_as_late_as_the_flow_is_thin() -> None:
    """Half the flow leaks half way along: the first half takes its time, the second twice it."""
    empty = Implant(tubing_mL=0.1, catheter_length_cm=0, primed_with_ug_mL=0)
    leak = CatheterFault(kind=Fault.LEAK, at_h=0, share=0.5, position=0.5)

    ((_, tip),) = through_faults(Inflow([0, 100], [0.01], [500]), empty, [leak]).outlets

    assert tip.edges_h[np.flatnonzero(tip.rate_ug_h)[0]] == pytest.approx(5 + 10)
    assert tip.rate_ug_h[-1] == pytest.approx(2.5)


def test_a_disconnection_loses_everything_and_what_lies_beyond_waits() -> None:
    apart = CatheterFault(kind=Fault.DISCONNECTION, at_h=20, until_h=60, position=0.5)
    inflow = continuous(200, 200)

    output = through_faults(inflow, PRIMED, [apart])
    ((_, tip),) = output.outlets

    times = np.array([20.0, 60.0, 200.0])
    given_by_tip = tip.delivered_ug(times)
    assert given_by_tip[1] == pytest.approx(given_by_tip[0])
    assert output.lost_ug(times)[1] == pytest.approx(40 * 200 / 24)
    assert given_by_tip[2] == pytest.approx(160 * 200 / 24)


def test_a_tip_that_slips_down_spares_the_neck_and_one_that_slips_out_the_body() -> None:
    def at(level: str, site: str) -> float:
        moved = CatheterFault(kind=Fault.MIGRATION, at_h=0.0, level=level)
        found = simulate(
            typical(1),
            sample_times_h=[300],
            inflow=continuous(200, 400),
            implant=PRIMED,
            faults=[moved],
            sites=[site],
        )
        return float(found.typical(csf_at(site))[0])

    assert at("L2", "cervical") < at("T10", "cervical") < at("C5", "cervical")
    assert at("outside", "lumbar") == 0


def test_a_tip_that_moves_and_comes_back_is_where_it_was() -> None:
    there = CatheterFault(kind=Fault.MIGRATION, at_h=50, until_h=60, level="C5")

    output = through_faults(continuous(200, 100), PRIMED, [there])
    by_level = {level: tip.delivered_ug(np.array([100.0]))[0] for level, tip in output.outlets}

    assert by_level == pytest.approx({"T10": 90 * 200 / 24, "C5": 10 * 200 / 24})


def test_no_faults_leave_everything_as_it_was() -> None:
    plain = simulate(typical(1), sample_times_h=DAYS, inflow=fortnight(), implant=PRIMED)
    harmless = CatheterFault(kind=Fault.LEAK, at_h=10, share=0)

    found = simulate(typical(1), sample_times_h=DAYS, inflow=fortnight(), implant=PRIMED, faults=[harmless])

    for name in plain.quantities:
        assert found.typical(name) == pytest.approx(plain.typical(name), rel=1e-7, abs=1e-7)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: CatheterFault(kind=Fault.KINK, at_h=-1), "at_h is -1 h"),
        (
            lambda: CatheterFault(kind=Fault.KINK, at_h=5, until_h=5),
            "until_h is 5 h; allowed: later than at_h, 5 h",
        ),
        (lambda: CatheterFault(kind=Fault.KINK, at_h=5, until_h=float("nan")), "until_h is nan h"),
        (lambda: CatheterFault(kind=Fault.LEAK, at_h=5, share=1.5), "share is 1.5 1; allowed: 0 to 1"),
        (lambda: CatheterFault(kind=Fault.LEAK, at_h=5, position=-0.1), "position is -0.1"),
        (
            lambda: CatheterFault(kind=Fault.MIGRATION, at_h=5),
            "level is None; allowed: vertebral level C1 to L2",
        ),
        (lambda: CatheterFault(kind=Fault.MIGRATION, at_h=5, level="S1"), "level is 'S1'"),
        (lambda: CatheterFault(kind=Fault.KINK, at_h=5, level="T4"), "level is 'T4' for a kink"),
        (lambda: CatheterFault(kind=Fault.DISCONNECTION, at_h=5, share=0.5), "or call it a leak"),
        (
            lambda: simulate(typical(1), sample_times_h=[1], faults=[KINK]),
            "a kink needs an implant: there is no catheter",
        ),
    ],
)
def test_a_fault_that_cannot_be_is_refused(made: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        made()
