"""Stop: no flow, until a person says otherwise.

=============  ======================================================
text           command id
=============  ======================================================

Captured::

    5468020f 5a000000 040010c0 ffee0123 45678900 0673746f 702d3866 b11ffc

It names no revision: a stop holds whatever the pump runs, and stopping twice is stopping. The reply:

=============  ======================================================
code           accepted or refused
text           why refused; empty where accepted
status         ``status_fields``, after the command
=============  ======================================================

Captured::

    5468020f a5000000 040072c0 ffee0123 4567893c 00000008 53494d2d 30303031
    00064c02 9ee95000 00000004 9c2c0600 00000005 e4afe916 e21c78c2 07eff2ca
    1f1bfc92 00e7e8f2 7ca00f3a 14b3f682 6d2959a0 99000673 746f702d 38996600
    01300005 31372e32 35000335 30300004 322e3735 010f5500 66000000 29e39f91
    66
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


@dataclass(frozen=True, slots=True, kw_only=True)
class StopReply(CommandReply):
    """Whether the pump stopped."""

    code: ClassVar[MessageCode] = MessageCode.STOP_REPLY


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop(Request[StopReply]):
    """Tell the pump to stop."""

    code: ClassVar[MessageCode] = MessageCode.STOP
    answered_by: ClassVar[type[Reply]] = StopReply

    command: CommandId

    def write(self, fields: FieldWriter) -> None:
        """Write the message's fields."""
        fields.text(self.command)

    @classmethod
    def read(cls, fields: FieldReader) -> Self:
        """Read the message's fields."""
        return cls(command=CommandId(fields.text()))
