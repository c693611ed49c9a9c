"""The laboratory: a virtual patient with a virtual pump, scenario files, cohorts and their reports."""

from thecal.lab.cohort import Dosing, Progress, respond
from thecal.lab.patient import Origin, VirtualPatient
from thecal.lab.plots import plot
from thecal.lab.run import Finding, Outcome, findings, run_scenario, summarise
from thecal.lab.scenario import (
    Scenario,
    ScenarioError,
    read_scenario,
    shipped_document,
    shipped_names,
    shipped_scenario,
)

__all__ = [
    "Dosing",
    "Finding",
    "Origin",
    "Outcome",
    "Progress",
    "Scenario",
    "ScenarioError",
    "VirtualPatient",
    "findings",
    "plot",
    "read_scenario",
    "respond",
    "run_scenario",
    "shipped_document",
    "shipped_names",
    "shipped_scenario",
    "summarise",
]
