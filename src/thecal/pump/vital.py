"""What a pump must not lose, as the memory that keeps has it, and what a power cut makes of that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from thecal.journal import Kind, canonical
from thecal.pump.errors import MemoryImageError
from thecal.pump.happenings import program_lost, reset
from thecal.pump.image_fields import memory_fields
from thecal.pump.log import Log, recorded
from thecal.pump.store import Store

if TYPE_CHECKING:
    from thecal.pump.memory import Memory

_CUT = "power cut"


def vital(memory: Memory) -> bytes:
    """Return program, counters, clock and alarms as bytes, and the newest seal of the log; not the tapes."""
    fields = memory_fields(replace(memory, log=Log()))
    del fields["tape"]
    records = len(memory.log)
    return canonical(fields | {"log": [records, memory.log[records - 1].seal]})


def cut(before: Memory, after: Memory, number: int, *, torn: bool = False) -> tuple[Memory, bool]:
    """Return the memory of a pump whose power was cut after so many pages of a change were written.

    It is the old one or the new one, started anew; with a single copy there may be neither.

    Returns:
        The memory, and whether all was written before the cut.
    """
    old, new = vital(before), vital(after)
    store = Store.holding(old, copies=2 if before.profile.two_copies else 1)
    pages = store.writes(new)
    left = store.after(pages[:number], torn=pages[number] if torn and number < len(pages) else None)
    try:
        found = left.recover()
    except MemoryImageError:
        lost = _as_of(before, after)
        return program_lost(reset(lost, _CUT)), False
    kept = after if found.content == new else _as_of(before, after)
    if found.damaged:
        copy = str(found.damaged[0] + 1)
        kept = replace(kept, log=recorded(kept.log, Kind.MEMORY_REPAIRED, at=kept.at, copy=copy))
    return reset(kept, _CUT), number >= len(pages)


def _as_of(before: Memory, after: Memory) -> Memory:
    """Return the old memory at the moment of the cut: what it lived through meanwhile was recorded."""
    if before.at == after.at:
        return before
    raise ValueError("an act that is cut takes no time: advance the pump first")
