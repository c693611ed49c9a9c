"""What the patients of an experiment are given: an infusion, a dose by lumbar puncture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.body import Bolus, Implant, Inflow, simulate
from thecal.lab.validation.cohort import BOLUS_CELLS_PER_CM, INFUSION_CELLS_PER_CM, PRIME_UG_ML

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from thecal.body import Response
    from thecal.lab.validation.cohort import Cohort

    Floats = npt.NDArray[np.float64]

DAY_H = 24.0
REST_H = 1000.0
"""Long enough for every level to be at rest."""
PUNCTURED_UG_ML = 50.0


def infused(
    cohort: Cohort,
    dose_ug_day: float,
    times_h: Floats,
    *,
    sites: Sequence[str] = (),
    also: Sequence[str] = (),
) -> Response:
    """Return a simple continuous infusion through a catheter that is full of drug."""
    flow_mL_h = dose_ug_day / DAY_H / PRIME_UG_ML
    inflow = Inflow([0.0, float(times_h[-1]) + 1.0], [flow_mL_h], [PRIME_UG_ML])
    return run(cohort, inflow, times_h, sites=sites, also=also)


def run(
    cohort: Cohort,
    inflow: Inflow,
    times_h: Floats,
    *,
    sites: Sequence[str] = (),
    also: Sequence[str] = (),
    cells_per_cm: int = INFUSION_CELLS_PER_CM,
    primed_ug_mL: float = PRIME_UG_ML,
) -> Response:
    """Return what comes of a pump's inflow, through a catheter that is full at the start."""
    return simulate(
        cohort.ensemble(cells_per_cm),
        sample_times_h=times_h,
        inflow=inflow,
        implant=Implant(tip_level=cohort.tip, primed_with_ug_mL=primed_ug_mL),
        sites=sites,
        also=also,
    )


def punctured(
    cohort: Cohort,
    dose_ug: float,
    times_h: Floats,
    *,
    sites: Sequence[str] = ("lumbar",),
    also: Sequence[str] = (),
) -> Response:
    """Return a bolus of 50 mcg/mL by lumbar puncture at L3."""
    return simulate(
        cohort.ensemble(BOLUS_CELLS_PER_CM),
        sample_times_h=times_h,
        boluses=[Bolus(at_h=0.0, mass_ug=dose_ug, volume_mL=dose_ug / PUNCTURED_UG_ML)],
        sites=sites,
        also=also,
    )
