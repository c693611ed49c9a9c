"""What is made of a curve, against curves of which the answer is known."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.lab.run.metrics import is_steady, measure
from thecal.lab.scenario import Metric, Observation

T_H = np.linspace(2.0, 12.0, 101)
HILL = np.stack([5 - np.abs(T_H - 7.0), 10 - 2 * np.abs(T_H - 7.0)])


def observation(metric: Metric, threshold: float | None = None) -> Observation:
    return Observation(
        name="x",
        quantity="concentration",
        site="lumbar",
        curve="csf_lumbar_ng_mL",
        unit="ng/mL",
        metric=metric,
        at=(),
        start=timedelta(hours=2),
        end=timedelta(hours=12),
        threshold=threshold,
        expected=None,
    )


@pytest.mark.parametrize(
    ("metric", "threshold", "answers"),
    [
        (Metric.HIGHEST, None, (5, 10)),
        (Metric.LOWEST, None, (0, 0)),
        (Metric.TIME_OF_HIGHEST, None, (5, 5)),
        (Metric.TIME_OF_LOWEST, None, (0, 0)),
        (Metric.FALL, None, (0, 0)),
        (Metric.FIRST_ABOVE, 2.55, (2.55, 1.275)),
        (Metric.FIRST_ABOVE, 7.0, (np.inf, 3.5)),
        (Metric.FIRST_BELOW, 1.0, (0, 0)),
        (Metric.TIME_ABOVE, 2.0, (6, 8)),
        (Metric.TIME_BELOW, 2.0, (4, 2)),
    ],
)
def test_a_metric_of_a_hill_is_what_its_word_says(
    metric: Metric, threshold: float | None, answers: tuple[float, float]
) -> None:
    assert measure(T_H, HILL, observation(metric, threshold)) == pytest.approx(answers, abs=1e-9)


def test_a_fall_counts_from_the_window_start_and_times_from_there_too() -> None:
    falling = (14.0 - T_H)[np.newaxis, :]

    assert measure(T_H, falling, observation(Metric.FALL)) == pytest.approx([10])
    assert measure(T_H, falling, observation(Metric.FIRST_BELOW, 7.0)) == pytest.approx([5])


def test_a_half_life_is_that_of_the_exponential() -> None:
    decays = np.stack([np.exp2(-T_H / 3.0), 7 * np.exp2(-T_H / 0.5), np.ones_like(T_H)])

    assert measure(T_H, decays, observation(Metric.HALF_LIFE)) == pytest.approx([3.0, 0.5, np.inf])


def test_a_steady_state_is_the_mean_of_the_last_day_and_needs_two_alike() -> None:
    t_h = np.linspace(0, 72, 289)
    level = np.full((1, 289), 4.0)
    rising = t_h[np.newaxis, :]

    assert measure(t_h, level, observation(Metric.STEADY_STATE)) == pytest.approx([4])
    assert measure(t_h, rising, observation(Metric.STEADY_STATE)) == pytest.approx([60])
    assert is_steady(t_h, level)
    assert not is_steady(t_h, rising)


def test_a_daily_pattern_that_repeats_is_steady() -> None:
    t_h = np.linspace(0, 96, 385)

    assert is_steady(t_h, (2 + np.sin(t_h / 24 * 2 * np.pi))[np.newaxis, :])


def test_a_reading_is_no_number_of_a_window() -> None:
    with pytest.raises(ValueError, match="a reading has a number for each of its times"):
        measure(T_H, HILL, observation(Metric.READING))


@given(
    curve=st.lists(st.floats(0, 10), min_size=2, max_size=30),
    threshold=st.floats(0.5, 9.5),
)
def test_time_above_and_time_below_are_the_whole_window(curve: list[float], threshold: float) -> None:
    t_h = np.arange(len(curve), dtype=float)
    rows = np.array([curve])

    above = measure(t_h, rows, observation(Metric.TIME_ABOVE, threshold))
    below = measure(t_h, rows, observation(Metric.TIME_BELOW, threshold))
    level = sum(one == other == threshold for one, other in pairwise(curve))

    assert above + below + level == pytest.approx([t_h[-1]])
