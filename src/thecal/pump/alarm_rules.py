"""One table of the alarms: how grave, what each does to the flow, and how soon it comes.

What an alarm does to the flow stands here alone, and ``effects`` carries out what stands here (ITB-004).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from thecal.pump.profile import SELF_TEST_EVERY
from thecal.quantities import DAY
from thecal.therapy import Alarm


class AlarmClass(StrEnum):
    """The two classes of an implant's alarms, as they sound (ITB-094)."""

    CRITICAL = "critical"
    NON_CRITICAL = "non-critical"


class FlowEffect(StrEnum):
    """What an alarm does to the flow (ITB-004): section M of the requirements, as section P amends it."""

    NONE_LEFT = "nothing can flow: the pump is empty, stopped or at the end of its service"
    KEEPS = "the program continues"
    STANDS = "the drive stays stopped until a person who has checked it restarts the program"
    ENDS_BOLUS = "a running bolus has ended; the base program continues unless another alarm prevents it"
    RESUMES = "the last verified base program continues, with its bridge; a running bolus has ended"
    FALLS_BACK = "the fallback continues: no copy of the program is intact"


class Severity(StrEnum):
    """The harm if no one acts."""

    DEATH = "death, or permanent harm"
    HARM = "temporary harm"
    NUISANCE = "discomfort"


class Onset(StrEnum):
    """How soon the harm may begin."""

    IMMEDIATE = "within minutes"
    PROMPT = "within hours"
    DELAYED = "later"


