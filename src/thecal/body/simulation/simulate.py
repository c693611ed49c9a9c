"""Run patients under a pump's delivery and boluses: catheter, spinal fluid, cord, plasma, tone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.bounds import LONGEST_H, increasing, list_of, number, one_of, series
from thecal.body.canal.bolus import Bolus, stirred_shares
from thecal.body.canal.levels import SITES
from thecal.body.catheter.faults import CatheterFault, CatheterOutput, through_faults
from thecal.body.catheter.implant import Implant
from thecal.body.catheter.inflow import Inflow
from thecal.body.cohort.ensemble import Ensemble
from thecal.body.cohort.oral import OralDose, oral_levels, oral_stages
from thecal.body.engine import Drive, InputRoute, respond
from thecal.body.simulation.response import Response
from thecal.body.simulation.view import View, delivery_curves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.body.bounds import Floats

TOLERANCE = 1e-11
"""Error of a curve relative to its highest value, unless asked otherwise."""
_NOTHING = Drive.stepwise(np.zeros(1), np.zeros(0))
_BALANCE = 1e-13
"""The same where a balance is struck: what is eliminated is the difference of large numbers."""


def simulate(
    ensemble: Ensemble,
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
    """Return every patient's curves, starting without drug at time 0.

    >>> from thecal.body import TONE_LEGS, Ensemble, Implant, Inflow, load_parameters
    >>> patients = Ensemble.drawn(load_parameters().knowing(tone_legs_before=4), 8, seed=1)
    >>> pump = Inflow.of_doses({0: 50, 48: 100}, concentration_ug_mL=500, until_h=96)
    >>> implant = Implant(tip_level="T10", primed_with_ug_mL=500)
    >>> response = simulate(patients, sample_times_h=[0, 48, 96], inflow=pump, implant=implant)
    >>> before, on_50, on_100 = response.band(TONE_LEGS).median
    >>> bool(before > on_50 > on_100)
    True

    Args:
        ensemble: the patients.
        sample_times_h: when to report, hours since the start, increasing; shape ``(T,)``.
        inflow: what leaves the pump; a list gives each patient, the typical one first, a schedule of their
            own; None for patients without a pump. It must reach the last sample (``Inflow.stopped``).
        implant: catheter and tip; needed with an inflow.
        faults: what goes wrong with the catheter.
        boluses: injections by lumbar puncture.
        oral: doses by mouth; they add to plasma, and a little to fluid, cord and brain.
        sites: sites or vertebral levels at which spinal fluid is reported.
        also: what else to report, by the names of ``READOUTS``.
        tolerance: error of concentrations relative to the highest of each curve; a larger one is faster.

    Raises:
        ValueError: an inflow without an implant or one that ends before the last sample, more or fewer
            schedules than patients, times that go backwards, an unknown site or readout, a tolerance out of
            reach for these times, something that is not what it is asked for as, a dose by mouth of a
            molecule that is not absorbed.
    """
    faults, boluses, oral = check_inputs(
        ensemble, implant=implant, faults=faults, boluses=boluses, oral=oral, tolerance=tolerance
    )
    times = checked_times(sample_times_h)
    inflows = inflows_of(inflow, times, patients=len(ensemble))
    outputs = [catheter_output(one, implant, faults) for one in inflows]
    view = View(ensemble, sites=sites, also=also)
    routes = input_routes(ensemble, outputs, boluses, times)
    taps = [place.tap for place in view.places]
    levels = respond(ensemble.network, routes, taps, times, tolerance=tolerance)
    # Far from a source, early on, nothing is left but rounding: a trace below the tolerance is none.
    levels[levels < tolerance * levels.max(axis=2, initial=0, keepdims=True)] = 0.0
    if oral:
        chains = [oral_stages(ensemble.patients, place.from_plasma) for place in view.places]
        levels += oral_levels(chains, oral, times, tolerance=tolerance)
    curves = view.curves(levels, tolerance=tolerance) | delivery_curves(
        inflows, outputs, times, patients=len(ensemble)
    )
    return Response(sample_times_h=times, curves=MappingProxyType(curves))


@dataclass(frozen=True, eq=False)
class MassBalance:
    """Where the drug is, ug, for each patient and time; shapes ``(P, T)``, or ``(T,)`` where all share it."""

    administered: Floats
    catheter: Floats
    lost: Floats
    csf: Floats
    cranial: Floats
    cord: Floats
    plasma: Floats
    eliminated: Floats

    @property
    def worst_error(self) -> float:
        """The largest difference between drug administered and drug found, over all that was administered."""
        found = (
            self.catheter + self.lost + self.csf + self.cranial + self.cord + self.plasma + self.eliminated
        )
        return float(
            np.max(np.abs(found - self.administered))
            / max(float(np.max(self.administered)), np.finfo(float).tiny)
        )


def balance_mass(
    ensemble: Ensemble,
    *,
    sample_times_h: Sequence[float] | Floats,
    inflow: Inflow | None = None,
    implant: Implant | None = None,
    faults: Sequence[CatheterFault] = (),
    boluses: Sequence[Bolus] = (),
) -> MassBalance:
    """Return where the drug of a simulation is at each time; arguments as for ``simulate``.

    >>> from thecal.body import Ensemble, load_parameters
    >>> typical = Ensemble.drawn(load_parameters(), 0, seed=0)
    >>> balance = balance_mass(typical, sample_times_h=[1, 24], boluses=[Bolus(at_h=0, mass_ug=50)])
    >>> bool(balance.worst_error < 1e-9)
    True

    Administered is what left the pump, what was injected, and what the catheter contained at the start; lost
    is what a fault of the catheter kept from the spinal fluid. Drug by mouth is not counted here.

    Raises:
        ValueError: as ``simulate``, and for a catheter that disperses: what it holds is known only in plugs.
    """
    faults, boluses, _ = check_inputs(ensemble, implant=implant, faults=faults, boluses=boluses)
    if implant is not None and implant.disperses:
        raise ValueError("disperses is True; allowed: False, for a balance counts plugs")
    times = checked_times(sample_times_h)
    if not len(times):
        raise ValueError("sample_times_h is 0 times; allowed: 1 or more")
    inflow = one_schedule(inflow, times)
    output = catheter_output(inflow, implant, faults)
    csf, cranial, cord, plasma, eliminated = respond(
        ensemble.network,
        input_routes(ensemble, [output], boluses, times),
        ensemble.pool_taps,
        times,
        tolerance=_BALANCE,
    )
    primed = implant.primed_with_ug_mL * implant.dead_volume_mL if implant else 0.0
    return MassBalance(
        administered=inflow.infused_ug(times)
        + primed
        + sum((_injected_ug(bolus, times) for bolus in boluses), 0.0),
        catheter=output.contents_ug(times),
        lost=output.lost_ug(times),
        csf=csf,
        cranial=cranial,
        cord=cord,
        plasma=plasma,
        eliminated=eliminated,
    )


def check_inputs(
    ensemble: Ensemble,
    *,
    implant: Implant | None,
    faults: Sequence[CatheterFault],
    boluses: Sequence[Bolus],
    oral: Sequence[OralDose] = (),
    tolerance: float = TOLERANCE,
) -> tuple[tuple[CatheterFault, ...], tuple[Bolus, ...], tuple[OralDose, ...]]:
    """Return faults, injections and doses, each list checked."""
    one_of("ensemble", ensemble, Ensemble, allowed="an Ensemble of patients")
    one_of("implant", implant, (Implant, type(None)), allowed="an Implant, or None without one")
    number("tolerance", tolerance, "1", low=0, high=1)
    absorbed = ensemble.patients["oral_bioavailability"]
    oral = list_of("oral", oral, OralDose, allowed="OralDose")
    if oral and not absorbed.all():
        raise ValueError(
            f"oral is {len(oral)} of what is not absorbed (oral_bioavailability is 0); "
            "allowed: no dose by mouth"
        )
    return (
        list_of("faults", faults, CatheterFault, allowed="CatheterFault"),
        list_of("boluses", boluses, Bolus, allowed="Bolus"),
        oral,
    )


def checked_times(sample_times_h: Sequence[float] | Floats) -> Floats:
    """Return the sample times, or refuse them."""
    times = series("sample_times_h", sample_times_h, "h", low=0, high=LONGEST_H)
    return increasing("sample_times_h", times, "h")


def inflows_of(inflow: Inflow | Sequence[Inflow] | None, times_h: Floats, *, patients: int) -> list[Inflow]:
    """Return the one schedule that all share, or each patient's own; refuse one that ends too early."""
    if inflow is None or isinstance(inflow, Inflow):
        return [one_schedule(inflow, times_h)]
    allowed = (
        "Inflow, one for each patient; or one Inflow, as Inflow.of_doses makes it; or None without a pump"
    )
    schedules = list_of("inflow", inflow, Inflow, allowed=allowed)
    if len(schedules) != patients:
        raise ValueError(
            f"inflow is {len(schedules)} schedules; allowed: one for all, or {patients}, one for each "
            "patient, the typical one first"
        )
    return [one_schedule(schedule, times_h) for schedule in schedules]


