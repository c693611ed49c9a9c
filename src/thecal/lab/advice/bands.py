"""Bands of tone, of examinations and of hours, from patients who could be this one.

Errors are evenly spaced quantiles of their law, and no dice are thrown: the same patients give the same band.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from thecal.body import ASHWORTH_1_5
from thecal.lab.advice.advice import Hours, Range, ScoreRange
from thecal.lab.advice.choices import (
    DECIMALS,
    GAIN_ERROR_GRADES,
    GAIN_ERROR_SHARE,
    PATTERN_ERROR_SHARE,
    PERCENT,
)
from thecal.lab.advice.evidence import examiner_sd, from_tone

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from thecal.body import Scale

    Floats = NDArray[np.float64]

_QUANTILES = 9
_PLACES = np.array([NormalDist().inv_cdf((place + 0.5) / _QUANTILES) for place in range(_QUANTILES)])
_DEVIATES = _PLACES / _PLACES.std()
"""So few quantiles have less spread than their law; scaled they have the same."""
_WANTED = (PERCENT[-1] - PERCENT[0]) / 100
_erf = np.frompyfunc(math.erf, 1, 1)


def tone_band(drawn: Floats, error: float) -> Floats:
    """Return low, middle and high of the true tone; from shape ``(P, ...)`` to ``(3, ...)``.

    Args:
        drawn: tone of the patients, Ashworth 1-5.
        error: SD of a real patient around the model's, grades.
    """
    return np.asarray(np.percentile(_with_error(drawn, error), PERCENT, axis=0).round(DECIMALS))


def tone_range(drawn: Floats, error: float) -> Range:
    """Return the band of the true tone; from shape ``(P,)``, as ``tone_band``."""
    return _range(tone_band(drawn, error))


def gain_range(drawn: Floats, *, in_pattern: bool) -> Range:
    """Return the band of a gain, grades; from shape ``(P,)``. Of nothing it is nothing.

    Args:
        drawn: the gain of each patient.
        in_pattern: whether only the pattern over the day is changed.
    """
    if not drawn.any():
        return Range(low=0.0, middle=0.0, high=0.0)
    share = PATTERN_ERROR_SHARE if in_pattern else GAIN_ERROR_SHARE
    errors = _DEVIATES[:, np.newaxis] * np.hypot(share * drawn, GAIN_ERROR_GRADES)
    return _range(np.percentile(drawn + errors, PERCENT))


def score_range(drawn: Floats, scale: Scale, error: float) -> ScoreRange:
    """Return the run of whole grades whose share of examinations is nearest to 90 %.

    Of two as near the fuller one is taken.

    Args:
        drawn: tone, Ashworth 1-5; shape ``(P,)``.
        scale: on which the examiner grades.
        error: SD of a real patient around the model's, grades.
    """
    grades = np.arange(ASHWORTH_1_5.lowest, ASHWORTH_1_5.highest + 1)
    ends = (grades[:-1] + grades[1:]) / 2
    errors = (ends - _with_error(drawn, error)[:, np.newaxis]) / (examiner_sd(scale) * math.sqrt(2))
    below = 0.5 + np.mean(np.asarray(_erf(errors), dtype=np.float64), axis=0) / 2
    upto = np.concatenate((np.zeros(1), below, np.ones(1)))
    runs = [(first, last) for first in range(len(grades)) for last in range(first, len(grades))]
    shares = {run: round(float(upto[run[1] + 1] - upto[run[0]]), 3) for run in runs}
    first, last = min(runs, key=lambda run: (round(abs(shares[run] - _WANTED), 3), -shares[run], run))
    middle = int(np.searchsorted(upto[1:], 0.5))
    low, at, high = (from_tone(scale, float(grades[place])) for place in (first, middle, last))
    return ScoreRange(low=low, middle=at, high=high, share=shares[first, last], scale=scale.scale_id)


def hours_until(crossed: Floats, hours: Floats) -> Floats:
    """Return when each patient's curve first rises above 0; infinite where it does not.

    Args:
        crossed: curves; shape ``(P, T)``.
        hours: of the samples, increasing; shape ``(T,)``.
    """
    above = crossed >= 0
    first = np.argmax(above, axis=1)
    rows = np.arange(len(crossed))
    earlier = np.maximum(first - 1, 0)
    low, high = crossed[rows, earlier], crossed[rows, first]
    share = np.where(first > 0, -low / np.where(high > low, high - low, 1.0), 0.0)
    found = hours[earlier] + share * (hours[first] - hours[earlier])
    return np.where(above.any(axis=1), found, np.inf)


def hours_band(found: Floats) -> Hours:
    """Return the band of hours, None where they are infinite."""
    low, middle, high = np.percentile(found, PERCENT, method="inverted_cdf")
    return Hours(low=_finite(low), middle=_finite(middle), high=_finite(high))


def _finite(value: float) -> float | None:
    return round(float(value), DECIMALS) if math.isfinite(value) else None


def _with_error(drawn: Floats, error: float) -> Floats:
    errors = error * _DEVIATES.reshape(-1, *[1] * drawn.ndim)
    found = (drawn + errors).reshape(-1, *drawn.shape[1:])
    return np.asarray(np.clip(found, ASHWORTH_1_5.lowest, ASHWORTH_1_5.highest))


def _range(band: Floats) -> Range:
    low, middle, high = (round(float(one), DECIMALS) for one in band)
    return Range(low=low, middle=middle, high=high)
