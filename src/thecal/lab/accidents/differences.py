"""The differences between the two pump profiles: each switch, described for both pumps."""

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

_SWITCH_TEXTS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "stopped_alarm_after": ("A stop, or an update left open, alarms as a stopped pump", "", ""),
        "update_stops": ("While an update is open", "the drive is stopped", "the old program continues"),
        "update_alarm_after": ("An update left open alarms", "", "never"),
        "refill_alarm_after": ("A refill left open alarms", "", "never"),
        "stall_notice": ("A stall is detected, counted from the first missed quantum", "", ""),
        "tests_itself": (
            "Every 15 min, in every state, the drive, counter, tone, code and library",
            "are tested",
            "are not tested",
        ),
        "two_counters": (
            "The volume that the drive moved",
            "is compared with its orders by an independent counter",
            "is not checked",
        ),
        "checks_strokes": (
            "A stroke of the drive that moves more than the declared tolerance",
            "is detected by a separate stop",
            "is not detected",
        ),
        "telemetry_lasts": ("Telemetry mode ends", "", "when the pump is interrogated"),
        "telemetry_suspends": (
            "Telemetry mode entered while the pump alarms",
            "suspends the delivery",
            "does not change the delivery",
        ),
        "resumes_after_reset": (
            "After a reset",
            "the last verified base program runs",
            "the pump runs at the device's minimum rate",
        ),
        "two_copies": ("Memory is written", "twice, with a journal", "once"),
        "checks_window": (
            "An order is checked against the 24-hour dose limit",
            "together with the delivered doses, also across a stop and a restart",
            "on its own, without the delivered doses",
        ),
        "wants_bridge": (
            "A refill of another concentration",
            "is armed with a bridge",
            "is accepted without a bridge",
        ),
        "pause_lasts": (
            "A pause of the therapy",
            "ends by itself after {}, with an alarm",
            "does not exist: a person can only stop the pump",
        ),
        "contact_lasts": (
            "A command by radio is accepted",
            "for {} after the pump detects a wand on the skin",
            "from any distance",
        ),
    }
)
"""For each field of a profile: its subject, and the texts for yes and no, or for a time and none."""

_AFTER = "after {}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference.

    Attributes:
        what: the subject.
        legacy, reference: what each pump does.
        violations: of our requirements by the legacy pump.
    """

    what: str
    legacy: str
    reference: str
    violations: tuple[Violation, ...]


def differences() -> tuple[Difference, ...]:
    """Return every difference between the two profiles.

    Raises:
        KeyError: a field of a profile has no text.
    """
    found = []
    for field in fields(REFERENCE):
        old, new = getattr(LEGACY, field.name), getattr(REFERENCE, field.name)
        if old == new or field.name == "name":
            continue
        what, yes, no = _SWITCH_TEXTS[field.name]
        found.append(
            Difference(
                what=what,
                legacy=_describe_switch(old, yes, no),
                reference=_describe_switch(new, yes, no),
                violations=tuple(row for row in VIOLATIONS.values() if row.switch == field.name),
            )
        )
    return tuple(found)


def _describe_switch(value: object, yes: str, no: str) -> str:
    if isinstance(value, timedelta):
        return (yes or _AFTER).format(write_duration(value)) if value else "at once"
    return yes if value else no
