"""Experiments with baclofen by mouth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from thecal.body import PLASMA, Bolus, OralDose, simulate
from thecal.lab.validation.cohort import INFUSION_CELLS_PER_CM
from thecal.lab.validation.experiments.administration import DAY_H

if TYPE_CHECKING:
    from thecal.lab.validation.cohort import Cohort
    from thecal.lab.validation.experiments.administration import Floats

_DAYS = 10
_STEP_H = 0.05
_AREA_H = 400.0
_DOSE_MG = 1.0
_PERCENT = 100.0


def plasma_on_average(cohort: Cohort, *, dose_mg: float, doses_a_day: float) -> Floats:
    """Return plasma on the average of a day, ng/mL, after ten days of equal doses by mouth."""
    return _daily_mean(cohort, dose_mg, int(doses_a_day))


def dose_cut(cohort: Cohort, *, creatinine_mL_min: float, dose_mg: float, doses_a_day: float) -> Floats:
    """Return the share to leave out of a dose, so that plasma is what it is with the usual renal function."""
    usual = _daily_mean(cohort, dose_mg, int(doses_a_day))
    impaired = _daily_mean(cohort, dose_mg, int(doses_a_day), creatinine_clearance_mL_min=creatinine_mL_min)
    return np.asarray(1.0 - usual / impaired)


def bioavailability(cohort: Cohort) -> Floats:
    """Return the area under plasma by mouth over that of the same dose by lumbar puncture, %.

    All that is given into the spine reaches plasma in the end.
    """
    times = np.concatenate(([0.0], np.geomspace(1e-3, _AREA_H, 4000)))
    body = cohort.ensemble(INFUSION_CELLS_PER_CM)
    bolus = Bolus(at_h=0.0, mass_ug=_DOSE_MG * 1000.0)
    intrathecal = simulate(body, sample_times_h=times, boluses=[bolus], sites=())
    oral = simulate(body, sample_times_h=times, oral=[OralDose(at_h=0.0, dose_mg=_DOSE_MG)], sites=())
    areas = [np.trapezoid(one.patients(PLASMA), times, axis=1) for one in (oral, intrathecal)]
    return np.asarray(_PERCENT * areas[0] / areas[1])


def _daily_mean(cohort: Cohort, dose_mg: float, doses_a_day: int, **known: float) -> Floats:
    every_h = DAY_H / doses_a_day
    doses = OralDose.repeated(dose_mg, every_h=every_h, doses=doses_a_day * (_DAYS + 1))
    times = np.arange(_DAYS * DAY_H, (_DAYS + 1) * DAY_H + _STEP_H / 2, _STEP_H)
    body = cohort.ensemble(INFUSION_CELLS_PER_CM, **known)
    plasma = simulate(body, sample_times_h=times, oral=doses, sites=()).patients(PLASMA)
    return np.asarray(np.trapezoid(plasma, times, axis=1) / (times[-1] - times[0]))
