"""What befalls the processor: exceptions, each with its handler, and a hang, which only the watchdog ends.

The safe program is the last verified base program, and where no copy of it is whole the fallback (S-10).
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.pump import alarms, effects, watchdog
from thecal.pump.conditions import Cause
from thecal.pump.hold import Hold
from thecal.pump.kinds import Kind
from thecal.pump.log import recorded
from thecal.pump.resets import reset
from thecal.therapy import Alarm

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from thecal.pump.memory import Memory

EXCEPTIONS = MappingProxyType(
    {
        1: "division by zero",
        2: "access outside memory",
        3: "stack overflow",
        4: "unknown instruction",
        5: "number too large",
    }
)
"""The exceptions that somebody foresaw, by their number; assumed, as processors have them."""
UNFORESEEN = "unforeseen exception"


def excepted(memory: Memory, number: Decimal) -> Memory:
    """Return the memory after an exception was handled, foreseen or not: the safe program runs (ITB-091)."""
    if is_hung(memory):
        return memory
    what = EXCEPTIONS.get(int(number), UNFORESEEN)
    log = recorded(memory.log, Kind.FAULT_FOUND, at=memory.at, found=what, number=str(int(number)))
    memory = effects.raised(replace(memory, log=log), Alarm.PROCESSOR_ERROR, found=what)
    if Cause.CODE_BIT in memory.watch.found:
        return memory
    return alarms.over(memory, Alarm.PROCESSOR_ERROR)


def hung(memory: Memory, _size: Decimal) -> Memory:
    """Return the memory of a pump whose processor hangs: it asks for no quantum, notices and says nothing."""
    if is_hung(memory):
        return memory
    watch = replace(memory.watch, hung_since=memory.at)
    return replace(memory, watch=watch, holds=(*memory.holds, Hold.HUNG))


def is_hung(memory: Memory) -> bool:
    """Say whether the processor hangs."""
    return memory.watch.hung_since is not None


def bites_at(memory: Memory) -> datetime | None:
    """Return when the watchdog bites; None while it is fed."""
    fed = memory.watch.hung_since
    return None if fed is None else watchdog.bites_at(fed)


def bitten(memory: Memory) -> Memory:
    """Return the memory of a pump whose watchdog has started it anew."""
    return reset(memory, "watchdog")
