"""Read status: the read-back after a command.

The request has no fields. Captured::

    5468010f 33000000 03000034 465cb7

The reply carries the whole running program, so that a read-back compares programs and not only their hashes:

=============  ======================================================
status         ``status_fields``
program        what runs; its digest is the status's, or the reply is refused
=============  ======================================================

Captured::

    5468010f cc000000 0300d100 0853494d 2d303030 3100064c 029ee950 00000000
    049c2c06 00000000 045af880 6461e739 21036c1c 0e02d397 e409cbca f27c12b1
    ba888103 ab2d7146 02990007 6f726465 722d3766 0005302e 32323500 0531372e
    32350003 35303000 04322e37 35006600 00002900 677b2262 61736522 3a7b226d
    6f646522 3a227369 6d706c65 20636f6e 74696e75 6f757322 2c227567 5f706572
    5f646179 223a2231 31322e35 227d2c22 64727567 223a2262 61636c6f 66656e22
    2c22666f 726d223a 312c2275 675f7065 725f6d4c 223a2235 3030227d 5cdd5f54
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
