"""The contour against the formulas of Weideman and Trefethen, and transforms of known inverse."""

from __future__ import annotations

import cmath
import math
import re

import numpy as np
import pytest

from thecal.body.engine.contour import _ANGLES, MOST_NODES, fresh_contour


def width(angle: float, ratio: float) -> float:
    """Return A of the paper's section 4."""
    above = (math.pi - 2 * angle) * ratio + 4 * angle - math.pi
    return math.acosh(above / ((4 * angle - math.pi) * math.sin(angle)))


def best(ratio: float) -> tuple[float, float]:
    """Return the angle at which the error falls most with every node, and by how much, B."""
    return max((math.pi * (math.pi - 2 * angle) / width(angle, ratio), angle) for angle in _ANGLES)[::-1]


@pytest.mark.parametrize(("ratio", "tolerance"), [(1, 0.1), (60, 1e-9), (720 * 3600, 1e-12)])
def test_nodes_and_weights_are_the_papers(ratio: float, tolerance: float) -> None:
    longest = 300.0

    found = fresh_contour(longest / ratio, longest, tolerance)

    angle, rate = best(ratio)
    count = math.ceil(math.log(4 / tolerance) / rate)
    step = width(angle, ratio) / count
    scale = (4 * math.pi * angle - math.pi**2) / width(angle, ratio) * count / longest
    along = [1j * (node + 0.5) * step - angle for node in range(count)]
    assert found.nodes == pytest.approx(np.array([scale * (1 + cmath.sin(at)) for at in along]), rel=1e-9)
    weights = np.array([step * scale / math.pi * cmath.cos(at) for at in along])
    assert found.weights == pytest.approx(weights, rel=1e-9)


@pytest.mark.parametrize("rate", [0.0, 0.01, 3.0, 500.0])
def test_a_decay_comes_back_from_its_transform_at_every_lag(rate: float) -> None:
    found = fresh_contour(0.01, 300, 1e-10)
    lags = np.geomspace(0.01, 300, 50)

    back = (np.exp(np.outer(lags, found.nodes)) @ (found.weights / (found.nodes + rate))).real

    assert np.max(np.abs(back - np.exp(-rate * lags))) < 2e-10


def test_a_small_share_asks_for_the_nodes_of_a_small_tolerance_and_no_more() -> None:
    angle, rate = best(60)
    floor = math.ceil(math.log(4 / 1e-14) / rate)

    counts = [
        len(fresh_contour(1, 60, tolerance, share=share, more_nodes=more).nodes)
        for tolerance, share, more in [
            (1e-6, 1, 0),
            (1e-6, 1e-3, 0),
            (1e-9, 1, 0),
            (1e-9, 1e-9, 0),
            (1e-14, 1, 0),
            (1e-6, 1, 5),
        ]
    ]

    six, nine = (math.ceil(math.log(4 / tolerance) / rate) for tolerance in (1e-6, 1e-9))
    assert counts == [six, nine, nine, floor, floor, six + 5]
    assert angle > math.pi / 4


def test_the_least_tolerance_in_reach_is_allowed_and_takes_all_the_nodes() -> None:
    _, rate = best(262_000 / 1e-9)
    least = 4 * math.exp(-rate * MOST_NODES)

    assert len(fresh_contour(1e-9, 262_000, least * (1 + 1e-9)).nodes) == MOST_NODES
    with pytest.raises(ValueError, match=f"allowed: {least:.1g} to 0.1 for lags from 1e-09 to 262000 h$"):
        fresh_contour(1e-9, 262_000, least * (1 - 1e-9))
    assert len(fresh_contour(1, 60, 1e-14).nodes) < MOST_NODES


@pytest.mark.parametrize(
    ("requested", "said"),
    [
        ((1.0, 720.0, 1e-15), "tolerance is 1e-15; allowed: 1e-14 to 0.1 for lags from 1 to 720 h"),
        ((1.0, 2.0, 0.5), "tolerance is 0.5; allowed: 1e-14 to 0.1 for lags from 1 to 2 h"),
        ((1.0, 2.0, float("nan")), "tolerance is nan; allowed: 1e-14 to 0.1 for lags from 1 to 2 h"),
        ((2.0, 1.0, 1e-9), "shortest_h is 2 h; allowed: above 0, to longest_h, 1 h"),
        ((0.0, 1.0, 1e-9), "shortest_h is 0 h; allowed: above 0, to longest_h, 1 h"),
        ((1.0, float("nan"), 1e-9), "longest_h is nan h; allowed: 0 to 263520 h"),
        ((1.0, -1.0, 1e-9), "longest_h is -1 h; allowed: 0 to 263520 h"),
        ((0.0, 0.0, 1e-9), "shortest_h is 0 h; allowed: above 0, to longest_h, 0 h"),
    ],
)
def test_a_contour_out_of_reach_says_what_is_in_reach(
    requested: tuple[float, float, float], said: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        fresh_contour(*requested)
