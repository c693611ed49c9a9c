"""Set program: run this program instead of that one.

=============  ======================================================
text           command id, which the pump carries out once
u32            revision the order was written against
digest         of the program it replaces
program        what to run
=============  ======================================================

Captured::

    5468020f 55000000 02009ec0 ffee0123 45678900 076f7264 65722d37 00000003
    0a3102ad f1576eea c8a32001 992da8d7 280d3779 aa033712 26d76de7 3668c194
    00677b22 62617365 223a7b22 6d6f6465 223a2273 696d706c 6520636f 6e74696e
    756f7573 222c2275 675f7065 725f6461 79223a22 3131322e 35227d2c 22647275
    67223a22 6261636c 6f66656e 222c2266 6f726d22 3a312c22 75675f70 65725f6d
    4c223a22 35303022 7da7076b b4

The pump takes it only where revision and digest are still its own, and runs it from when it is read back
over the same contact. Its reply:

=============  ======================================================
code           accepted or refused
text           why refused; empty where accepted
status         ``status_fields``, after the command
=============  ======================================================

Captured::

    5468020f aa000000 020075c0 ffee0123 4567893c 00000008 53494d2d 30303031
    00064c02 9ee95000 00000004 9c2c0600 00000004 5af88064 61e73921 036c1c0e
    02d397e4 09cbcaf2 7c12b1ba 888103ab 2d714602 9900076f 72646572 2d376666
    0005302e 32323500 0531372e 32350003 35303000 04322e37 35000066 00000029
    3c7951c7
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from thecal.telemetry.codes import MessageCode
from thecal.telemetry.messages.command_reply import CommandReply
from thecal.telemetry.messages.message import Reply, Request
from thecal.therapy import CommandId

if TYPE_CHECKING:
    from thecal.telemetry.fields import FieldReader, FieldWriter
    from thecal.therapy import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class SetProgramReply(CommandReply):
    """Whether the pump took the program."""

    code: ClassVar[MessageCode] = MessageCode.SET_PROGRAM_REPLY


@dataclass(frozen=True, slots=True, kw_only=True)
class SetProgram(Request[SetProgramReply]):
    """Tell the pump to run a program, if it still runs the one this order was written against."""

    code: ClassVar[MessageCode] = MessageCode.SET_PROGRAM
    answered_by: ClassVar[type[Reply]] = SetProgramReply

    command: CommandId
    base_revision: int
    base_digest: str
    program: Program

    def write(self, fields: FieldWriter) -> None:
        """Write the message's fields."""
        fields.text(self.command)
        fields.whole(self.base_revision, 4)
        fields.digest(self.base_digest)
        fields.program(self.program)

    @classmethod
    def read(cls, fields: FieldReader) -> Self:
        """Read the message's fields."""
        return cls(
            command=CommandId(fields.text()),
            base_revision=fields.whole(4),
            base_digest=fields.digest(),
            program=fields.program(),
        )
