"""One file for each message: its bytes, a capture, and how it is written and read."""

from __future__ import annotations

from thecal.telemetry.codes import MessageCode
from thecal.telemetry.errors import RemoteProtocolError
from thecal.telemetry.fields import FieldReader, FieldWriter
from thecal.telemetry.messages.interrogate import Interrogate, InterrogateReply
from thecal.telemetry.messages.message import Message, Reply, Request
from thecal.telemetry.messages.read_status import ReadStatus, ReadStatusReply
from thecal.telemetry.messages.set_program import SetProgram, SetProgramReply
from thecal.telemetry.messages.stop import Stop, StopReply

AnyRequest = Interrogate | ReadStatus | SetProgram | Stop
AnyReply = InterrogateReply | ReadStatusReply | SetProgramReply | StopReply
AnyMessage = AnyRequest | AnyReply

_MESSAGES: dict[MessageCode, type[AnyMessage]] = {
    message.code: message
    for message in (
        Interrogate,
        InterrogateReply,
        ReadStatus,
        ReadStatusReply,
        SetProgram,
        SetProgramReply,
        Stop,
        StopReply,
    )
}


def write_message(message: Message) -> bytes:
    """Return a message's fields as bytes.

    Raises:
        LocalProtocolError: a value that its field cannot hold.
    """
    fields = FieldWriter()
    message.write(fields)
    return fields.finish()


def read_message(code: int, payload: bytes) -> AnyMessage:
    """Read hostile bytes.

    Raises:
        RemoteProtocolError: an unknown code, bytes that are not that message's fields, or a value that the
            shared language refuses.
    """
    try:
        message = _MESSAGES[MessageCode(code)]
    except ValueError as error:
        raise RemoteProtocolError(f"0x{code:02X} is no message") from error
    fields = FieldReader(payload)
    try:
        found = message.read(fields)
    except ValueError as error:
        raise RemoteProtocolError(f"{message.__name__}: {error}") from error
    fields.finish()
    return found


__all__ = [
    "AnyMessage",
    "AnyReply",
    "AnyRequest",
    "Interrogate",
    "InterrogateReply",
    "Message",
    "ReadStatus",
    "ReadStatusReply",
    "Reply",
    "Request",
    "SetProgram",
    "SetProgramReply",
    "Stop",
    "StopReply",
    "read_message",
    "write_message",
]
