"""What a pump alarms about, and when an alarm is raised, silenced and cleared.

An alarm whose cause is a state, as a low reservoir, goes with that state. One whose cause is a fault stays,
also when the fault is over, until somebody has interrogated the pump (ITB-106).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from thecal.pump.alarm_rules import ALARM_CLASSES
from thecal.pump.hold import Hold, Raised, Work
from thecal.pump.kinds import Kind
from thecal.pump.log import recorded
from thecal.quantities import DAY, MINUTE
from thecal.therapy import Alarm

if TYPE_CHECKING:
    from thecal.pump.memory import Memory


STATES = frozenset(
    {
        Alarm.EMPTY_RESERVOIR,
        Alarm.PUMP_STOPPED,
        Alarm.END_OF_SERVICE,
        Alarm.TRANSACTION_OPEN,
        Alarm.LOW_RESERVOIR,
        Alarm.REPLACE_SOON,
    }
)
"""Alarms that are a state of the pump and go with it."""

REARMS_AFTER = 10 * MINUTE
"""A silenced alarm sounds again after so long (ITB-099)."""
ESCALATES_AT, ESCALATES_WITHIN = 3, 10 * MINUTE
"""An alarm that comes so often in so long escalates (ITB-101)."""

TOLD_MOST, TOLD_WITHIN = 16, DAY
"""That a cause is gone, or back, is recorded so often at the most in so long, of each alarm (S-43); assumed.

What flickers must not fill the log. Every return is counted, and each record says how many there were.
"""

HISTORY = (
    Kind.ALARM_RAISED,
    Kind.ALARM_CLEARED,
    Kind.ALARM_SILENCED,
    Kind.SILENCE_ENDED,
    Kind.ALARM_ESCALATED,
    Kind.CAUSE_ENDED,
    Kind.CAUSE_RETURNED,
    Kind.RESERVOIR_RAN_LOW,
    Kind.RESERVOIR_EMPTIED,
    Kind.PUMP_STOPPED,
)
"""The kinds of record that are the history of the alarms; the last three are alarms by themselves."""

_RECORDED_ANYWAY = {Alarm.EMPTY_RESERVOIR, Alarm.LOW_RESERVOIR}
_ORDER = {alarm: place for place, alarm in enumerate(ALARM_CLASSES)}


def alarming(memory: Memory) -> tuple[Alarm, ...]:
    """Return what a pump is alarming about, gravest first."""
    return tuple(sorted((one.alarm for one in memory.raised), key=_ORDER.__getitem__))


def stop_sounds_at(memory: Memory) -> datetime | None:
    """Return when a pump that stands because it was told to, or left so, alarms about it."""
    if memory.program.is_stopped:
        return memory.started + memory.profile.stopped_alarm_after
    if memory.open is not None and Hold.UPDATE in memory.holds:
        return memory.open.since + memory.profile.stopped_alarm_after
    return None


def open_sounds_at(memory: Memory) -> datetime | None:
    """Return when an update or a refill that was begun and is not done alarms."""
    if memory.open is None:
        return None
    profile = memory.profile
    after = profile.update_alarm_after if memory.open.work is Work.UPDATE else profile.refill_alarm_after
    return None if after is None else memory.open.since + after


def states_of(memory: Memory) -> set[Alarm]:
    """Return the alarms that the pump's present state is."""
    states = set()
    if memory.is_empty or memory.shows_empty:
        states.add(Alarm.EMPTY_RESERVOIR)
    if memory.is_low or memory.shows_low:
        states.add(Alarm.LOW_RESERVOIR)
    if (sounds := stop_sounds_at(memory)) is not None and memory.at >= sounds:
        states.add(Alarm.PUMP_STOPPED)
    if Hold.END_OF_SERVICE in memory.holds:
        states.add(Alarm.END_OF_SERVICE)
    elif memory.replace_at is not None:
        states.add(Alarm.REPLACE_SOON)
    if (sounds := open_sounds_at(memory)) is not None and memory.at >= sounds:
        states.add(Alarm.TRANSACTION_OPEN)
    return states


def sounded(memory: Memory) -> Memory:
    """Return the memory whose alarms are those of its state, beside the faults that were raised."""
    states = states_of(memory)
    standing = {one.alarm for one in memory.raised if one.alarm in STATES}
    if states == standing:
        return memory
    for alarm in sorted(standing - states, key=_ORDER.__getitem__):
        memory = cleared(memory, alarm)
    for alarm in sorted(states - standing, key=_ORDER.__getitem__):
        memory = raised(memory, alarm)
    return memory


def standing(memory: Memory, alarm: Alarm) -> Raised | None:
    """Return an alarm whose cause is not known to be gone; None where there is none."""
    return next((one for one in memory.raised if one.alarm is alarm and not one.over), None)


def is_raised(memory: Memory, alarm: Alarm) -> bool:
    """Say whether an alarm stands."""
    return any(one.alarm is alarm for one in memory.raised)


def raised(memory: Memory, alarm: Alarm, **facts: str) -> Memory:
    """Return the memory with one more alarm; one that stands is told when its cause is back."""
    found = next((one for one in memory.raised if one.alarm is alarm), None)
    if found is not None:
        return _returned(memory, found, facts) if found.over else memory
    memory = _began(counted(memory), alarm)
    often = _comes_often(memory, alarm)
    log = memory.log
    plain = memory.profile.stopped_alarm_after == timedelta(0) and alarm is Alarm.PUMP_STOPPED
    if alarm not in _RECORDED_ANYWAY and not plain:
        log = recorded(log, Kind.ALARM_RAISED, at=memory.at, alarm=alarm.value, **facts)
    if often:
        log = recorded(log, Kind.ALARM_ESCALATED, at=memory.at, alarm=alarm.value)
    new = Raised(alarm=alarm, since=memory.at, escalated=often)
    return replace(memory, raised=(*memory.raised, new), log=log)


