"""Read status: the read-back after a command.

The request has no fields. Captured::

    5468010f 33000000 03000034 465cb7

The reply carries the whole running program, so that a read-back compares programs and not only their hashes:

=============  ======================================================
status         ``status_fields``
program        what runs; its digest is the status's, or the reply is refused
=============  ======================================================

Captured::

    5468010f cc000000 0300d200 0853494d 2d303030 3100064c 029ee950 00000000
    049c2c06 00000000 045af880 6461e739 21036c1c 0e02d397 e409cbca f27c12b1
    ba888103 ab2d7146 02990007 6f726465 722d3766 66000530 2e323235 00053137
    2e323500 03353030 0004322e 37350066 00000029 00677b22 62617365 223a7b22
    6d6f6465 223a2273 696d706c 6520636f 6e74696e 756f7573 222c2275 675f7065
    725f6461 79223a22 3131322e 35227d2c 22647275 67223a22 6261636c 6f66656e
    222c2266 6f726d22 3a312c22 75675f70 65725f6d 4c223a22 35303022 7dba93c3
    f3
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
