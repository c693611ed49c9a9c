"""Bodies whose parameters change in time: simulated phase by phase, each from the full state of the last.

Within a phase parameters are constant and the engine holds; at its end every compartment, and every stage
that follows one, is read and is what the next phase starts from, so that nothing is lost in between. A
parameter that changes steadily is for the caller to cut into phases. What depends on the drug itself
(saturable transport, drug returning from plasma) is not a change in time: see ``transport``.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

import numpy as np

from thecal.body.bounds import LONGEST_H, explains_arguments, increasing, list_of, number, one_of
from thecal.body.canal.levels import SITES
from thecal.body.cohort.ensemble import Ensemble
from thecal.body.cohort.oral import oral_levels, oral_stages, remaining_levels
from thecal.body.engine import Drive, InputRoute, Tap, respond
from thecal.body.simulation.response import Response
from thecal.body.simulation.simulate import (
    TOLERANCE,
    catheter_output,
    check_inputs,
    checked_times,
    inflows_of,
    input_routes,
    simulate,
)
from thecal.body.simulation.view import View, delivery_curves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.body.bounds import Floats
    from thecal.body.canal.bolus import Bolus
    from thecal.body.catheter.faults import CatheterFault
    from thecal.body.catheter.implant import Implant
    from thecal.body.catheter.inflow import Inflow
    from thecal.body.cohort.oral import OralDose, Stages


@explains_arguments
@dataclass(frozen=True, eq=False)
class Phase:
    """A time from which the patients are as in an ensemble.

    Args:
        from_h: hours since the start; the first phase begins at 0.
        ensemble: the patients from then on: as many, in the same order, on the same grid.
    """

    from_h: float
    ensemble: Ensemble

    def __post_init__(self) -> None:
        """Refuse what is no time, or no patients."""
        number("from_h", self.from_h, "h", low=0, high=LONGEST_H)
        one_of("ensemble", self.ensemble, Ensemble, allowed="an Ensemble of patients")


def simulate_phases(
    phases: Sequence[Phase],
    *,
    sample_times_h: Sequence[float] | Floats,
    inflow: Inflow | Sequence[Inflow] | None = None,
    implant: Implant | None = None,
    faults: Sequence[CatheterFault] = (),
    boluses: Sequence[Bolus] = (),
    oral: Sequence[OralDose] = (),
    sites: Sequence[str] = tuple(SITES),
    also: Sequence[str] = (),
    tolerance: float = TOLERANCE,
) -> Response:
    """Return every patient's curves while their parameters change; the rest is as for ``simulate``.

    A sample at the moment of a change belongs to the phase that begins.

    >>> from thecal.body import Ensemble, OralDose, load_parameters
    >>> well = load_parameters()
    >>> ill = well.knowing(creatinine_clearance_mL_min=20)
    >>> phases = [Phase(0, Ensemble.drawn(well, 0, 0)), Phase(72, Ensemble.drawn(ill, 0, 0))]
    >>> doses = OralDose.repeated(20, every_h=8, doses=18)
    >>> response = simulate_phases(phases, sample_times_h=[71, 143], oral=doses)
    >>> before, after = response.typical("plasma_ng_mL")
    >>> bool(after > 2 * before)
    True

    Raises:
        ValueError: phases that do not begin at 0, do not increase, or differ in patients or grid; and what
            ``simulate`` refuses.
    """
    phases = list_of("phases", phases, Phase, allowed="Phase")
    starts = _checked_phases(phases)
    if len(phases) == 1:
        return simulate(
            phases[0].ensemble,
            sample_times_h=sample_times_h,
            inflow=inflow,
            implant=implant,
            faults=faults,
            boluses=boluses,
            oral=oral,
            sites=sites,
            also=also,
            tolerance=tolerance,
        )
    faults, boluses, oral = check_inputs(
        phases[0].ensemble, implant=implant, faults=faults, boluses=boluses, oral=oral, tolerance=tolerance
    )
    times = checked_times(sample_times_h)
    inflows = inflows_of(inflow, times, patients=len(phases[0].ensemble))
    outputs = [catheter_output(one, implant, faults) for one in inflows]
    ensembles = [phase.ensemble for phase in phases]
    ends, parts, state = np.append(starts[1:], np.inf), [], None
    moments = np.union1d(times, starts)
    for body, start, end in zip(ensembles, starts, ends, strict=True):
        view = View(body, sites=sites, also=also, alike=ensembles)
        entering = [_between(route, start, end) for route in input_routes(body, outputs, boluses, moments)]
        doses = [dose for dose in oral if start <= dose.at_h < end]
        stretch = _PhaseRun(
            body, view, start_h=start, entering=entering, doses=doses, state=state, tolerance=tolerance
        )
        inside = times[(times >= start) & (times < end)]
        parts.append(view.curves(stretch.levels(inside), tolerance=tolerance))
        if np.isfinite(end):
            state = stretch.state(end)
    curves = {name: np.concatenate([part[name] for part in parts], axis=1) for name in parts[0]}
    curves |= delivery_curves(inflows, outputs, times, patients=len(ensembles[0]))
    return Response(sample_times_h=times, curves=MappingProxyType(curves))


@dataclass(frozen=True, eq=False)
class _PhaseState:
    """What is in the bodies at a moment.

    Args:
        tree_ug: mass in each compartment of the tree; shape ``(states, P)``.
        below: for each place what the stages behind its tap hold; shape ``(stages, P)``.
        mouth: for each place what gut, plasma and the stages behind it hold of oral drug.
        plasma_volume_L: in which plasma levels hold; shape ``(P,)``.
    """

    tree_ug: Floats
    below: list[Floats]
    mouth: list[Floats]
    plasma_volume_L: Floats

    @classmethod
    def nothing(cls, body: Ensemble, view: View, chains: Sequence[Stages]) -> Self:
        return cls(
            tree_ug=np.zeros((body.network.states, len(body))),
            below=[np.zeros((len(place.tap.cascade), len(body))) for place in view.places],
            mouth=[np.zeros((len(chain), len(body))) for chain in chains],
            plasma_volume_L=body.patients["plasma_volume_L"],
        )

    def carried_into(self, body: Ensemble, view: View) -> _PhaseState:
        """Return the same masses in a body whose plasma volume may be another."""
        volume_L = body.patients["plasma_volume_L"]
        change = self.plasma_volume_L / volume_L
        below = [rows * change if at == view.plasma else rows for at, rows in enumerate(self.below)]
        mouth = [np.concatenate((rows[:1], rows[1:2] * change, rows[2:])) for rows in self.mouth]
        return _PhaseState(self.tree_ug, below, mouth, volume_L)


class _PhaseRun:
    """One phase at work: what was left when it began, and what enters during it."""

    def __init__(
        self,
        body: Ensemble,
        view: View,
        *,
        start_h: float,
        entering: Sequence[InputRoute],
        doses: Sequence[OralDose],
        state: _PhaseState | None,
        tolerance: float,
    ) -> None:
        self._body, self._doses, self._start_h, self._tolerance = body, doses, start_h, tolerance
        self._taps = [place.tap for place in view.places]
        self._chains = [oral_stages(body.patients, place.from_plasma) for place in view.places]
        self._initial = (
            _PhaseState.nothing(body, view, self._chains) if state is None else state.carried_into(body, view)
        )
        cells, tree = body.network.cells + 1, self._initial.tree_ug
        once = Drive(np.array([start_h]), np.zeros(1), np.ones(1))
        self._routes = [InputRoute(tree[:cells].T, once, cord=tree[cells:].T), *entering]

    def levels(self, times_h: Floats) -> Floats:
        """Return the level at each place; shape ``(K, P, T)``."""
        return self._levels_at(self._taps, self._initial.below, times_h) + self._oral_levels(
            self._chains, self._initial.mouth, times_h
        )

    def state(self, end_h: float) -> _PhaseState:
        """Return what is left at the end."""
        at_h = np.array([end_h])
        stages = [
            Tap(tap.csf, tap.cord, tap.cascade[: upto + 1])
            for tap in self._taps
            for upto in range(len(tap.cascade))
        ]
        below = self._levels_at(stages, _heads(self._initial.below), at_h)[:, :, 0]
        heads = [chain[: upto + 1] for chain in self._chains for upto in range(len(chain))]
        mouth = self._oral_levels(heads, _heads(self._initial.mouth), at_h)[:, :, 0]
        return _PhaseState(
            tree_ug=self._response(_every_compartment(self._body), at_h)[:, :, 0],
            below=np.split(below, np.cumsum([len(rows) for rows in self._initial.below])[:-1]),
            mouth=np.split(mouth, np.cumsum([len(rows) for rows in self._initial.mouth])[:-1]),
            plasma_volume_L=self._body.patients["plasma_volume_L"],
        )

    def _response(self, taps: list[Tap], times_h: Floats) -> Floats:
        return respond(self._body.network, self._routes, taps, times_h, tolerance=self._tolerance)

    def _levels_at(self, taps: list[Tap], initial: list[Floats], times_h: Floats) -> Floats:
        """Return what the tree passes to each tap, and what was already on its way there."""
        levels = self._response(taps, times_h)
        behind = [tap.cascade for tap in taps]
        return levels + remaining_levels(behind, initial, self._start_h, times_h, tolerance=self._tolerance)

    def _oral_levels(self, chains: Sequence[Stages], initial: list[Floats], times_h: Floats) -> Floats:
        levels = oral_levels(chains, self._doses, times_h, tolerance=self._tolerance)
        return levels + remaining_levels(chains, initial, self._start_h, times_h, tolerance=self._tolerance)


def _between(route: InputRoute, start_h: float, end_h: float) -> InputRoute:
    """Return a way in for one phase."""
    if isinstance(route.drive, Drive):
        return InputRoute(route.source, route.drive.between(start_h, end_h))
    return InputRoute(route.source, [drive.between(start_h, end_h) for drive in route.drive])


def _heads(initial: list[Floats]) -> list[Floats]:
    """Return what is held by the first stage, the first two, and so on, of each chain."""
    return [rows[: upto + 1] for rows in initial for upto in range(len(rows))]


def _checked_phases(phases: Sequence[Phase]) -> Floats:
    starts = np.array([phase.from_h for phase in phases], dtype=np.float64)
    if not len(starts) or starts[0] != 0:
        raise ValueError(f"the first phase must begin at 0 h, got {starts[:1].tolist()}")
    increasing("from_h", starts, "h")
    first = phases[0].ensemble
    for phase in phases:
        if (len(phase.ensemble), phase.ensemble.anatomy) != (len(first), first.anatomy):
            raise ValueError(
                f"phase from {phase.from_h:g} h has {len(phase.ensemble)} patients on a grid of "
                f"{phase.ensemble.anatomy.cells} cells, the first has {len(first)} on {first.anatomy.cells}"
            )
    return starts


def _every_compartment(body: Ensemble) -> list[Tap]:
    csf, cord = np.zeros_like(body.network.csf_mL), np.eye(body.network.cord_mL.shape[1])
    fluid = [Tap(np.broadcast_to(row, csf.shape)) for row in np.eye(csf.shape[1])]
    return [*fluid, *(Tap(csf, np.broadcast_to(row, body.network.cord_mL.shape)) for row in cord)]
