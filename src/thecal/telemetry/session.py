"""A telemetry session that owns no radio and reads no clock.

    bytes in  -> receive_data(data, now=...)  -> events
    intent    -> send(message, now=...)       -> bytes out
    time      -> handle_timer(now=...)        -> events;  next_deadline says when

The same class runs in the wand, in the pump's twin and in the tests. It lasts as long as one contact between
wand and pump. Each contact has a nonce, which every frame carries, and neither end takes a frame of another
contact. Within it every request has a higher number than the one before, and the pump takes none twice
and none that a later one has overtaken: what the wand has given up on is never carried out behind its back. A
STOP is taken whatever its contact and number: nothing heard before stands in its way (ITB-160, S-41).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from thecal.quantities import utc
from thecal.telemetry.codes import Sealing
from thecal.telemetry.errors import LocalProtocolError, RemoteProtocolError
from thecal.telemetry.events import ReplyReceived, RequestReceived, SilenceFell
from thecal.telemetry.frames import VERSION, Frame, FrameReader, check_contact, encode_frame
from thecal.telemetry.limits import FRAME_TIMEOUT, MOST_AHEAD, REPLY_TIMEOUT
from thecal.telemetry.messages import (
    AnyMessage,
    AnyRequest,
    Stop,
    read_message,
    write_message,
)
from thecal.telemetry.states import TRANSITIONS, Role, State, Step

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.telemetry.events import Event


_SENDS = {Role.WAND: Step.REQUEST, Role.PUMP: Step.REPLY}


class Session:
    """One end of one contact.

    Args:
        role: which end.
        contact: at the wand, the nonce of this contact: 8 bytes, drawn anew by whoever owns the radio. A pump
            is given none: it takes the nonce of the first request that is no STOP.

    Attributes:
        state: where it stands.
        sequence: number of the last request of this contact.
        contact: the nonce of this contact; empty at a pump that has heard no such request yet.

    Raises:
        LocalProtocolError: a wand without a nonce of 8 bytes, or a pump with one.
    """

    def __init__(self, role: Role, *, contact: bytes = b"") -> None:
        if role is Role.WAND:
            check_contact(contact)
        elif contact:
            raise LocalProtocolError("the wand draws the nonce of a contact, and not the pump")
        self.role = role
        self.state = State.READY
        self.sequence = 0
        self.contact = contact
        self._answering = (b"", 0)
        self._reader = FrameReader()
        self._frames: deque[Frame] = deque()
        self._request: AnyRequest | None = None
        self._reply_due: datetime | None = None
        self._frame_due: datetime | None = None

    def begin_anew(self) -> None:
        """Go on after a breach, or without a reply that could not be written.

        Numbers go on after the last request, and what arrived behind the frame that broke it is still read.

        Raises:
            LocalProtocolError: there is nothing to go on from.
        """
        if Step.ANEW not in TRANSITIONS[self.role][self.state]:
            raise LocalProtocolError(f"the {self.role.value} is {self.state.value}: it does not begin anew")
        self._move(Step.ANEW)

    @property
    def next_deadline(self) -> datetime | None:
        """When ``handle_timer`` wants to be called; None while nothing is waited for."""
        return min((due for due in (self._reply_due, self._frame_due) if due is not None), default=None)

    def send(self, message: AnyMessage, *, now: datetime) -> bytes:
        """Return the bytes that carry a request (from the wand) or the reply to one (from the pump).

        Raises:
            LocalProtocolError: it is not this end's turn, this message is not the answer, or it cannot be
                written; nothing has changed.
        """
        request = message if isinstance(message, AnyRequest) else None
        step = Step.REPLY if request is None else Step.REQUEST
        if step is not _SENDS[self.role] or step not in TRANSITIONS[self.role][self.state]:
            raise LocalProtocolError(f"the {self.role.value} is {self.state.value}: it sends no {step.value}")
        if self._request is not None and not isinstance(message, self._request.answered_by):
            raise LocalProtocolError(f"{type(message).__name__} does not answer {self._request}")
        contact, sequence = self._answering if request is None else (self.contact, self.sequence + 1)
        data = encode_frame(
            Frame(
                sealing=Sealing.OPEN,
                code=message.code,
                sequence=sequence,
                contact=contact,
                payload=write_message(message),
            )
        )
        self._move(step, request)
        if request is not None:
            self.sequence = sequence
            self._reply_due = utc(now) + REPLY_TIMEOUT
        return data

    def receive_data(self, data: bytes, *, now: datetime) -> tuple[Event, ...]:
        """Take whatever bytes arrived, whole frames or not; return what they mean.

        Time comes first: an answer that arrives when its deadline has passed is too late. While a reply is
        owed, later frames wait; call again with no bytes after sending it.

        Raises:
            RemoteProtocolError: the other end sent something illegal, and this session is broken. Events
                before it are returned first.
        """
        if self.state is State.BROKEN:
            raise RemoteProtocolError("this session is broken; it must begin anew first")
        now = utc(now)
        events: list[Event] = []
        frame_timed_out = self._frame_due is not None and now >= self._frame_due
        if frame_timed_out:
            self._frames.extend(self._reader.give_up())
        arrived = self._reader.feed(data)
        if not self._reader.has_begun:
            self._frame_due = None
        elif self._frame_due is None or frame_timed_out or arrived:
            self._frame_due = now + FRAME_TIMEOUT
        try:
            self._interpret(events)
        finally:  # what came behind a frame that breaks this session is for the next
            self._frames.extend(arrived)
        if self._request is not None and self._reply_due is not None and now >= self._reply_due:
            events.append(SilenceFell(request=self._request))
            self._move(Step.SILENCE)
        self._interpret(events)
        return tuple(events)

    def handle_timer(self, *, now: datetime) -> tuple[Event, ...]:
        """Let time pass; return what it brought.

        Raises:
            RemoteProtocolError: as ``receive_data``.
        """
        return self.receive_data(b"", now=now)

    def _move(self, step: Step, request: AnyRequest | None = None) -> None:
        """Take one step of the table; ``request`` is the one that is now open."""
        self.state = TRANSITIONS[self.role][self.state][step]
        self._request, self._reply_due = request, None

    def _interpret(self, events: list[Event]) -> None:
        """Add what the waiting frames mean, as far as this end may read on."""
        while self._frames and self.state is not State.OWING_REPLY:
            try:
                event = self._meaning(self._frames[0])
            except RemoteProtocolError:
                if events:
                    return
                self._move(Step.BREACH)
                self._frames.popleft()
                self._frame_due = None
                raise
            self._frames.popleft()
            if event is not None:
                events.append(event)

    def _meaning(self, frame: Frame) -> Event | None:
        """Read one frame; None where it repeats what was heard, or answers what is not asked now."""
        if frame.version != VERSION:
            raise RemoteProtocolError(
                f"version {frame.version} of the radio protocol is not spoken here, only version {VERSION}"
            )
        if self.role is Role.PUMP:
            if frame.code == Stop.code:
                return self._heard_request(frame)
            if self.contact not in {b"", frame.contact}:
                raise RemoteProtocolError(f"request {frame.sequence} belongs to another contact")
            if frame.sequence > self.sequence + MOST_AHEAD:
                raise RemoteProtocolError(
                    f"request {frame.sequence} is more than {MOST_AHEAD} ahead of the last, {self.sequence}"
                )
            return self._heard_request(frame) if frame.sequence > self.sequence else None
        if self._request is not None and (frame.contact, frame.sequence) == (self.contact, self.sequence):
            return self._heard_reply(frame, self._request)
        return None

    def _heard_request(self, frame: Frame) -> RequestReceived:
        request = _opened(frame)
        if not isinstance(request, AnyRequest):
            raise RemoteProtocolError(f"a wand sends requests, not {type(request).__name__}")
        self._move(Step.REQUEST, request)
        self._answering = (frame.contact, frame.sequence)
        if not self.contact and not isinstance(request, Stop):
            self.contact = frame.contact
        if frame.contact == self.contact and frame.sequence <= self.sequence + MOST_AHEAD:
            self.sequence = max(self.sequence, frame.sequence)
        return RequestReceived(request=request)

    def _heard_reply(self, frame: Frame, request: AnyRequest) -> ReplyReceived:
        reply = _opened(frame)
        if isinstance(reply, AnyRequest) or not isinstance(reply, request.answered_by):
            raise RemoteProtocolError(f"{type(reply).__name__} does not answer {type(request).__name__}")
        self._move(Step.REPLY)
        return ReplyReceived(reply=reply)


def _opened(frame: Frame) -> AnyMessage:
    """Break the seal, once there is one, and read the message."""
    if frame.sealing != Sealing.OPEN:
        raise RemoteProtocolError(f"sealing 0x{frame.sealing:02X} is not known here")
    return read_message(frame.code, frame.payload)
