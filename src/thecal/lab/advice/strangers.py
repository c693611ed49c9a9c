"""Patients of another structure than the body, to test what the body's bands hold.

Nothing is shared with the body: no spinal fluid, no cord, no parameter. The dose, mcg/day, reaches an effect
through two delays of hours; tone falls with it by a sigmoid that may end above normal tone, needs more drug
with the weeks, and swings with the hours of the day. All numbers are assumed, and wide on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_LOWEST, _HIGHEST = 1.0, 5.0
_DAY_H = 24.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """One patient.

    Attributes:
        before: tone without drug, Ashworth 1-5.
        removable: share of the tone above normal that drug can take.
        half_ug_day: dose of half of that.
        steepness: of the sigmoid.
        delays_h: mean stay in each delay.
        tolerance: by how much the dose of half the effect grows in the end.
        tolerance_days: in which most of it does.
        swing: of the tone over a day, grades.
        swing_peak_h: hour of day at which it is highest.
    """

    before: float
    removable: float
    half_ug_day: float
    steepness: float
    delays_h: tuple[float, float]
    tolerance: float
    tolerance_days: float
    swing: float
    swing_peak_h: float

    @classmethod
    def drawn(cls, dice: np.random.Generator) -> Self:
        """Return one patient at random."""
        return cls(
            before=float(np.clip(dice.normal(3.8, 0.7), 2.0, _HIGHEST)),
            removable=float(dice.uniform(0.7, 1.0)),
            half_ug_day=150.0 * float(np.exp(dice.normal(0.0, 0.6))),
            steepness=1.6 * float(np.exp(dice.normal(0.0, 0.25))),
            delays_h=(
                6.0 * float(np.exp(dice.normal(0.0, 0.3))),
                12.0 * float(np.exp(dice.normal(0.0, 0.4))),
            ),
            tolerance=float(dice.uniform(0.0, 0.5)),
            tolerance_days=60.0 * float(np.exp(dice.normal(0.0, 0.3))),
            swing=float(dice.uniform(0.0, 0.3)),
            swing_peak_h=float(dice.uniform(0.0, _DAY_H)),
        )

    def tone(self, doses_ug_day: Floats, *, from_hour: float = 0.0) -> Floats:
        """Return tone at the end of each hour, Ashworth 1-5.

        Args:
            doses_ug_day: the rate of each hour since the first dose; shape ``(T,)``.
            from_hour: hour of the day at which the first one begins.
        """
        level = doses_ug_day
        for stay in self.delays_h:
            level = _followed(level, stay)
        hours = np.arange(1, len(doses_ug_day) + 1, dtype=np.float64)
        grown = 1.0 + self.tolerance * (1.0 - np.exp(-hours / (_DAY_H * self.tolerance_days)))
        power = (level / (self.half_ug_day * grown)) ** self.steepness
        fall = (self.before - _LOWEST) * self.removable * power / (1.0 + power)
        angle = 2 * np.pi * (from_hour + hours - self.swing_peak_h) / _DAY_H
        return np.clip(self.before - fall + self.swing * np.cos(angle), _LOWEST, _HIGHEST)


def _followed(level: Floats, stay_h: float) -> Floats:
    """Return a first-order follower at the end of each hour."""
    keep = float(np.exp(-1.0 / stay_h))
    found, value = np.empty(len(level)), 0.0
    for hour, target in enumerate(level):
        value = target + (value - target) * keep
        found[hour] = value
    return found
