"""A link to a pump in the same process: no radio between, and a cut wherever a lesson or a test wants one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from thecal.programmer.link import LinkLostError
from thecal.quantities import utc
from thecal.telemetry import (
    REPLY_TIMEOUT,
    RemoteProtocolError,
    Reply,
    ReplyReceived,
    Role,
    Session,
    State,
)

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.quantities import Clock
    from thecal.telemetry import AnyRequest, Request

ReplyT = TypeVar("ReplyT", bound=Reply)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Where a link is cut.

    Attributes:
        frame: the first frame of the act that does not pass, counted from 1 in both directions together.
        lasting: whether the link stays cut until the end of the act, or loses that frame alone.
    """

    frame: int
    lasting: bool

    def __post_init__(self) -> None:
        """Refuse a frame before the first."""
        if self.frame < 1:
            raise ValueError(f"frames are counted from 1, got {self.frame}")

    def takes(self, frame: int) -> bool:
        """Say whether a frame is lost."""
        return frame == self.frame or (self.lasting and frame > self.frame)


class PumpEnd(Protocol):
    """The pump's end of the link: bytes in, bytes out."""

    def receive_data(self, data: bytes, *, now: datetime) -> bytes:
        """Take bytes from the wand; return the bytes that answer them, if any."""


class LoopbackLink:
    """One contact, for one act: a ``PumpLink``.

    Nobody waits here: where no answer came, the reply's deadline is taken to have passed, and the clock stays
    where it is.

    Args:
        pump: the other end.
        clock: what time it is at both ends.
        contact: the nonce of this contact, 8 bytes that no earlier contact had.
        cut: where the link is cut, if anywhere.

    Raises:
        LocalProtocolError: a nonce of another length.
    """

    def __init__(self, pump: PumpEnd, *, clock: Clock, contact: bytes, cut: Cut | None = None) -> None:
        self._pump = pump
        self._clock = clock
        self._cut = cut
        self._session = Session(Role.WAND, contact=contact)
        self._frame = 0

    def ask(self, request: Request[ReplyT]) -> ReplyT:
        """Send a request once, and return its reply.

        Raises:
            LinkLostError: no reply came, or none that can be understood.
            LocalProtocolError: the request cannot be sent; nothing has left the wand.
        """
        if self._session.state is State.BROKEN:
            self._session.begin_anew()
        now = utc(self._clock.now())
        data = self._session.send(cast("AnyRequest", request), now=now)
        answer = self._pump.receive_data(data, now=now) if self._passes() else b""
        if answer and not self._passes():
            answer = b""
        try:
            events = self._session.receive_data(answer, now=now)
            if self._session.state is State.AWAITING_REPLY:
                events += self._session.handle_timer(now=now + REPLY_TIMEOUT)
        except RemoteProtocolError as error:
            raise LinkLostError(f"the pump's answer could not be understood: {error}") from error
        for event in events:
            if isinstance(event, ReplyReceived):
                # The session has checked that this reply is of the request's own kind.
                return cast("ReplyT", event.reply)
        raise LinkLostError(f"no answer from the pump within {REPLY_TIMEOUT.seconds} s")

    def _passes(self) -> bool:
        """Count one more frame, and say whether it comes through."""
        self._frame += 1
        return self._cut is None or not self._cut.takes(self._frame)
