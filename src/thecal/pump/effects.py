"""An alarm is raised and its row of the table carried out: the one place where a fault changes the flow.

A legacy pump has no such table; where it differs it says so here (ITB-004).
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.pump import alarms
from thecal.pump.alarm_rules import FLOW_EFFECTS, FlowEffect
from thecal.pump.boluses import end_once, interrupted, waiting_for_room
from thecal.pump.fallback import fallback_of
from thecal.pump.hold import Hold
from thecal.pump.tube import ordered
from thecal.pump.unfinished import without_written
from thecal.therapy import Alarm

if TYPE_CHECKING:
    from collections.abc import Callable

    from thecal.pump.memory import Memory

_REASONS = {Alarm.PUMP_RESET: "reset", Alarm.MEMORY_ERROR: "memory lost"}
_ENDS_WITH_A_RESET = frozenset({Hold.UPDATE, Hold.TELEMETRY, Hold.HUNG, Hold.PAUSE})


def raised(memory: Memory, alarm: Alarm, **facts: str) -> Memory:
    """Return the memory in which an alarm stands, and does to the flow what its row of the table says."""
    effect = _CARRIED_OUT.get(FLOW_EFFECTS[alarm])
    if effect is not None:
        memory = effect(memory, _REASONS.get(alarm, alarm.value))
    return alarms.raised(memory, alarm, **facts)


def _ends_bolus(memory: Memory, reason: str) -> Memory:
    return interrupted(memory, reason)


def _stands(memory: Memory, reason: str) -> Memory:
    return _held(_ends_bolus(without_written(memory), reason), Hold.OVER_DELIVERY)


def _resumes(memory: Memory, reason: str) -> Memory:
    """Go on with the last verified base program; a legacy pump goes to its minimum rate."""
    memory = _ends_bolus(memory, reason)
    holds = tuple(hold for hold in memory.holds if hold not in _ENDS_WITH_A_RESET)
    memory = replace(memory, holds=holds, paused_at=None)
    if memory.profile.resumes_after_reset or memory.program.is_stopped:
        return memory
    return _held(memory, Hold.RESET)


def _falls_back(memory: Memory, reason: str) -> Memory:
    """Give the fallback, unless a person stopped the pump: no ordered stop is undone (ITB-161).

    Where the day has no room for it yet, at most the minimum rate flows until it has (ITB-035, S-37).
    """
    memory = _ends_bolus(without_written(memory), reason)
    program = fallback_of(memory)
    if memory.program.is_stopped:
        return memory
    if not memory.profile.resumes_after_reset or program is None:
        return _held(memory, Hold.RESET)
    fallen_back = replace(
        end_once(memory, reason),
        program=program,
        started=memory.at,
        started_counts=memory.drive.counts,
        boluses_by=None,
        once_over=program.once is None,
        tube=ordered(memory, program),
        once_paused_us=0,
        once_given=Fraction(0),
        revision=memory.revision + 1,
    )
    return waiting_for_room(fallen_back)


def _held(memory: Memory, hold: Hold) -> Memory:
    return memory if hold in memory.holds else replace(memory, holds=(*memory.holds, hold))


_CARRIED_OUT: dict[FlowEffect, Callable[[Memory, str], Memory]] = {
    FlowEffect.STANDS: _stands,
    FlowEffect.ENDS_BOLUS: _ends_bolus,
    FlowEffect.RESUMES: _resumes,
    FlowEffect.FALLS_BACK: _falls_back,
}
"""What carries an effect out; the others leave the flow as it is."""
