"""The band of a single measurement: patients differ, and whoever measures them errs.

Each patient's curve is spread by evenly spaced quantiles of the error, so that no dice are thrown.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from thecal.body import AGREEMENT, ASHWORTH_1_5, examination_sd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EXAMINER_SD = examination_sd(AGREEMENT[ASHWORTH_1_5.scale_id].middle)
"""Grades: one examination, from the agreement of raters (PMC2330046 [V]) and Penn 1989's SD of scores [D]."""
ASSAY_SHARE = 0.15
"""SD of a laboratory's value over the value; assumed: what ICH M10 allows a validated method [M]."""

_QUANTILES = 51
_DEVIATES = np.array([NormalDist().inv_cdf((place + 0.5) / _QUANTILES) for place in range(_QUANTILES)])
_PERCENT = (5.0, 50.0, 95.0)


def measured(true: Floats, *, graded: bool) -> Floats:
    """Return 5, 50 and 95 % of single measurements; shape ``(3, T)``.

    Args:
        true: the patients' curves, Ashworth 1-5 or ng/mL; shape ``(P, T)``.
        graded: whether an examiner gives a grade, or else a laboratory a concentration.
    """
    errors = _DEVIATES[:, np.newaxis, np.newaxis]
    if graded:
        readings = np.clip(true + EXAMINER_SD * errors, ASHWORTH_1_5.lowest, ASHWORTH_1_5.highest)
    else:
        readings = true * (1.0 + ASSAY_SHARE * errors)
    return np.asarray(np.percentile(readings, _PERCENT, axis=(0, 1), method="hazen"), dtype=np.float64)
