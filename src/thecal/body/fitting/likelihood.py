"""The likelihood of observations under a prediction: errors of measurement, rounded grades, limits.

Where an error is normal (on the value, or on its logarithm) a measured number has the density of the normal
law, and a grade or a sample below the limit the mass of it between two ends:

    log P = log (Phi((high - predicted) / sd) - Phi((low - predicted) / sd))

which is concave in the prediction, so that its slope and its curvature steer a descent as those of a square
do. Everything is worked in logarithms: twenty SDs away the mass itself is no number any more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from thecal.body.fitting.observations import anchors_of
from thecal.body.population.parameters import Law
from thecal.body.simulation.response import SCALES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from thecal.body.bounds import Floats
    from thecal.body.fitting.observations import Observation

_FAR = -20.0
"""SDs below which the normal tail is its series, good there to 4e-9 (Abramowitz and Stegun 26.2.12)."""
_LEAST_SHARE = 1e-9
"""Share of an observation below which a prediction is not followed: the logarithm of nothing has no end."""
_FLATTEST = 1e-6
"""Curvature that a descent sees at least, in that of a measured number."""
_erfc = np.frompyfunc(math.erfc, 1, 1)


@dataclass(frozen=True, eq=False)
class Likelihood:
    """Of n observations; everything of shape ``(n,)``, on the scale on which the error is normal.

    Args:
        low: least of what may have been found before it was written; equal to ``high`` for a number.
        high: most of it.
        sd: of the error.
        in_logs: where that scale is the logarithm.
        floor: what a prediction is taken for at least, in the curve's unit.
    """

    low: Floats
    high: Floats
    sd: Floats
    in_logs: npt.NDArray[np.bool_]
    floor: Floats

    @classmethod
    def of(cls, observations: Sequence[Observation]) -> Self:
        """Return the likelihood of these."""
        in_logs = np.array([one.law is Law.LOGNORMAL for one in observations])
        ends = np.array([_ends(one) for one in observations]).T
        with np.errstate(divide="ignore", invalid="ignore"):
            low, high = np.where(in_logs, np.log(ends), ends)
        # Less than the limit of a laboratory is anything, also nothing, whose logarithm has no end.
        low[np.array([one.below for one in observations])] = -np.inf
        floor = np.where(in_logs, _LEAST_SHARE * np.array([one.value for one in observations]), -np.inf)
        return cls(low, high, np.array([one.sd for one in observations]), in_logs, floor)

    def misfit(self, predicted: Floats) -> Floats:
        """Return -2 log likelihood over the best there could be; of a number the square of its error in SDs.

        Args:
            predicted: the model's; shape ``(P, n)``, and that of the result is ``(P,)``.
        """
        below, above = self._errors(predicted)
        lost = np.where(self._exact, above**2 / 2, 0.0)
        if len(within := self._intervals):
            lost[..., within] = self._best - log_mass(below[..., within], above[..., within])
        return np.asarray(2 * np.sum(lost, axis=-1), dtype=np.float64)

    def slope_and_curvature(self, predicted: Floats) -> tuple[Floats, Floats]:
        """Return the slope of the log likelihood by each prediction, and its curvature downwards.

        Args:
            predicted: of one patient; shape ``(n,)``, as that of both results.
        """
        below, slope = self._errors(predicted)
        curvature = np.ones_like(slope)
        if len(within := self._intervals):
            low, high = below[within], slope[within]
            mass = log_mass(low, high)
            from_below, from_above = _density(low, mass), _density(high, mass)
            slope[within] = from_below - from_above
            # Where there is no end there is no density either, as often as one takes it.
            ends = np.nan_to_num(high, posinf=0.0) * from_above - np.nan_to_num(low, neginf=0.0) * from_below
            curvature[within] = np.clip(slope[within] ** 2 + ends, _FLATTEST, 1.0)
        per_unit = 1 / (self.sd * np.where(self.in_logs, np.maximum(predicted, self.floor), 1.0))
        return slope * per_unit, curvature * per_unit**2

    @cached_property
    def _exact(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self.low == self.high)

    @cached_property
    def _intervals(self) -> npt.NDArray[np.intp]:
        """Where an interval was observed and no number."""
        return np.flatnonzero(~self._exact)

    @cached_property
    def _best(self) -> Floats:
        """Log of the most that a stretch can hold: of a finding in its middle."""
        half = ((self.high - self.low) / 2 / self.sd)[self._intervals]
        return log_mass(-half, half)

    def _errors(self, predicted: Floats) -> tuple[Floats, Floats]:
        """Return how many SDs both ends lie above what is predicted."""
        with np.errstate(divide="ignore", invalid="ignore"):
            at = np.where(self.in_logs, np.log(np.maximum(predicted, self.floor)), predicted)
        return (self.low - at) / self.sd, (self.high - at) / self.sd


def log_mass(low: Floats, high: Floats) -> Floats:
    """Return log of the normal mass between two ends, SDs."""
    turned = low > 0
    low, high = np.where(turned, -high, low), np.where(turned, -low, high)
    top = _log_below(high)
    return np.asarray(top + np.log1p(-np.exp(_log_below(low) - top)), dtype=np.float64)


def _log_below(end: Floats) -> Floats:
    """Return log of the normal mass below an end, SDs."""
    near = np.log(0.5 * np.asarray(_erfc(-np.maximum(end, _FAR) / math.sqrt(2)), dtype=np.float64))
    far = np.minimum(end, _FAR)
    per = 1 / far**2
    tail = -(far**2) / 2 - np.log(-far * math.sqrt(2 * math.pi)) + np.log1p(-per + 3 * per**2 - 15 * per**3)
    return np.where(end < _FAR, tail, near)


def _density(end: Floats, log_of_mass: Floats) -> Floats:
    """Return the normal density at an end over a mass."""
    return np.exp(-(end**2) / 2 - math.log(2 * math.pi) / 2 - log_of_mass)


def _ends(one: Observation) -> tuple[float, float]:
    """Return between what an examiner's own finding lay before it was written; both the same for a number."""
    if not one.in_grades:
        return one.value, one.value
    anchors = anchors_of(SCALES[one.curve])
    at = anchors.index(one.value)
    low = (anchors[at - 1] + one.value) / 2 if at else -math.inf
    high = (one.value + anchors[at + 1]) / 2 if at + 1 < len(anchors) else math.inf
    return low, high
