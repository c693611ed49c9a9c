"""A bench as bytes: one canonical form, versioned and checksummed.

The first line says what it is, which form, and the SHA-256 of form and content; the rest is canonical JSON::

    thecal-bench 1 <64 hex digits>
    {"arrangement":"good", ...}

What the wand knows is kept as it came over the air, and when; the delivery record up to then stands in the
pump's own memory.

BenchImageError (a ValueError)    bytes that are not a whole, unaltered bench of a known form
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from thecal.journal import canonical
from thecal.lab.bench.link import LinkArrangement
from thecal.lab.forecast import LastReading
from thecal.pump import Pump
from thecal.quantities import utc
from thecal.telemetry import InterrogateReply, TelemetryError, read_message, write_message

if TYPE_CHECKING:
    from thecal.therapy import Interrogation

FORM = 1
_MAGIC = b"thecal-bench"
_HEADER_PARTS = 3
_SENSELESS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


class BenchImageError(ValueError):
    """Bytes that are not a whole, unaltered bench of a known form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Everything a bench remembers."""

    now: datetime
    arrangement: LinkArrangement
    pump: Pump
    known: LastReading


def bench_image(memory: Memory) -> bytes:
    """Return a bench as bytes."""
    known = memory.known
    content = canonical(
        {
            "now": memory.now.isoformat(),
            "arrangement": memory.arrangement.value,
            "pump": memory.pump.image().decode(),
            "read_at": known.read_at.isoformat(),
            "read": write_message(InterrogateReply(interrogation=known.interrogation)).hex(),
        }
    )
    return b"%s %d %s\n%s" % (_MAGIC, FORM, _checksum(content), content)


def bench_from_image(image: bytes) -> Memory:
    """Read a bench back.

    Raises:
        BenchImageError: cut short, altered, of an unknown form, or without sense.
    """
    if not isinstance(image, bytes):
        raise BenchImageError(f"a bench is read from bytes, got {type(image).__name__}")
    header, _, content = image.partition(b"\n")
    parts = header.split(b" ")
    if len(parts) != _HEADER_PARTS or parts[0] != _MAGIC:
        raise BenchImageError("these bytes are not a bench")
    if parts[1] != b"%d" % FORM:
        form = parts[1].decode("ascii", "backslashreplace")
        raise BenchImageError(f"a bench of form {form!r} is not known here; this software reads form {FORM}")
    if parts[2] != _checksum(content):
        raise BenchImageError("the bench was cut short or altered: its checksum does not match")
    try:
        return _read(json.loads(content))
    except (*_SENSELESS, TelemetryError) as error:
        raise BenchImageError(f"the bench image is complete but invalid: {error!r}") from error


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(b"%d\n%s" % (FORM, content)).hexdigest().encode()


def _read(fields: dict[str, Any]) -> Memory:  # Any: JSON, each value is checked by what it becomes
    pump = Pump.restore(fields["pump"].encode())
    interrogation = _interrogation(bytes.fromhex(fields["read"]))
    read_at = utc(datetime.fromisoformat(fields["read_at"]))
    now = utc(datetime.fromisoformat(fields["now"]))
    if interrogation.status.serial != pump.memory.serial:
        raise ValueError(
            f"it holds pump {pump.memory.serial}, and a reading of {interrogation.status.serial}"
        )
    if pump.present != now or not pump.memory.implanted_at <= read_at <= now:
        raise ValueError(
            f"it is {now.isoformat()}, the pump has lived to {pump.present.isoformat()}, and it was read at "
            f"{read_at.isoformat()}: these do not fit together"
        )
    return Memory(
        now=now,
        arrangement=LinkArrangement(fields["arrangement"]),
        pump=pump,
        known=LastReading(
            interrogation=interrogation, read_at=read_at, delivery=pump.delivery.until(read_at)
        ),
    )


def _interrogation(data: bytes) -> Interrogation:
    reply = read_message(InterrogateReply.code, data)
    if not isinstance(reply, InterrogateReply):
        raise TypeError("what the wand last read is no answer to an interrogation")
    return reply.interrogation
