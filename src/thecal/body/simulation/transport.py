"""Bodies that are not linear in the drug: loss that saturates, and drug that returns from plasma.

There the engine's transforms do not hold, so each patient is stepped through time alone, by SciPy's LSODA
(Petzold 1983), restarted wherever what enters changes. It takes seconds where the engine takes a millisecond.
In each spinal cell, at a level C,

    loss = k m / (1 + C / half)       (Michaelis and Menten 1913; k is the linear body's)
    return = clearance x plasma level, shared out among the fluid by volume

For neither do we know a value measured for baclofen in man: both are for asking *what if*, and their linear
limits are the ladder's (docs/science/body.md, eq. 15). Drug by mouth is not taken here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.bounds import explains_arguments, number, one_of
from thecal.body.canal.levels import SITES
from thecal.body.simulation.response import Response
from thecal.body.simulation.simulate import (
    catheter_output,
    check_inputs,
    checked_times,
    input_routes,
    one_schedule,
    simulate,
)
from thecal.body.simulation.view import View, delivery_curves

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from thecal.body.bounds import Floats
    from thecal.body.canal.bolus import Bolus
    from thecal.body.catheter.faults import CatheterFault
    from thecal.body.catheter.implant import Implant
    from thecal.body.catheter.inflow import Inflow
    from thecal.body.cohort.ensemble import Ensemble
    from thecal.body.engine import InputRoute

_NG_PER_UG = 1000.0
_ML_PER_L = 1000.0
_DIGITS = 9
"""Decimals of an hour to which events are told apart: no solver can step less than 4 microseconds."""
_NEGLIGIBLE = 1e-4
"""Masses below this share of the tolerance times all that was given are not resolved."""


@explains_arguments
@dataclass(frozen=True, kw_only=True)
class Transport:
    """What moves otherwise than in proportion, or back.

    Args:
        loss_half_ng_mL: level in spinal fluid at which loss along the canal is half of proportional;
            infinite: it never saturates. Loss from the cranium, with the fluid itself, stays proportional.
        plasma_return_mL_h: plasma cleared of drug into spinal fluid.
    """

    loss_half_ng_mL: float = math.inf
    plasma_return_mL_h: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if self.loss_half_ng_mL != math.inf:
            number("loss_half_ng_mL", self.loss_half_ng_mL, "ng/mL", low=0.001, high=1e9)
        number("plasma_return_mL_h", self.plasma_return_mL_h, "mL/h", low=0, high=10_000)

    @property
    def linear(self) -> bool:
        """Whether the engine holds: nothing saturates, nothing returns."""
        return self == Transport()


def simulate_transport(
    ensemble: Ensemble,
    transport: Transport,
    *,
    sample_times_h: Sequence[float] | Floats,
    inflow: Inflow | None = None,
    implant: Implant | None = None,
    faults: Sequence[CatheterFault] = (),
    boluses: Sequence[Bolus] = (),
    sites: Sequence[str] = tuple(SITES),
    also: Sequence[str] = (),
    tolerance: float = 1e-6,
) -> Response:
    """Return every patient's curves under such transport; the rest is as for ``simulate``.

    Linear transport is the engine's: then this is ``simulate``.

    Args:
        ensemble: the patients.
        transport: what saturates, what returns.
        sample_times_h: when to report, hours since the start, increasing; shape ``(T,)``.
        inflow: what leaves the pump; None for a patient without one.
        implant: catheter and tip; needed with an inflow.
        faults: what goes wrong with the catheter.
        boluses: injections by lumbar puncture.
        sites: sites or vertebral levels at which spinal fluid is reported.
        also: what else to report, by the names of ``READOUTS``.
        tolerance: error that the solver allows itself in a step, relative to each mass; 1e-11 to 0.01.

    Raises:
        ValueError: what ``simulate`` refuses, or a tolerance out of range.
        ImportError: SciPy is not installed.
        ArithmeticError: the solver gives up; the message says where.
    """
    one_of("transport", transport, Transport, allowed="a Transport")
    number("tolerance", tolerance, "1", low=1e-11, high=0.01, source="what LSODA can hold")
    faults, boluses, _ = check_inputs(ensemble, implant=implant, faults=faults, boluses=boluses)
    times = checked_times(sample_times_h)
    inflow = one_schedule(inflow, times)
    if transport.linear:
        return simulate(
            ensemble, sample_times_h=times, inflow=inflow, implant=implant, faults=faults, boluses=boluses,
            sites=sites, also=also, tolerance=tolerance,
        )  # fmt: skip
    output = catheter_output(inflow, implant, faults)
    view = View(ensemble, sites=sites, also=also)
    levels, _ = step(
        ensemble,
        transport,
        input_routes(ensemble, [output], boluses, times),
        view,
        times,
        tolerance=tolerance,
    )
    curves = view.curves(levels, tolerance=tolerance) | delivery_curves(
        [inflow], [output], times, patients=len(ensemble)
    )
    return Response(sample_times_h=times, curves=MappingProxyType(curves))


def step(
    ensemble: Ensemble,
    transport: Transport,
    routes: Sequence[InputRoute],
    view: View,
    times_h: Floats,
    *,
    tolerance: float,
) -> tuple[Floats, Floats]:
    """Return the level at each place, ``(K, P, T)``, and where the drug is, ug, ``(3, P, T)``.

    The latter: in fluid and cord, in plasma, eliminated.
    """
    solve = _scipy()
    levels = np.zeros((len(view.places), len(ensemble), len(times_h)))
    pools = np.zeros((3, len(ensemble), len(times_h)))
    for patient in range(len(ensemble)):
        body = _Body(ensemble, transport, view, patient)
        states = body.run(routes, times_h, solve, tolerance=tolerance)
        levels[:, patient] = body.readings @ states
        tree, plasma = states[: body.plasma].sum(axis=0), states[body.plasma]
        pools[:, patient] = tree, plasma, states[-1]
    return levels, pools


class _Body:
    """One patient as dx/dt = A x + what enters + what saturates.

    States: masses of spinal cells, cranium and cord, then plasma, ug; the stages behind each place; what is
    eliminated.
    """

    def __init__(self, ensemble: Ensemble, transport: Transport, view: View, patient: int) -> None:
        net, rows = ensemble.network, slice(patient, patient + 1)
        part = net.rows(rows)
        cells, first = net.cells, net.first_cord_cell
        fluid, cord = np.arange(cells + 1), cells + 1 + np.arange(part.cord_mL.shape[1])
        self.plasma = net.states
        taps = [place.tap.rows(rows) for place in view.places]
        stages = sum(len(tap.cascade) for row, tap in enumerate(taps) if row != view.plasma)
        self._size = self.plasma + 1 + stages + 1
        self.matrix, self.readings = np.zeros((self._size, self._size)), np.zeros((len(taps), self._size))
        beside = fluid[first : first + len(cord)]
        for start, end, rate in (
            (fluid[:-1], fluid[1:], part.up[0]),
            (fluid[1:], fluid[:-1], part.down[0]),
            (beside, cord, part.to_cord[0]),
            (cord, beside, part.from_cord[0]),
            (fluid[-1:], np.array([self.plasma]), part.loss[0, -1:]),
            (np.array([self.plasma]), np.array([self._size - 1]), ensemble.plasma_leaving[rows]),
        ):
            self.matrix[end, start] += rate
            self.matrix[start, start] -= rate
        volume_L = float(ensemble.patients["plasma_volume_L"][patient])
        back = transport.plasma_return_mL_h / (volume_L * _ML_PER_L)
        self.matrix[fluid, self.plasma] += back * part.csf_mL[0] / part.csf_mL[0].sum()
        self.matrix[self.plasma, self.plasma] -= back
        self._loss = part.loss[0, :-1]
        self._per_half = _NG_PER_UG / (part.csf_mL[0, :-1] * transport.loss_half_ng_mL)
        state = self.plasma + 1
        for row, tap in enumerate(taps):
            if row == view.plasma:
                self.readings[row, self.plasma] = 1.0 / volume_L
                continue
            weights = np.zeros(self._size)
            weights[fluid] = tap.csf[0]
            if tap.cord is not None:
                weights[cord] = tap.cord[0]
            for gain, rate in tap.cascade:
                self.matrix[state] = gain[0] * weights
                self.matrix[state, state] -= rate[0]
                weights = np.eye(self._size)[state]
                state += 1
            self.readings[row] = weights
        self._fluid, self._patient = fluid, patient

    def change(self, _: float, state: Floats, entering: Floats) -> Floats:
        """Return dx/dt, per hour."""
        mass = state[: len(self._loss)]
        lost = self._loss * mass / (1.0 + self._per_half * np.maximum(mass, 0.0))
        slope: Floats = self.matrix @ state + entering
        slope[: len(lost)] -= lost
        slope[self.plasma] += lost.sum()
        return slope

    def slopes(self, _: float, state: Floats, __: Floats) -> Floats:
        """Return the Jacobian of ``change``."""
        steeper = self._loss / (1.0 + self._per_half * np.maximum(state[: len(self._loss)], 0.0)) ** 2
        jacobian = self.matrix.copy()
        cells = np.arange(len(steeper))
        jacobian[cells, cells] -= steeper
        jacobian[self.plasma, cells] += steeper
        return jacobian

    def run(
        self, routes: Sequence[InputRoute], times_h: Floats, solve: Callable[..., Any], *, tolerance: float
    ) -> Floats:
        """Return the states at the samples; shape ``(states, T)``."""
        states = np.zeros((self._size, len(times_h)))
        drives = [route.drives[self._patient if len(route.drives) > 1 else 0] for route in routes]
        shares = np.zeros((len(routes), self._size))
        for share, route in zip(shares, routes, strict=True):
            share[self._fluid] = route.source[self._patient]
        last = times_h[-1] if len(times_h) else 0.0
        moments = [np.round(drive.at_h, _DIGITS) for drive in drives]
        events = np.unique([at for its in moments for at in its if at <= last])
        scale = sum(float(np.sum(np.abs(one.jumps_ug_h)) + np.sum(one.amounts_ug)) for one in drives)
        state, entering = np.zeros(self._size), np.zeros(self._size)
        for start, end in pairwise([*events, last]):
            for drive, its, share in zip(drives, moments, shares, strict=True):
                now = its == start
                # A jump that rounding moves is made good for by an amount, so that no drug is made or lost.
                moved = drive.jumps_ug_h[now] * (start - drive.at_h[now])
                state = state + share * (drive.amounts_ug[now] + moved).sum()
                entering = entering + share * drive.jumps_ug_h[now].sum()
            states[:, times_h == start] = state[:, np.newaxis]
            if end == start:
                break
            inside = (times_h > start) & ((times_h < end) | (end == last))
            solved = solve(
                self.change, (start, end), state, method="LSODA", t_eval=np.unique([*times_h[inside], end]),
                rtol=tolerance, atol=_NEGLIGIBLE * tolerance * scale, jac=self.slopes, args=(entering,),
            )  # fmt: skip
            if not solved.success:
                raise ArithmeticError(
                    f"LSODA gave up between {start:g} and {end:g} h: {solved.message} "
                    f"Ask for a larger tolerance than {tolerance:g}"
                )
            states[:, inside] = solved.y[:, : int(inside.sum())]
            state = solved.y[:, -1]
        return states


def _scipy() -> Callable[..., Any]:
    # Any: SciPy's result is a bag of attributes, and it carries no types.
    try:
        from scipy.integrate import solve_ivp  # noqa: PLC0415 - an optional extra
    except ImportError as missing:
        raise ImportError(
            "transport that saturates or returns needs SciPy, which is not installed: "
            "pip install 'thecal[transport]'"
        ) from missing
    solve: Callable[..., Any] = solve_ivp
    return solve
