"""Accidents as data: what people did, and what a legacy pump and a reference pump make of it.

Imported by its own name.
"""

from thecal.lab.accidents.accident import Accident, Step, load_accidents, read_accident
from thecal.lab.accidents.alarm_table import AlarmRow, AlarmTable, PumpResponse, Sound, alarm_table
from thecal.lab.accidents.course import Course
from thecal.lab.accidents.differences import Difference, differences
from thecal.lab.accidents.play import Moment, Played, Refusal, at_tip, play
from thecal.lab.accidents.telling import Look, Row, Side, Telling, Told, tell
from thecal.lab.accidents.verdict import Departure, Verdict
from thecal.lab.accidents.violations import VIOLATIONS, Violation

__all__ = [
    "VIOLATIONS",
    "Accident",
    "AlarmRow",
    "AlarmTable",
    "Course",
    "Departure",
    "Difference",
    "Look",
    "Moment",
    "Played",
    "PumpResponse",
    "Refusal",
    "Row",
    "Side",
    "Sound",
    "Step",
    "Telling",
    "Told",
    "Verdict",
    "Violation",
    "alarm_table",
    "at_tip",
    "differences",
    "load_accidents",
    "play",
    "read_accident",
    "tell",
]
