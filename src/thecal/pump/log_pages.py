"""The log as the memory that keeps has it: one line for each record, which names itself and carries its seal.

A line that was altered, torn or cut off is lost, and no other with it. Reading begins at the newest record,
whose seal stands in the doubled memory: each record that fits the seal that the next one carries is proven by
it. What stands before a lost one is held against its own seal, until the chain is closed again.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import TYPE_CHECKING

from thecal.journal import Entry
from thecal.pump.kinds import Kind
from thecal.pump.log import Log, recorded

if TYPE_CHECKING:
    from thecal.pump.fault_log import FaultLog


def log_pages(log: Log) -> bytes:
    """Return the records that can be read as lines; a lost one has none."""
    return b"".join(_line(entry) for entry in log)


def log_from_pages(pages: bytes, *, written: int, tip: str, faults: FaultLog) -> Log:
    """Read a log back; what does not fit is among its ``lost``.

    Args:
        pages: the lines, as they are found.
        written: how many records there are to be; lines of later ones were never committed.
        tip: seal of the newest.
        faults: the separate log of faults.
    """
    lines = pages.split(b"\n")[:-1]  # what has no end was torn
    found = {entry.number: entry for line in lines if (entry := _entry(line)) is not None}
    proven: dict[int, Entry] = {}
    wanted: str | None = tip
    for number in range(written, 0, -1):
        entry = found.get(number)
        if entry is None or wanted not in (None, entry.seal):
            wanted = None
            continue
        proven[number] = entry
        wanted = entry.previous
    return Log.of(proven, written=written, tip=tip, faults=faults)


def told(found: Log, known: tuple[int, ...], at: datetime) -> Log:
    """Return a log with a record of what is lost beyond what was known to be (ITB-117)."""
    new = [number for number in found.lost if number not in known]
    if not new:
        return found
    facts = {"record": str(new[0]), "lost": ", ".join(map(str, new)), "of": str(found.written)}
    return recorded(found, Kind.LOG_DAMAGED, at=at, **facts)


def altered(log: Log, place: int, flip: int) -> Log:
    """Return what is read of a log one byte of whose pages was altered."""
    pages = bytearray(log_pages(log))
    pages[place] ^= flip
    return log_from_pages(bytes(pages), written=log.written, tip=log.tip, faults=log.faults)


def middle(log: Log) -> int:
    """Return the place of a byte in the middle of the log's middle record."""
    lines = [_line(entry) for entry in log]
    before = lines[: max(0, len(lines) // 2 - 1)]
    return len(b"".join(before)) + len(lines[len(before)]) // 2


def _line(entry: Entry) -> bytes:
    return b"%s %s\n" % (entry.document, entry.seal.encode())


def _entry(line: bytes) -> Entry | None:
    document, _, seal = line.rpartition(b" ")
    if hashlib.sha256(document).hexdigest().encode() != seal:
        return None
    fields = json.loads(document)
    entry = Entry(
        number=fields["number"],
        at=datetime.fromisoformat(fields["at"]),
        actor=fields["actor"],
        kind=Kind(fields["kind"]),
        data=tuple(sorted(fields["data"].items())),
        previous=fields["previous"],
    )
    return entry if entry.document == document else None
