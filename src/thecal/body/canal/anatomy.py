"""The shape of the canal and cord on a grid of cells: volumes, areas and places, and nothing about drug.

The shapes are relative: each patient's total volumes and length scale them. Both area profiles are
piecewise linear and integrated exactly, so a finer grid describes the same body.

Assumptions, each marked so: the area profile (drawn so that about half the spinal fluid lies below T11-T12,
as Hogan 1996 measured: 49.9 mL; whole 97.3 mL, Sass 2017), the cord's two enlargements, its end at the
L1-L2 disc, and which vertebrae the segments that serve legs and arms lie behind.
"""

from __future__ import annotations

import reprlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.bounds import explains_arguments, increasing, number, one_of, series
from thecal.body.canal.levels import REFERENCE_LENGTH_CM, span_of

if TYPE_CHECKING:
    from thecal.body.bounds import Floats

Profile = tuple[tuple[float, float], ...]

CONUS_CM = span_of("L1", "L1")[0]
LEGS_CM = span_of("L1", "T11")
"""Vertebrae in front of cord segments L1 to S2: the lumbar enlargement and conus."""
ARMS_CM = span_of("C7", "C4")
"""Vertebrae in front of cord segments C5 to T1: the cervical enlargement."""

SWING_CM = 1.0
"""How far to either side fluid is taken as one: heartbeat, side holes, the volume of a sample. Assumed."""

# Knots of the relative area profiles: height in the reference canal, cm; area, cm2 before scaling.
CSF_PROFILE = (
    (0.0, 0.6),
    (4.4, 2.0),
    (12.9, 2.4),
    (18.0, 2.1),
    (24.0, 1.45),
    (42.0, 1.15),
    (56.0, 1.4),
    (60.0, 2.2),
)
CORD_PROFILE = (
    (CONUS_CM, 0.05),
    (20.0, 0.45),
    (22.5, 0.6),
    (27.0, 0.4),
    (45.0, 0.42),
    (51.0, 0.72),
    (57.0, 0.62),
    (60.0, 0.6),
)
DEFAULT_CELLS_PER_CM = 2
_MOST_CELLS_PER_CM = 8
_PAIRS = "a tuple of pairs, height in cm and area in cm2"
_LEAST_AREA_CM2, _MOST_AREA_CM2 = 0.001, 100.0