class Priority(StrEnum):
    """How soon somebody must act."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


PRIORITIES = MappingProxyType(
    {
        (Severity.DEATH, Onset.IMMEDIATE): Priority.HIGH,
        (Severity.DEATH, Onset.PROMPT): Priority.HIGH,
        (Severity.DEATH, Onset.DELAYED): Priority.MEDIUM,
        (Severity.HARM, Onset.IMMEDIATE): Priority.HIGH,
        (Severity.HARM, Onset.PROMPT): Priority.MEDIUM,
        (Severity.HARM, Onset.DELAYED): Priority.LOW,
        (Severity.NUISANCE, Onset.IMMEDIATE): Priority.MEDIUM,
        (Severity.NUISANCE, Onset.PROMPT): Priority.LOW,
        (Severity.NUISANCE, Onset.DELAYED): Priority.LOW,
    }
)
"""Priority by severity and onset (ITB-095), as IEC 60601-1-8 is commonly quoted [M]; it was not read."""

SOUNDS_AS = MappingProxyType(
    {
        Priority.HIGH: AlarmClass.CRITICAL,
        Priority.MEDIUM: AlarmClass.NON_CRITICAL,
        Priority.LOW: AlarmClass.NON_CRITICAL,
    }
)
"""An implant has two sounds for three priorities."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table.

    Attributes:
        severity, onset: what comes of it, and how soon; its priority and its sound follow.
        effect: what it does to the flow.
        event: from when on it could be noticed.
        within: how long after that a reference pump raises it at the latest (ITB-078).
    """

    severity: Severity
    onset: Onset
    effect: FlowEffect
    event: str
    within: timedelta = timedelta(0)

    @property
    def priority(self) -> Priority:
        """How soon somebody must act."""
        return PRIORITIES[self.severity, self.onset]

    @property
    def sounds_as(self) -> AlarmClass:
        """Its class."""
        return SOUNDS_AS[self.priority]


def _rule(
    outcome: tuple[Severity, Onset], effect: FlowEffect, event: str, within: timedelta = timedelta(0)
) -> Rule:
    severity, onset = outcome
    return Rule(severity=severity, onset=onset, effect=effect, event=event, within=within)


_AT_ONCE = (Severity.DEATH, Onset.IMMEDIATE)
_IN_HOURS = (Severity.DEATH, Onset.PROMPT)
_IN_DAYS = (Severity.DEATH, Onset.DELAYED)
_WARNS = (Severity.HARM, Onset.DELAYED)
_TESTED = "the fault itself; the next self-test detects it"
STALL_WITHIN = timedelta(seconds=30)
"""Faults are reported within 30 s of what can be noticed (MathWorks, item 57; ITB-078)."""

RULES = MappingProxyType(
    {
        Alarm.OVER_DELIVERY: _rule(
            _AT_ONCE,
            FlowEffect.STANDS,
            "the second quantum too many is counted, or the second of two strokes was too large",
        ),
        Alarm.DOSE_LIMIT: _rule(
            _AT_ONCE,
            FlowEffect.ENDS_BOLUS,
            "a running bolus would exceed the 24-hour dose limit",
            SELF_TEST_EVERY,
        ),
        Alarm.EMPTY_RESERVOIR: _rule(
            _IN_HOURS, FlowEffect.NONE_LEFT, "the last usable quantum has been counted"
        ),
        Alarm.MOTOR_STALL: _rule(
            _IN_HOURS,
            FlowEffect.KEEPS,
            "a quantum is missed; if none is due, the next self-test",
            STALL_WITHIN,
        ),
        Alarm.PUMP_STOPPED: _rule(_IN_HOURS, FlowEffect.NONE_LEFT, "the stop"),
        Alarm.END_OF_SERVICE: _rule(_IN_HOURS, FlowEffect.NONE_LEFT, "the last day of service is reached"),
        Alarm.TRANSACTION_OPEN: _rule(
            _IN_HOURS, FlowEffect.KEEPS, "an update was left open for 2 min, or a refill for 30 min"
        ),
        Alarm.MEMORY_ERROR: _rule(_IN_HOURS, FlowEffect.FALLS_BACK, "no copy of the program is intact"),
        Alarm.PROCESSOR_ERROR: _rule(_IN_HOURS, FlowEffect.RESUMES, _TESTED, SELF_TEST_EVERY),
        Alarm.CLOCK_ERROR: _rule(_IN_HOURS, FlowEffect.KEEPS, "the two time bases differ"),
        Alarm.PUMP_RESET: _rule(_IN_HOURS, FlowEffect.RESUMES, "the start after the reset"),
        Alarm.PAUSE_LONG: _rule(
            _IN_HOURS, FlowEffect.ENDS_BOLUS, "a pause has lasted 30 min, and ends by itself"
        ),
        Alarm.LEVEL_DIFFERS: _rule(
            _IN_HOURS, FlowEffect.KEEPS, "the measured level differs from the count", DAY
        ),
        Alarm.OCCLUSION: _rule(_IN_HOURS, FlowEffect.KEEPS, "the drained volume is compared with the count"),
        Alarm.TEMPERATURE: _rule(_IN_HOURS, FlowEffect.KEEPS, "the temperature leaves its range"),
        Alarm.SELF_TEST_FAILED: _rule(_IN_HOURS, FlowEffect.KEEPS, _TESTED, SELF_TEST_EVERY),
        Alarm.LOW_RESERVOIR: _rule(_IN_DAYS, FlowEffect.KEEPS, "the alarm volume is reached"),
        Alarm.REPLACE_SOON: _rule(
            _IN_DAYS, FlowEffect.KEEPS, "the charge or the age is reached", SELF_TEST_EVERY
        ),
        Alarm.LIBRARY_ERROR: _rule(_IN_DAYS, FlowEffect.KEEPS, _TESTED, SELF_TEST_EVERY),
        Alarm.UNDER_DELIVERY: _rule(_WARNS, FlowEffect.KEEPS, "the second missing quantum is not counted"),
        Alarm.UNSTABLE_FLOW: _rule(_WARNS, FlowEffect.KEEPS, "the flow fails for the third time in 24 h"),
        Alarm.KEY_STUCK: _rule(_WARNS, FlowEffect.KEEPS, _TESTED, SELF_TEST_EVERY),
    }
)
"""Every alarm, most severe first."""

ALARM_CLASSES = MappingProxyType({alarm: rule.sounds_as for alarm, rule in RULES.items()})
"""Every alarm with its class, gravest first."""
FLOW_EFFECTS = MappingProxyType({alarm: rule.effect for alarm, rule in RULES.items()})
"""What each alarm does to the flow of a reference pump; no alarm does anything else."""
LATENCY = MappingProxyType({alarm: rule.within for alarm, rule in RULES.items()})
"""How long after its event each alarm is raised at the latest."""
