"""What a pump must not lose, as the memory that keeps has it, and what a power cut makes of that."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from thecal.journal import canonical
from thecal.pump.errors import MemoryImageError
from thecal.pump.image_fields import memory_fields
from thecal.pump.kinds import Kind
from thecal.pump.log import recorded
from thecal.pump.log_pages import log_from_pages, log_pages
from thecal.pump.resets import program_lost, reset
from thecal.pump.store import Store

if TYPE_CHECKING:
    from thecal.pump.log import Log
    from thecal.pump.memory import Memory

_CUT = "power cut"


def vital(memory: Memory) -> bytes:
    """Return program, counters, clock and alarms as bytes, and where the log ends; not the tapes."""
    fields = memory_fields(memory)
    del fields["tape"]
    return canonical(fields)


def cut(before: Memory, after: Memory, number: int, *, torn: bool = False) -> tuple[Memory, bool]:
    """Return the memory of a pump whose power was cut after so many pages of a change were written.

    It is the old one or the new one, started anew, with the log that goes with it; with a single copy there
    may be neither.

    Returns:
        The memory, and whether all was written before the cut.
    """
    old, new, records = vital(before), vital(after), log_pages(before.log)
    store = Store.holding(old, copies=2 if before.profile.two_copies else 1, log=records)
    pages = store.writes(new, records=log_pages(after.log)[len(records) :], end=len(records))
    left = store.after(pages[:number], torn=pages[number] if torn and number < len(pages) else None)
    try:
        found = left.recover()
    except MemoryImageError:
        lost = _as_of(before, after)
        return program_lost(reset(lost, _CUT)), False
    kept = after if found.content == new else _as_of(before, after)
    kept = replace(kept, log=_log_in(left, json.loads(found.content), kept.log))
    if found.damaged:
        copy = str(found.damaged[0] + 1)
        kept = replace(kept, log=recorded(kept.log, Kind.MEMORY_REPAIRED, at=kept.at, copy=copy))
    return reset(kept, _CUT), number >= len(pages)


def _log_in(store: Store, fields: dict[str, Any], known: Log) -> Log:
    """Read the log that a store holds, as far as its copies count. Any: JSON that this module has written."""
    return log_from_pages(
        store.log, written=fields["log_written"], tip=fields["log_tip"], faults=known.faults
    )


def _as_of(before: Memory, after: Memory) -> Memory:
    """Return the old memory at the moment of the cut: what it lived through meanwhile was recorded."""
    if before.at == after.at:
        return before
    raise ValueError("an act that is cut takes no time: advance the pump first")
