"""Where the two pumps differ: every switch of a profile, said for either pump."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.pump import LEGACY, REFERENCE
from thecal.quantities import write_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

_SAID: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "stopped_alarm_after": ("A stop, or an update left open, alarms as a stopped pump", "", ""),
        "update_stops": ("While an update is open", "the drive stands", "the old program goes on"),
        "update_alarm_after": ("An update left open alarms", "", "never"),
        "refill_alarm_after": ("A refill left open alarms", "", "never"),
        "stall_notice": ("A stall is noticed, counted from the first quantum that is missed,", "", ""),
        "tests_itself": (
            "Every 15 min, in every state, the drive, counter, tone, code and library",
            "are tested",
            "are left alone",
        ),
        "two_counters": (
            "What the drive moved",
            "is held against what it was told, by an independent counter",
            "is held against nothing",
        ),
        "telemetry_lasts": ("Telemetry mode ends", "", "when somebody interrogates the pump"),
        "telemetry_suspends": (
            "Telemetry mode entered while the pump alarms",
            "suspends the delivery",
            "leaves the delivery alone",
        ),
        "resumes_after_reset": (
            "After a reset",
            "the last verified base program runs",
            "the drive turns at the device's minimum rate",
        ),
        "two_copies": ("Memory is written", "twice and journalled", "once"),
        "checks_window": (
            "An order is held against what any 24 hours would hold",
            "yes, also across a stop and a restart",
            "no",
        ),
        "wants_bridge": (
            "A refill of another concentration",
            "is armed with a bridge",
            "is taken without one",
        ),
    }
)
"""For each field of a profile: what it is about, and how yes and no, or a time and none, are said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One switch: what it is about, and what either pump does."""

    what: str
    legacy: str
    reference: str


def differences() -> tuple[Difference, ...]:
    """Return every switch in which the two profiles differ."""
    found = []
    for field in fields(REFERENCE):
        old, new = getattr(LEGACY, field.name), getattr(REFERENCE, field.name)
        if old == new or field.name == "name":
            continue
        what, yes, no = _SAID.get(field.name, (field.name.replace("_", " "), "yes", "no"))
        found.append(Difference(what=what, legacy=_said(old, yes, no), reference=_said(new, yes, no)))
    return tuple(found)


def _said(value: object, yes: str, no: str) -> str:
    if isinstance(value, timedelta):
        return f"after {write_duration(value)}" if value else "at once"
    return yes if value else no