def one_schedule(inflow: Inflow | None, times_h: Floats) -> Inflow:
    """Return the one schedule that all share, nothing without a pump; refuse one that ends too early."""
    allowed = "an Inflow, as Inflow.of_doses makes it, or None without a pump"
    schedule = one_of("inflow", inflow, (Inflow, type(None)), allowed=allowed) or Inflow.nothing()
    if len(times_h):
        schedule.check_reaches(float(times_h[-1]))
    return schedule


def catheter_output(
    inflow: Inflow, implant: Implant | None, faults: Sequence[CatheterFault]
) -> CatheterOutput:
    """Return what leaves the catheter; refuse an inflow without a catheter."""
    if implant is not None:
        return _cached_output(inflow, implant, tuple(faults))
    if len(inflow.flow_mL_h):
        raise ValueError("an inflow needs an implant: say where the catheter ends")
    if faults:
        raise ValueError(f"a {faults[0].kind.value} needs an implant: there is no catheter")
    return CatheterOutput(outlets=(), pieces=(), lost=(), primed_ug_mL=0.0)


@lru_cache(maxsize=4)
def _cached_output(inflow: Inflow, implant: Implant, faults: tuple[CatheterFault, ...]) -> CatheterOutput:
    """Return ``through_faults`` of the same pump for one body after another: a fit asks dozens of times."""
    return through_faults(inflow, implant, faults)


