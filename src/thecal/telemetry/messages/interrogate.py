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

    5468010f f0000000 01014f00 0853494d 2d303030 3100064c 029ee950 00000000
    049c2c06 00000000 030a3102 adf1576e eac8a320 01992da8 d7280d37 79aa0337
    1226d76d e73668c1 94666600 03302e32 00053137 2e323500 03353030 0004322e
    37350066 00000029 00657b22 62617365 223a7b22 6d6f6465 223a2273 696d706c
    6520636f 6e74696e 756f7573 222c2275 675f7065 725f6461 79223a22 31303022
    7d2c2264 72756722 3a226261 636c6f66 656e222c 22666f72 6d223a31 2c227567
    5f706572 5f6d4c22 3a223530 30227d00 064b3cce ce200000 064a73a4 64600000
    0000049c 2c060000 07657861 6d706c65 00023230 0003312e 34000132 0006302e
    30303031 0006302e 30303031 0005302e 30343800 02323400 05302e30 30360d00
    00000003 93870000 00000507 75d80000 04323030 30000331 30300005 302e3134
    3501000a 666c6578 5f737465 7073000a 616e2065 78616d70 6c655fef 61d9
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
