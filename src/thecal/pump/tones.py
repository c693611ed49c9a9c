"""How alarms sound: tones as data that a page can play, and when they sound.

Durations and the two patterns are the documented devices' (product advisory, July 2011; Gillette Children's
discharge sheet); the frequencies are assumed, chosen to be told apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.pump.alarm_rules import ALARM_CLASSES, AlarmClass
from thecal.pump.conditions import Cause
from thecal.pump.kinds import Kind
from thecal.pump.life import is_depleted
from thecal.pump.rhythm import audible, class_of, moments_of

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.journal import Entry
    from thecal.pump.hardware import Hardware
    from thecal.pump.memory import Memory
    from thecal.quantities import Interval
    from thecal.therapy import Alarm


@dataclass(frozen=True, slots=True)
class Tone:
    """One sounding: pitches in hertz, each with its length in milliseconds."""

    steps: tuple[tuple[int, int], ...]

    @property
    def lasts(self) -> timedelta:
        """How long it sounds."""
        return timedelta(milliseconds=sum(ms for _, ms in self.steps))


TONES = MappingProxyType(
    {
        AlarmClass.CRITICAL: Tone(((2500, 500), (1800, 500)) * 3),
        AlarmClass.NON_CRITICAL: Tone(((2500, 1000),)),
    }
)
"""The two classes: two tones by turns for 3 s, and one tone for 1 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounding:
    """An alarm sounds."""

    at: datetime
    kind: AlarmClass
    alarm: Alarm


CONFIRMATION = Tone(((2000, 150), (2500, 150)))
"""A command was carried out; assumed, told apart from every alarm by its length and its rise."""

CONFIRMED = (
    Kind.PROGRAM_COMMITTED,
    Kind.PUMP_STOPPED,
    Kind.PROGRAM_PAUSED,
    Kind.PROGRAM_RESUMED,
    Kind.UPDATE_BEGUN,
    Kind.UPDATE_ABANDONED,
    Kind.BOLUS_STARTED,
    Kind.RESERVOIR_REFILLED,
    Kind.REFILL_ARMED,
    Kind.REFILL_CANCELLED,
    Kind.RESIDUAL_COMPARED,
    Kind.ALARM_SILENCED,
    Kind.ALARM_CLEARED,
    Kind.TELEMETRY_LEFT,
    Kind.CLOCK_ADJUSTED,
    Kind.FALLBACK_SET,
    Kind.SETTING_CHANGED,
)
"""What the pump sounds when a person did it: all that alters delivery, filling, alarms or clock (ITB-162)."""

_BY_A_PERSON = {None, "set", "interrogated"}
"""What a record names as its cause where a person is the cause; any other is the pump itself."""
_ENDED_BY_A_PERSON = {Kind.ALARM_CLEARED, Kind.TELEMETRY_LEFT}
"""What may end by itself, with no word of a cause; a person is named."""


def confirmations(memory: Memory, hardware: Hardware, window: Interval) -> tuple[datetime, ...]:
    """Return when, in a half-open window, the pump sounded that it has carried something out.

    One tone answers one act, however many records it left. What the pump does by itself, as a pause that
    ends, a program that a fault gave up or a clock that it puts right, is no act of anybody and not sounded.
    """
    if hardware.acts(Cause.TONE_BROKEN, memory.at) is not None or is_depleted(memory, hardware.model):
        return ()
    done = memory.log.of_kind(*CONFIRMED)
    return tuple(dict.fromkeys(entry.at for entry in done if entry.at in window and _is_an_act(entry)))


def _is_an_act(entry: Entry) -> bool:
    cause = dict(entry.data).get("cause")
    return cause in _BY_A_PERSON and not (cause is None and entry.kind in _ENDED_BY_A_PERSON)


def tone_of(alarm: Alarm) -> Tone:
    """Return how an alarm sounds, for teaching (ITB-103)."""
    return TONES[ALARM_CLASSES[alarm]]


def soundings(memory: Memory, hardware: Hardware, window: Interval) -> tuple[Sounding, ...]:
    """Return when the alarms that stand sound in a window; while a critical one stands, it alone does.

    Args:
        memory: the pump's; an alarm sounds first when it is raised, and then at the interval that is set
            for its class. One that escalates sounds at once, and then twice as often as a critical one;
            what it sounded before that is not told any more.
        hardware: for whether the tone works at all; with a battery that is spent it does not.
        window: half-open.
    """
    if hardware.acts(Cause.TONE_BROKEN, memory.at) is not None or is_depleted(memory, hardware.model):
        return ()
    sounds = [
        Sounding(at=moment, kind=class_of(one), alarm=one.alarm)
        for one in audible(memory.raised)
        for moment in moments_of(one, memory.intervals, window.start, window.end)
    ]
    return tuple(sorted(sounds, key=lambda sound: sound.at))
