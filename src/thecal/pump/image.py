"""A pump as bytes: its memory and its mechanism in one canonical form, versioned and checksummed.

The first line says what it is, which form, and the SHA-256 of form and content; the second is canonical JSON;
then comes the log, one line for each record::

    thecal-pump-memory 5 <64 hex digits>
    {"hardware":{...},"memory":{"at":"2026-03-02T08:00:00+00:00", ...}}
    {"actor":"pump", ...} <64 hex digits>

Nothing is restored from a first or second line that was cut short, altered, or written in a form not known
here. A record that was altered or cut off costs that record alone: it is lost, and the pump's log says so.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from thecal.journal import canonical
from thecal.pump.errors import MemoryImageError
from thecal.pump.image_fields import memory_fields, read_memory
from thecal.pump.image_hardware import hardware_fields, read_hardware
from thecal.pump.log_pages import log_pages, told

if TYPE_CHECKING:
    from thecal.pump.hardware import Hardware
    from thecal.pump.memory import Memory

FORM = 6
_MAGIC = b"thecal-pump-memory"
_HEADER_PARTS = 3


def pump_image(memory: Memory, hardware: Hardware) -> bytes:
    """Return a pump as bytes: the same pump always gives the same bytes."""
    content = canonical({"memory": memory_fields(memory), "hardware": hardware_fields(hardware)})
    return b"%s %d %s\n%s\n%s" % (_MAGIC, FORM, _checksum(FORM, content), content, log_pages(memory.log))


def pump_from_image(image: bytes) -> tuple[Memory, Hardware]:
    """Read a pump back.

    Raises:
        MemoryImageError: cut short, altered, of an unknown form, or not what ``pump_image`` writes.
    """
    header, _, rest = image.partition(b"\n")
    content, _, pages = rest.partition(b"\n")
    parts = header.split(b" ")
    if len(parts) != _HEADER_PARTS or parts[0] != _MAGIC:
        raise MemoryImageError("these bytes are not the memory of a pump")
    if parts[1] != b"%d" % FORM:
        form = parts[1].decode("ascii", "backslashreplace")
        raise MemoryImageError(f"pump memory of form {form!r} is not known; this software reads form {FORM}")
    if parts[2] != _checksum(FORM, content):
        raise MemoryImageError("the pump's memory was cut short or altered: its checksum does not match")
    try:
        fields = json.loads(content)
        memory = read_memory(fields["memory"], pages)
        hardware = read_hardware(fields["hardware"], memory.capability)
        known = tuple(fields["memory"]["log_lost"])
        damaged = memory.log.lost != known
        faithful = damaged or pump_image(memory, hardware) == image
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise MemoryImageError(f"the pump's memory is complete but invalid: {error!r}") from error
    if not faithful:
        raise MemoryImageError("the pump's memory is not in its canonical form, so part of it would be lost")
    if damaged:
        log = told(memory.log, known, memory.at)
        memory = replace(memory, log=log, history_lost_at=memory.at)
    return memory, hardware


def _checksum(form: int, content: bytes) -> bytes:
    return hashlib.sha256(b"%d\n%s" % (form, content)).hexdigest().encode()
