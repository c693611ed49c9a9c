"""Accidents as data: each runs on a virtual legacy and a virtual reference pump.

Imported by its own name.
"""

from thecal.lab.accidents.accident import Accident, Step, load_accidents, read_accident
from thecal.lab.accidents.comparison import Comparison, PumpMoment, Row, ShownState, Side, compare_pumps
from thecal.lab.accidents.cumulative_dose import CumulativeDose
from thecal.lab.accidents.differences import Difference, differences
from thecal.lab.accidents.run import AccidentRun, Moment, Refusal, at_tip, run_accident
from thecal.lab.accidents.verdict import Departure, Verdict
from thecal.lab.accidents.violations import VIOLATIONS, Violation

__all__ = [
    "VIOLATIONS",
    "Accident",
    "AccidentRun",
    "Comparison",
    "CumulativeDose",
    "Departure",
    "Difference",
    "Moment",
    "PumpMoment",
    "Refusal",
    "Row",
    "ShownState",
    "Side",
    "Step",
    "Verdict",
    "Violation",
    "at_tip",
    "compare_pumps",
    "differences",
    "load_accidents",
    "read_accident",
    "run_accident",
]
