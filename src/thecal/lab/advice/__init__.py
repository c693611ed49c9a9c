"""Advice for one patient: the options of the rules, and what the patient's own model expects of each."""

from thecal.lab.advice.advice import (
    Advice,
    Basis,
    GoalAhead,
    Hours,
    Lesson,
    Margin,
    Outlook,
    Range,
    ScoreRange,
    Supply,
    ToneAhead,
    ToneOverTime,
    UsefulTone,
)
from thecal.lab.advice.advise import advise, replay

__all__ = [
    "Advice",
    "Basis",
    "GoalAhead",
    "Hours",
    "Lesson",
    "Margin",
    "Outlook",
    "Range",
    "ScoreRange",
    "Supply",
    "ToneAhead",
    "ToneOverTime",
    "UsefulTone",
    "advise",
    "replay",
]
