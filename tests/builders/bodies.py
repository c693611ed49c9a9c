"""Bodies and schedules that the tests of this room share."""

from __future__ import annotations

import numpy as np

from thecal.body import TONE_LEGS, Bolus, Ensemble, Implant, Inflow, Observation, load_parameters

PRIMED = Implant(tip_level="T10", catheter_length_cm=80, primed_with_ug_mL=500)
SCREENING = Bolus(at_h=0, mass_ug=50, volume_mL=1)


def typical(cells_per_cm: int = 2, **known: float) -> Ensemble:
    """Return the typical patient alone, with some parameters set."""
    return Ensemble.drawn(load_parameters().knowing(**known), 0, 0, cells_per_cm=cells_per_cm)


def continuous(ug_per_day: float, hours: float, ug_per_mL: float = 500.0) -> Inflow:
    """Return a simple continuous infusion from time 0."""
    return Inflow([0, hours], [ug_per_day / 24 / ug_per_mL], [ug_per_mL])


def fortnight() -> Inflow:
    """Return two weeks of a flex day of six steps at odd times, a stop, and a new concentration on day 8."""
    edges, flow, concentration = [], [], []
    for day in range(14):
        for hour, rate in ((0, 4.2), (6.5, 9), (9.1, 0), (13.25, 6), (18, 12.5), (21.77, 3.3)):
            edges.append(24 * day + hour)
            concentration.append(500.0 if day < 8 else 2000.0)
            flow.append(rate / concentration[-1])
    return Inflow([*edges, 336.0], np.array(flow), np.array(concentration))


def rigid(*, graded: bool) -> list[Observation]:
    """Return the screening trial of somebody whose legs are as rigid as the scale goes."""
    return [
        Observation(curve=TONE_LEGS, at_h=hour, value=grade, sd=0.3, in_grades=graded)
        for hour, grade in ((0, 5), (1, 5), (2, 4), (4, 4), (8, 5))
    ]
