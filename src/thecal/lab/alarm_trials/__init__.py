"""Alarm trials: each alarm is caused on its own on a virtual pump, and the table reports what the pump does.

Imported by its own name.
"""

from thecal.lab.alarm_trials.table import (
    MODEL,
    AlarmRow,
    AlarmTable,
    PumpResponse,
    Sound,
    alarm_table,
    describe_tone,
)
from thecal.lab.alarm_trials.trials import TRIALS, Trial, cause_alarm

__all__ = [
    "MODEL",
    "TRIALS",
    "AlarmRow",
    "AlarmTable",
    "PumpResponse",
    "Sound",
    "Trial",
    "alarm_table",
    "cause_alarm",
    "describe_tone",
]
