"""What a simulation reports: labelled arrays, the typical patient's line and the band of the drawn ones.

Everything here is a model estimate with assumed parameters (``LABEL``), and is to be shown as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.readouts import REFLEXES_LEGS, SPASMS_LEGS
from thecal.body.scales import ASHWORTH_1_5, PENN, REFLEX, Scale, Score, ScoreBand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thecal.body.bounds import Floats

LABEL = "model estimate, assumed parameters"
LOW_PERCENT, MIDDLE_PERCENT, HIGH_PERCENT = 5.0, 50.0, 95.0

PUMP_RATE = "pump_rate_ug_h"
TIP_RATE = "tip_rate_ug_h"
PLASMA = "plasma_ng_mL"
TONE_LEGS = "tone_legs"
TONE_ARMS = "tone_arms"
SCALES: Mapping[str, Scale] = MappingProxyType(
    {TONE_LEGS: ASHWORTH_1_5, TONE_ARMS: ASHWORTH_1_5, SPASMS_LEGS: PENN, REFLEXES_LEGS: REFLEX}
)


def csf_at(site: str) -> str:
    """Return the name of the spinal-fluid concentration at a site, for example ``csf_lumbar_ng_mL``."""
    return f"csf_{site}_ng_mL"


@dataclass(frozen=True, eq=False)
class Band:
    """5th, 50th and 95th percentile of the drawn patients at each sample time; shape ``(T,)`` each."""

    low: Floats
    median: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Response:
    """Curves of every patient.

    Args:
        sample_times_h: hours since the start; shape ``(T,)``.
        curves: for each quantity, whose unit ends its name, shape ``(P, T)``; row 0 is the typical patient.
    """

    sample_times_h: Floats
    curves: Mapping[str, Floats]
    label: str = LABEL

    @property
    def quantities(self) -> tuple[str, ...]:
        """Names of what was reported."""
        return tuple(self.curves)

    def patients(self, quantity: str) -> Floats:
        """Return the drawn patients' curves; shape ``(P - 1, T)``."""
        return self._curves(quantity)[1:]

    def typical(self, quantity: str) -> Floats:
        """Return the typical patient's curve; shape ``(T,)``."""
        curve: Floats = self._curves(quantity)[0]
        return curve

    def band(self, quantity: str) -> Band:
        """Return the 5, 50 and 95 % of the drawn patients.

        Raises:
            ValueError: an unknown quantity, or no drawn patients to take a band from.
        """
        drawn = self.patients(quantity)
        if not len(drawn):
            raise ValueError("a band needs drawn patients, and there are 0; allowed: 1 or more")
        low, median, high = np.percentile(drawn, [LOW_PERCENT, MIDDLE_PERCENT, HIGH_PERCENT], axis=0)
        return Band(low=low, median=median, high=high)

    def score(self, quantity: str, at: int) -> ScoreBand:
        """Return a tone, spasms or reflexes at one sample as a score with its band.

        Args:
            quantity: ``tone_legs``, ``tone_arms``, or a readout that is graded.
            at: index of the sample.

        Raises:
            ValueError: the quantity is not a score.
        """
        if quantity not in SCALES:
            raise ValueError(f"{quantity!r} is not a score; allowed: {', '.join(SCALES)}")
        scale, band = SCALES[quantity], self.band(quantity)
        return ScoreBand(
            low=Score(scale, float(band.low[at])),
            middle=Score(scale, float(band.median[at])),
            high=Score(scale, float(band.high[at])),
        )

    def _curves(self, quantity: str) -> Floats:
        try:
            return self.curves[quantity]
        except KeyError:
            raise ValueError(f"{quantity!r} was not reported; allowed: {', '.join(self.curves)}") from None
