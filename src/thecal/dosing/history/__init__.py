"""A patient's history as the adviser reads it, and what it shows about itself."""

from thecal.dosing.history.history import (
    Aim,
    Answers,
    BolusRecord,
    Event,
    EventKind,
    Goal,
    History,
    Limb,
    ProgramPeriod,
    RefillDone,
    Score,
)
from thecal.dosing.history.review import KINDS, review

__all__ = [
    "KINDS",
    "Aim",
    "Answers",
    "BolusRecord",
    "Event",
    "EventKind",
    "Goal",
    "History",
    "Limb",
    "ProgramPeriod",
    "RefillDone",
    "Score",
    "review",
]
