"""Run a scenario: a real twin of the pump lives through it, and a cohort of bodies receives what came out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.body import Bolus, OralDose, inflow_from_delivery
from thecal.lab.cohort import Dosing, respond
from thecal.lab.run.supply import live_through
from thecal.lab.scenario import CatheterEvent, Change, Oral, Puncture, with_cohort
from thecal.quantities import HOUR, MINUTE

if TYPE_CHECKING:
    from datetime import timedelta

    from thecal.body import Response
    from thecal.lab.cohort import Progress
    from thecal.lab.patient import VirtualPatient
    from thecal.lab.run.supply import Supply
    from thecal.lab.scenario import Scenario

_UG_PER_MG = 1000.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Outcome:
    """What came of a scenario.

    Attributes:
        scenario: as it was run, with the cohort size and seed that were used.
        supply: what the pump did; None without one.
        response: every patient's curves; the times of all observations are among its samples.
    """

    scenario: Scenario
    supply: Supply | None
    response: Response


def run_scenario(
    scenario: Scenario,
    *,
    patients: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Run a scenario.

    Args:
        scenario: read and checked.
        patients: cohort size, instead of the scenario's own.
        seed: instead of the scenario's own.
        progress: called after each block of patients.

    Raises:
        ScenarioError: a cohort beyond the limits of a file, or a pump that refused a step or ran dry where
            the scenario does not say that it may.
    """
    scenario = with_cohort(scenario, patients=patients, seed=seed)
    supply = None if scenario.implant is None else live_through(scenario, scenario.implant)
    dosing = Dosing(
        inflow=None if supply is None else inflow_from_delivery(supply.onwards, scenario.starts),
        implant=None if scenario.implant is None else scenario.implant.catheter,
        faults=tuple(event.fault for event in scenario.events if isinstance(event, CatheterEvent)),
        boluses=tuple(_bolus(event) for event in scenario.events if isinstance(event, Puncture)),
        oral=_oral_doses(scenario),
    )
    response = respond(
        scenario.patient,
        dosing,
        later=_later(scenario),
        patients=scenario.patients,
        seed=scenario.seed,
        sample_times_h=[in_hours(moment) for moment in scenario.sample_times],
        sites=tuple(dict.fromkeys(one.csf_site for one in scenario.observations if one.csf_site)),
        also=tuple(dict.fromkeys(one.readout for one in scenario.observations if one.readout)),
        progress=progress,
    )
    return Outcome(scenario=scenario, supply=supply, response=response)


def in_hours(since_start: timedelta) -> float:
    """Return a time since the start in hours, as the samples hold it."""
    return since_start / HOUR


def _later(scenario: Scenario) -> tuple[tuple[float, VirtualPatient], ...]:
    """Return what becomes of the patient, each from an hour on."""
    patient, later = scenario.patient, []
    for event in scenario.events:
        if isinstance(event, Change):
            patient = event.of(patient)
            later.append((in_hours(event.at), patient))
    return tuple(later)


def _bolus(event: Puncture) -> Bolus:
    return Bolus(
        at_h=in_hours(event.at),
        mass_ug=float(event.dose.ug),
        volume_mL=float(event.volume.mL),
        level=event.level,
        minutes=event.over / MINUTE,
    )


def _oral_doses(scenario: Scenario) -> tuple[OralDose, ...]:
    """Return every oral dose that is taken before the end."""
    events = [event for event in scenario.events if isinstance(event, Oral)]
    return tuple(
        OralDose(at_h=in_hours(event.at + number * event.every), dose_mg=float(event.dose.ug) / _UG_PER_MG)
        for event in events
        for number in range(event.doses)
        if event.at + number * event.every < scenario.calendar.lasts
    )
