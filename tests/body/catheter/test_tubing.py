from __future__ import annotations

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.bodies import typical
from thecal.body import Implant, Inflow, balance_mass, csf_at, load_parameters, simulate
from thecal.body.catheter.implant import through_catheter
from thecal.body.catheter.tubing import (
    _even_places,
    _never_negative,
    _when_pumped,
    dispersion_cm2_h,
    through_tubing,
    tubing_contents_ug,
)

EMPTY = Implant(primed_with_ug_mL=0)
BLURRED = Implant(disperses=True, primed_with_ug_mL=0)
DEAD_ML = EMPTY.dead_volume_mL
BORE = 0.0022


def prime(minutes: float, extra: float = 4.0) -> Inflow:
    """Return a whole catheter pumped so fast, and some more, of 2000 mcg/mL."""
    return Inflow([0, extra * minutes / 60], [DEAD_ML / (minutes / 60)], [2000])


@pytest.mark.parametrize("flow", [0.004, 0.02, 0.1, 2.0])
def test_half_the_change_has_left_at_the_dead_volume(flow: float) -> None:
    inflow = Inflow([0, 5 * DEAD_ML / flow], [flow], [500])

    tip = through_catheter(inflow, BLURRED)

    arrival = DEAD_ML / flow
    at = np.searchsorted(tip.edges_h, arrival)
    assert (tip.rate_ug_h[at - 1] + tip.rate_ug_h[min(at, len(tip.rate_ug_h) - 1)]) / 2 == pytest.approx(
        0.5 * flow * 500, rel=0.06
    )
    assert (np.diff(tip.rate_ug_h) > -1e-9).all()


@given(
    st.lists(st.tuples(st.floats(0.1, 40), st.floats(0, 0.5), st.floats(0, 2000)), min_size=1, max_size=6),
    st.floats(0, 2000),
)
@settings(max_examples=60, deadline=None)
def test_no_drug_is_gained_or_lost_by_blurring(
    steps: list[tuple[float, float, float]], primed: float
) -> None:
    """Whatever was pumped, after four more dead volumes of water everything has come out."""
    hours = np.cumsum([0.0, *(step[0] for step in steps), 4 * DEAD_ML / 0.02])
    inflow = Inflow(hours, [*(step[1] for step in steps), 0.02], [*(step[2] for step in steps), 0.0])

    out = through_catheter(inflow, replace(BLURRED, primed_with_ug_mL=primed)).delivered_ug(hours[-1:])[0]

    given_ug = inflow.infused_ug(hours[-1:])[0] + primed * DEAD_ML
    assert out == pytest.approx(given_ug, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("flow", [0.0167, 2.0])
def test_the_front_is_as_wide_as_taylor_and_aris_say(flow: float) -> None:
    """Two ways: the variance of what leaves, against 2 D t of the textbook in lengths."""
    inflow = Inflow([0, 3 * DEAD_ML / flow], [flow], [1])
    out = through_tubing(inflow, DEAD_ML, 0.0, bore_mL_per_cm=BORE)
    left_mL, steps = out.pumped_mL[1:-1], np.diff(out.concentration_ug_mL)

    middle = steps @ left_mL
    found = steps @ (left_mL - middle) ** 2

    radius, diffusion = math.sqrt(BORE / math.pi), 0.032
    speed, length = flow / BORE, DEAD_ML / BORE
    spread = diffusion + (speed * radius) ** 2 / (48 * diffusion)
    expected = np.mean([2 * spread * left / flow for left in left_mL]) * BORE**2
    assert middle == pytest.approx(DEAD_ML, rel=1e-6)
    assert found == pytest.approx(expected, rel=0.02)
    assert dispersion_cm2_h(np.array([flow]), BORE)[0] == pytest.approx(spread)
    assert length > 0


def test_plug_flow_is_the_limit_of_a_narrow_bore_and_of_slow_flow() -> None:
    """The narrower the bore at one volume, the less radius there is to shear a front."""
    inflow = prime(10)
    plug = through_tubing(inflow, DEAD_ML, 0.0)
    times = np.linspace(0, inflow.edges_h[-1], 200)

    def away(bore: float) -> float:
        out = through_tubing(inflow, DEAD_ML, 0.0, bore_mL_per_cm=bore)
        given_ug, plug_ug = (
            np.interp(times, one.edges_h, np.append(0, np.cumsum(one.rate_ug_h * np.diff(one.edges_h))))
            for one in (out, plug)
        )
        return float(np.max(np.abs(given_ug - plug_ug)))

    assert away(1e-6) < 0.01 * away(BORE)


def test_a_quick_prime_gives_drug_before_its_end_and_holds_some_back() -> None:
    """The recall of 2013: drug mixes with what is in the catheter and leaves before the prime ends."""
    ends = np.array([10 / 60])

    plug = through_catheter(prime(10), EMPTY).delivered_ug(ends)[0]
    blurred = through_catheter(prime(10), BLURRED).delivered_ug(ends)[0]
    slow = through_catheter(Inflow([0, 38], [DEAD_ML / 38], [2000]), BLURRED).delivered_ug(np.array([38.0]))[
        0
    ]

    assert plug == pytest.approx(0, abs=1e-9)
    assert 10 < blurred < 60
    assert slow < blurred


def test_the_small_fronts_are_even_and_of_unit_spread() -> None:
    places = _even_places(40)

    assert places.sum() == pytest.approx(0, abs=1e-12)
    assert np.mean(places**2) == pytest.approx(1)
    assert (np.diff(places) > 0).all()


def test_spinal_fluid_sees_a_blurred_front_a_little_earlier() -> None:
    inflow = Inflow([0, 60], [100 / 24 / 500], [500])

    early = [
        simulate(typical(1), sample_times_h=[37.6, 59], inflow=inflow, implant=one, sites=["lumbar"]).typical(
            csf_at("lumbar")
        )
        for one in (EMPTY, BLURRED)
    ]

    assert early[0][0] == 0 < early[1][0]
    assert early[1][1] == pytest.approx(early[0][1], rel=0.05)


def test_a_balance_of_what_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="disperses is True; allowed: False"):
        balance_mass(typical(1), sample_times_h=[1], inflow=prime(10), implant=BLURRED)
    with pytest.raises(ValueError, match="bore_mL_per_cm is 0 mL/cm; allowed: above 0"):
        Implant(bore_mL_per_cm=0, disperses=True, primed_with_ug_mL=0)


