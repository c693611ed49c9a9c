from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.body import Implant, Inflow, load_parameters
from thecal.body.catheter.implant import TipFlow, contents_ug, through_catheter
from thecal.body.catheter.tubing import through_tubing

SHORT = Implant(catheter_length_cm=80, tubing_mL=0.140, primed_with_ug_mL=100)


def inflows() -> st.SearchStrategy[Inflow]:
    step = st.tuples(
        st.floats(0.01, 100),
        st.one_of(st.just(0.0), st.floats(0.001, 1)),
        st.sampled_from([0.0, 50.0, 500.0, 2000.0]),
    )
    return st.lists(step, min_size=1, max_size=12).map(
        lambda steps: Inflow(
            np.concatenate(([0.0], np.cumsum([length for length, _, _ in steps]))),
            [flow for _, flow, _ in steps],
            [concentration for _, _, concentration in steps],
        )
    )


def test_tubing_and_length_make_the_dead_volume() -> None:
    assert SHORT.dead_volume_mL == pytest.approx(0.140 + 80 * 0.0022)


def test_a_new_concentration_arrives_when_the_dead_volume_has_been_pumped() -> None:
    flow = 0.01
    tip = through_catheter(Inflow([0, 100], [flow], [500]), SHORT)

    arrival = SHORT.dead_volume_mL / flow

    assert tip.edges_h.tolist() == pytest.approx([0, arrival, 100], abs=1e-12)
    assert tip.rate_ug_h.tolist() == pytest.approx([flow * 100, flow * 500])


def test_a_plug_waits_while_the_pump_stands_and_hurries_when_it_runs_faster() -> None:
    inflow = Inflow([0, 10, 30, 300], [0.01, 0.0, 0.02], [500, 500, 500])

    tip = through_catheter(inflow, SHORT)

    arrival = 30 + (SHORT.dead_volume_mL - 0.1) / 0.02
    assert tip.edges_h.tolist() == pytest.approx([0, 10, 30, arrival, 300], abs=1e-12)
    assert tip.rate_ug_h.tolist() == pytest.approx([1.0, 0.0, 2.0, 10.0])


def test_a_catheter_full_of_spinal_fluid_gives_nothing_at_first() -> None:
    empty = Implant(catheter_length_cm=80, primed_with_ug_mL=0)

    tip = through_catheter(Inflow([0, 100], [0.01], [500]), empty)

    assert tip.rate_ug_h[0] == 0
    assert tip.delivered_ug(np.array([empty.dead_volume_mL / 0.01]))[0] == pytest.approx(0, abs=1e-12)


def test_without_dead_volume_the_tip_gives_what_the_pump_gives() -> None:
    inflow = Inflow([0, 1, 5, 9], [0.01, 0.5, 0.02], [500, 0, 2000])

    tip = through_catheter(inflow, Implant(catheter_length_cm=0, tubing_mL=0, primed_with_ug_mL=0))

    assert tip.edges_h.tolist() == [0, 1, 5, 9]
    assert tip.rate_ug_h.tolist() == inflow.rate_ug_h.tolist()


@given(inflow=inflows(), prime=st.sampled_from([0.0, 500.0]), length=st.floats(0, 120))
def test_delivered_drug_is_in_the_catheter_or_has_left_it(
    inflow: Inflow, prime: float, length: float
) -> None:
    implant = Implant(catheter_length_cm=length, primed_with_ug_mL=prime)
    times = np.linspace(0, inflow.edges_h[-1], 37)

    given_ug = inflow.infused_ug(times) + prime * implant.dead_volume_mL
    found_ug = through_catheter(inflow, implant).delivered_ug(times) + contents_ug(inflow, implant, times)

    assert np.allclose(found_ug, given_ug, rtol=0, atol=1e-9 * max(given_ug[-1], 1))


@given(inflow=inflows(), where=st.floats(0.01, 0.99))
def test_cutting_a_segment_in_two_changes_nothing(inflow: Inflow, where: float) -> None:
    edges = inflow.edges_h
    cut = edges[0] + where * (edges[1] - edges[0])
    twice = Inflow(
        np.insert(edges, 1, cut),
        np.insert(inflow.flow_mL_h, 0, inflow.flow_mL_h[0]),
        np.insert(inflow.concentration_ug_mL, 0, inflow.concentration_ug_mL[0]),
    )
    times = np.linspace(0, edges[-1], 23)

    whole = through_catheter(inflow, SHORT).delivered_ug(times)

    assert np.allclose(through_catheter(twice, SHORT).delivered_ug(times), whole, rtol=1e-9, atol=1e-9)


def test_nothing_flows_through_a_catheter_without_a_pump() -> None:
    assert len(through_catheter(Inflow.nothing(), SHORT).rate_ug_h) == 0
    assert contents_ug(Inflow.nothing(), SHORT, np.array([0.0, 9.0])).tolist() == pytest.approx([31.6, 31.6])


