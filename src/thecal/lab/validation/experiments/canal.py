"""Experiments on where along the canal the drug is: shares of what is in the spinal fluid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from thecal.body import VERTEBRAE, csf_at, height_of
from thecal.lab.validation.cohort import INFUSION_CELLS_PER_CM
from thecal.lab.validation.experiments.administration import infused

if TYPE_CHECKING:
    from thecal.lab.validation.cohort import Cohort
    from thecal.lab.validation.experiments.administration import Floats

_PIECES = 600
_DOSE_UG_DAY = 100.0
"""Any: shares do not depend on it."""


def share_below(cohort: Cohort, *, after_h: float) -> Floats:
    """Return the share of the drug in the canal that is below the tip, that long after an infusion began."""
    heights, found, _ = _drug_by_height(cohort, after_h)
    return _share(found, np.broadcast_to(heights < _tip(cohort), found.shape))


def share_above(cohort: Cohort, *, after_h: float) -> Floats:
    """Return the share of the drug in the canal that is above the tip, that long after an infusion began."""
    return 1.0 - share_below(cohort, after_h=after_h)


def share_near(cohort: Cohort, *, within_cm: float, after_h: float) -> Floats:
    """Return the share of the drug in the canal within so many cm of the tip."""
    heights, found, length_cm = _drug_by_height(cohort, after_h)
    away_cm = np.abs(heights - _tip(cohort)) * length_cm[:, np.newaxis]
    return _share(found, away_cm <= within_cm)


def spread_about_tip(cohort: Cohort, *, share: float, after_h: float) -> Floats:
    """Return within how many cm of the tip this share of the drug in the canal is."""
    heights, found, length_cm = _drug_by_height(cohort, after_h)
    away = np.abs(heights - _tip(cohort))
    outwards = np.argsort(away)
    within = np.cumsum(found[:, outwards], axis=1) / np.sum(found, axis=1, keepdims=True)
    farthest = away[outwards][np.argmax(within >= share, axis=1)]
    return np.asarray(farthest * length_cm)


def _drug_by_height(cohort: Cohort, after_h: float) -> tuple[Floats, Floats, Floats]:
    """Return pieces of the canal from 0 to 1, the drug in each for every patient, and the canals' lengths."""
    levels = list(VERTEBRAE)
    response = infused(cohort, _DOSE_UG_DAY, np.array([after_h]), sites=levels)
    body = cohort.ensemble(INFUSION_CELLS_PER_CM)
    edges = np.linspace(0.0, 1.0, _PIECES + 1)
    heights = (edges[1:] + edges[:-1]) / 2
    places = np.array([height_of(level) for level in levels]) / _reference_cm()
    levels_ng_mL = np.stack([response.patients(csf_at(level))[:, 0] for level in levels], axis=1)
    pieces_ng_mL = np.stack([np.interp(heights, places, one) for one in levels_ng_mL])
    volumes = np.diff(body.anatomy.csf_below(edges))
    return heights, pieces_ng_mL * volumes, body.patients["canal_length_cm"][1:]


def _reference_cm() -> float:
    return max(top for _, top in VERTEBRAE.values())


def _tip(cohort: Cohort) -> float:
    return height_of(cohort.tip) / _reference_cm()


def _share(found: Floats, counted: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Floats:
    return np.asarray(np.sum(found * counted, axis=1) / np.sum(found, axis=1))
