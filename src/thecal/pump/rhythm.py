"""When each alarm sounds: one place, for the ear of the patient and for the charge of the battery.

What is escalated sounds twice as often as a critical alarm is set to, and at once (S-42). The pattern stays
that of its class: an implant has two, and people are taught two (ITB-094).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from thecal.pump.alarm_rules import ALARM_CLASSES, AlarmClass
from thecal.pump.hold import Intervals
from thecal.quantities import DAY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from thecal.pump.hold import Raised
    from thecal.pump.models import PumpModel

ESCALATED_TIMES = 2
"""What is escalated sounds so many times as often as other critical alarms; assumed."""


def delivered_with(model: PumpModel) -> Intervals:
    """Return the intervals that a model is delivered with."""
    critical, other = model.number("critical_interval"), model.number("non_critical_interval")
    return Intervals(critical=timedelta(seconds=int(critical)), non_critical=timedelta(seconds=int(other)))


def class_of(one: Raised) -> AlarmClass:
    """Return the class whose tone an alarm has."""
    return AlarmClass.CRITICAL if one.escalated else ALARM_CLASSES[one.alarm]


def interval_of(one: Raised, intervals: Intervals) -> timedelta:
    """Return how long lies between two soundings of an alarm."""
    if one.escalated:
        return intervals.critical / ESCALATED_TIMES
    return intervals.critical if class_of(one) is AlarmClass.CRITICAL else intervals.non_critical


def audible(raised: tuple[Raised, ...]) -> tuple[Raised, ...]:
    """Return the alarms that sound: while a critical one stands, no other does (ITB-096)."""
    critical = tuple(one for one in raised if class_of(one) is AlarmClass.CRITICAL)
    return critical or raised


def moments_of(one: Raised, intervals: Intervals, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield when an alarm sounds from ``start`` on and before ``end``."""
    first, every = one.sounds_from or one.since, interval_of(one, intervals)
    for number in _numbers(one, every, start, end):
        yield first + number * every


def tones_of(raised: tuple[Raised, ...], intervals: Intervals, start: datetime, end: datetime) -> int:
    """Return how often the alarms that stand sound from ``start`` on and before ``end``."""
    return sum(len(_numbers(one, interval_of(one, intervals), start, end)) for one in audible(raised))


def most_tones_a_day(raised: tuple[Raised, ...], intervals: Intervals) -> int:
    """Return how often at the most the alarms that stand sound in a day."""
    return sum(DAY // interval_of(one, intervals) + 1 for one in raised)


def _numbers(one: Raised, every: timedelta, start: datetime, end: datetime) -> range:
    """Return the numbers of the soundings, from 0, that lie from ``start`` on and before ``end``."""
    first = one.sounds_from or one.since
    heard = max(start, first, one.silent_until or first)
    return range(-((first - heard) // every), max(0, -((first - end) // every)))
