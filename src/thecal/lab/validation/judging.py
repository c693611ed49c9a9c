"""Whether a number of the model counts as a published one: the only place where that is decided."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from thecal.quantities import plain

if TYPE_CHECKING:
    import numpy.typing as npt

Range = tuple[float, float]

_PERCENT_SHOWN = (5.0, 95.0)
_MOST_WITHOUT = 0.5


class Judged(StrEnum):
    """What of the drawn patients is held against the observation."""

    MEDIAN = "median"
    MEAN = "mean"
    SHARE = "share"
    EVERY = "every"


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the drawn patients answer, and whether it is accepted.

    Attributes:
        predicted: 5 to 95 % of the patients (a share: itself; every one: lowest and highest); None where the
            model gives no answer.
        middle: the number that is judged; None where there is none.
        met: whether it lies in the accepted range.
    """

    predicted: Range | None
    middle: float | None
    met: bool


def judge_patients(
    patients: npt.NDArray[np.float64], accepted: Range, judged: Judged = Judged.MEDIAN
) -> Judgement:
    """Hold the patients' numbers against an accepted range; both of its ends are accepted.

    Patients in whom there was nothing to measure (a number that is not finite) are left out; if they are half
    or more, the model has no answer and the published number is missed.
    """
    measured = patients[np.isfinite(patients)]
    if len(measured) <= _MOST_WITHOUT * len(patients):
        return Judgement(predicted=None, middle=None, met=False)
    middle = float(np.mean(measured) if judged in {Judged.MEAN, Judged.SHARE} else np.median(measured))
    shown = (0.0, 100.0) if judged is Judged.EVERY else _PERCENT_SHOWN
    low, high = (float(end) for end in np.percentile(measured, shown))
    if judged is Judged.SHARE:
        low = high = middle
    ends = (low, high) if judged is Judged.EVERY else (middle, middle)
    met = accepted[0] <= ends[0] and ends[1] <= accepted[1]
    return Judgement(predicted=(low, high), middle=middle, met=met)


def write_judgement(judgement: Judgement, accepted: Range, unit: str) -> str:
    """Write whether a published number is met, or by how much it is missed."""
    if judgement.met:
        return "met"
    if judgement.middle is None or judgement.predicted is None:
        return "missed: does not occur in half of the patients"
    low, high = accepted
    middle = judgement.middle
    if low <= middle <= high:
        middle = judgement.predicted[0] if judgement.predicted[0] < low else judgement.predicted[1]
    side, edge = ("below", low) if middle < low else ("above", high)
    away = abs(middle - edge)
    by = f"{away:.3g} {unit}" if edge == 0 else f"{100 * away / abs(edge):.0f} %"
    return f"missed: {by} {side} {write_number(edge)} {unit}"


def write_number(number: float) -> str:
    """Write a number of the model to three significant digits, in full."""
    return plain(Decimal(f"{number:.3g}"))
