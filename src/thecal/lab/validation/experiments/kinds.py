"""The experiments, a small function for each kind: each returns a number for every drawn patient.

Where an event never comes (no fall of half a grade), the number is not a number (NaN).
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from thecal.body import (
    PLASMA,
    TIP_RATE,
    TONE_ARMS,
    TONE_LEGS,
    Implant,
    Inflow,
    csf_at,
)
from thecal.lab.validation.cohort import BEFORE, INFUSION_CELLS_PER_CM
from thecal.lab.validation.experiments.administration import DAY_H, REST_H, infused, punctured, run
from thecal.lab.validation.experiments.canal import share_above, share_below, share_near, spread_about_tip
from thecal.lab.validation.experiments.h_reflex import (
    fall_after_pump_bolus,
    fall_after_puncture,
    fall_on_the_pump,
    gain_of_boluses,
    left_with_tablets,
)
from thecal.lab.validation.experiments.oral import bioavailability, dose_cut, plasma_on_average
from thecal.lab.validation.experiments.signals import (
    sedating_dose,
    sedation_after_bolus,
    sedation_after_start,
    withdrawal_peak,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from thecal.body import Response
    from thecal.lab.validation.cohort import Cohort
    from thecal.lab.validation.experiments.administration import Floats

_KEPT = 4
_BOLUS_H = np.arange(0, 24.01, 0.05)
_FIRST_DAYS_H = np.arange(0, 240.01, 0.25)
_PLAIN = frozenset({TONE_LEGS, TONE_ARMS})


def level_at_rest(cohort: Cohort, *, dose_ug_day: float, where: str) -> Floats:
    """Return concentrations at rest, ng/mL, in plasma or in spinal fluid at a site."""
    quantity = PLASMA if where == "plasma" else csf_at(where)
    sites = () if where == "plasma" else (where,)
    response = infused(cohort, dose_ug_day, np.array([REST_H]), sites=sites)
    return response.patients(quantity)[:, 0]


def ratio_at_rest(cohort: Cohort, *, over: str, under: str) -> Floats:
    """Return the concentration at one site over that at another, at rest."""
    response = infused(cohort, 100.0, np.array([REST_H]), sites=(over, under))
    return np.asarray(response.patients(csf_at(over))[:, 0] / response.patients(csf_at(under))[:, 0])


def time_to_rest(cohort: Cohort, *, share: float, where: str) -> Floats:
    """Return when fluid at a site has this share of its level at ten days, h after an infusion began."""
    levels = infused(cohort, 100.0, _FIRST_DAYS_H, sites=(where,)).patients(csf_at(where))
    return _first(_FIRST_DAYS_H, levels >= share * levels[:, -1:])


def bolus_half_life(cohort: Cohort, *, dose_ug: float, from_h: float, to_h: float) -> Floats:
    """Return the half-life, h, of a straight line through the logarithm of lumbar fluid."""
    times = _BOLUS_H[np.searchsorted(_BOLUS_H, from_h) : np.searchsorted(_BOLUS_H, to_h, side="right")]
    lumbar = punctured(cohort, dose_ug, times).patients(csf_at("lumbar"))
    slope = np.polyfit(times, np.log(lumbar).T, 1)[0]
    return np.asarray(np.log(2) / -slope)


def bolus_clearance(cohort: Cohort, *, dose_ug: float, to_h: float) -> Floats:
    """Return dose over the area under lumbar fluid, mL/h."""
    times = np.unique(np.concatenate([np.geomspace(0.02, to_h, 400), [0.0]]))
    lumbar = punctured(cohort, dose_ug, times).patients(csf_at("lumbar"))
    return np.asarray(dose_ug * 1000.0 / np.trapezoid(lumbar, times, axis=1))


def bolus_volume(cohort: Cohort, *, dose_ug: float, from_h: float, to_h: float, area_to_h: float) -> Floats:
    """Return the volume, mL, that clearance and half-life after a bolus make together."""
    clearance_mL_h = bolus_clearance(cohort, dose_ug=dose_ug, to_h=area_to_h)
    half_life_h = bolus_half_life(cohort, dose_ug=dose_ug, from_h=from_h, to_h=to_h)
    return np.asarray(clearance_mL_h * half_life_h / np.log(2))


def infusion_clearance(cohort: Cohort, *, where: str) -> Floats:
    """Return dose rate over the level of fluid at rest, mL/h."""
    dose_ug_day = 100.0
    level_ng_mL = level_at_rest(cohort, dose_ug_day=dose_ug_day, where=where)
    return np.asarray(dose_ug_day / DAY_H * 1000.0 / level_ng_mL)


def bolus_response(cohort: Cohort, *, dose_ug: float) -> Response:
    """Return the first day after a bolus of 50 mcg/mL by lumbar puncture, every three minutes."""
    return punctured(cohort, dose_ug, _BOLUS_H)


def bolus_onset(cohort: Cohort, *, dose_ug: float, fall: float) -> Floats:
    """Return when leg tone has fallen so far, h after a lumbar puncture."""
    return _first(_BOLUS_H, _bolus_falls(cohort, dose_ug) >= fall)


def bolus_peak(cohort: Cohort, *, dose_ug: float) -> Floats:
    """Return when leg tone is lowest, h after a lumbar puncture."""
    return np.asarray(_BOLUS_H[_bolus_falls(cohort, dose_ug).argmax(axis=1)])


def bolus_duration(cohort: Cohort, *, dose_ug: float, fall: float) -> Floats:
    """Return how long, h, leg tone is so far down after a lumbar puncture."""
    lasting = _bolus_falls(cohort, dose_ug) >= fall
    hours = lasting.sum(axis=1) * (_BOLUS_H[1] - _BOLUS_H[0])
    return np.where(lasting.any(axis=1), hours, np.nan)


def bolus_responders(cohort: Cohort, *, dose_ug: float, fall: float) -> Floats:
    """Return 1 for those whose leg tone falls so far after a lumbar puncture, 0 for the others."""
    return np.where(_bolus_falls(cohort, dose_ug).max(axis=1) >= fall, 1.0, 0.0)


def infusion_onset(cohort: Cohort, *, dose_ug_day: float, fall: float) -> Floats:
    """Return when leg tone has fallen so far, h after an infusion began."""
    return _first(_FIRST_DAYS_H, _infusion_falls(cohort, dose_ug_day) >= fall)


def infusion_maximum(cohort: Cohort, *, dose_ug_day: float, share: float) -> Floats:
    """Return when leg tone has made this share of its fall at ten days, h after an infusion began."""
    falls = _infusion_falls(cohort, dose_ug_day)
    return _first(_FIRST_DAYS_H, falls >= share * falls[:, -1:])


def score_after_infusion(cohort: Cohort, *, dose_ug_day: float, days: float) -> Floats:
    """Return the sign's score after so many days of simple continuous infusion."""
    sign = cohort.who.sign
    response = infused(cohort, dose_ug_day, np.array([days * DAY_H]), also=[] if sign in _PLAIN else [sign])
    return response.patients(sign)[:, 0]


