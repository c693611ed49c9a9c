"""The implant: a pump's digital twin, which obeys, keeps its memory, and lives from event to event."""

from thecal.pump.alarms import ALARM_CLASSES, AlarmClass
from thecal.pump.catalogue import capability, load_catalogue, read_catalogue
from thecal.pump.errors import CatalogueError, MemoryImageError, PumpError, RefusedError
from thecal.pump.memory import Memory
from thecal.pump.models import (
    CatheterModel,
    PumpModel,
    catheter_model,
    check_prime_tubing,
    load_catheters,
    load_models,
    pump_model,
)
from thecal.pump.pump import Pump
from thecal.pump.radio import PumpRadio

__all__ = [
    "ALARM_CLASSES",
    "AlarmClass",
    "CatalogueError",
    "CatheterModel",
    "Memory",
    "MemoryImageError",
    "Pump",
    "PumpError",
    "PumpModel",
    "PumpRadio",
    "RefusedError",
    "capability",
    "catheter_model",
    "check_prime_tubing",
    "load_catalogue",
    "load_catheters",
    "load_models",
    "pump_model",
    "read_catalogue",
]
