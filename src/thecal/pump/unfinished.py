"""What was begun on a pump and not done is given up: by whoever began it, or because the pump has changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from thecal.pump.hold import Hold, without
from thecal.pump.kinds import Kind
from thecal.pump.log import recorded

if TYPE_CHECKING:
    from thecal.pump.memory import Memory


def without_written(memory: Memory) -> Memory:
    """Return the memory in which no program waits to be read back: what it was written for has changed."""
    if memory.open is None or memory.open.command is None:
        return memory
    return abandoned(memory, cause="what it was written for has changed")


def abandoned(memory: Memory, **facts: str) -> Memory:
    """Return the memory of a pump whose open update was given up; without a cause, by a person."""
    log = recorded(memory.log, Kind.UPDATE_ABANDONED, at=memory.at, **facts)
    holds = without(memory.holds, Hold.UPDATE)
    return replace(memory, open=None, holds=holds, log=log)
