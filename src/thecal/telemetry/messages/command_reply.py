"""What a pump answers to a command: whether it was carried out, and how the pump is now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from thecal.telemetry.codes import Verdict
from thecal.telemetry.errors import RemoteProtocolError
from thecal.telemetry.messages.message import Reply
from thecal.telemetry.messages.status_fields import read_status, write_status

if TYPE_CHECKING:
    from thecal.telemetry.fields import FieldReader, FieldWriter
    from thecal.therapy import PumpStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandReply(Reply):
    """Whether the pump carried the command out.

    Attributes:
        refusal: why not, in words; None where it did.
        status: after the command.
    """

    refusal: str | None
    status: PumpStatus

    def write(self, fields: FieldWriter) -> None:
        """Write the message's fields."""
        fields.code(Verdict.ACCEPTED if self.refusal is None else Verdict.REFUSED)
        fields.text(self.refusal or "")
        write_status(self.status, fields)

    @classmethod
    def read(cls, fields: FieldReader) -> Self:
        """Read the message's fields."""
        verdict, reason = fields.code(Verdict), fields.text()
        if (verdict is Verdict.REFUSED) != bool(reason):
            raise RemoteProtocolError("a refusal says why, and nothing else does")
        return cls(refusal=reason or None, status=read_status(fields))