def test_the_small_fronts_are_the_means_of_equal_shares_of_a_bell() -> None:
    bell = [NormalDist().inv_cdf((count + 0.5) / 40_000) for count in range(40_000)]
    shares = np.array(bell).reshape(40, -1).mean(axis=1)

    assert _even_places(40) == pytest.approx(shares / np.sqrt(np.mean(shares**2)), rel=1e-3)


def test_the_dispersion_of_a_flow_is_taylors_and_a_little_more_at_rest() -> None:
    bore = 0.004
    radius, diffusion = math.sqrt(bore / math.pi), load_parameters()["catheter_diffusion_cm2_h"].value

    found = dispersion_cm2_h(np.array([0.0, 0.01, 1.0]), bore)

    speeds = np.array([0.0, 0.01, 1.0]) / bore
    assert found == pytest.approx(diffusion + speeds**2 * radius**2 / (48 * diffusion), rel=1e-12)


def test_a_front_leaves_in_forty_small_ones_around_the_dead_volume() -> None:
    """Edges and strengths, one by one: a front that meets two flows on its way."""
    flow = np.array([0.05, 0.02, 0.05])
    inflow = Inflow([0, 2, 7, 40], flow, [100, 100, 100])

    out = through_tubing(inflow, 0.3, 20.0, bore_mL_per_cm=BORE)

    # 0.1 mL pass in each of the first intervals, and the last 0.1 mL take 2 h more.
    grown = 2 * dispersion_cm2_h(flow, BORE) @ [2, 5, 2]
    at_mL = 0.3 + np.sqrt(grown) * BORE * _even_places(40)
    when = np.interp(at_mL, [0, 0.1, 0.2, 1.85], [0, 2, 7, 40])
    assert out.edges_h == pytest.approx(np.sort([0, 2, 7, 40, *when]), rel=1e-12)
    content = np.append(20 + 80 * np.arange(41) / 40, 100)
    at = np.interp((out.edges_h[1:] + out.edges_h[:-1]) / 2, [0, 2, 7, 40], inflow.pumped_mL)
    assert out.concentration_ug_mL == pytest.approx(content[np.searchsorted(at_mL, at)], rel=1e-9)
    assert out.flow_mL_h.tolist() == [
        flow[np.searchsorted([2, 7], edge, side="right")] for edge in out.edges_h[:-1]
    ]


