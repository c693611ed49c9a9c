"""What the grades of each scale mean, and what else an examiner measures: Tardieu's angles, the H/M ratio."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.body.bounds import explains_arguments, number
from thecal.body.scales.scale import (
    ASHWORTH_0_4,
    ASHWORTH_1_5,
    MODIFIED_ASHWORTH,
    PENN,
    REFLEX,
    TARDIEU,
    Score,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_ASHWORTH = (
    "no increase in tone",
    "slight increase, a catch when the limb is moved",
    "more marked increase, limb easily moved",
    "considerable increase, passive movement difficult",
    "limb rigid",
)

# Sources: World J Clin Cases 7(10):1133 [V2] for Ashworth 0-4; the 1-5 form is inferred from Penn 1989 and
# NICE CG145; Bohannon and Smith 1987, doi 10.1093/ptj/67.2.206 [V2] for 1+; the others are often quoted [M].
MEANINGS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        ASHWORTH_0_4.scale_id: MappingProxyType({str(n): text for n, text in enumerate(_ASHWORTH)}),
        ASHWORTH_1_5.scale_id: MappingProxyType({str(n): text for n, text in enumerate(_ASHWORTH, start=1)}),
        MODIFIED_ASHWORTH.scale_id: MappingProxyType(
            {
                "0": _ASHWORTH[0],
                "1": "slight increase, a catch and release or minimal resistance at the end of the range",
                "1+": "slight increase, a catch, then minimal resistance in less than half of the range",
                "2": _ASHWORTH[2],
                "3": _ASHWORTH[3],
                "4": _ASHWORTH[4],
            }
        ),
        PENN.scale_id: MappingProxyType(
            {
                "0": "no spasms",
                "1": "spasms on stimulation only",
                "2": "less than one an hour",
                "3": "1 to 10 an hour",
                "4": "more than 10 an hour",
            }
        ),
        TARDIEU.scale_id: MappingProxyType(
            {
                "0": "no resistance",
                "1": "slight resistance, no clear catch",
                "2": "clear catch, then release",
                "3": "fatigable clonus, under 10 s",
                "4": "clonus that does not tire, over 10 s",
                "5": "joint fixed",
            }
        ),
        REFLEX.scale_id: MappingProxyType(
            {
                "0": "absent",
                "1": "reduced",
                "2": "normal",
                "3": "brisk",
                "4": "unsustained clonus",
                "5": "sustained clonus",
            }
        ),
    }
)
"""By scale and written grade."""

_WIDEST_DEG = 200.0


@explains_arguments
@dataclass(frozen=True, kw_only=True)
class Tardieu:
    """One muscle by Tardieu: quality at a speed, and the two angles.

    Args:
        quality: on the Tardieu scale.
        r1_deg: where a fast stretch catches.
        r2_deg: how far a slow stretch goes.
    """

    quality: Score
    r1_deg: float
    r2_deg: float

    def __post_init__(self) -> None:
        """Refuse a quality of another scale and a catch beyond the range."""
        if self.quality.scale != TARDIEU:
            raise ValueError(f"quality is on {self.quality.scale.name}; allowed: {TARDIEU.name}")
        number("r2_deg", self.r2_deg, "degrees", low=-_WIDEST_DEG, high=_WIDEST_DEG)
        number("r1_deg", self.r1_deg, "degrees", low=-_WIDEST_DEG, high=self.r2_deg, source="at most r2_deg")

    @property
    def spastic_angle_deg(self) -> float:
        """R2 - R1: what the speed of a stretch takes away."""
        return self.r2_deg - self.r1_deg


@explains_arguments
@dataclass(frozen=True, kw_only=True)
class HmRatio:
    """The H reflex over the direct response of the same muscle.

    Args:
        h_mV: largest H reflex.
        m_mV: largest direct response.
    """

    h_mV: float
    m_mV: float

    def __post_init__(self) -> None:
        """Refuse what no electrode shows."""
        number("m_mV", self.m_mV, "mV", low=0.01, high=100)
        number("h_mV", self.h_mV, "mV", low=0, high=100)

    @property
    def ratio(self) -> float:
        """H over M."""
        return self.h_mV / self.m_mV

    def fall_from(self, before: HmRatio) -> float:
        """Return the share of the earlier ratio that is gone; below 0 where it grew.

        Raises:
            ValueError: the earlier ratio is 0.
        """
        if not before.h_mV:
            raise ValueError("before has an H reflex of 0 mV: there is nothing to fall from")
        return 1.0 - self.ratio / before.ratio