def _returned(memory: Memory, one: Raised, facts: dict[str, str]) -> Memory:
    """Return the memory in which the cause of an alarm that stands is back (ITB-101, ITB-113)."""
    back = replace(one, over=False, returns=one.returns + 1)
    memory = _told(_began(memory, one.alarm), Kind.CAUSE_RETURNED, back, facts)
    memory = _with(memory, one, back)
    return escalated(memory, one.alarm) if _comes_often(memory, one.alarm) else memory


def _told(memory: Memory, kind: Kind, one: Raised, facts: dict[str, str]) -> Memory:
    """Return the memory whose log says what became of an alarm's cause, unless it said so too often."""
    named = one.alarm.value
    if memory.log.count_since(memory.at - TOLD_WITHIN, kind, alarm=named) >= TOLD_MOST:
        return memory
    said = {**facts, "alarm": named, "returns": str(one.returns)}
    return replace(memory, log=recorded(memory.log, kind, at=memory.at, **said))


def _began(memory: Memory, alarm: Alarm) -> Memory:
    """Return the memory that knows of one more beginning of an alarm, of the last minutes only."""
    recent = [(which, at) for which, at in memory.alarm_starts if memory.at - at < ESCALATES_WITHIN]
    own = [began for began in recent if began[0] is alarm][1 - ESCALATES_AT :]
    others = [began for began in recent if began[0] is not alarm]
    return replace(memory, alarm_starts=(*others, *own, (alarm, memory.at)))


def _comes_often(memory: Memory, alarm: Alarm) -> bool:
    return sum(which is alarm for which, _ in memory.alarm_starts) >= ESCALATES_AT


def _with(memory: Memory, one: Raised, other: Raised) -> Memory:
    return replace(memory, raised=tuple(other if here is one else here for here in memory.raised))


def cleared(memory: Memory, alarm: Alarm, **facts: str) -> Memory:
    """Return the memory without an alarm; how often it sounded stays in the counters."""
    if not is_raised(memory, alarm):
        return memory
    memory = counted(memory)
    one = next(one for one in memory.raised if one.alarm is alarm)
    log = memory.log
    if alarm not in _RECORDED_ANYWAY and alarm is not Alarm.PUMP_STOPPED:
        came_back = {"returns": str(one.returns)} if one.returns else {}
        log = recorded(log, Kind.ALARM_CLEARED, at=memory.at, alarm=alarm.value, **came_back, **facts)
    return replace(memory, raised=tuple(other for other in memory.raised if other is not one), log=log)


def over(memory: Memory, alarm: Alarm) -> Memory:
    """Return the memory in which an alarm's cause is known to be gone; it stands until somebody looks.

    That is recorded; of a cause that came and went at one moment the record of its coming says it all.
    """
    one = standing(memory, alarm)
    if one is None:
        return memory
    if (alarm, memory.at) not in memory.alarm_starts:
        memory = _told(memory, Kind.CAUSE_ENDED, one, {})
    return _with(memory, one, replace(one, over=True))


def escalated(memory: Memory, alarm: Alarm) -> Memory:
    """Return the memory in which an alarm sounds as escalated from now on, silenced or not."""
    one = standing(memory, alarm)
    if one is None or one.escalated:
        return memory
    memory = counted(memory)
    log = recorded(memory.log, Kind.ALARM_ESCALATED, at=memory.at, alarm=alarm.value)
    grave = replace(one, escalated=True, silent_until=None, sounds_from=memory.at)
    return _with(replace(memory, log=log), one, grave)


def unsilenced(memory: Memory, alarm: Alarm) -> Memory:
    """Return the memory in which one alarm is heard, should somebody have silenced it."""
    one = next((one for one in memory.raised if one.alarm is alarm), None)
    if one is None or one.silent_until is None:
        return memory
    return _with(counted(memory), one, replace(one, silent_until=None))


def counted(memory: Memory) -> Memory:
    """Return the memory whose counters hold every tone until now, for what sounds is about to change."""
    return replace(memory, tones_to=memory.at, counters=memory.counters_now) if memory.raised else memory


def seen(memory: Memory) -> Memory:
    """Return the memory after somebody interrogated the pump: what is over goes."""
    for one in memory.raised:
        if one.over:
            memory = cleared(memory, one.alarm, cause="interrogated")
    return memory


def silenced(memory: Memory) -> Memory:
    """Return the memory whose alarms are silent for a while; they stay raised, shown and recorded."""
    memory, until = counted(memory), memory.at + REARMS_AFTER
    log = recorded(memory.log, Kind.ALARM_SILENCED, at=memory.at, until=until.isoformat())
    return replace(memory, raised=tuple(replace(one, silent_until=until) for one in memory.raised), log=log)


def heard_again(memory: Memory) -> Memory:
    """Return the memory whose silence has ended: the link over which it was asked for is lost (ITB-100)."""
    if not is_silent(memory):
        return memory
    memory = counted(memory)
    log = recorded(memory.log, Kind.SILENCE_ENDED, at=memory.at, cause="link lost")
    return replace(memory, raised=tuple(replace(one, silent_until=None) for one in memory.raised), log=log)


def escalating(memory: Memory) -> tuple[Alarm, ...]:
    """Return what of that has escalated, gravest first."""
    graver = (one.alarm for one in memory.raised if one.escalated)
    return tuple(sorted(graver, key=_ORDER.__getitem__))


def is_silent(memory: Memory) -> bool:
    """Say whether an alarm stands that is not heard, because somebody silenced it (ITB-098)."""
    return any(one.silent_until is not None and memory.at < one.silent_until for one in memory.raised)
