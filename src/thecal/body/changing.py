"""Bodies whose parameters change in time: simulated phase by phase, each from the full state of the last.

Within a phase parameters are constant and the engine holds; at its end every compartment is read and is
what the next phase starts from, so that nothing is lost in between. A parameter that changes steadily is for
the caller to cut into phases. What depends on the drug itself (saturable transport, drug returning from
plasma) is not a change in time; this engine does not solve it and offers no place to ask for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.bounds import increasing
from thecal.body.engine import Drive, Start, Tap, Way, respond
from thecal.body.habit import Habits
from thecal.body.inflow import Inflow
from thecal.body.levels import SITES
from thecal.body.response import Response
from thecal.body.simulate import TOLERANCE, checked_times, course_of, report, ways_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.body.bolus import Bolus
    from thecal.body.bounds import Floats
    from thecal.body.catheter import Implant
    from thecal.body.ensemble import Ensemble

_DRIVEN = 3
"""Compartments further down that are looked at: plasma, legs, arms."""


@dataclass(frozen=True, eq=False)
class Phase:
    """A time from which the patients are as in an ensemble.

    Args:
        from_h: hours since the start; the first phase begins at 0.
        ensemble: the patients from then on: as many, in the same order, on the same grid.
    """

    from_h: float
    ensemble: Ensemble


def simulate_phases(
    phases: Sequence[Phase],
    *,
    sample_times_h: Sequence[float] | Floats,
    inflow: Inflow | None = None,
    implant: Implant | None = None,
    boluses: Sequence[Bolus] = (),
    sites: Sequence[str] = tuple(SITES),
    tolerance: float = TOLERANCE,
) -> Response:
    """Return every patient's curves while their parameters change; the rest is as for ``simulate``.

    A sample at the moment of a change belongs to the phase that begins.

    Raises:
        ValueError: phases that do not begin at 0, do not increase, or differ in patients or grid; and what
            ``simulate`` refuses.
    """
    starts = _checked_phases(phases)
    times = checked_times(sample_times_h)
    inflow = inflow or Inflow.nothing()
    course = course_of(inflow, implant, ())
    state = np.zeros((phases[0].ensemble.network.states, len(phases[0].ensemble)))
    below = np.zeros((_DRIVEN, len(phases[0].ensemble)))
    parts = []
    for phase, start, end in zip(phases, starts, np.append(starts[1:], np.inf), strict=True):
        body, cells = phase.ensemble, phase.ensemble.network.cells + 1
        begun = Way(
            Start(state[:cells].T, state[cells:].T), Drive(np.array([start]), np.zeros(1), np.ones(1))
        )
        entering = [
            Way(way.source, drive.between(start, end))
            for way in ways_in(body, course, boluses)
            for drive in way.drives
        ]
        driven = [body.plasma_tap, *body.effect_taps]

        def look(taps: list[Tap], at_h: Floats, ways: list[Way], body: Ensemble = body) -> Floats:
            return respond(body.network, ways, taps, at_h, tolerance=tolerance)

        inside = times[(times >= start) & (times < end)]
        ways = [begun, *entering]
        seen = look([*(body.csf_tap(site) for site in sites), *driven], inside, ways)
        seen[-_DRIVEN:] += _decayed(below, driven, inside - start)
        found = report(
            body, seen, sites=sites, times=inside, inflow=inflow, course=course, tolerance=tolerance
        )
        parts.append(found.curves)
        if np.isfinite(end):
            state = look(_every_compartment(body), np.array([end]), ways)[:, :, 0]
            last = look(driven, np.array([end]), ways)
            # Plasma is carried over as a mass, for its volume may change.
            below = (last + _decayed(below, driven, np.array([end - start])))[:, :, 0]
            below[0] *= body.patients["plasma_volume_L"]
            below[0] /= phases[len(parts)].ensemble.patients["plasma_volume_L"]
    curves = {name: np.concatenate([part[name] for part in parts], axis=1) for name in parts[0]}
    return Response(sample_times_h=times, curves=MappingProxyType(curves))


def _checked_phases(phases: Sequence[Phase]) -> Floats:
    starts = np.array([phase.from_h for phase in phases], dtype=np.float64)
    if not len(starts) or starts[0] != 0:
        raise ValueError(f"the first phase must begin at 0 h, got {starts[:1].tolist()}")
    increasing("from_h", starts, "h")
    first = phases[0].ensemble
    for phase in phases:
        if Habits(phase.ensemble).places:
            raise ValueError(
                f"phase from {phase.from_h:g} h has tolerance_gain or rebound_grades above 0; allowed: 0, "
                "for what patients are used to is not carried from phase to phase"
            )
        if (len(phase.ensemble), phase.ensemble.anatomy) != (len(first), first.anatomy):
            raise ValueError(
                f"phase from {phase.from_h:g} h has {len(phase.ensemble)} patients on a grid of "
                f"{phase.ensemble.anatomy.cells} cells, the first has {len(first)} on {first.anatomy.cells}"
            )
    return starts


def _decayed(below: Floats, driven: list[Tap], since_h: Floats) -> Floats:
    """Return what is left of the plasma, legs and arms of a phase's start; shape ``(3, P, T)``."""
    rates = np.stack([tap.cascade[0][1] for tap in driven])
    return np.asarray(below[:, :, np.newaxis] * np.exp(-rates[:, :, np.newaxis] * since_h), dtype=np.float64)


def _every_compartment(body: Ensemble) -> list[Tap]:
    csf, cord = np.zeros_like(body.network.csf_mL), np.eye(body.network.cord_mL.shape[1])
    fluid = [Tap(np.broadcast_to(row, csf.shape)) for row in np.eye(csf.shape[1])]
    return [*fluid, *(Tap(csf, np.broadcast_to(row, body.network.cord_mL.shape)) for row in cord)]
