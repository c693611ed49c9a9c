"""Read status: the read-back after a command.

The request has no fields. Captured::

    5468020f 33000000 030008c0 ffee0123 456789bb 365ae5

The reply carries the whole running program, so that a read-back compares programs and not only their hashes:

=============  ======================================================
status         ``status_fields``
program        what runs; its digest is the status's, or the reply is refused
=============  ======================================================

Captured::

    5468020f cc000000 0300dbc0 ffee0123 45678900 0853494d 2d303030 3100064c
    029ee950 00000000 049c2c06 00000000 045af880 6461e739 21036c1c 0e02d397
    e409cbca f27c12b1 ba888103 ab2d7146 02990007 6f726465 722d3766 66000530
    2e323235 00053137 2e323500 03353030 0004322e 37350000 66000000 2900677b
    22626173 65223a7b 226d6f64 65223a22 73696d70 6c652063 6f6e7469 6e756f75
    73222c22 75675f70 65725f64 6179223a 22313132 2e35227d 2c226472 7567223a
    22626163 6c6f6665 6e222c22 666f726d 223a312c 2275675f 7065725f 6d4c223a
    22353030 227d70b0 da2a
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
