"""What only the whole scenario can say: the order of events, the sources, the size of the work."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from thecal.body import load_groups
from thecal.lab.scenario.catheter_fault import CatheterEvent
from thecal.lab.scenario.events import Event, Oral, Programming, Puncture, Refill
from thecal.lab.scenario.model import MOST_PATIENTS, MOST_SEED, Basis
from thecal.lab.scenario.patient import Change, check_patient
from thecal.lab.scenario.table import Problem, ScenarioError
from thecal.quantities import write_duration
from thecal.therapy import Stopped, once_duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from thecal.lab.patient import VirtualPatient
    from thecal.lab.scenario.model import Scenario
    from thecal.lab.scenario.observations import Observation
    from thecal.lab.scenario.table import Table

MOST_NUMBERS = 2_000_000


def check_order(events: Sequence[tuple[Table, Event]]) -> None:
    """Note each event that comes before the one above it, or while an earlier one still runs."""
    busy: dict[type[Event], tuple[timedelta, timedelta, str]] = {}
    latest: timedelta | None = None
    for table, event in events:
        if latest is not None and event.at < latest:
            table.refuse(
                "at",
                f"{write_duration(event.at)} comes before the event above it",
                allowed=f"{write_duration(latest)} or later: events stand in the order they happen",
            )
            continue
        latest = event.at
        began, ends, which = busy.get(type(event), (None, None, ""))
        if isinstance(event, CatheterEvent):
            continue  # several things can go wrong at once
        if ends is not None and not _is_stop(event) and (event.at == began or event.at < ends):
            table.refuse(
                "at",
                f"{write_duration(event.at)} overlaps {which}, which takes until {write_duration(ends)}",
                allowed=f"after {which}" if event.at == began == ends else f"{write_duration(ends)} or later",
            )
            continue
        if not (isinstance(event, Refill) and event.missed):
            busy[type(event)] = (event.at, event.at + _length(event), table.path("").rstrip("."))


def _is_stop(event: Event) -> bool:
    """Say whether it is a stop, which is never refused for what still runs."""
    return isinstance(event, Programming) and isinstance(event.base, Stopped)


def _length(event: Event) -> timedelta:
    match event:
        case Puncture(over=over):
            return over
        case Programming(once=once) if once is not None:
            return once_duration(once)
        case Programming() | Refill() | Oral() | CatheterEvent() | Change():
            return timedelta(0)


def check_changes(events: Sequence[tuple[Table, Event]], patient: VirtualPatient) -> None:
    """Note each change after which the patient cannot be."""
    for table, event in events:
        if isinstance(event, Change) and table.is_sound:
            patient = event.of(patient)
            check_patient(table, patient)


def check_effects(
    events: Sequence[tuple[Table, Event]],
    observations: Iterable[tuple[Table, Observation | None]],
    patient: VirtualPatient,
) -> None:
    """Note what is asked of a molecule that has no effect, or is not absorbed."""
    parameters = patient.parameters()
    if not parameters["potency"].value:
        for table, one in observations:
            if one is not None and one.is_effect:
                table.refuse(
                    "quantity",
                    f"{one.quantity!r} is an effect, and {_molecule(patient)} has none",
                    allowed="concentration, dose rate",
                )
    if not parameters["oral_bioavailability"].value:
        for table, event in events:
            if isinstance(event, Oral):
                table.refuse("do", f"'oral': {_molecule(patient)} is not absorbed", allowed="another event")


def _molecule(patient: VirtualPatient) -> str:
    groups = load_groups()
    return next((name for name in patient.groups if groups[name].kind == "molecule"), "what is given")


def check_whole(table: Table, scenario: Scenario) -> None:
    """Note what does not fit together."""
    if scenario.basis is Basis.PUBLISHED and not scenario.sources:
        table.refuse("sources", "is missing", allowed="at least one source, for the basis is 'published'")
    if scenario.basis is not Basis.PUBLISHED and not scenario.assumptions:
        table.refuse(
            "assumptions",
            "is missing",
            allowed=f"what was chosen here, in a sentence or more, for the basis is {scenario.basis.value!r}",
        )
    if not scenario.observations and table.is_sound:
        table.refuse("observe", "is missing", allowed="at least one table [[observe]]")
    if not table.is_sound:
        return
    if scenario.sample_every > scenario.calendar.lasts:
        table.refuse(
            "sample_every",
            f"{write_duration(scenario.sample_every)} is longer than the scenario",
            allowed=f"up to {write_duration(scenario.calendar.lasts)}",
        )
    for problem in _size_problems(scenario):
        table.refuse(problem.field, problem.fault, allowed=problem.allowed)


def with_cohort(scenario: Scenario, *, patients: int | None, seed: int | None) -> Scenario:
    """Return a scenario with another cohort, held to the same limits as a file.

    Args:
        scenario: read and checked.
        patients: how many are drawn; None as in the scenario.
        seed: of the draw; None as in the scenario.

    Raises:
        ScenarioError: with every problem found.
    """
    changed = replace(
        scenario,
        patients=scenario.patients if patients is None else patients,
        seed=scenario.seed if seed is None else seed,
    )
    problems = [
        Problem(field=field, fault=f"{value} is out of range", allowed=f"{low} to {high}")
        for field, value, low, high in (
            ("cohort.patients", changed.patients, 1, MOST_PATIENTS),
            ("cohort.seed", changed.seed, 0, MOST_SEED),
        )
        if not low <= value <= high
    ] or _size_problems(changed)
    if problems:
        raise ScenarioError(tuple(problems))
    return changed


def _size_problems(scenario: Scenario) -> list[Problem]:
    """Return what is wrong with the size of a run: more numbers than memory is meant for."""
    samples = len(scenario.sample_times)
    if samples * scenario.patients <= MOST_NUMBERS:
        return []
    return [
        Problem(
            field="cohort.patients",
            fault=f"{scenario.patients} patients at {samples} sample times are too many for memory",
            allowed=f"up to {MOST_NUMBERS} patients times samples, here up to {MOST_NUMBERS // samples} "
            "patients; sample less often or draw fewer",
        )
    ]