def test_a_front_that_enters_later_spreads_only_from_then_on() -> None:
    inflow = Inflow([0, 5, 60], [0.1, 0.02], [0, 100])

    out = through_tubing(inflow, 0.3, 0.0, bore_mL_per_cm=BORE)

    at_mL = 0.8 + np.sqrt(2 * dispersion_cm2_h(np.array([0.02]), BORE)[0] * 15) * BORE * _even_places(40)
    assert out.edges_h == pytest.approx([0, 5, *(5 + (at_mL - 0.5) / 0.02), 60], rel=1e-12)


def test_a_front_still_on_its_way_has_spread_for_the_time_that_there_was() -> None:
    inflow = Inflow([0, 14.9], [0.02], [100])

    out = through_tubing(inflow, 0.3, 0.0, bore_mL_per_cm=BORE)

    at_mL = 0.3 + np.sqrt(2 * dispersion_cm2_h(np.array([0.02]), BORE)[0] * 14.9) * BORE * _even_places(40)
    assert 0 < (at_mL < 0.298).sum() < 40
    assert out.edges_h == pytest.approx([0, *(at_mL[at_mL < 0.298] / 0.02), 14.9], rel=1e-12)


def test_a_front_is_at_most_a_fifth_of_the_volume_wide() -> None:
    inflow = Inflow([0, 0.1], [60], [100])

    out = through_tubing(inflow, 0.3, 0.0, bore_mL_per_cm=0.05)

    assert out.pumped_mL[1:-1] == pytest.approx(0.3 + 0.2 * 0.3 * _even_places(40), rel=1e-12)


def test_fronts_that_overtake_each_other_leave_in_the_order_of_their_places() -> None:
    """Water, then drug pumped fast: the second front is wider than the way between the two."""
    inflow = Inflow([0, 0.5, 30], [0.02, 0.02], [300, 0])

    out = through_tubing(inflow, 0.3, 100.0, bore_mL_per_cm=BORE)

    spread = [np.sqrt(2 * dispersion_cm2_h(np.array([0.02]), BORE)[0] * 15) * BORE] * 2
    fronts = [
        (at + width * place, step / 40)
        for at, width, step in zip([0.3, 0.31], spread, [200, -300], strict=True)
        for place in _even_places(40)
    ]
    fronts.sort()
    times = np.array([0.0, 12, 14, 15, 16, 17, 20, 30])
    volumes = 0.02 * times
    expected = [
        100 * volume + sum(step * (volume - at) for at, step in fronts if at < volume) for volume in volumes
    ]
    assert np.interp(times, out.edges_h, _dose_before(out)) == pytest.approx(expected, rel=1e-9)


def _dose_before(out: Inflow) -> np.ndarray:
    return np.append(0.0, np.cumsum(out.rate_ug_h * np.diff(out.edges_h)))


def test_a_volume_of_zero_returns_the_inflow_unchanged() -> None:
    inflow = Inflow([0, 5, 9], [0.1, 0.02], [0, 100])

    for bore in (None, BORE):
        out = through_tubing(inflow, 0.0, 50.0, bore_mL_per_cm=bore)
        assert out.edges_h.tolist() == [0, 5, 9]
        assert out.concentration_ug_mL.tolist() == [0, 100]
        assert out.flow_mL_h.tolist() == [0.1, 0.02]


def test_tubing_primed_with_the_inflow_changes_nothing() -> None:
    inflow = Inflow([0, 5, 9], [0.1, 0.02], [100, 100])

    out = through_tubing(inflow, 0.3, 100.0, bore_mL_per_cm=BORE)

    assert out.edges_h.tolist() == [0, 5, 9]
    assert out.concentration_ug_mL.tolist() == [100, 100]


def test_plugs_leave_the_tubing_in_their_order() -> None:
    inflow = Inflow([0, 4, 8, 16], [0.1, 0.0, 0.05], [50, 70, 90])

    out = through_tubing(inflow, 0.25, 10.0)

    assert out.edges_h.tolist() == pytest.approx([0, 2.5, 4, 8, 13, 16])
    assert out.flow_mL_h.tolist() == [0.1, 0.1, 0.0, 0.05, 0.05]
    assert out.concentration_ug_mL[[0, 1, 3, 4]].tolist() == [10, 50, 50, 90]


