"""The day and the night of spinal fluid: its production by the clock, as phases of a run.

Measured at two hours: 12 +/- 7 mL/h at 18:00 and 42 +/- 2 at 02:00, n = 6 (Nilsson 1992 [V], the spread taken
as SD; other methods differ tenfold, PMC9753305 [V]). Between them a cosine, up in the 8 hours from evening to
night and down in the 16 hours to the next evening (assumed: the two are the day's lowest and highest). That
day's mean is 27 mL/h, 648 mL/day, where the same study gives 650: a check, for nothing was set by it. The
spread goes the same way.
"""

from __future__ import annotations

import math
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.anatomy import DEFAULT_CELLS_PER_CM
from thecal.body.bounds import number, one_of
from thecal.body.changing import Phase
from thecal.body.ensemble import Ensemble
from thecal.body.parameters import Law, Parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOURS = 24.0
_EVENING, _NIGHT = 18, 2
MEASURED: Mapping[int, tuple[float, float]] = MappingProxyType({_EVENING: (12.0, 7.0), _NIGHT: (42.0, 2.0)})
"""Production of spinal fluid, mL/h, and its SD, by hour of the day: Nilsson 1992, n = 6 [V]."""
_RISES_H = (_NIGHT - _EVENING) % _HOURS
_LONGEST_H = 24 * 366.0
_SOURCE = "Nilsson 1992, n = 6: 12 +/- 7 mL/h at 18:00, 42 +/- 2 at 02:00"


def production_at(hour: float) -> tuple[float, float]:
    """Return the production of spinal fluid at an hour of the day, mL/h, and its SD between people.

    >>> production_at(2), production_at(18)
    ((42.0, 2.0), (12.0, 7.0))
    >>> production_at(22)
    (27.0, 4.5)

    Args:
        hour: of the clock, 0 to 24; a part of an hour as a fraction.

    Raises:
        ValueError: no hour of a day.

    Source:
        Nilsson 1992 at two hours; the cosine between them is assumed.
    """
    since_evening = (number("hour", hour, "h", low=0, high=_HOURS) - _EVENING) % _HOURS
    falls_h = _HOURS - _RISES_H
    part = (
        since_evening / _RISES_H if since_evening <= _RISES_H else 1.0 + (since_evening - _RISES_H) / falls_h
    )
    night = round((1.0 - math.cos(math.pi * part)) / 2, 12)
    (least, least_sd), (most, most_sd) = MEASURED[_EVENING], MEASURED[_NIGHT]
    return least + night * (most - least), least_sd + night * (most_sd - least_sd)


def at_clock(parameters: Parameters, hour: float) -> Parameters:
    """Return the parameters with the production of spinal fluid of an hour of the day, held.

    Raises:
        ValueError: no hour of a day; production that is known, or of an animal; a second hour.
    """
    one_of("parameters", parameters, Parameters, allowed="Parameters, as load_parameters returns them")
    value, sd = production_at(hour)
    usual = parameters["csf_turnover_mL_h"]
    if "csf_turnover_mL_h" in parameters.known:
        raise ValueError(
            f"hour is {hour:g}, and csf_turnover_mL_h, which it changes, is known: {usual.value:g} mL/h; "
            "allowed: one of the two"
        )
    measured = hour in MEASURED
    changed = replace(
        usual,
        value=value,
        law=Law.NORMAL,
        sd=sd,
        source=_SOURCE,
        sureness="V" if measured else "assumed",
        how="" if measured else f"at {hour:g} h, on a cosine between the two hours",
    )
    return parameters.changed("hour", f"the hour {hour:g}", {"csf_turnover_mL_h": changed})


def phases_by_clock(
    parameters: Parameters,
    count: int,
    seed: int,
    *,
    starts_at: float,
    lasts_h: float,
    every_h: float = 2.0,
    cells_per_cm: int = DEFAULT_CELLS_PER_CM,
) -> tuple[Phase, ...]:
    """Return patients through days and nights, for ``simulate_phases``; production is each phase's middle's.

    >>> from thecal.body import load_parameters
    >>> day = phases_by_clock(load_parameters(), 0, 0, starts_at=8, lasts_h=24, every_h=6)
    >>> [float(phase.ensemble.patients["csf_turnover_mL_h"][0].round(1)) for phase in day]
    [24.1, 12.3, 32.7, 39.5]

    A patient keeps the place among the others: who makes more than most does so all day (assumed).

    Args:
        parameters: of the patients; their own production is replaced.
        count: how many are drawn beside the typical one.
        seed: of the draw.
        starts_at: hour of the clock at hour 0 of the run, 0 to 24.
        lasts_h: up to when the clock is followed; the last phase goes on.
        every_h: length of a phase.
        cells_per_cm: the grid, as for ``Ensemble.drawn``.

    Raises:
        ValueError: an hour or a length that cannot be; production that is known, or of an animal.
    """
    number("starts_at", starts_at, "h", low=0, high=_HOURS)
    number("lasts_h", lasts_h, "h", low=0, high=_LONGEST_H)
    number("every_h", every_h, "h", low=0.25, high=_HOURS)
    begins = [float(start) for start in np.arange(0.0, max(lasts_h, every_h), every_h)]
    hours = [(starts_at + start + every_h / 2) % _HOURS for start in begins]
    bodies = {
        hour: Ensemble.drawn(at_clock(parameters, hour), count, seed, cells_per_cm=cells_per_cm)
        for hour in dict.fromkeys(hours)
    }
    return tuple(Phase(start, bodies[hour]) for start, hour in zip(begins, hours, strict=True))
