"""An injection by lumbar puncture, and where in the spinal fluid it is at once.

The injected fluid and its stirring (barbotage) mix evenly with ``stirred_volumes`` times the injected volume
of spinal fluid around the needle, counted by volume, not by length: a wide canal takes it in a shorter piece.
Near the sac end or the cisterna the stirred piece is moved to lie inside the canal. Assumed;
docs/science/body.md, eq. 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.bounds import LONGEST_H, explains_arguments, number
from thecal.body.canal.levels import REFERENCE_LENGTH_CM, height_of

if TYPE_CHECKING:
    from thecal.body.bounds import Floats
    from thecal.body.canal.anatomy import Anatomy
    from thecal.body.population.patients import Patients


@explains_arguments
@dataclass(frozen=True, kw_only=True)
class Bolus:
    """One injection into the spinal fluid.

    Args:
        at_h: hours since the start.
        mass_ug: drug injected.
        volume_mL: fluid injected.
        level: vertebral level of the needle.
        minutes: how long it takes; 0 is all at once.
    """

    at_h: float
    mass_ug: float
    volume_mL: float = 1.0
    level: str = "L3"
    minutes: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot be injected."""
        number("at_h", self.at_h, "h", low=0, high=LONGEST_H)
        number("mass_ug", self.mass_ug, "ug", low=0, high=100_000)
        number("volume_mL", self.volume_mL, "mL", low=0.01, high=50)
        number("minutes", self.minutes, "min", low=0, high=24 * 60)
        height_of(self.level)

    @property
    def ends_h(self) -> float:
        """When all of it is in, hours since the start."""
        return self.at_h + self.minutes / 60


def stirred_shares(patients: Patients, anatomy: Anatomy, *, volume_mL: float, level: str) -> Floats:
    """Return the share of an injection that each spinal cell takes; shape ``(P, cells)``, rows sum to 1."""
    spinal_mL = patients["spinal_csf_mL"]
    length = np.minimum(patients["stirred_volumes"] * volume_mL / spinal_mL, 1.0)
    middle = anatomy.csf_below(np.array([height_of(level) / REFERENCE_LENGTH_CM]))[0]
    low = np.clip(middle - length / 2, 0.0, 1.0 - length)[:, np.newaxis]
    high = low + length[:, np.newaxis]
    inside = np.clip(anatomy.csf_below(anatomy.edges), low, high)
    return np.diff(inside, axis=1) / length[:, np.newaxis]
