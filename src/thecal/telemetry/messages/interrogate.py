"""Interrogate: what a wand reads before anything else is allowed.

The request has no fields. Captured::

    5468010f 0f000000 01000058 0147ff

The reply:

=============  ======================================================
status         ``status_fields``
program        what runs; its digest is the status's, or the reply is refused
moment         when it began to run
moment         when the reservoir was last filled
span           the pump clock's offset from UTC
capability     ``capability_fields``
=============  ======================================================

Captured::

    5468010f f0000000 01014e00 0853494d 2d303030 3100064c 029ee950 00000000
    049c2c06 00000000 030a3102 adf1576e eac8a320 01992da8 d7280d37 79aa0337
    1226d76d e73668c1 94666600 03302e32 00053137 2e323500 03353030 0004322e
    37350000 00002900 657b2262 61736522 3a7b226d 6f646522 3a227369 6d706c65
    20636f6e 74696e75 6f757322 2c227567 5f706572 5f646179 223a2231 3030227d
    2c226472 7567223a 22626163 6c6f6665 6e222c22 666f726d 223a312c 2275675f
    7065725f 6d4c223a 22353030 227d0006 4b3ccece 20000006 4a73a464 60000000
    00049c2c 06000007 6578616d 706c6500 02323000 03312e34 00013200 06302e30
    30303100 06302e30 30303100 05302e30 34380002 32340005 302e3030 360d0000
    00000393 87000000 00050775 d8000004 32303030 00033130 30000530 2e313435
    01000a66 6c65785f 73746570 73000a61 6e206578 616d706c 6530ef0f 8d
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from thecal.telemetry.codes import MessageCode
from thecal.telemetry.messages.capability_fields import read_capability, write_capability
from thecal.telemetry.messages.message import Reply, Request
from thecal.telemetry.messages.status_fields import (
    read_program_of,
    read_status,
    write_status,
)
from thecal.therapy import Interrogation

if TYPE_CHECKING:
    from thecal.telemetry.fields import FieldReader, FieldWriter


@dataclass(frozen=True, slots=True, kw_only=True)
class InterrogateReply(Reply):
    """Everything the pump says of itself."""

    code: ClassVar[MessageCode] = MessageCode.INTERROGATE_REPLY

    interrogation: Interrogation

    def write(self, fields: FieldWriter) -> None:
        """Write the message's fields."""
        found = self.interrogation
        write_status(found.status, fields)
        fields.program(found.program)
        fields.moment(found.started)
        fields.moment(found.filled_at)
        fields.span(found.clock_offset)
        write_capability(found.capability, fields)

    @classmethod
    def read(cls, fields: FieldReader) -> Self:
        """Read the message's fields."""
        status = read_status(fields)
        return cls(
            interrogation=Interrogation(
                status=status,
                program=read_program_of(status, fields),
                started=fields.moment(),
                filled_at=fields.moment(),
                clock_offset=fields.offset(),
                capability=read_capability(fields),
            )
        )


@dataclass(frozen=True, slots=True)
class Interrogate(Request[InterrogateReply]):
    """Ask for everything."""

    code: ClassVar[MessageCode] = MessageCode.INTERROGATE
    answered_by: ClassVar[type[Reply]] = InterrogateReply

    def write(self, fields: FieldWriter) -> None:
        """Write nothing: there are no fields."""

    @classmethod
    def read(cls, fields: FieldReader) -> Self:
        """Read nothing: there are no fields."""
        del fields
        return cls()
