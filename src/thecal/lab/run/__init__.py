"""A run of a scenario: the pump lives through it, a cohort receives what came out, and a report says so."""

from thecal.lab.run.outcome import Outcome, run_scenario
from thecal.lab.run.summary import Finding, findings, summarise

__all__ = ["Finding", "Outcome", "findings", "run_scenario", "summarise"]
