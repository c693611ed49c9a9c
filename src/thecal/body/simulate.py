"""Run patients under a pump's delivery and boluses: catheter, spinal fluid, cord, plasma, tone."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.bolus import Bolus, stirred_shares
from thecal.body.bounds import increasing, series
from thecal.body.catheter import Implant, Inflow, TipFlow, held_ug, through_catheter
from thecal.body.effect import tone
from thecal.body.ensemble import ARMS, ELIMINATED, LEGS, PLASMA, Ensemble
from thecal.body.levels import SITES
from thecal.body.march import Port, march
from thecal.body.response import PLASMA as PLASMA_NG_ML
from thecal.body.response import PUMP_RATE, TIP_RATE, TONE_ARMS, TONE_LEGS, Response, csf_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.body.bounds import Floats

_LONGEST_H = 24 * 366 * 30.0


def simulate(
    ensemble: Ensemble,
    *,
    sample_times_h: Sequence[float] | Floats,
    inflow: Inflow | None = None,
    implant: Implant | None = None,
    boluses: Sequence[Bolus] = (),
    sites: Sequence[str] = tuple(SITES),
) -> Response:
    """Return every patient's curves, starting without drug at time 0.

    Args:
        ensemble: the patients.
        sample_times_h: when to report, hours since the start, increasing; shape ``(T,)``.
        inflow: what leaves the pump; None for a patient without one.
        implant: catheter and tip; needed with an inflow.
        boluses: injections by lumbar puncture.
        sites: sites or vertebral levels at which spinal fluid is reported.

    Raises:
        ValueError: an inflow without an implant, times that go backwards, an unknown site.
    """
    times = _checked(sample_times_h)
    inflow = inflow or Inflow.nothing()
    tip = _tip_flow(inflow, implant)
    readouts = [ensemble.csf_readout(site) for site in sites]
    readouts += [ensemble.plasma_readout(), *(ensemble.modes.downstream[:, place] for place in (LEGS, ARMS))]
    outputs = march(
        ensemble.modes.rates, _ports(ensemble, tip, implant, boluses), times, np.stack(readouts, axis=1)
    )
    # Far from a source, early on, modes cancel to less than rounding: a trace below nothing is nothing.
    outputs = np.maximum(outputs, 0.0)
    curves = {csf_at(site): outputs[:, row] for row, site in enumerate(sites)}
    curves[PLASMA_NG_ML] = outputs[:, -3]
    patients = ensemble.patients
    for name, before, row in ((TONE_LEGS, "tone_legs_before", -2), (TONE_ARMS, "tone_arms_before", -1)):
        curves[name] = tone(
            outputs[:, row],
            before=patients[before],
            ec50_ng_mL=patients["ec50_ng_mL"],
            steepness=patients["effect_steepness"],
        )
    everyone = (len(ensemble), len(times))
    curves[PUMP_RATE] = np.broadcast_to(_rate_at(inflow.edges_h, inflow.rate_ug_h, times), everyone)
    curves[TIP_RATE] = np.broadcast_to(_rate_at(tip.edges_h, tip.rate_ug_h, times), everyone)
    return Response(sample_times_h=times, curves=MappingProxyType(curves))


@dataclass(frozen=True, eq=False)
class MassBalance:
    """Where the drug is, ug, for each patient and time; shapes ``(P, T)``, or ``(T,)`` where all share it."""

    given: Floats
    catheter: Floats
    csf: Floats
    cranial: Floats
    cord: Floats
    plasma: Floats
    eliminated: Floats

    @property
    def worst_error(self) -> float:
        """The largest difference between what was given and what is found, over what was given by the end."""
        found = self.catheter + self.csf + self.cranial + self.cord + self.plasma + self.eliminated
        return float(
            np.max(np.abs(found - self.given)) / max(float(np.max(self.given)), np.finfo(float).tiny)
        )


def balance_mass(
    ensemble: Ensemble,
    *,
    sample_times_h: Sequence[float] | Floats,
    inflow: Inflow | None = None,
    implant: Implant | None = None,
    boluses: Sequence[Bolus] = (),
) -> MassBalance:
    """Return where the drug of a simulation is at each time; arguments as for ``simulate``.

    Given is what left the pump, what was injected, and what the catheter held at the start.
    """
    times = _checked(sample_times_h)
    inflow = inflow or Inflow.nothing()
    tip = _tip_flow(inflow, implant)
    modes, cells = ensemble.modes, ensemble.network.cells
    pools = np.stack(
        (
            modes.masses[:, :cells].sum(axis=1),
            modes.masses[:, cells],
            modes.masses[:, cells + 1 :].sum(axis=1),
            modes.downstream[:, PLASMA],
            modes.downstream[:, ELIMINATED],
        ),
        axis=1,
    )
    csf, cranial, cord, plasma, eliminated = np.moveaxis(
        march(modes.rates, _ports(ensemble, tip, implant, boluses), times, pools), 1, 0
    )
    primed = implant.primed_with_ug_mL * implant.dead_volume_mL if implant else 0.0
    return MassBalance(
        given=inflow.infused_ug(times) + primed + sum((_injected_ug(bolus, times) for bolus in boluses), 0.0),
        catheter=held_ug(inflow, implant, times) if implant else np.zeros_like(times),
        csf=csf,
        cranial=cranial,
        cord=cord,
        plasma=plasma,
        eliminated=eliminated,
    )


def _checked(sample_times_h: Sequence[float] | Floats) -> Floats:
    times = series("sample_times_h", sample_times_h, "h", low=0, high=_LONGEST_H)
    return increasing("sample_times_h", times, "h")


def _tip_flow(inflow: Inflow, implant: Implant | None) -> TipFlow:
    """Return what leaves the tip; refuse an inflow that has nowhere to go."""
    if implant is not None:
        return through_catheter(inflow, implant)
    if len(inflow.flow_mL_h):
        raise ValueError("an inflow needs an implant: say where the catheter ends")
    return TipFlow(edges_h=inflow.edges_h, rate_ug_h=inflow.flow_mL_h)


def _ports(ensemble: Ensemble, tip: TipFlow, implant: Implant | None, boluses: Sequence[Bolus]) -> list[Port]:
    """Return every way in: the tip, and one for each kind of injection."""
    ports = []
    if implant is not None and len(tip.rate_ug_h):
        ports.append(Port(ensemble.tip_entry(implant.tip_level), tip.edges_h, tip.rate_ug_h))
    entries: dict[tuple[float, str], Floats] = {}
    for bolus in boluses:
        kind = (bolus.volume_mL, bolus.level)
        if kind not in entries:
            shares = stirred_shares(
                ensemble.patients, ensemble.anatomy, volume_mL=bolus.volume_mL, level=bolus.level
            )
            entries[kind] = ensemble.entry(shares)
        ports.append(_bolus_port(entries[kind], bolus))
    return ports


def _bolus_port(entry: Floats, bolus: Bolus) -> Port:
    if not bolus.minutes:
        return Port(entry, np.zeros(0), np.zeros(0), at_once=((bolus.at_h, bolus.mass_ug),))
    hours = bolus.minutes / 60
    edges = np.array([bolus.at_h, bolus.at_h + hours])
    # The length as the march will see it, so that the whole mass arrives whatever the rounding.
    return Port(entry, edges, np.array([bolus.mass_ug / (edges[1] - edges[0])]))


def _injected_ug(bolus: Bolus, times_h: Floats) -> Floats:
    """Return how much of an injection is in by each time."""
    if not bolus.minutes:
        return np.where(times_h >= bolus.at_h, bolus.mass_ug, 0.0)
    return np.interp(times_h, [bolus.at_h, bolus.at_h + bolus.minutes / 60], [0.0, bolus.mass_ug])


def _rate_at(edges_h: Floats, rate_ug_h: Floats, times_h: Floats) -> Floats:
    """Return a piecewise-constant rate at each time; an edge belongs to what it begins, outside it is 0."""
    padded = np.concatenate(([0.0], rate_ug_h, [0.0]))
    return padded[np.searchsorted(edges_h, times_h, side="right")]
