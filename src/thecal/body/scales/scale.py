"""Spasticity scales, each a type of its own: a score without its scale means nothing.

The Ashworth scale is used with two numeric ranges. The classic trials of intrathecal baclofen score it 1 to
5, where 1 is normal tone (Penn 1989 calls a mean of 1.0 the normal range); elsewhere it starts at 0. Scores
of different scales are never compared or averaged; the few that can be carried over are carried by name
(``Score.on``), and say so. The words of the grades are in ``grades``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from thecal.body.bounds import explains_arguments, number


@explains_arguments
@dataclass(frozen=True)
class Scale:
    """A scale an examiner grades on.

    Args:
        scale_id: kept with every score.
        name: for people.
        lowest, highest, normal: grades; normal is the grade of a healthy person.
        anchors: where grades that are no whole numbers stand, with how they are written.
    """

    scale_id: str
    name: str
    lowest: int
    highest: int
    normal: int
    anchors: tuple[tuple[float, str], ...] = ()

    @property
    def grades(self) -> tuple[tuple[float, str], ...]:
        """Every grade, from the lowest up: where it stands, and how an examiner writes it."""
        whole = [(float(grade), str(grade)) for grade in range(self.lowest, self.highest + 1)]
        return tuple(sorted([*whole, *self.anchors]))

    def nearest(self, value: float) -> tuple[float, str]:
        """Return the grade nearest to a value; halfway counts as the higher one."""
        return min(reversed(self.grades), key=lambda grade: abs(grade[0] - value))


PLUS = 1.43
"""Where 1+ of the modified Ashworth scale stands between 1 and 2: the anchor of one published guide (Kimsber
Rehab-IG). It is nowhere averaged with other grades."""

ASHWORTH_1_5 = Scale(scale_id="ashworth-1-5", name="Ashworth 1-5", lowest=1, highest=5, normal=1)
ASHWORTH_0_4 = Scale(scale_id="ashworth-0-4", name="Ashworth 0-4", lowest=0, highest=4, normal=0)
MODIFIED_ASHWORTH = Scale(
    scale_id="modified-ashworth",
    name="modified Ashworth",
    lowest=0,
    highest=4,
    normal=0,
    anchors=((PLUS, "1+"),),
)
PENN = Scale(scale_id="penn-spasm-frequency", name="Penn spasm frequency", lowest=0, highest=4, normal=0)
TARDIEU = Scale(scale_id="tardieu-quality", name="Tardieu quality", lowest=0, highest=5, normal=0)
REFLEX = Scale(scale_id="reflex-0-5", name="reflex 0-5", lowest=0, highest=5, normal=2)

SCALES = (ASHWORTH_1_5, ASHWORTH_0_4, MODIFIED_ASHWORTH, PENN, TARDIEU, REFLEX)

# The two Ashworth ranges differ by where they start; the modified scale divides grade 1 of the one from 0.
_SHIFTS = {
    (ASHWORTH_1_5, ASHWORTH_0_4): (-1, "Ashworth 1-5 less 1"),
    (ASHWORTH_0_4, ASHWORTH_1_5): (1, "Ashworth 0-4 plus 1"),
    (ASHWORTH_0_4, MODIFIED_ASHWORTH): (0, f"Ashworth 0-4, with 1+ at {PLUS}"),
}


@explains_arguments
@dataclass(frozen=True)
class Score:
    """A reading on one scale; between grades where it is a mean or a model's estimate.

    Args:
        scale: what it was graded on.
        value: the grade.
        via: how it came from another scale; empty for what was graded on this one.
    """

    scale: Scale
    value: float
    via: str = ""

    def __post_init__(self) -> None:
        """Refuse a value off the scale."""
        number(self.scale.name, self.value, "grades", low=self.scale.lowest, high=self.scale.highest)

    @property
    def scale_id(self) -> str:
        """The scale it belongs to."""
        return self.scale.scale_id

    @property
    def written(self) -> str:
        """The nearest grade as an examiner writes it, for example ``1+``."""
        return self.scale.nearest(self.value)[1]

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

    def on(self, scale: Scale) -> Score:
        """Return the score carried to another scale by a documented map, which it keeps in ``via``.

        Raises:
            ValueError: there is no such map.
        """
        try:
            shift, how = _SHIFTS[self.scale, scale]
        except KeyError:
            known = ", ".join(f"{one.name} to {other.name}" for one, other in _SHIFTS)
            raise ValueError(
                f"no map from {self.scale.name} to {scale.name}; allowed: {known}, one step at a time"
            ) from None
        return Score(scale, self.value + shift, via="; ".join(filter(None, (self.via, how))))


@explains_arguments
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
        """Write grades, for example ``Ashworth 1-5: 2 (1 to 3)``."""
        return f"{self.middle.scale.name}: {self.middle.written} ({self.low.written} to {self.high.written})"
