"""From drug in the cord to muscle tone: a sigmoid, read as an Ashworth score.

The delay between cord and effect is a compartment of the network (``ensemble``); what is left is pointwise:
the fall is (before - 1) x C^n / (EC50^n + C^n), down to grade 1, normal tone (docs/science/body.md, eq. 7).
Taking the full fall as possible is an assumption that Penn 1989's long-term mean of 1.0 supports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from thecal.body.scales.scale import ASHWORTH_1_5

if TYPE_CHECKING:
    from thecal.body.bounds import Floats


_AT_ONCE = 32
"""Patients whose curves a processor's cache holds, so that the steps of the formula cost no way to memory."""


def tone(
    effect_site_ng_mL: Floats,
    *,
    before: Floats,
    ec50_ng_mL: Floats,
    steepness: Floats,
    out: Floats | None = None,
) -> Floats:
    """Return the Ashworth (1-5) score for each patient and time, as precise as the concentrations.

    Args:
        effect_site_ng_mL: from 0 up; shape ``(P, T)``.
        before: score without the drug, 1 to 5; shape ``(P,)``.
        ec50_ng_mL: concentration of half the fall; shape ``(P,)``.
        steepness: Hill coefficient; shape ``(P,)``.
        out: array for the scores; the array of the levels may be used again.
    """

    def column(of: Floats) -> Floats:
        return of[:, np.newaxis].astype(effect_site_ng_mL.dtype)

    out = np.empty_like(effect_site_ng_mL) if out is None else out
    power, fall = column(steepness), column(before - ASHWORTH_1_5.normal)
    # (C / EC50)^n is exp(n log C - n log EC50), at less than half the price.
    half = column(steepness * np.log(ec50_ng_mL))
    for first in range(0, len(out), _AT_ONCE):
        rows = slice(first, first + _AT_ONCE)
        score = out[rows]
        with np.errstate(divide="ignore"):
            np.log(effect_site_ng_mL[rows], out=score)
        score *= power[rows]
        score -= half[rows]
        np.exp(score, out=score)
        score += 1.0
        np.divide(fall[rows], score, out=score)
        score += ASHWORTH_1_5.normal
    return out
