"""Experiments on the H reflex: how far the ratio H/M of the legs falls, %."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from thecal.body import HM_LEGS, Implant, Inflow, OralDose, simulate
from thecal.lab.validation.cohort import BOLUS_CELLS_PER_CM, INFUSION_CELLS_PER_CM, PRIME_UG_ML
from thecal.lab.validation.experiments.administration import DAY_H, punctured, run

if TYPE_CHECKING:
    from thecal.lab.validation.cohort import Cohort
    from thecal.lab.validation.experiments.administration import Floats

_STEP_H = 0.05
_BEFORE_H = 240.0
_BOLUS_H = 10 / 60
"""How long the pump's boluses take."""


def fall_after_puncture(cohort: Cohort, *, dose_ug: float, from_h: float, to_h: float) -> Floats:
    """Return the greatest fall in a window of hours after a lumbar puncture."""
    response = punctured(cohort, dose_ug, _window(from_h, to_h), also=[HM_LEGS], sites=())
    return _percent(1.0 - response.patients(HM_LEGS).min(axis=1))


def fall_after_pump_bolus(
    cohort: Cohort, *, running_ug_day: float, dose_ug: float, from_h: float, to_h: float
) -> Floats:
    """Return the greatest fall in a window after a bolus by the pump, counted from just before it."""
    running_ug_h, last_h = running_ug_day / DAY_H, _BEFORE_H + to_h + 1.0
    rates = np.array([running_ug_h, running_ug_h + dose_ug / _BOLUS_H, running_ug_h])
    inflow = Inflow(
        [0.0, _BEFORE_H, _BEFORE_H + _BOLUS_H, last_h], rates / PRIME_UG_ML, np.full(3, PRIME_UG_ML)
    )
    times = np.concatenate(([_BEFORE_H], _BEFORE_H + _window(from_h, to_h)))
    response = run(cohort, inflow, times, also=[HM_LEGS], cells_per_cm=BOLUS_CELLS_PER_CM)
    ratio = response.patients(HM_LEGS)
    return _percent(1.0 - ratio[:, 1:].min(axis=1) / ratio[:, 0])


def fall_on_the_pump(
    cohort: Cohort, *, dose_ug_day: float, boluses_a_day: float, share_in_boluses: float
) -> Floats:
    """Return the greatest fall in a day at rest, counted from before any drug."""
    count = int(boluses_a_day)
    days = int(_BEFORE_H / DAY_H) + 1
    basal_ug_h = dose_ug_day * (1.0 - share_in_boluses) / DAY_H
    starts = np.arange(0.0, days * DAY_H, DAY_H / count) if count else np.array([0.0])
    edges = np.append(np.column_stack((starts, starts + _BOLUS_H)).ravel(), days * DAY_H)
    extra_ug_h = dose_ug_day * share_in_boluses / count / _BOLUS_H if count else 0.0
    rates = basal_ug_h + np.tile([extra_ug_h, 0.0], len(starts))
    inflow = Inflow(edges, rates / PRIME_UG_ML, np.full(len(rates), PRIME_UG_ML))
    times = np.arange(_BEFORE_H, _BEFORE_H + DAY_H, _STEP_H)
    response = run(cohort, inflow, times, also=[HM_LEGS], cells_per_cm=BOLUS_CELLS_PER_CM)
    return _percent(1.0 - response.patients(HM_LEGS).min(axis=1))


def gain_of_boluses(
    cohort: Cohort, *, dose_ug_day: float, boluses_a_day: float, share_in_boluses: float
) -> Floats:
    """Return how much further H/M falls on boluses than on the same dose given evenly, points of per cent."""
    falls = [
        fall_on_the_pump(cohort, dose_ug_day=dose_ug_day, boluses_a_day=count, share_in_boluses=share)
        for count, share in ((boluses_a_day, share_in_boluses), (0, 0))
    ]
    return np.asarray(falls[0] - falls[1])


def left_with_tablets(cohort: Cohort, *, dose_ug_day: float, dose_mg: float, doses_a_day: float) -> Floats:
    """Return the share of H/M left on a pump and tablets together, on the average of a day at rest."""
    every_h, last_h = DAY_H / doses_a_day, _BEFORE_H + DAY_H
    times = np.arange(_BEFORE_H, last_h, _STEP_H)
    response = simulate(
        cohort.ensemble(INFUSION_CELLS_PER_CM),
        sample_times_h=times,
        inflow=Inflow([0.0, last_h], [dose_ug_day / DAY_H / PRIME_UG_ML], [PRIME_UG_ML]),
        implant=Implant(tip_level=cohort.tip, primed_with_ug_mL=PRIME_UG_ML),
        oral=OralDose.repeated(dose_mg, every_h=every_h, doses=round(last_h / every_h)),
        sites=(),
        also=[HM_LEGS],
    )
    return np.asarray(response.patients(HM_LEGS).mean(axis=1))


def _window(from_h: float, to_h: float) -> Floats:
    return np.linspace(from_h, to_h, 1 + round((to_h - from_h) / _STEP_H))


def _percent(share: Floats) -> Floats:
    return np.asarray(100.0 * share, dtype=np.float64)