def test_the_contents_are_the_sum_of_the_plugs_inside() -> None:
    inflow = Inflow([0, 4, 8], [0.1, 0.05], [50, 90])

    held = tubing_contents_ug(inflow, 0.25, 10.0, np.array([0.0, 1.0, 4.0, 8.0]))

    assert held.tolist() == pytest.approx([2.5, 0.15 * 10 + 0.1 * 50, 0.25 * 50, 0.05 * 50 + 0.2 * 90])
    assert tubing_contents_ug(Inflow.nothing(), 0.25, 10.0, np.array([1.0])).tolist() == [2.5]


def test_a_volume_is_pumped_when_it_first_is() -> None:
    inflow = Inflow([1, 3, 5, 9], [0.5, 0.0, 0.25], [1, 1, 1])

    found = _when_pumped(inflow, np.array([0.0, 0.25, 1.0, 1.5, 2.0]))

    assert found.tolist() == [1.0, 1.5, 3.0, 7.0, 9.0]


def test_a_volume_at_the_start_of_a_pause_is_pumped_when_the_pause_begins() -> None:
    inflow = Inflow([0, 2, 5], [0.0, 0.5], [1, 1])

    assert _when_pumped(inflow, np.array([0.0, 0.5])).tolist() == [0.0, 3.0]


@pytest.mark.parametrize(
    ("leaves", "content", "kept"),
    [
        ([], [5.0], [5.0]),
        ([1.0], [0.0, 4.0], [0.0, 4.0]),
        ([1.0, 2.0, 4.0], [0.0, 3.0, 5.0, 2.0], [0.0, 3.0, 5.0, 2.0]),
        # A dip of 2 ug is filled by what rises next.
        ([1.0, 2.0, 3.0, 4.0], [0.0, 3.0, -2.0, 5.0, 1.0], [0.0, 3.0, 0.0, 3.0, 1.0]),
        # A dip at the end takes from what came before it: none is gained.
        ([1.0, 3.0, 5.0], [0.0, 3.0, -2.0, 0.0], [0.0, 1.0, 0.0, 0.0]),
        # Two fronts at one place have nothing between them.
        ([1.0, 1.0, 2.0], [0.0, 3.0, 5.0, 1.0], [0.0, 0.0, 5.0, 1.0]),
        ([1.0, 2.0], [0.0, 3.0, -1e-17], [0.0, 3.0, 0.0]),
    ],
)
def test_dips_below_nothing_are_filled_and_no_drug_is_gained_or_lost(
    leaves: list[float], content: list[float], kept: list[float]
) -> None:
    assert _never_negative(np.array(leaves), np.array(content)).tolist() == kept


def test_a_pause_at_the_end_lets_nothing_out() -> None:
    inflow = Inflow([0, 2, 5], [0.5, 0.0], [100, 300])

    for volume, content in ((0.0, 100), (0.25, 10)):
        out = through_tubing(inflow, volume, 10.0)
        assert (out.edges_h[0], out.edges_h[-1]) == (0, 5)
        assert out.flow_mL_h[[0, -1]].tolist() == [0.5, 0.0]
        assert out.concentration_ug_mL[0] == content


@pytest.mark.parametrize(("apart", "middle"), [((0, 1), 0), ((1, 2), 2)], ids=["first", "second"])
def test_times_a_hair_apart_stay_separate(apart: tuple[int, int], middle: int) -> None:
    """The middle of two neighbouring floats is one of them: the even one."""
    begin, end = (5.0 + count * float(np.spacing(5.0)) for count in apart)
    assert (begin + end) / 2 == 5.0 + middle * np.spacing(5.0)
    inflow = Inflow([0, begin, end], [0.5, 0.25], [100, 300])

    out = through_tubing(inflow, 0.1, 10.0)

    assert out.edges_h.tolist() == [0, 0.2, begin, end]
    assert out.flow_mL_h.tolist() == [0.5, 0.5, 0.25]


def test_a_front_that_is_soon_through_has_hardly_spread() -> None:
    inflow = Inflow([0, 9], [0.02], [100])

    out = through_tubing(inflow, 0.02, 0.0, bore_mL_per_cm=BORE)

    spread = np.sqrt(2 * dispersion_cm2_h(np.array([0.02]), BORE)[0]) * BORE
    assert spread < 0.2 * 0.02
    assert out.pumped_mL[1:-1] == pytest.approx(0.02 + spread * _even_places(40), rel=1e-12)
