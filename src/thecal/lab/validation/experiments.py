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
    Bolus,
    Implant,
    Inflow,
    csf_at,
    simulate,
)
from thecal.lab.validation.cohort import BOLUS_CELLS_PER_CM, INFUSION_CELLS_PER_CM, PRIME_UG_ML

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from thecal.body import Response
    from thecal.lab.validation.cohort import Cohort

    Floats = npt.NDArray[np.float64]

_DAY_H = 24.0
_REST_H = 1000.0
_KEPT = 4
_BOLUS_H = np.arange(0, 24.01, 0.05)
_FIRST_DAYS_H = np.arange(0, 240.01, 0.25)
_TONE: Mapping[str, str] = MappingProxyType({"legs": TONE_LEGS, "arms": TONE_ARMS})


def level_at_rest(cohort: Cohort, *, dose_ug_day: float, where: str) -> Floats:
    """Return concentrations at rest, ng/mL, in plasma or in spinal fluid at a site."""
    quantity = PLASMA if where == "plasma" else csf_at(where)
    sites = () if where == "plasma" else (where,)
    response = _infused(cohort, dose_ug_day, np.array([_REST_H]), sites=sites)
    return response.patients(quantity)[:, 0]


def ratio_at_rest(cohort: Cohort, *, over: str, under: str) -> Floats:
    """Return the concentration at one site over that at another, at rest."""
    response = _infused(cohort, 100.0, np.array([_REST_H]), sites=(over, under))
    return np.asarray(response.patients(csf_at(over))[:, 0] / response.patients(csf_at(under))[:, 0])


def time_to_rest(cohort: Cohort, *, share: float, where: str) -> Floats:
    """Return when fluid at a site has this share of its level at ten days, h after an infusion began."""
    levels = _infused(cohort, 100.0, _FIRST_DAYS_H, sites=(where,)).patients(csf_at(where))
    return _first(_FIRST_DAYS_H, levels >= share * levels[:, -1:])


def bolus_half_life(cohort: Cohort, *, dose_ug: float, from_h: float, to_h: float) -> Floats:
    """Return the half-life, h, of a straight line through the logarithm of lumbar fluid."""
    times = _BOLUS_H[np.searchsorted(_BOLUS_H, from_h) : np.searchsorted(_BOLUS_H, to_h, side="right")]
    lumbar = _punctured(cohort, dose_ug, times).patients(csf_at("lumbar"))
    slope = np.polyfit(times, np.log(lumbar).T, 1)[0]
    return np.asarray(np.log(2) / -slope)


def bolus_clearance(cohort: Cohort, *, dose_ug: float, to_h: float) -> Floats:
    """Return dose over the area under lumbar fluid, mL/h."""
    times = np.unique(np.concatenate([np.geomspace(0.02, to_h, 400), [0.0]]))
    lumbar = _punctured(cohort, dose_ug, times).patients(csf_at("lumbar"))
    return np.asarray(dose_ug * 1000.0 / np.trapezoid(lumbar, times, axis=1))


def bolus_course(cohort: Cohort, *, dose_ug: float, before: float = 4.0, before_sd: float = 0.5) -> Response:
    """Return the first day after a bolus of 50 mcg/mL by lumbar puncture, every three minutes."""
    return _punctured(cohort, dose_ug, _BOLUS_H, before=before, before_sd=before_sd)


def bolus_onset(cohort: Cohort, *, dose_ug: float, fall: float, before: float, before_sd: float) -> Floats:
    """Return when leg tone has fallen so far, h after a lumbar puncture."""
    return _first(_BOLUS_H, _bolus_falls(cohort, dose_ug, before, before_sd) >= fall)


def bolus_peak(cohort: Cohort, *, dose_ug: float, before: float, before_sd: float) -> Floats:
    """Return when leg tone is lowest, h after a lumbar puncture."""
    return np.asarray(_BOLUS_H[_bolus_falls(cohort, dose_ug, before, before_sd).argmax(axis=1)])


def bolus_duration(cohort: Cohort, *, dose_ug: float, fall: float, before: float, before_sd: float) -> Floats:
    """Return how long, h, leg tone is so far down after a lumbar puncture."""
    lasting = _bolus_falls(cohort, dose_ug, before, before_sd) >= fall
    hours = lasting.sum(axis=1) * (_BOLUS_H[1] - _BOLUS_H[0])
    return np.where(lasting.any(axis=1), hours, np.nan)


def bolus_responders(
    cohort: Cohort, *, dose_ug: float, fall: float, before: float, before_sd: float
) -> Floats:
    """Return 1 for those whose leg tone falls so far after a lumbar puncture, 0 for the others."""
    most = _bolus_falls(cohort, dose_ug, before, before_sd).max(axis=1)
    return np.where(most >= fall, 1.0, 0.0)


def infusion_onset(
    cohort: Cohort, *, dose_ug_day: float, fall: float, before: float, before_sd: float
) -> Floats:
    """Return when leg tone has fallen so far, h after an infusion began."""
    return _first(_FIRST_DAYS_H, _infusion_falls(cohort, dose_ug_day, before, before_sd) >= fall)