def input_routes(
    ensemble: Ensemble, outputs: Sequence[CatheterOutput], boluses: Sequence[Bolus], moments_h: Floats
) -> list[InputRoute]:
    """Return every input route: the tip at each of its levels, and one for each kind of injection.

    Args:
        ensemble: the patients.
        outputs: what leaves the catheter; one for all, or one for each patient.
        boluses: injections, the same for all.
        moments_h: when the patients are looked at: the samples, and where a phase begins; increasing.
    """
    routes = []
    outlets = [dict(output.outlets) for output in outputs]
    for level in dict.fromkeys(level for one in outlets for level in one):
        tips = [one.get(level) for one in outlets]
        drives = [
            _NOTHING if tip is None else Drive.stepwise(tip.edges_h, tip.rate_ug_h, moments_h) for tip in tips
        ]
        if any(len(drive.at_h) for drive in drives):
            routes.append(InputRoute(ensemble.tip_shares(level), drives if len(outputs) > 1 else drives[0]))
    kinds: dict[tuple[float, str], list[Drive]] = {}
    for bolus in boluses:
        kinds.setdefault((bolus.volume_mL, bolus.level), []).append(
            Drive.infused(bolus.at_h, bolus.ends_h, bolus.mass_ug, moments_h)
        )
    for (volume_mL, level), drives in kinds.items():
        stirred = stirred_shares(ensemble.patients, ensemble.anatomy, volume_mL=volume_mL, level=level)
        routes.append(
            InputRoute(np.append(stirred, np.zeros((len(stirred), 1)), axis=1), Drive.merged(drives))
        )
    return routes


def _injected_ug(bolus: Bolus, times_h: Floats) -> Floats:
    """Return how much of an injection is in by each time."""
    if not bolus.ends_h > bolus.at_h:
        return np.where(times_h >= bolus.at_h, bolus.mass_ug, 0.0)
    return np.interp(times_h, [bolus.at_h, bolus.ends_h], [0.0, bolus.mass_ug])
