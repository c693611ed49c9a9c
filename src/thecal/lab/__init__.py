"""The laboratory: a virtual patient with a virtual pump, scenario files, cohorts and their reports."""

from thecal.lab.cohort import Progress, respond
from thecal.lab.draw import draw
from thecal.lab.patient import Origin, VirtualPatient
from thecal.lab.run import Outcome, run_scenario
from thecal.lab.scenario import (
    Scenario,
    ScenarioError,
    read_scenario,
    shipped_document,
    shipped_names,
    shipped_scenario,
)
from thecal.lab.summary import Finding, findings, summarise

__all__ = [
    "Finding",
    "Origin",
    "Outcome",
    "Progress",
    "Scenario",
    "ScenarioError",
    "VirtualPatient",
    "draw",
    "findings",
    "read_scenario",
    "respond",
    "run_scenario",
    "shipped_document",
    "shipped_names",
    "shipped_scenario",
    "summarise",
]
