from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from body.bodies import typical
from thecal.body import Implant, Inflow, balance_mass, csf_at, simulate
from thecal.body.catheter import through_catheter
from thecal.body.tube import _even_places, dispersion_cm2_h, through_tube

EMPTY = Implant()
BLURRED = Implant(disperses=True)
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
    out = through_tube(inflow, DEAD_ML, 0.0, bore_mL_per_cm=BORE)
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


def test_plug_flow_is_the_limit_of_a_narrow_tube_and_of_slow_flow() -> None:
    """The narrower the bore at one volume, the less radius there is to shear a front."""
    inflow = prime(10)
    plug = through_tube(inflow, DEAD_ML, 0.0)
    times = np.linspace(0, inflow.edges_h[-1], 200)

    def away(bore: float) -> float:
        out = through_tube(inflow, DEAD_ML, 0.0, bore_mL_per_cm=bore)
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
    places = _even_places()

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
        Implant(bore_mL_per_cm=0, disperses=True)
