"""A pump's memory as bytes: one canonical form, versioned and checksummed.

The first line says what it is, which form, and the SHA-256 of form and content; the rest is canonical JSON::

    thecal-pump-memory 1 <64 hex digits>
    {"at":"2026-03-02T08:00:00+00:00", ...}

Nothing is restored from bytes that were cut short, altered, or written in a form not known here.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from thecal.journal import canonical
from thecal.pump.catalogue import capability_from_figures, figures_of
from thecal.pump.errors import MemoryImageError
from thecal.pump.log import log_from_rows, log_rows
from thecal.pump.memory import Memory
from thecal.pump.motor import Drive
from thecal.quantities import (
    Concentration,
    FlowRate,
    Interval,
    PumpClock,
    Volume,
    as_decimal,
    microseconds,
    plain,
)
from thecal.therapy import (
    CommandId,
    DeliverySegment,
    PumpSerial,
    Reservoir,
    program_fields,
    program_from_fields,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

FORM = 1
_MAGIC = b"thecal-pump-memory"
_HEADER_PARTS = 3


def memory_image(memory: Memory) -> bytes:
    """Return a memory as bytes: the same memory always gives the same bytes."""
    content = canonical(
        {
            "serial": memory.serial,
            "model": memory.capability.model,
            "figures": {name: plain(number) for name, number in figures_of(memory.capability).items()},
            "sources": dict(memory.capability.sources),
            "clock_offset_us": microseconds(memory.clock.offset),
            "implanted_at": memory.implanted_at.isoformat(),
            "at": memory.at.isoformat(),
            "program": program_fields(memory.program),
            "started": memory.started.isoformat(),
            "started_counts": memory.started_counts,
            "once_over": memory.once_over,
            "revision": memory.revision,
            "last_command": memory.last_command,
            "filled_mL": plain(memory.reservoir.content.mL),
            "filled_ug_per_mL": plain(memory.reservoir.concentration.ug_per_mL),
            "filled_at": memory.filled_at.isoformat(),
            "filled_counts": memory.filled_counts,
            "counts": memory.drive.counts,
            "phase": [memory.drive.phase.numerator, memory.drive.phase.denominator],
            "delivery": [_segment_row(segment) for segment in memory.delivery],
            "log": log_rows(memory.log),
        }
    )
    return b"%s %d %s\n%s" % (_MAGIC, FORM, _checksum(FORM, content), content)


def memory_from_image(image: bytes) -> Memory:
    """Read a memory back.

    Raises:
        MemoryImageError: cut short, altered, of an unknown form, or not what ``memory_image`` writes.
    """
    header, _, content = image.partition(b"\n")
    parts = header.split(b" ")
    if len(parts) != _HEADER_PARTS or parts[0] != _MAGIC:
        raise MemoryImageError("these bytes are not a pump's memory")
    if parts[1] != b"%d" % FORM:
        form = parts[1].decode("ascii", "backslashreplace")
        raise MemoryImageError(f"pump memory of form {form!r} is not known; this software reads form {FORM}")
    if parts[2] != _checksum(FORM, content):
        raise MemoryImageError("the pump's memory was cut short or altered: its checksum does not match")
    try:
        memory = _read(json.loads(content))
        faithful = memory_image(memory) == image
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise MemoryImageError(f"the pump's memory is whole but makes no sense: {error!r}") from error
    if not faithful:
        raise MemoryImageError("the pump's memory is not in its one form, so part of it would be lost")
    return memory


def _checksum(form: int, content: bytes) -> bytes:
    return hashlib.sha256(b"%d\n%s" % (form, content)).hexdigest().encode()


def _segment_row(segment: DeliverySegment) -> list[object]:
    length = microseconds(segment.interval.length)
    return [length, plain(segment.flow.mL_per_day), plain(segment.concentration.ug_per_mL)]


def _segments(start: datetime, rows: Iterable[tuple[int, str, str]]) -> tuple[DeliverySegment, ...]:
    segments = []
    for length, flow, concentration in rows:
        end = start + timedelta(microseconds=length)
        segments.append(
            DeliverySegment(
                interval=Interval(start, end),
                flow=FlowRate(mL_per_day=as_decimal(flow)),
                concentration=Concentration(ug_per_mL=as_decimal(concentration)),
            )
        )
        start = end
    return tuple(segments)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _read(fields: dict[str, Any]) -> Memory:  # Any: JSON, each value is checked by what it becomes
    capability = capability_from_figures(
        fields["model"],
        {name: as_decimal(number) for name, number in fields["figures"].items()},
        fields["sources"],
    )
    implanted_at = _moment(fields["implanted_at"])
    command = fields["last_command"]
    return Memory(
        serial=PumpSerial(fields["serial"]),
        capability=capability,
        clock=PumpClock(timedelta(microseconds=fields["clock_offset_us"])),
        implanted_at=implanted_at,
        at=_moment(fields["at"]),
        program=program_from_fields(fields["program"]),
        started=_moment(fields["started"]),
        started_counts=fields["started_counts"],
        once_over=fields["once_over"],
        revision=fields["revision"],
        last_command=None if command is None else CommandId(command),
        reservoir=Reservoir(
            content=Volume(mL=as_decimal(fields["filled_mL"])),
            capacity=capability.reservoir,
            unusable=capability.unusable,
            concentration=Concentration(ug_per_mL=as_decimal(fields["filled_ug_per_mL"])),
        ),
        filled_at=_moment(fields["filled_at"]),
        filled_counts=fields["filled_counts"],
        drive=Drive(counts=fields["counts"], phase=Fraction(*fields["phase"])),
        delivery=_segments(implanted_at, fields["delivery"]),
        log=log_from_rows(fields["log"]),
    )
