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

    5468010f f0000000 01015000 0853494d 2d303030 3100064c 029ee950 00000000
    049c2c06 00000000 030a3102 adf1576e eac8a320 01992da8 d7280d37 79aa0337
    1226d76d e73668c1 94666666 0003302e 32000531 372e3235 00033530 30000432
    2e373500 66000000 2900657b 22626173 65223a7b 226d6f64 65223a22 73696d70
    6c652063 6f6e7469 6e756f75 73222c22 75675f70 65725f64 6179223a 22313030
    227d2c22 64727567 223a2262 61636c6f 66656e22 2c22666f 726d223a 312c2275
    675f7065 725f6d4c 223a2235 3030227d 00064b3c cece2000 00064a73 a4646000
    00000004 9c2c0600 00076578 616d706c 65000232 30000331 2e340001 32000630
    2e303030 31000630 2e303030 31000530 2e303438 00023234 0005302e 3030360d
    00000000 03938700 00000005 0775d800 00043230 30300003 31303000 05302e31
    34350100 0a666c65 785f7374 65707300 0a616e20 6578616d 706c65ed ffb4b2
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
