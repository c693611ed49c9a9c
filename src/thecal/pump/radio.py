"""The pump's end of the radio: bytes in, bytes out, and no radio.

Its answers are its own; a refusal goes back with its reason. Whatever happens here, the drive goes on.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from thecal.pump.errors import RefusedError
from thecal.telemetry import (
    AnyReply,
    AnyRequest,
    Interrogate,
    InterrogateReply,
    LocalProtocolError,
    ReadStatus,
    ReadStatusReply,
    RemoteProtocolError,
    RequestReceived,
    Role,
    Session,
    SetProgram,
    SetProgramReply,
    Stop,
    StopReply,
)
from thecal.therapy import CommandError, ConfirmProgram, WriteProgram, WrittenAgainst
from thecal.therapy import Stop as StopPump

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.pump.handle import Pump
    from thecal.therapy import CommandId

#: Most frames of one contact that are recorded as refused: a flood must not fill the log.
BREACHES_MOST = 8
#: Most characters of a refusal. Whoever needs more to say why is not read.
REASON_MOST = 2_000
#: How many bytes pass in a second, either way; assumed, no maker's figure was found. It says what a contact
#: costs the battery (ITB-151).
BYTES_A_SECOND = 500
_US_PER_S = 1_000_000


class PumpRadio:
    """One contact of a pump with a wand; the next contact has a new one.

    Args:
        pump: the pump that obeys.
    """

    def __init__(self, pump: Pump) -> None:
        self._pump = pump
        self._written: CommandId | None = None
        self._breaches = 0
        self._session = Session(Role.PUMP)

    def receive_data(self, data: bytes, *, now: datetime) -> bytes:
        """Take bytes from the wand; return the bytes that answer them, if any.

        What no wand would say is recorded and not answered; the session begins anew where it was, so that
        nothing old comes back as new, and goes on with what came behind it. Called with no bytes at its
        deadline, it gives up a frame that began with noise, and reads what came behind it. Every byte of it
        costs the battery; a pump that lies deeper than its model may hears nothing.
        """
        if self._pump.hardware.is_too_deep(max(now, self._pump.present)):
            return b""
        answers = self._answers(data, now=now)
        self._pump.spend_radio((len(data) + len(answers)) * _US_PER_S // BYTES_A_SECOND)
        return answers

    def _answers(self, data: bytes, *, now: datetime) -> bytes:
        answers = b""
        while True:
            try:
                events, data = self._session.receive_data(data, now=now), b""
                requests = [event.request for event in events if isinstance(event, RequestReceived)]
                if not requests:
                    return answers
                for request in requests:
                    reply = self._answer(request, now=max(now, self._pump.present))
                    answers += self._session.send(reply, now=now)
            except (RemoteProtocolError, LocalProtocolError) as breach:
                data = b""
                self._breaches += 1
                if self._breaches <= BREACHES_MOST:
                    moment = max(now, self._pump.present)
                    self._pump.refuse_frame(f"radio: {breach}"[:REASON_MOST], now=moment)
                self._session.begin_anew()

    @property
    def next_deadline(self) -> datetime | None:
        """When ``receive_data`` wants to be called although nothing came; None while it waits for nothing."""
        return self._session.next_deadline

    def link_lost(self, *, now: datetime) -> None:
        """End the contact: the wand is out of reach, and what was silenced over it sounds again (ITB-100)."""
        self._pump.link_lost(now=max(now, self._pump.present))

    def _answer(self, request: AnyRequest, *, now: datetime) -> AnyReply:
        """Do what the wand asks; ``now`` is never before the pump's present."""
        match request:
            case Interrogate():
                near = self._pump.in_contact(now=now)
                found = self._pump.interrogate(now=now, from_afar=not near)
                if near:
                    self._pump.give_up_written(now=now)
                return InterrogateReply(interrogation=found)
            case ReadStatus():
                self._read_back(now=now)
                near = self._pump.in_contact(now=now)
                found = self._pump.interrogate(now=now, from_afar=not near)
                return ReadStatusReply(status=found.status, program=found.program)
            case SetProgram():
                return self._set_program(request, now=now)
            case Stop(command=command):
                return self._stop(command, now=now)

    def _read_back(self, *, now: datetime) -> None:
        """Let what this contact has written begin to run: its read-back is asked for (ITB-123)."""
        if self._written is None:
            return
        command, self._written = self._written, None
        with suppress(RefusedError):  # it is in the log, and the old program is what is read
            self._pump.check_contact(now=now)
            self._pump.handle(ConfirmProgram(id=command), now)

    def _stop(self, command: CommandId, *, now: datetime) -> StopReply:
        """Stop; nothing stands before it but contact (S-05)."""
        try:
            self._pump.check_contact(now=now)
        except RefusedError as refusal:
            return StopReply(refusal=refusal.reason, status=self._pump.status(now=now))
        return StopReply(refusal=None, status=self._pump.handle(StopPump(id=command), now))

    def _set_program(self, order: SetProgram, *, now: datetime) -> SetProgramReply:
        self._written = None  # an order before this one that was not read back is not what is read now
        try:
            self._pump.check_contact(now=now)
            status = self._pump.handle(_command_of(order), now)
        except CommandError as error:
            reason = str(error)[:REASON_MOST]
            self._pump.refuse_frame(reason, now=now)
            return SetProgramReply(refusal=reason, status=self._pump.status(now=now))
        except RefusedError as refusal:
            reason = refusal.reason[:REASON_MOST]
            return SetProgramReply(refusal=reason, status=self._pump.status(now=now))
        self._written = order.command
        return SetProgramReply(refusal=None, status=status)


def _command_of(order: SetProgram) -> WriteProgram:
    """Return the command that an order by radio gives: it is written now, and runs once it is read back.

    Raises:
        CommandError: no pump could mean it.
    """
    against = WrittenAgainst(revision=order.base_revision, digest=order.base_digest)
    return WriteProgram(id=order.command, against=against, program=order.program)
