"""A wand's session against the radio of a pump."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builders.bedside import Bedside
from builders.contacts import wand_session
from thecal.pump import Pump, PumpRadio
from thecal.telemetry import (
    AnyReply,
    AnyRequest,
    ReplyReceived,
    SetProgram,
)
from thecal.therapy import (
    commands,
)

if TYPE_CHECKING:
    from datetime import datetime


class Contact:
    """A wand's session against a pump's radio."""

    def __init__(self) -> None:
        self.bedside = Bedside()
        self.now = self.bedside.clock.now()
        self.radio = PumpRadio(self.bedside.pump)
        self.wand = wand_session()
        self.bedside.pump.touch(now=self.now)

    def ask(self, request: AnyRequest) -> AnyReply:
        answer = self.radio.receive_data(self.wand.send(request, now=self.now), now=self.now)
        (event,) = self.wand.receive_data(answer, now=self.now)
        assert isinstance(event, ReplyReceived)
        return event.reply

    def order(self) -> SetProgram:
        return order(self.bedside)


class Nearby:
    """A wand in reach of the radio, and perhaps not on the skin."""

    def __init__(self, pump: Pump) -> None:
        self.radio, self.wand = PumpRadio(pump), wand_session()

    def ask(self, request: AnyRequest, *, now: datetime) -> AnyReply:
        """Send one request, and return the reply."""
        answer = self.radio.receive_data(self.wand.send(request, now=now), now=now)
        (event,) = self.wand.receive_data(answer, now=now)
        assert isinstance(event, ReplyReceived)
        return event.reply


def order(bedside: Bedside) -> SetProgram:
    """Return an order that fits the pump."""
    signed = bedside.order().command
    assert isinstance(signed, commands.SetProgram)
    return SetProgram(
        command=signed.id,
        base_revision=signed.against.revision,
        base_digest=signed.against.digest,
        program=signed.program,
    )
