"""What long exposure changes: tolerance, the dose that drifts with it, and rebound when the drug goes.

Tolerance: the EC50 grows with the level a patient has had for months, A (a slow follower of the effect site):

    EC50(t) = EC50 (1 + gain A / (A + EC50))

Rebound: while a withdrawal signal stands, tone rises by that share of ``rebound_grades``. Both are off in the
typical patient (docs/science/effect.md says why), and cost nothing then.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.bounds import increasing, number, series
from thecal.body.cohort.places import adapted_level, level_withdrawn_to, tolerated_levels
from thecal.body.effects.readouts import withdrawal
from thecal.body.scales.scale import ASHWORTH_1_5

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.body.bounds import Floats
    from thecal.body.cohort.ensemble import Ensemble
    from thecal.body.cohort.places import Place

_STEP_DAYS = 0.25
_LONGEST_DAYS = 366 * 30.0


class ToleranceModel:
    """How these patients change with exposure.

    Args:
        ensemble: the patients.
        alike: the same patients at other times; what forms at one time is followed at all.
    """

    def __init__(self, ensemble: Ensemble, *, alike: Sequence[Ensemble] = ()) -> None:
        self._patients = ensemble.patients
        always = [one.patients for one in (ensemble, *alike)]
        self._tolerant = any(np.any(patients["tolerance_gain"]) for patients in always)
        self._rebounding = any(np.any(patients["rebound_grades"]) for patients in always)
        self.places: list[Place] = []
        """Where it must be known what they are used to; none where nothing changes."""
        if self._tolerant:
            self.places += tolerated_levels(ensemble)
        if self._rebounding:
            self.places += [adapted_level(ensemble), level_withdrawn_to(ensemble)]

    def effective_levels(self, sites_ng_mL: Floats, at_places: Floats) -> Floats:
        """Return the levels as they act, as if the EC50 had stayed; legs and arms, shape ``(2, P, T)``."""
        if not self._tolerant:
            return sites_ng_mL
        slow = at_places[:2] * self._patients["potency"][:, np.newaxis]
        gain, ec50 = (self._patients[name][:, np.newaxis] for name in ("tolerance_gain", "ec50_ng_mL"))
        return np.asarray(sites_ng_mL / (1.0 + gain * slow / (slow + ec50)))

    def rebound(self, tone_legs: Floats, at_places: Floats) -> Floats:
        """Return tone with what withdrawal adds to it, at most the scale's highest grade."""
        if not self._rebounding:
            return tone_legs
        signal = withdrawal(self._patients, at_places[-2], at_places[-1])
        raised = tone_legs + self._patients["rebound_grades"][:, np.newaxis] * signal
        return np.minimum(raised, ASHWORTH_1_5.highest)


def dose_drift(
    at_days: Sequence[float] | Floats, *, gain: float, per_day: float, level_over_ec50: float
) -> Floats:
    """Return the dose that keeps an effect, over the dose on the first day; shape of ``at_days``.

    >>> dose_drift([0, 90, 360], gain=1.0, per_day=0.01, level_over_ec50=2.0).round(2)
    array([1.  , 1.64, 1.77])

    Args:
        at_days: days since that dose began, increasing, from 0 up.
        gain: ``tolerance_gain``.
        per_day: ``tolerance_per_day``.
        level_over_ec50: effect-site level of the first day over the EC50.

    Raises:
        ValueError: numbers that cannot be.
    """
    days = increasing("at_days", series("at_days", at_days, "day", low=0, high=_LONGEST_DAYS), "day")
    number("gain", gain, "1", low=0, high=20)
    number("per_day", per_day, "1/day", low=0, high=1)
    number("level_over_ec50", level_over_ec50, "1", low=0, high=1000)
    if not len(days):
        return days
    steps = max(1, math.ceil(float(days.max()) / _STEP_DAYS))
    grid = np.linspace(0.0, float(days.max()), steps + 1)
    keep = math.exp(-per_day * float(grid[1]))
    slow, factors = 0.0, np.ones(steps + 1)
    for step in range(steps):
        # The level of the step's middle, by a first guess at where the follower will be.
        guess = slow + (1.0 - math.sqrt(keep)) * (level_over_ec50 * factors[step] - slow)
        level = level_over_ec50 * (1.0 + gain * guess / (1.0 + guess))
        slow = level + (slow - level) * keep
        factors[step + 1] = 1.0 + gain * slow / (1.0 + slow)
    return np.interp(days, grid, factors)
