"""The implant: a pump's digital twin, which obeys, keeps its memory, and lives from event to event."""

from thecal.pump.alarms import ALARM_CLASSES, AlarmClass
from thecal.pump.catalogue import capability, load_catalogue, read_catalogue
from thecal.pump.errors import CatalogueError, MemoryImageError, PumpError, RefusedError
from thecal.pump.memory import Memory
from thecal.pump.pump import Pump
from thecal.pump.radio import PumpRadio

__all__ = [
    "ALARM_CLASSES",
    "AlarmClass",
    "CatalogueError",
    "Memory",
    "MemoryImageError",
    "Pump",
    "PumpError",
    "PumpRadio",
    "RefusedError",
    "capability",
    "load_catalogue",
    "read_catalogue",
]
