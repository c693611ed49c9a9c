"""Interrogate: what a wand reads before anything else is allowed.

The request has no fields. Captured::

    5468020f 0f000000 010008c0 ffee0123 4567896a 08eb11

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

    5468020f f0000000 010159c0 ffee0123 45678900 0853494d 2d303030 3100064c
    029ee950 00000000 049c2c06 00000000 030a3102 adf1576e eac8a320 01992da8
    d7280d37 79aa0337 1226d76d e73668c1 94666666 0003302e 32000531 372e3235
    00033530 30000432 2e373500 00660000 00290065 7b226261 7365223a 7b226d6f
    6465223a 2273696d 706c6520 636f6e74 696e756f 7573222c 2275675f 7065725f
    64617922 3a223130 30227d2c 22647275 67223a22 6261636c 6f66656e 222c2266
    6f726d22 3a312c22 75675f70 65725f6d 4c223a22 35303022 7d00064b 3ccece20
    0000064a 73a46460 00000000 049c2c06 00000765 78616d70 6c650002 32300003
    312e3400 01320006 302e3030 30310006 302e3030 30310005 302e3034 38000232
    34000530 2e303036 0d000000 00039387 00000000 050775d8 00000432 30303000
    03313030 0005302e 31343501 000a666c 65785f73 74657073 000a616e 20657861
    6d706c65 d5037b2d
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
