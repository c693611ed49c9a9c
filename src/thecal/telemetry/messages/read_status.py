"""Read status: the read-back after a command.

The request has no fields. Captured::

    5468010f 33000000 03000034 465cb7

The reply carries the whole running program, so that a read-back compares programs and not only their hashes:

=============  ======================================================
status         ``status_fields``
program        what runs; its digest is the status's, or the reply is refused
=============  ======================================================

Captured::

    5468010f cc000000 0300d000 0853494d 2d303030 3100064c 029ee950 00000000
    049c2c06 00000000 045af880 6461e739 21036c1c 0e02d397 e409cbca f27c12b1
    ba888103 ab2d7146 02990007 6f726465 722d3766 0005302e 32323500 0531372e
    32350003 35303000 04322e37 35000000 00290067 7b226261 7365223a 7b226d6f
    6465223a 2273696d 706c6520 636f6e74 696e756f 7573222c 2275675f 7065725f
    64617922 3a223131 322e3522 7d2c2264 72756722 3a226261 636c6f66 656e222c
    22666f72 6d223a31 2c227567 5f706572 5f6d4c22 3a223530 30227d51 82c03e
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from thecal.telemetry.codes import MessageCode
from thecal.telemetry.messages.message import Reply, Request
from thecal.telemetry.messages.status_fields import (
    read_program_of,
    read_status,
    write_status,
)

if TYPE_CHECKING:
    from thecal.telemetry.fields import FieldReader, FieldWriter
    from thecal.therapy import Program, PumpStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStatusReply(Reply):
    """How the pump is, and what it runs."""

    code: ClassVar[MessageCode] = MessageCode.READ_STATUS_REPLY

    status: PumpStatus
    program: Program

    def write(self, fields: FieldWriter) -> None:
        """Write the message's fields."""
        write_status(self.status, fields)
        fields.program(self.program)

    @classmethod
    def read(cls, fields: FieldReader) -> Self:
        """Read the message's fields."""
        status = read_status(fields)
        return cls(status=status, program=read_program_of(status, fields))


@dataclass(frozen=True, slots=True)
class ReadStatus(Request[ReadStatusReply]):
    """Ask how the pump is and what it runs."""

    code: ClassVar[MessageCode] = MessageCode.READ_STATUS
    answered_by: ClassVar[type[Reply]] = ReadStatusReply

    def write(self, fields: FieldWriter) -> None:
        """Write nothing: there are no fields."""

    @classmethod
    def read(cls, fields: FieldReader) -> Self:
        """Read nothing: there are no fields."""
        del fields
        return cls()
