"""From a scenario file to a scenario, or to everything that is wrong with it."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import time
from importlib.resources import files
from typing import TYPE_CHECKING

from thecal.lab.patient import Origin, VirtualPatient
from thecal.lab.scenario.checks import check_changes, check_effects, check_order, check_whole
from thecal.lab.scenario.events import Calendar, read_event
from thecal.lab.scenario.implant import read_implant
from thecal.lab.scenario.model import FORMAT, MOST_PATIENTS, MOST_SEED, Basis, Scenario
from thecal.lab.scenario.observations import read_observation
from thecal.lab.scenario.patient import read_patient
from thecal.lab.scenario.plan import plan
from thecal.lab.scenario.table import LONGEST, Problem, ScenarioError, Table
from thecal.quantities import DAY, MINUTE

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_ENDING = ".toml"
_TOP = (
    "format, title, description, basis, sources, assumptions, starts_at, lasts, sample_every, "
    "cohort, patient, implant, event, observe"
)


def read_scenario(document: bytes, *, name: str) -> Scenario:
    """Read a scenario file strictly.

    Args:
        document: the file's bytes, TOML in UTF-8.
        name: a short name for results, usually the file's name without its ending.

    Raises:
        ScenarioError: with every problem found; nothing was run.
    """
    problems: list[Problem] = []
    table = Table(_parsed(document), "", problems)
    if table.whole("format", low=FORMAT, high=FORMAT) != FORMAT or problems:
        raise ScenarioError(tuple(problems))  # what the fields of another format mean is not known here
    scenario = _scenario(table, name=name, digest=hashlib.sha256(document).hexdigest())
    if problems:
        raise ScenarioError(tuple(problems))
    return scenario


def _parsed(document: bytes) -> dict[str, object]:
    try:
        return tomllib.loads(document.decode())
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a ValueError too
        problem = Problem(field="file", fault=str(error), allowed="TOML in UTF-8", source="TOML 1.0")
        raise ScenarioError((problem,)) from error


def _scenario(table: Table, *, name: str, digest: str) -> Scenario:
    calendar = Calendar(
        starts_at=table.time_of_day("starts_at", default=time(0)),
        lasts=table.span("lasts", low=10 * MINUTE, high=LONGEST),
    )
    implant_table = table.table("implant")
    implant = None if implant_table is None else read_implant(implant_table)
    patients, seed = _cohort(table)
    rows = table.tables("event")
    events = [read_event(row, calendar) for row in rows]
    known = [(row, event) for row, event in zip(rows, events, strict=True) if event is not None]
    check_order(known)
    patient, sound = _patient(table)
    if sound:
        check_changes(known, patient)
    observed = table.tables("observe")
    observations = [read_observation(row, calendar) for row in observed]
    if sound:
        check_effects(known, zip(observed, observations, strict=True), patient)
    scenario = Scenario(
        name=name,
        digest=digest,
        title=table.text("title"),
        description=table.text("description"),
        basis=Basis(table.choice("basis", tuple(basis.value for basis in Basis)) or Basis.CONSTRUCTED),
        sources=table.texts("sources"),
        assumptions=table.texts("assumptions"),
        calendar=calendar,
        sample_every=table.span("sample_every", low=MINUTE, high=DAY),
        patients=patients,
        seed=seed,
        patient=patient,
        implant=implant,
        events=tuple(event for _, event in known),
        steps=plan(known, implant, has_pump=implant_table is not None),
        observations=tuple(one for one in observations if one is not None),
    )
    table.close(_TOP)
    check_whole(table, scenario)
    return scenario


def _cohort(table: Table) -> tuple[int, int]:
    cohort = table.table("cohort")
    if cohort is None:
        table.refuse("cohort", "is missing", allowed="a table [cohort] with patients and seed")
        return 1, 0
    patients = cohort.whole("patients", low=1, high=MOST_PATIENTS)
    seed = cohort.whole("seed", low=0, high=MOST_SEED)
    cohort.close("patients, seed")
    return patients, seed


def _patient(table: Table) -> tuple[VirtualPatient, bool]:
    """Return the patient, and whether nothing was wrong."""
    patient = table.table("patient")
    if patient is None:
        table.refuse("patient", "is missing", allowed="a table [patient] with origin")
        return VirtualPatient(origin=Origin.SPINAL), False
    return read_patient(patient), patient.is_sound


# --- the scenarios that come with Thecal ---------------------------------------------------------


def shipped_names() -> tuple[str, ...]:
    """Return the names of the shipped scenarios."""
    return tuple(
        sorted(file.name.removesuffix(_ENDING) for file in _folder().iterdir() if file.name.endswith(_ENDING))
    )


def shipped_document(name: str) -> bytes:
    """Return a shipped scenario's file.

    Raises:
        ValueError: no such scenario; the message names those there are.
    """
    if name not in shipped_names():
        raise ValueError(f"scenario {name!r} is not shipped; known: {', '.join(shipped_names())}")
    return _folder().joinpath(name + _ENDING).read_bytes()


def shipped_scenario(name: str) -> Scenario:
    """Return a shipped scenario.

    Raises:
        ValueError: no such scenario.
    """
    return read_scenario(shipped_document(name), name=name)


def _folder() -> Traversable:
    return files("thecal.lab").joinpath("scenarios")