@pytest.mark.parametrize(
    ("edges", "flow", "concentration", "said"),
    [
        ([0, 1, 1], [0.1, 0.1], [500, 500], "edges_h must increase"),
        ([0, 2, 1], [0.1, 0.1], [500, 500], r"edges_h\[2\] is 1 h after 2 h"),
        ([-1, 1], [0.1], [500], r"edges_h\[0\] is -1 h; allowed: 0 to"),
        ([0, 1], [-0.1], [500], r"flow_mL_h\[0\] is -0.1 mL/h; allowed: 0 to"),
        ([0, 1], [0.1], [float("nan")], r"concentration_ug_mL\[0\] is nan ug/mL"),
        ([0, 1], [0.1], [500, 500], "needs 2 edges and 1 concentrations"),
        ([0, 1], [[0.1]], [500], "flow_mL_h must be one list"),
        ([0, 1], ["much"], [500], "flow_mL_h must be numbers in mL/h"),
    ],
)
def test_an_inflow_that_cannot_be_is_refused(
    edges: list[float], flow: list[float], concentration: list[float], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        Inflow(edges, flow, concentration)


@pytest.mark.parametrize(
    ("implant", "said"),
    [
        (
            {"tip_level": "L4"},
            "tip_level is 'L4'; allowed: vertebral level C1 to L2 (levels in clinical use)",
        ),
        (
            {"tip_level": "Q7"},
            (
                "level 'Q7' is unknown; allowed: S2, S1, L5 to L1, T12 to T1, C7 to C1, cisterna, "
                "or a site: lumbar, thoracic, cervical, cisternal"
            ),
        ),
        ({"catheter_length_cm": -1}, "catheter_length_cm is -1 cm; allowed: 0 to 150 cm"),
        ({"tubing_mL": float("nan")}, "tubing_mL is nan mL; allowed: 0 to 1 mL"),
        ({"bore_mL_per_cm": 1}, "bore_mL_per_cm is 1 mL/cm; allowed: 0 to 0.05 mL/cm"),
        ({"primed_with_ug_mL": -500}, "primed_with_ug_mL is -500 ug/mL; allowed: 0 to 10000 ug/mL"),
        (
            {"bore_mL_per_cm": 0, "disperses": True},
            "bore_mL_per_cm is 0 mL/cm; allowed: above 0 mL/cm in a catheter that disperses",
        ),
        ({"disperses": "yes"}, "disperses is 'yes'; allowed: True or False"),
    ],
)
def test_an_implant_that_cannot_be_is_refused(implant: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        Implant(**{"primed_with_ug_mL": 0.0} | implant)


def test_a_catheter_may_be_as_small_as_nothing_and_as_large_as_the_bounds() -> None:
    none = Implant(catheter_length_cm=0, tubing_mL=0, bore_mL_per_cm=0, primed_with_ug_mL=0)
    most = Implant(
        tip_level="C1", catheter_length_cm=150, tubing_mL=1, bore_mL_per_cm=0.05, primed_with_ug_mL=10_000
    )

    assert (none.dead_volume_mL, most.dead_volume_mL) == (0, 8.5)


def test_drug_that_has_left_the_tip_is_counted_between_edges_too() -> None:
    tip = TipFlow(np.array([1.0, 3.0, 7.0]), np.array([10.0, 5.0]))

    assert tip.delivered_ug(np.array([0.0, 1.0, 2.0, 3.0, 5.0, 7.0, 9.0])).tolist() == [
        0,
        0,
        10,
        20,
        30,
        40,
        40,
    ]


def test_a_catheter_that_disperses_blurs_by_its_own_bore() -> None:
    inflow = Inflow([0, 60], [0.02], [500])
    wide = replace(SHORT, bore_mL_per_cm=0.004, diffusion_cm2_h=0.05, disperses=True)

    tip = through_catheter(inflow, wide)

    out = through_tubing(inflow, 0.140 + 80 * 0.004, 100, bore_mL_per_cm=0.004, diffusion_cm2_h=0.05)
    assert np.array_equal(tip.edges_h, out.edges_h)
    assert np.array_equal(tip.rate_ug_h, out.rate_ug_h)
    assert len(tip.rate_ug_h) == 41
    usual = through_catheter(inflow, replace(wide, diffusion_cm2_h=0.02))
    assert not np.array_equal(tip.edges_h, usual.edges_h)


def test_the_shipped_dead_space_numbers_are_the_ones_a_catheter_starts_with() -> None:
    parameters = load_parameters()

    assert Implant(primed_with_ug_mL=0).tubing_mL == parameters["tubing_mL"].value
    assert Implant(primed_with_ug_mL=0).bore_mL_per_cm == parameters["catheter_bore_mL_per_cm"].value
