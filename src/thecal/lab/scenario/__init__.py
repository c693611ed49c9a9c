"""Scenario files: read strictly, refused with every fault at once."""

from thecal.lab.scenario.events import Event, Oral, Programming, Puncture, Refill
from thecal.lab.scenario.implant import ScenarioImplant
from thecal.lab.scenario.model import FORMAT, Basis, Scenario
from thecal.lab.scenario.observations import Expected, Metric, Observation
from thecal.lab.scenario.plan import FillReservoir, SetProgram, Step
from thecal.lab.scenario.problems import Problem, ScenarioError
from thecal.lab.scenario.read import MOST_PATIENTS, MOST_SEED, read_scenario
from thecal.lab.scenario.shipped import shipped_document, shipped_names, shipped_scenario
from thecal.lab.scenario.somebody import Change
from thecal.lab.scenario.trouble import Trouble

__all__ = [
    "FORMAT",
    "MOST_PATIENTS",
    "MOST_SEED",
    "Basis",
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
    "Trouble",
    "read_scenario",
    "shipped_document",
    "shipped_names",
    "shipped_scenario",
]
