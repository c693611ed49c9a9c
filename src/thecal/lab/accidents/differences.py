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
            "no",
        ),
        "wants_bridge": (
            "A refill of another concentration",
            "is armed with a bridge",
            "is taken without a bridge",
        ),
    }
)
"""For each field of a profile: what it is about, and how yes and no, or a time and none, are said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A requirement that the legacy profile is known to violate, and who documents it of real devices."""

    requirement: str
    source: str


VIOLATIONS: Mapping[str, Violation] = MappingProxyType(
    {
        "L-01": Violation(
            requirement="ITB-013",
            source="Gillette Children's discharge sheet",
        ),
        "L-02": Violation(
            requirement="ITB-123",
            source="HK MDD notice, 8 Dec 2020",
        ),
        "L-03": Violation(
            requirement="ITB-125",
            source="HK MDD notice, 8 Dec 2020",
        ),
        "L-04": Violation(
            requirement="ITB-159",
            source="no alarm of that kind is documented",
        ),
        "L-05": Violation(
            requirement="ITB-079",
            source="Medtronic 2008 (MRI)",
        ),
        "L-06": Violation(
            requirement="ITB-073",
            source="ECRI alert, Mar 2014",
        ),
        "L-07": Violation(
            requirement="ITB-145",
            source="TGA (SynchroMed II, caution after MRI)",
        ),
        "L-08": Violation(
            requirement="ITB-171",
            source="Medtronic advisory, Jul 2011",
        ),
        "L-09": Violation(
            requirement="ITB-030",
            source="VAS, of a published rule; no implant's own rule was found",
        ),
        "L-10": Violation(
            requirement="ITB-085",
            source="assumed; critical memory errors are documented (Gillette Children's discharge sheet)",
        ),
        "L-11": Violation(
            requirement="ITB-078",
            source="commonly quoted of SynchroMed II, unverified",
        ),
        "L-12": Violation(
            requirement="ITB-093",
            source="ECRI alert, Mar 2014",
        ),
    }
)
"""Which of our requirements the legacy profile violates, and who documents it; as in the safety case."""

_VIOLATED_BY = MappingProxyType(
    {
        "stopped_alarm_after": "L-01",
        "update_stops": "L-02",
        "update_alarm_after": "L-03",
        "refill_alarm_after": "L-04",
        "tests_itself": "L-05",
        "two_counters": "L-06",
        "telemetry_lasts": "L-07",
        "telemetry_suspends": "L-07",
        "resumes_after_reset": "L-08",
        "checks_window": "L-09",
        "two_copies": "L-10",
        "stall_notice": "L-11",
        "checks_strokes": "L-12",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One switch.

    Attributes:
        what: it is about.
        legacy, reference: what either pump does.
        number: of the known violation; empty where there is none.
        violation: of a requirement; None where there is none.
    """

    what: str
    legacy: str
    reference: str
    number: str
    violation: Violation | None


def differences() -> tuple[Difference, ...]:
    """Return every switch in which the two profiles differ."""
    found = []
    for field in fields(REFERENCE):
        old, new = getattr(LEGACY, field.name), getattr(REFERENCE, field.name)
        if old == new or field.name == "name":
            continue
        what, yes, no = _SAID.get(field.name, (field.name.replace("_", " "), "yes", "no"))
        number = _VIOLATED_BY.get(field.name, "")
        found.append(
            Difference(
                what=what,
                legacy=_said(old, yes, no),
                reference=_said(new, yes, no),
                number=number,
                violation=VIOLATIONS.get(number),
            )
        )
    return tuple(found)


def _said(value: object, yes: str, no: str) -> str:
    if isinstance(value, timedelta):
        return f"after {write_duration(value)}" if value else "at once"
    return yes if value else no