def change_after_infusion(cohort: Cohort, *, dose_ug_day: float, days: float) -> Floats:
    """Return how far the sign's score has changed after so many days of simple continuous infusion."""
    before = cohort.ensemble(INFUSION_CELLS_PER_CM).patients[BEFORE[cohort.who.sign]][1:]
    return np.asarray(score_after_infusion(cohort, dose_ug_day=dose_ug_day, days=days) - before)


def bridge(cohort: Cohort, *, dose_ug_day: float, old_ug_mL: float, new_ug_mL: float) -> Floats:
    """Return the dose at the tip, mcg/h, hour by hour through a bridged change of concentration."""
    dead_mL = Implant(tip_level=cohort.tip, primed_with_ug_mL=0).dead_volume_mL
    rate_ug_h = dose_ug_day / DAY_H
    old_mL_h, new_mL_h = rate_ug_h / old_ug_mL, rate_ug_h / new_ug_mL
    cleared_h = dead_mL / old_mL_h
    last_h = 3 * cleared_h + dead_mL / new_mL_h
    inflow = Inflow([0.0, cleared_h, last_h], [old_mL_h, new_mL_h], [new_ug_mL, new_ug_mL])
    times = np.arange(0.5, last_h, 1.0)
    return run(cohort, inflow, times, primed_ug_mL=old_ug_mL).typical(TIP_RATE)


KINDS: Mapping[str, Callable[..., Floats]] = MappingProxyType(
    {
        "level at rest": level_at_rest,
        "ratio at rest": ratio_at_rest,
        "time to rest": time_to_rest,
        "bolus half-life": bolus_half_life,
        "bolus clearance": bolus_clearance,
        "bolus volume": bolus_volume,
        "infusion clearance": infusion_clearance,
        "bolus onset": bolus_onset,
        "bolus peak": bolus_peak,
        "bolus duration": bolus_duration,
        "bolus responders": bolus_responders,
        "infusion onset": infusion_onset,
        "infusion maximum": infusion_maximum,
        "score after infusion": score_after_infusion,
        "change after infusion": change_after_infusion,
        "H/M fall after a puncture": fall_after_puncture,
        "H/M fall after a pump's bolus": fall_after_pump_bolus,
        "H/M fall on the pump": fall_on_the_pump,
        "H/M gained by boluses": gain_of_boluses,
        "H/M left with tablets": left_with_tablets,
        "sedating dose": sedating_dose,
        "sedation after a start": sedation_after_start,
        "sedation after a bolus": sedation_after_bolus,
        "withdrawal peak": withdrawal_peak,
        "plasma by mouth": plasma_on_average,
        "bioavailability": bioavailability,
        "dose cut": dose_cut,
        "share near the tip": share_near,
        "spread about the tip": spread_about_tip,
        "share below the tip": share_below,
        "share above the tip": share_above,
        "bridge": bridge,
    }
)
"""Kinds of experiment by the name a row gives; the settings are the function's keywords."""


@lru_cache(maxsize=_KEPT)
def _bolus_falls(cohort: Cohort, dose_ug: float) -> Floats:
    return _falls(bolus_response(cohort, dose_ug=dose_ug))


@lru_cache(maxsize=_KEPT)
def _infusion_falls(cohort: Cohort, dose_ug_day: float) -> Floats:
    return _falls(infused(cohort, dose_ug_day, _FIRST_DAYS_H))


def _falls(response: Response) -> Floats:
    """Return how far leg tone is down; several rows read the same curves, so none may write in them."""
    tone = response.patients(TONE_LEGS)
    falls = np.asarray(tone[:, :1] - tone)
    falls.setflags(write=False)
    return falls


def _first(times_h: Floats, reached: npt.NDArray[np.bool_]) -> Floats:
    return np.where(reached.any(axis=1), times_h[reached.argmax(axis=1)], np.nan)
