"""What is made of a curve: peaks, falls, times and half-lives, for every patient at once.

``t_h`` are sample times in hours, shape ``(T,)``; ``curve`` holds one row for each patient, shape ``(P, T)``;
every result has shape ``(P,)``. Between samples a curve is taken to be a straight line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from thecal.lab.scenario import Metric

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from thecal.lab.scenario import Observation

    Floats = npt.NDArray[np.float64]

_DAY_H = 24.0
STEADY_WITHIN = 0.01
"""Two days whose means differ by less than this share of the later one are steady."""


def measure(t_h: Floats, curve: Floats, observation: Observation) -> Floats:
    """Return one number for each patient; infinity where what was asked for never comes.

    Args:
        t_h: the samples of the observation's window.
        curve: the observed curve at them.
        observation: what is asked; any metric but a reading.

    Raises:
        ValueError: a reading, which has a number for each of its times.
    """
    threshold = observation.threshold
    if observation.metric in _OVER_THRESHOLD and threshold is not None:
        count, sign = _OVER_THRESHOLD[observation.metric]
        return count(t_h, sign * (curve - threshold))
    if observation.metric in _OF_CURVE:
        return _OF_CURVE[observation.metric](t_h, curve)
    raise ValueError(f"a {observation.metric.value} has a number for each of its times: read the curve")


def is_steady(t_h: Floats, curve: Floats) -> bool:
    """Say whether the median patient's last day differs by less than 1 % from the day before."""
    last = float(np.median(_mean(t_h, curve, t_h[-1] - _DAY_H, t_h[-1])))
    before = float(np.median(_mean(t_h, curve, t_h[-1] - 2 * _DAY_H, t_h[-1] - _DAY_H)))
    return abs(last - before) <= STEADY_WITHIN * abs(last)


def _mean(t_h: Floats, curve: Floats, start_h: float, end_h: float) -> Floats:
    """Return the mean of each curve over a stretch of time, by the trapezoidal rule."""
    inside = t_h[(t_h > start_h) & (t_h < end_h)]
    at = np.concatenate(([start_h], inside, [end_h]))
    values = np.stack([np.interp(at, t_h, row) for row in curve])
    return np.asarray(np.trapezoid(values, at, axis=1) / (end_h - start_h))


def _first_above(t_h: Floats, over: Floats) -> Floats:
    """Return when each row is first at or above 0, after the start; infinity where it never is."""
    above = over >= 0
    index = above.argmax(axis=1)
    rows = np.arange(len(over))
    before = np.maximum(index - 1, 0)
    rise = over[rows, index] - over[rows, before]
    share = np.divide(-over[rows, before], rise, out=np.zeros(len(over)), where=(index > 0) & (rise > 0))
    crossed = t_h[before] + share * (t_h[index] - t_h[before])
    return np.asarray(np.where(above.any(axis=1), crossed - t_h[0], np.inf))


def _time_above(t_h: Floats, over: Floats) -> Floats:
    """Return how long each row is above 0."""
    earlier, later = over[:, :-1], over[:, 1:]
    positive = np.maximum(earlier, 0) + np.maximum(later, 0)
    whole = np.abs(earlier) + np.abs(later)
    share = np.divide(positive, whole, out=np.zeros_like(whole), where=whole > 0)
    return np.asarray(share @ np.diff(t_h))


def _half_life(t_h: Floats, curve: Floats) -> Floats:
    """Return the half-life of a straight line fitted to the logarithm; infinity where it does not fall."""
    logs = np.log(np.maximum(curve, np.finfo(float).tiny))
    centred = t_h - t_h.mean()
    slope = (logs @ centred) / (centred @ centred)
    return np.asarray(np.divide(np.log(2), -slope, out=np.full(len(curve), np.inf), where=slope < 0))


def _steady_state(t_h: Floats, curve: Floats) -> Floats:
    return _mean(t_h, curve, t_h[-1] - _DAY_H, t_h[-1])


def _highest(_: Floats, curve: Floats) -> Floats:
    return np.asarray(curve.max(axis=1))


def _lowest(_: Floats, curve: Floats) -> Floats:
    return np.asarray(curve.min(axis=1))


def _time_of_highest(t_h: Floats, curve: Floats) -> Floats:
    return np.asarray(t_h[curve.argmax(axis=1)] - t_h[0])


def _time_of_lowest(t_h: Floats, curve: Floats) -> Floats:
    return np.asarray(t_h[curve.argmin(axis=1)] - t_h[0])


def _fall(_: Floats, curve: Floats) -> Floats:
    return np.asarray(curve[:, 0] - curve.min(axis=1))


_OVER_THRESHOLD: dict[Metric, tuple[Callable[[Floats, Floats], Floats], float]] = {
    Metric.FIRST_ABOVE: (_first_above, 1.0),
    Metric.FIRST_BELOW: (_first_above, -1.0),
    Metric.TIME_ABOVE: (_time_above, 1.0),
    Metric.TIME_BELOW: (_time_above, -1.0),
}
_OF_CURVE: dict[Metric, Callable[[Floats, Floats], Floats]] = {
    Metric.HIGHEST: _highest,
    Metric.LOWEST: _lowest,
    Metric.TIME_OF_HIGHEST: _time_of_highest,
    Metric.TIME_OF_LOWEST: _time_of_lowest,
    Metric.FALL: _fall,
    Metric.STEADY_STATE: _steady_state,
    Metric.HALF_LIFE: _half_life,
}
