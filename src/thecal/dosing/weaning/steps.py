"""Weaning: the doses on the way down, of oral baclofen and of intrathecal baclofen."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from thecal.dosing.tables import Calculation
from thecal.quantities import DoseRate

if TYPE_CHECKING:
    from thecal.dosing.limits import Limits

ORAL = Calculation(
    id="weaning.oral",
    title="Oral drugs after the start of intrathecal baclofen",
    formula="one drug at a time, baclofen first; each cut {oral_cut_least} to {oral_cut_most} of the "
    "dose; keep a "
    "rescue supply",
    sources=("Saulino and Gudesblatt, CMSC 2015, CC13",),
)
INTRATHECAL = Calculation(
    id="weaning.intrathecal",
    title="Ending intrathecal baclofen",
    formula="cut at most {itb_cut_most} of the 24-hour dose every {itb_cut_every}, down to the starting "
    "dose; a plan "
    "for withdrawal stands before the first cut",
    sources=("Japanese label, igaku-shoin; ITB-174",),
)


def oral_steps(daily_mg: Decimal, count: int, limits: Limits) -> tuple[Decimal, ...]:
    """Return oral daily doses in mg after each of ``count`` smallest cuts, the present dose first, whole mg.

    Raises:
        ValueError: a dose or a count below 0.
    """
    if daily_mg < 0 or count < 0:
        raise ValueError(f"{daily_mg} mg/day, {count} cuts: give 0 or more of each")
    kept = 1 - limits["oral_cut_least"].share
    return tuple(_whole(daily_mg * kept**number) for number in range(count + 1))


def intrathecal_steps(dose: DoseRate, down_to: DoseRate, limits: Limits) -> tuple[DoseRate, ...]:
    """Return 24-hour doses from the present one down, in largest allowed cuts, to the starting dose or below.

    The last step is ``down_to`` itself. The doses are exact, so that no cut is larger than allowed; they are
    written in whole micrograms.

    Raises:
        ValueError: the starting dose is 0 or above the present one.
    """
    if down_to.is_zero or down_to > dose:
        raise ValueError(
            f"{down_to.ug_per_day} mcg/day is no dose to wean down to from {dose.ug_per_day} mcg/day"
        )
    kept, exact, steps = 1 - limits["itb_cut_most"].share, dose.ug_per_day, [dose]
    while exact * kept > down_to.ug_per_day:
        exact *= kept
        steps.append(DoseRate(ug_per_day=exact))
    if steps[-1] != down_to:
        steps.append(down_to)
    return tuple(steps)


def _whole(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1), ROUND_HALF_EVEN)