@explains_arguments
@dataclass(frozen=True)
class Anatomy:
    """A grid of equal cells from sac end to cisterna.

    Args:
        cells_per_cm: cells per centimetre of the reference canal, 1 to 8; 2 keeps the grid's error under 1 %
            from half an hour after a bolus on, 1 is enough for infusions and four times as quick to prepare.
        csf_profile: knots of the canal's relative area, (height in the reference canal in cm, area).
        cord_profile: the same for the cord, from its lower end up.
    """

    cells_per_cm: int = DEFAULT_CELLS_PER_CM
    csf_profile: Profile = CSF_PROFILE
    cord_profile: Profile = CORD_PROFILE

    def __post_init__(self) -> None:
        """Refuse a grid too coarse to carry the profiles or too fine to solve."""
        number("cells_per_cm", self.cells_per_cm, "cells/cm", low=1, high=_MOST_CELLS_PER_CM)
        if self.cells_per_cm != int(self.cells_per_cm):
            raise ValueError(f"cells_per_cm is {self.cells_per_cm} cells/cm; it must be a whole number")
        lowest, _ = _checked("csf_profile", self.csf_profile)
        if lowest:
            raise ValueError(f"csf_profile begins at {lowest:g} cm; allowed: at 0 cm, the end of the sac")
        _checked("cord_profile", self.cord_profile)

    @property
    def cells(self) -> int:
        """Number of spinal cells."""
        return round(REFERENCE_LENGTH_CM * self.cells_per_cm)

    @cached_property
    def edges(self) -> Floats:
        """Cell edges from 0 at the sac end to 1 at the cisterna; shape ``(cells + 1,)``."""
        return np.linspace(0.0, 1.0, self.cells + 1)

    @cached_property
    def csf_shares(self) -> Floats:
        """Each cell's share of the spinal fluid; shape ``(cells,)``, sums to 1."""
        filled = self.csf_below(self.edges)
        return np.diff(filled)

    @cached_property
    def face_areas(self) -> Floats:
        """Area of each cell edge over the mean area of the canal; shape ``(cells + 1,)``."""
        knots, areas = np.array(self.csf_profile).T
        mean = _area_below(self.csf_profile, np.array([REFERENCE_LENGTH_CM]))[0] / REFERENCE_LENGTH_CM
        return np.asarray(np.interp(self.edges * REFERENCE_LENGTH_CM, knots, areas) / mean, dtype=np.float64)

    @cached_property
    def first_cord_cell(self) -> int:
        """The lowest cell with any cord in it."""
        return int(np.searchsorted(self.edges, self.cord_profile[0][0] / REFERENCE_LENGTH_CM + 1e-12)) - 1

    @cached_property
    def cord_shares(self) -> Floats:
        """Share of the cord in each cell from ``first_cord_cell`` up; sums to 1."""
        return np.diff(_share_below(self.cord_profile, self.edges))[self.first_cord_cell :]

    def csf_below(self, fraction: Floats) -> Floats:
        """Return the share of spinal fluid below a height given as a fraction of the canal."""
        return _share_below(self.csf_profile, fraction)

    def cord_weights(self, span_cm: tuple[float, float]) -> Floats:
        """Return the weights that average cord tissue over a span of the reference canal, by volume."""
        low, high = (z_cm / REFERENCE_LENGTH_CM for z_cm in span_cm)
        within = np.clip(self.edges, low, high)
        volumes = np.diff(_share_below(self.cord_profile, within))[self.first_cord_cell :]
        return np.asarray(volumes / volumes.sum(), dtype=np.float64)

    def place(self, z_cm: float) -> Floats:
        """Return weights over cell centres and the cisterna for a height in the reference canal.

        The same weights spread what leaves a catheter tip and read a concentration: those of linear
        interpolation, averaged over 1 cm to either side, for the fluid swings about that far with every
        heartbeat (assumed) and a sample is never a point. The cisterna is the cranial compartment itself.

        Shape ``(cells + 1,)``, sums to 1; the last is the cranial compartment, whose fluid begins at the
        canal's top. Below the lowest centre the lowest cell stands alone.
        """
        nodes = np.append((np.arange(self.cells) + 0.5) / self.cells_per_cm, REFERENCE_LENGTH_CM)
        swing = SWING_CM if z_cm < REFERENCE_LENGTH_CM else 0.0
        low, high = z_cm - swing, z_cm + swing
        if low == high:
            return self._hats(nodes, np.array([low])).ravel()
        pieces = np.unique(np.concatenate(([low, high], nodes[(nodes > low) & (nodes < high)])))
        hats = self._hats(nodes, pieces)
        return np.asarray(np.diff(pieces) @ (hats[1:] + hats[:-1]) / (2 * (high - low)), dtype=np.float64)

    def _hats(self, nodes: Floats, z_cm: Floats) -> Floats:
        """Return each node's weight in linear interpolation at each height; shape ``(heights, nodes)``."""
        rows: list[Floats] = [np.interp(z_cm, nodes, one) for one in np.eye(len(nodes))]
        return np.stack(rows, axis=1)


def _checked(name: str, profile: Profile) -> tuple[float, float]:
    """Return where a profile begins and ends, or refuse it."""
    for knots in (profile, *one_of(name, profile, tuple, allowed=_PAIRS)):
        one_of(name, knots, tuple, allowed=_PAIRS)
    if any(len(knot) != len(("height", "area")) for knot in profile):
        raise ValueError(f"{name} is {reprlib.repr(profile)}; allowed: {_PAIRS}")
    if len(profile) < len(("first", "last")):
        raise ValueError(f"{name} has {len(profile)} knots; allowed: 2 or more")
    for at, (_, area) in enumerate(profile):
        number(f"area of {name}[{at}]", area, "cm2", low=_LEAST_AREA_CM2, high=_MOST_AREA_CM2)
    heights = series(
        f"height of {name}", [height for height, _ in profile], "cm", low=0, high=REFERENCE_LENGTH_CM
    )
    increasing(f"height of {name}", heights, "cm")
    if heights[-1] != REFERENCE_LENGTH_CM:
        raise ValueError(
            f"{name} ends at {heights[-1]:g} cm; allowed: at {REFERENCE_LENGTH_CM:g} cm, the cisterna"
        )
    return float(heights[0]), float(heights[-1])


def _area_below(profile: Profile, z_cm: Floats) -> Floats:
    """Integrate a piecewise-linear area from the bottom of its profile to each height: cm3."""
    knots, areas = np.array(profile).T
    z_cm = np.clip(z_cm, knots[0], knots[-1])
    volumes = np.concatenate(([0.0], np.cumsum(np.diff(knots) * (areas[1:] + areas[:-1]) / 2)))
    piece = np.clip(np.searchsorted(knots, z_cm, side="right") - 1, 0, len(knots) - 2)
    into = z_cm - knots[piece]
    slope = (areas[piece + 1] - areas[piece]) / (knots[piece + 1] - knots[piece])
    return np.asarray(volumes[piece] + into * (areas[piece] + slope * into / 2), dtype=np.float64)


def _share_below(profile: Profile, fraction: Floats) -> Floats:
    return _area_below(profile, fraction * REFERENCE_LENGTH_CM) / _area_below(
        profile, np.array([REFERENCE_LENGTH_CM])
    )
