"""Where the two pumps differ: every switch of a profile, said for either pump."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.lab.accidents.violations import VIOLATIONS, Violation
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
        "stall_notice": ("A stall is noticed, counted from the first missed quantum", "", ""),
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
        "checks_strokes": (
            "A stroke of the drive that moves more than the declared tolerance",
            "is seen by a stop of its own",
            "is not seen",
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
            "no: each order is held against the limit alone",
        ),
        "wants_bridge": (
            "A refill of another concentration",
            "is armed with a bridge",
            "is taken without a bridge",
        ),
        "pause_lasts": (
            "A pause of the therapy",
            "ends by itself after {}, with an alarm",
            "does not exist: a person can only stop the pump",
        ),
        "contact_lasts": (
            "A command by radio is taken",
            "for {} after the pump felt a wand on the skin",
            "from wherever it comes",
        ),
    }
)
"""For each field of a profile: what it is about, and how yes and no, or a time and none, are said."""

_AFTER = "after {}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One switch.

    Attributes:
        what: it is about.
        legacy, reference: what either pump does.
        violations: of our requirements that the legacy pump commits by it.
    """

    what: str
    legacy: str
    reference: str
    violations: tuple[Violation, ...]


def differences() -> tuple[Difference, ...]:
    """Return every switch in which the two profiles differ.

    Raises:
        KeyError: a switch that nobody has put into words.
    """
    found = []
    for field in fields(REFERENCE):
        old, new = getattr(LEGACY, field.name), getattr(REFERENCE, field.name)
        if old == new or field.name == "name":
            continue
        what, yes, no = _SAID[field.name]
        found.append(
            Difference(
                what=what,
                legacy=_said(old, yes, no),
                reference=_said(new, yes, no),
                violations=tuple(one for one in VIOLATIONS.values() if one.switch == field.name),
            )
        )
    return tuple(found)


def _said(value: object, yes: str, no: str) -> str:
    if isinstance(value, timedelta):
        return (yes or _AFTER).format(write_duration(value)) if value else "at once"
    return yes if value else no
