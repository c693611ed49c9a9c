"""Spasticity scales, each a type of its own: a score without its scale means nothing.

The Ashworth scale is used with two numeric ranges. The classic trials of intrathecal baclofen score it 1 to
5, where 1 is normal tone (Penn 1989 calls a mean of 1.0 the normal range); elsewhere it starts at 0. Scores
of different scales are never compared or averaged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from thecal.body.bounds import number


@dataclass(frozen=True)
class Scale:
    """A scale an examiner grades on."""

    scale_id: str
    name: str
    lowest: int
    highest: int
    normal: int


ASHWORTH_1_5 = Scale(scale_id="ashworth-1-5", name="Ashworth 1-5", lowest=1, highest=5, normal=1)


@dataclass(frozen=True)
class Score:
    """A reading on one scale; between grades where it is a mean or a model's estimate."""

    scale: Scale
    value: float

    def __post_init__(self) -> None:
        """Refuse a value off the scale."""
        number(self.scale.name, self.value, "grades", low=self.scale.lowest, high=self.scale.highest)

    @property
    def scale_id(self) -> str:
        """The scale it belongs to."""
        return self.scale.scale_id

    def grade(self) -> int:
        """Return the nearest whole grade; halfway counts as the higher, spastic, one."""
        return math.floor(self.value + 0.5)

    def minus(self, other: Score) -> float:
        """Return how many grades higher this score is.

        Raises:
            ValueError: the scores are of different scales.
        """
        if self.scale != other.scale:
            raise ValueError(
                f"{self.scale.name} and {other.scale.name} are different scales: never pool them"
            )
        return self.value - other.value


@dataclass(frozen=True)
class ScoreBand:
    """A score with the range within which most patients lie: the only way to show a model's estimate."""

    low: Score
    middle: Score
    high: Score

    def __post_init__(self) -> None:
        """Refuse a band of several scales or one that is upside down."""
        if self.middle.minus(self.low) < 0 or self.high.minus(self.middle) < 0:
            raise ValueError(
                f"a band runs upwards, got {self.low.value:g}, {self.middle.value:g}, {self.high.value:g}"
            )

    def __str__(self) -> str:
        """Write whole grades, for example ``Ashworth 1-5: 2 (1 to 3)``."""
        return f"{self.middle.scale.name}: {self.middle.grade()} ({self.low.grade()} to {self.high.grade()})"
