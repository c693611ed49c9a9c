"""The telemetry protocol: frames, messages and the session between wand and pump."""

from thecal.telemetry.errors import LocalProtocolError, RemoteProtocolError, TelemetryError
from thecal.telemetry.events import Event, ReplyReceived, RequestReceived, SilenceFell
from thecal.telemetry.frames import CONTACT_BYTES, Frame, FrameReader, decode_frame, encode_frame
from thecal.telemetry.limits import REPLY_TIMEOUT
from thecal.telemetry.messages import (
    AnyMessage,
    AnyReply,
    AnyRequest,
    Interrogate,
    InterrogateReply,
    ReadStatus,
    ReadStatusReply,
    Reply,
    Request,
    SetProgram,
    SetProgramReply,
    Stop,
    StopReply,
    read_message,
    write_message,
)
from thecal.telemetry.session import Session
from thecal.telemetry.states import Role, State

__all__ = [
    "CONTACT_BYTES",
    "REPLY_TIMEOUT",
    "AnyMessage",
    "AnyReply",
    "AnyRequest",
    "Event",
    "Frame",
    "FrameReader",
    "Interrogate",
    "InterrogateReply",
    "LocalProtocolError",
    "ReadStatus",
    "ReadStatusReply",
    "RemoteProtocolError",
    "Reply",
    "ReplyReceived",
    "Request",
    "RequestReceived",
    "Role",
    "Session",
    "SetProgram",
    "SetProgramReply",
    "SilenceFell",
    "State",
    "Stop",
    "StopReply",
    "TelemetryError",
    "decode_frame",
    "encode_frame",
    "read_message",
    "write_message",
]
