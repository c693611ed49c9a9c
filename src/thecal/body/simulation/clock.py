"""Days and nights as phases of a run: the production of spinal fluid follows the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from thecal.body.bounds import number
from thecal.body.canal.anatomy import DEFAULT_CELLS_PER_CM
from thecal.body.cohort.ensemble import Ensemble
from thecal.body.population.day_and_night import at_clock
from thecal.body.simulation.phases import Phase

if TYPE_CHECKING:
    from thecal.body.population.parameters import Parameters

_HOURS = 24.0
_LONGEST_BY_CLOCK_H = 24 * 366.0
"""A year: every phase of it is a body of its own."""


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
    number("lasts_h", lasts_h, "h", low=0, high=_LONGEST_BY_CLOCK_H)
    number("every_h", every_h, "h", low=0.25, high=_HOURS)
    begins = [float(start) for start in np.arange(0.0, max(lasts_h, every_h), every_h)]
    hours = [(starts_at + start + every_h / 2) % _HOURS for start in begins]
    bodies = {
        hour: Ensemble.drawn(at_clock(parameters, hour), count, seed, cells_per_cm=cells_per_cm)
        for hour in dict.fromkeys(hours)
    }
    return tuple(Phase(start, bodies[hour]) for start, hour in zip(begins, hours, strict=True))
