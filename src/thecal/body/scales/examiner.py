"""A score as an examiner would write it: the true tone, disturbed as much as examiners differ.

An intraclass correlation says which part of the variance of scores lies between patients. With the SD of
scores the error of one examination is SD sqrt(1 - ICC); the SD is Penn 1989's 1.0 grade [D].
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.bounds import number
from thecal.body.scales.scale import ASHWORTH_0_4, ASHWORTH_1_5, MODIFIED_ASHWORTH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thecal.body.bounds import Floats
    from thecal.body.scales.scale import Scale

SCORES_SD = 1.0
"""Grades: Penn 1989, NEJM 320:1517, Ashworth before treatment 4.0 (SD 1.0), n = 20 [V]."""
_CORRELATIONS = "children with cerebral palsy, pmc.ncbi.nlm.nih.gov/articles/PMC2330046 [V]"


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Intraclass correlations as measured, lowest and highest muscle.

    Args:
        between_raters: of two examiners.
        retest: of one examiner on two days.
        source: who measured.
    """

    between_raters: tuple[float, float]
    retest: tuple[float, float]
    source: str = _CORRELATIONS

    @property
    def middle(self) -> float:
        """Middle of the correlations between raters."""
        return sum(self.between_raters) / 2


_ASHWORTH = Agreement(between_raters=(0.54, 0.78), retest=(0.31, 0.82))
AGREEMENT: Mapping[str, Agreement] = MappingProxyType(
    {
        ASHWORTH_0_4.scale_id: _ASHWORTH,
        ASHWORTH_1_5.scale_id: _ASHWORTH,
        MODIFIED_ASHWORTH.scale_id: Agreement(between_raters=(0.61, 0.87), retest=(0.36, 0.83)),
    }
)
"""Of each scale that was measured, by ``scale_id``; for the others nothing was read."""


def examination_sd(correlation: float, scores_sd: float = SCORES_SD) -> float:
    """Return the error of one examination, grades, that an intraclass correlation stands for."""
    number("correlation", correlation, "1", low=0, high=1)
    number("scores_sd", scores_sd, "grades", low=0, high=10)
    return scores_sd * math.sqrt(1.0 - correlation)


def examine(
    values: Floats, scale: Scale, *, seed: int, correlation: float | None = None, in_grades: bool = True
) -> Floats:
    """Return scores as examiners would give them; shape of ``values``.

    >>> from thecal.body import ASHWORTH_1_5
    >>> examine(np.array([1.4, 3.2]), ASHWORTH_1_5, seed=1, correlation=1.0)
    array([1., 3.])

    Args:
        values: true tone on the scale, for example the model's; any shape.
        scale: the scale they are on.
        seed: of the examiners; the same seed gives the same scores.
        correlation: between raters; None for the middle of what was measured on this scale.
        in_grades: whether they give grades (a 1+ stands where its anchor does), or may stand between them.

    Raises:
        ValueError: values off the scale, or a scale whose examiners were not measured, without a correlation.
    """
    values = np.asarray(values, dtype=np.float64)
    wrong = values[~((values >= scale.lowest) & (values <= scale.highest))]
    if wrong.size:
        raise ValueError(
            f"{scale.name} is {wrong.flat[0]:g} grades; allowed: {scale.lowest} to {scale.highest} grades"
        )
    if correlation is None:
        if scale.scale_id not in AGREEMENT:
            raise ValueError(
                f"no source for the agreement of examiners on {scale.name}: give a correlation, 0 to 1"
            )
        correlation = AGREEMENT[scale.scale_id].middle
    number("seed", seed, "1", low=0, high=2**63)
    stream = np.random.Generator(np.random.Philox(key=[int(seed), zlib.crc32(scale.scale_id.encode())]))
    found = values + examination_sd(correlation) * stream.standard_normal(values.shape)
    found = np.clip(found, scale.lowest, scale.highest)
    if not in_grades:
        return found
    return written(found, scale)


def written(found: Floats, scale: Scale) -> Floats:
    """Return the grades nearest to what examiners found; halfway counts as the higher one.

    >>> written(np.array([0.2, 2.5]), ASHWORTH_1_5)
    array([1., 3.])
    """
    anchors = np.array([anchor for anchor, _ in scale.grades])
    halfway = (anchors[1:] + anchors[:-1]) / 2
    return np.asarray(anchors[np.searchsorted(halfway, found, side="right")], dtype=np.float64)
