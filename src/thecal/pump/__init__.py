"""The implant: a digital twin that carries out commands, keeps its memory and steps from event to event."""

from thecal.pump.alarm_rules import (
    ALARM_CLASSES,
    FLOW_EFFECTS,
    LATENCY,
    PRIORITIES,
    RULES,
    AlarmClass,
    FlowEffect,
    Onset,
    Priority,
    Rule,
    Severity,
)
from thecal.pump.catalogue import capability, load_catalogue, read_catalogue
from thecal.pump.conditions import SIZES, Cause, Condition
from thecal.pump.errors import CatalogueError, MemoryImageError, PumpError, RefusedError
from thecal.pump.faults import HAZARDS, RATES, Hazard, Rate, by_chance, drawn_gain, mri_visit
from thecal.pump.handle import Pump, refill_by_needle
from thecal.pump.hardware import Hardware
from thecal.pump.hazards import Brought, bring_about
from thecal.pump.hold import Level
from thecal.pump.kinds import Kind
from thecal.pump.life import Life
from thecal.pump.memory import Memory
from thecal.pump.models import (
    CatheterModel,
    DriveKind,
    PumpModel,
    catheter_model,
    check_prime_tubing,
    load_catheters,
    load_models,
    pump_model,
)
from thecal.pump.profile import LEGACY, PROFILES, REFERENCE, Profile
from thecal.pump.radio import PumpRadio
from thecal.pump.tones import CONFIRMATION, TONES, Sounding, Tone, confirmations, soundings, tone_of

__all__ = [
    "ALARM_CLASSES",
    "CONFIRMATION",
    "FLOW_EFFECTS",
    "HAZARDS",
    "LATENCY",
    "LEGACY",
    "PRIORITIES",
    "PROFILES",
    "RATES",
    "REFERENCE",
    "RULES",
    "SIZES",
    "TONES",
    "AlarmClass",
    "Brought",
    "CatalogueError",
    "CatheterModel",
    "Cause",
    "Condition",
    "DriveKind",
    "FlowEffect",
    "Hardware",
    "Hazard",
    "Kind",
    "Level",
    "Life",
    "Memory",
    "MemoryImageError",
    "Onset",
    "Priority",
    "Profile",
    "Pump",
    "PumpError",
    "PumpModel",
    "PumpRadio",
    "Rate",
    "RefusedError",
    "Rule",
    "Severity",
    "Sounding",
    "Tone",
    "bring_about",
    "by_chance",
    "capability",
    "catheter_model",
    "check_prime_tubing",
    "confirmations",
    "drawn_gain",
    "load_catalogue",
    "load_catheters",
    "load_models",
    "mri_visit",
    "pump_model",
    "read_catalogue",
    "refill_by_needle",
    "soundings",
    "tone_of",
]
