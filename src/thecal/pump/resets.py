"""A start anew: after a reset, and after every copy of the program was lost."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.pump import alarms, effects
from thecal.pump.kinds import Kind
from thecal.pump.log import recorded
from thecal.pump.tally import doubted
from thecal.therapy import Alarm

if TYPE_CHECKING:
    from thecal.pump.memory import Memory


def reset(memory: Memory, cause: str) -> Memory:
    """Return the memory of a pump that started anew.

    It goes on with the last verified base program, never within a bolus (ITB-009, ITB-171); the quantum
    that was under way may or may not have moved, and is not made up. A stop that a person ordered stands.
    """
    tally, facts = memory.tally, memory.delivered_facts
    log = recorded(memory.log, Kind.PUMP_RESET, at=memory.at, cause=cause, **facts)
    memory = replace(
        memory,
        doubt=tally.begun - tally.counted,
        doubts=doubted(
            memory.doubts,
            memory.at,
            memory.at,
            int(memory.drive.phase > 0),
            born=memory.implanted_at,
        ),
        drive=replace(memory.drive, phase=Fraction(0)),
        finishing=False,
        watch=replace(memory.watch, hung_since=None),
        open=memory.open if memory.profile.resumes_after_reset else None,
        telemetry_since=None,
        counters=replace(memory.counters, resets=memory.counters.resets + 1),
        log=log,
    )
    return alarms.over(effects.raised(memory, Alarm.PUMP_RESET, cause=cause), Alarm.PUMP_RESET)


def program_lost(memory: Memory) -> Memory:
    """Return the memory of a pump of which no copy of the program is left: it gives its fallback (H-38)."""
    memory = replace(memory, log=recorded(memory.log, Kind.MEMORY_LOST, at=memory.at))
    return effects.raised(memory, Alarm.MEMORY_ERROR, found="no copy whole")
