"""What any link from a wand to a pump must do: ``check_link(make)``, for each way that is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import pytest

from builders.captures import AFTER, INTERROGATION, STOP, STOPPED, TAKEN
from thecal.programmer import LinkLostError, PumpLink
from thecal.telemetry import (
    AnyReply,
    AnyRequest,
    Interrogate,
    InterrogateReply,
    LocalProtocolError,
    ReadStatus,
    ReadStatusReply,
    RequestReceived,
    Role,
    Session,
    SetProgram,
    SetProgramReply,
    Stop,
    StopReply,
    decode_frame,
    encode_frame,
)


class PumpEnd(Protocol):
    def receive_data(self, data: bytes, *, now: datetime) -> bytes: ...


def answer_to(request: AnyRequest) -> AnyReply:
    match request:
        case Interrogate():
            return InterrogateReply(interrogation=INTERROGATION)
        case ReadStatus():
            return ReadStatusReply(status=TAKEN, program=AFTER)
        case SetProgram():
            return SetProgramReply(refusal="for an example", status=TAKEN)
        case Stop():
            return StopReply(refusal=None, status=STOPPED)


class ExamplePump:
    """A pump's end that answers every request with an example, as ``air`` lets it through."""

    def __init__(self, air: Callable[[bytes], bytes] = bytes) -> None:
        self.air = air
        self.heard: list[AnyRequest] = []
        self._session = Session(Role.PUMP)

    def receive_data(self, data: bytes, *, now: datetime) -> bytes:
        answers = b""
        for event in self._session.receive_data(data, now=now):
            assert isinstance(event, RequestReceived)
            self.heard.append(event.request)
            answers += self._session.send(answer_to(event.request), now=now)
        return self.air(answers)


def changed(data: bytes, **changes: int | bytes) -> bytes:
    return encode_frame(replace(decode_frame(data), **changes))


def damaged(data: bytes) -> bytes:
    return data[:20] + bytes([data[20] ^ 0x10]) + data[21:]


def check_link(make: Callable[[PumpEnd], PumpLink]) -> None:
    """Check a way from a wand to a pump.

    Args:
        make: returns a new contact with the pump whose end it is given.
    """
    order = SetProgram(command=STOP, base_revision=3, base_digest="ab" * 32, program=AFTER)
    for request in (Interrogate(), ReadStatus(), order, Stop(command=STOP)):
        pump = ExamplePump()
        assert make(pump).ask(request) == answer_to(request), "every question gets its own answer"
        assert pump.heard == [request], "a question is put once"

    pump = ExamplePump(air=lambda data: b"noise Th" + data * 2)
    link = make(pump)
    for _ in range(3):
        assert link.ask(ReadStatus()) == answer_to(ReadStatus()), "noise and repeats change nothing"

    for air, why in (
        (lambda _: b"", "no answer"),
        (damaged, "no answer"),
        (lambda data: data[:-1], "no answer"),
        (lambda data: changed(data, sequence=99), "no answer"),
        (lambda data: changed(data, contact=b"earlier!"), "no answer"),
        (lambda data: changed(data, version=1), "could not be understood"),
        (lambda data: changed(data, code=0x96), "could not be understood"),
    ):
        pump = ExamplePump(air=air)
        link = make(pump)
        with pytest.raises(LinkLostError, match=why):
            link.ask(Stop(command=STOP))
        assert pump.heard == [Stop(command=STOP)], "nothing is sent a second time"
        pump.air = bytes
        assert link.ask(ReadStatus()) == answer_to(ReadStatus()), "a lost answer does not close the link"

    pump = ExamplePump()
    link = make(pump)
    with pytest.raises(LocalProtocolError):
        link.ask(replace(order, base_revision=-1))
    assert pump.heard == [], "what cannot be sent has not left"
    assert link.ask(ReadStatus()) == answer_to(ReadStatus())
