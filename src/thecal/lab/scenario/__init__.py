"""Scenario files: read strictly, refused with every fault at once."""

from thecal.lab.scenario.catheter_fault import CatheterEvent
from thecal.lab.scenario.checks import with_cohort
from thecal.lab.scenario.events import Event, Oral, Programming, Puncture, Refill
from thecal.lab.scenario.implant import ScenarioImplant
from thecal.lab.scenario.model import FORMAT, MOST_PATIENTS, MOST_SEED, Basis, Scenario
from thecal.lab.scenario.observations import Expected, Metric, Observation
from thecal.lab.scenario.patient import Change
from thecal.lab.scenario.plan import FillReservoir, SetProgram, Step
from thecal.lab.scenario.read import read_scenario, shipped_document, shipped_names, shipped_scenario
from thecal.lab.scenario.table import Problem, ScenarioError

__all__ = [
    "FORMAT",
    "MOST_PATIENTS",
    "MOST_SEED",
    "Basis",
    "CatheterEvent",
    "Change",
    "Event",
    "Expected",
    "FillReservoir",
    "Metric",
    "Observation",
    "Oral",
    "Problem",
    "Programming",
    "Puncture",
    "Refill",
    "Scenario",
    "ScenarioError",
    "ScenarioImplant",
    "SetProgram",
    "Step",
    "read_scenario",
    "shipped_document",
    "shipped_names",
    "shipped_scenario",
    "with_cohort",
]
