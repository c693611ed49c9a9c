"""Experiments on the signals of too much and too little: sedation, withdrawal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from thecal.body import SEDATION, SUPRASPINAL, WITHDRAWAL, Inflow
from thecal.lab.validation.cohort import INFUSION_CELLS_PER_CM, PRIME_UG_ML
from thecal.lab.validation.experiments.administration import DAY_H, REST_H, infused, punctured, run

if TYPE_CHECKING:
    from thecal.lab.validation.cohort import Cohort
    from thecal.lab.validation.experiments.administration import Floats

_BOLUS_H = np.arange(0.0, 48.01, 0.1)
_AFTER_STOP_H = np.arange(0.0, 30 * DAY_H + 0.5, 1.0)


def sedating_dose(cohort: Cohort) -> Floats:
    """Return the continuous dose, mcg/day, at which the sedation signal is half at rest.

    The level at the brain is proportional to the dose, and half the signal is its EC50.
    """
    trial_ug_day = 100.0
    found = infused(cohort, trial_ug_day, np.array([REST_H]), also=[SUPRASPINAL])
    half_ng_mL = cohort.ensemble(INFUSION_CELLS_PER_CM).patients["sedation_ec50_ng_mL"][1:]
    return np.asarray(trial_ug_day * half_ng_mL / found.patients(SUPRASPINAL)[:, 0])


def sedation_after_start(cohort: Cohort, *, dose_ug_h: float, after_h: float) -> Floats:
    """Return the sedation signal, 0 to 1, so long after an infusion began in a patient without the drug."""
    found = infused(cohort, dose_ug_h * DAY_H, np.array([after_h]), also=[SEDATION])
    return found.patients(SEDATION)[:, 0]


def sedation_after_bolus(cohort: Cohort, *, dose_ug: float) -> Floats:
    """Return the highest sedation signal, 0 to 1, in the two days after a lumbar puncture."""
    found = punctured(cohort, dose_ug, _BOLUS_H, sites=(), also=[SEDATION])
    return np.asarray(found.patients(SEDATION).max(axis=1))


def withdrawal_peak(cohort: Cohort, *, dose_ug_day: float, days: float) -> Floats:
    """Return when the withdrawal signal is highest, h after an infusion of so many days stops."""
    stop_h = days * DAY_H
    inflow = Inflow([0.0, stop_h], [dose_ug_day / DAY_H / PRIME_UG_ML], [PRIME_UG_ML])
    times_h = stop_h + _AFTER_STOP_H
    found = run(cohort, inflow.stopped(until_h=float(times_h[-1])), times_h, also=[WITHDRAWAL])
    return np.asarray(_AFTER_STOP_H[found.patients(WITHDRAWAL).argmax(axis=1)])