def infusion_maximum(
    cohort: Cohort, *, dose_ug_day: float, share: float, before: float, before_sd: float
) -> Floats:
    """Return when leg tone has made this share of its fall at ten days, h after an infusion began."""
    falls = _infusion_falls(cohort, dose_ug_day, before, before_sd)
    return _first(_FIRST_DAYS_H, falls >= share * falls[:, -1:])


def tone_after_infusion(
    cohort: Cohort, *, limb: str, dose_ug_day: float, days: float, before: float, before_sd: float
) -> Floats:
    """Return the score (Ashworth 1-5) after so many days of simple continuous infusion."""
    response = _infused(
        cohort, dose_ug_day, np.array([days * _DAY_H]), limb=limb, before=before, before_sd=before_sd
    )
    return response.patients(_TONE[limb])[:, 0]


def bridge(cohort: Cohort, *, dose_ug_day: float, old_ug_mL: float, new_ug_mL: float) -> Floats:
    """Return the dose at the tip, mcg/h, hour by hour through a bridged change of concentration."""
    implant = Implant(tip_level=cohort.tip, primed_with_ug_mL=old_ug_mL)
    rate_ug_h = dose_ug_day / _DAY_H
    old_mL_h, new_mL_h = rate_ug_h / old_ug_mL, rate_ug_h / new_ug_mL
    cleared_h = implant.dead_volume_mL / old_mL_h
    last_h = 3 * cleared_h + implant.dead_volume_mL / new_mL_h
    inflow = Inflow([0.0, cleared_h, last_h], [old_mL_h, new_mL_h], [new_ug_mL, new_ug_mL])
    response = simulate(
        cohort.ensemble(INFUSION_CELLS_PER_CM),
        sample_times_h=np.arange(0.5, last_h, 1.0),
        inflow=inflow,
        implant=implant,
        sites=(),
    )
    return response.typical(TIP_RATE)


KINDS: Mapping[str, Callable[..., Floats]] = MappingProxyType(
    {
        "level at rest": level_at_rest,
        "ratio at rest": ratio_at_rest,
        "time to rest": time_to_rest,
        "bolus half-life": bolus_half_life,
        "bolus clearance": bolus_clearance,
        "bolus onset": bolus_onset,
        "bolus peak": bolus_peak,
        "bolus duration": bolus_duration,
        "bolus responders": bolus_responders,
        "infusion onset": infusion_onset,
        "infusion maximum": infusion_maximum,
        "tone after infusion": tone_after_infusion,
        "bridge": bridge,
    }
)
"""Kinds of experiment by the name a row gives; the settings are the function's keywords."""


def _infused(
    cohort: Cohort,
    dose_ug_day: float,
    times_h: Floats,
    *,
    sites: tuple[str, ...] = (),
    limb: str = "legs",
    before: float = 4.0,
    before_sd: float = 0.5,
) -> Response:
    """Return a simple continuous infusion through a catheter that is full of drug."""
    flow_mL_h = dose_ug_day / _DAY_H / PRIME_UG_ML
    return simulate(
        cohort.ensemble(INFUSION_CELLS_PER_CM, limb=limb, before=before, before_sd=before_sd),
        sample_times_h=times_h,
        inflow=Inflow([0.0, float(times_h[-1]) + 1.0], [flow_mL_h], [PRIME_UG_ML]),
        implant=Implant(tip_level=cohort.tip, primed_with_ug_mL=PRIME_UG_ML),
        sites=sites,
    )


def _punctured(
    cohort: Cohort, dose_ug: float, times_h: Floats, *, before: float = 4.0, before_sd: float = 0.5
) -> Response:
    """Return a bolus of 50 mcg/mL by lumbar puncture at L3."""
    return simulate(
        cohort.ensemble(BOLUS_CELLS_PER_CM, before=before, before_sd=before_sd),
        sample_times_h=times_h,
        boluses=[Bolus(at_h=0.0, mass_ug=dose_ug, volume_mL=dose_ug / 50.0)],
        sites=("lumbar",),
    )


@lru_cache(maxsize=_KEPT)
def _bolus_falls(cohort: Cohort, dose_ug: float, before: float, before_sd: float) -> Floats:
    return _falls(bolus_course(cohort, dose_ug=dose_ug, before=before, before_sd=before_sd))


@lru_cache(maxsize=_KEPT)
def _infusion_falls(cohort: Cohort, dose_ug_day: float, before: float, before_sd: float) -> Floats:
    return _falls(_infused(cohort, dose_ug_day, _FIRST_DAYS_H, before=before, before_sd=before_sd))


def _falls(response: Response) -> Floats:
    """Return how far leg tone is down; several rows read the same curves, so none may write in them."""
    tone = response.patients(TONE_LEGS)
    falls = np.asarray(tone[:, :1] - tone)
    falls.setflags(write=False)
    return falls


def _first(times_h: Floats, reached: npt.NDArray[np.bool_]) -> Floats:
    return np.where(reached.any(axis=1), times_h[reached.argmax(axis=1)], np.nan)
