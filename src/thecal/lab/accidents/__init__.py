"""Accidents as data: what people did, and what a legacy pump and a reference pump make of it.

Imported by its own name.
"""

from thecal.lab.accidents.accident import Accident, Step, load_accidents, read_accident
from thecal.lab.accidents.play import Played, at_tip, play

__all__ = ["Accident", "Played", "Step", "at_tip", "load_accidents", "play", "read_accident"]
