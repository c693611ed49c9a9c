"""The pump's end of the radio: what goes in, what comes out, and that the drive goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmer.bedside import AFTER, BEFORE, ORDER, STOP, Bedside
from thecal.journal import Kind
from thecal.pump import PumpRadio
from thecal.pump.radio import REASON_MOST
from thecal.quantities import Concentration, DoseRate
from thecal.telemetry import (
    AnyReply,
    AnyRequest,
    Interrogate,
    InterrogateReply,
    ReadStatus,
    ReadStatusReply,
    ReplyReceived,
    Role,
    Session,
    SetProgram,
    SetProgramReply,
    Stop,
    StopReply,
    decode_frame,
    encode_frame,
)
from thecal.telemetry.limits import REPLY_TIMEOUT
from thecal.therapy import DaySchedule, DoseStep, Flex


class Contact:
    """A wand's session against a pump's radio."""

    def __init__(self) -> None:
        self.bedside = Bedside()
        self.now = self.bedside.clock.now()
        self.radio = PumpRadio(self.bedside.pump)
        self.wand = Session(Role.WAND)

    def ask(self, request: AnyRequest) -> AnyReply:
        answer = self.radio.receive_data(self.wand.send(request, now=self.now), now=self.now)
        (event,) = self.wand.receive_data(answer, now=self.now)
        assert isinstance(event, ReplyReceived)
        return event.reply

    def order(self) -> SetProgram:
        order = self.bedside.order()
        return SetProgram(
            command=order.command,
            base_revision=order.base_revision,
            base_digest=order.base_digest,
            program=order.program,
        )


def test_a_question_is_answered_with_the_truth() -> None:
    contact = Contact()
    found = contact.bedside.found

    assert contact.ask(Interrogate()) == InterrogateReply(interrogation=found)
    recorded = replace(found.status, log_records=found.status.log_records + 1)
    assert contact.ask(ReadStatus()) == ReadStatusReply(status=recorded, program=BEFORE)
    assert [entry.kind for entry in contact.bedside.pump.log[-2:]] == [Kind.PUMP_INTERROGATED] * 2


def test_a_program_that_fits_is_taken() -> None:
    contact = Contact()

    reply = contact.ask(contact.order())

    assert reply == SetProgramReply(refusal=None, status=contact.bedside.found.status)
    assert contact.bedside.running == AFTER
    assert contact.bedside.found.status.last_command == ORDER


@pytest.mark.requirement("ITB-045", "ITB-144")
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"base_revision": 7}, "revision 7"),
        ({"base_digest": "ab" * 32}, "another program"),
        ({"program": replace(AFTER, concentration=Concentration(ug_per_mL=Decimal(50)))}, "concentration"),
        ({"command": ""}, "needs an id"),
    ],
)
def test_a_refusal_says_why_and_how_the_pump_is(change: dict[str, object], why: str) -> None:
    contact = Contact()

    reply = contact.ask(replace(contact.order(), **change))  # type: ignore[arg-type]

    assert isinstance(reply, SetProgramReply)
    assert why in (reply.refusal or "")
    assert reply.status == contact.bedside.found.status
    assert contact.bedside.running == BEFORE


def test_a_refusal_too_long_to_read_is_cut() -> None:
    contact = Contact()
    days = [
        DaySchedule(
            tuple(
                DoseStep(start=time(hour), rate=DoseRate(ug_per_day=Decimal(1 + day + hour)))
                for hour in range(13)
            )
        )
        for day in range(7)
    ]

    reply = contact.ask(replace(contact.order(), program=replace(AFTER, base=Flex(tuple(days)))))

    assert isinstance(reply, SetProgramReply)
    assert len(reply.refusal or "") == REASON_MOST


def test_a_stop_is_obeyed_whatever_runs() -> None:
    contact = Contact()

    reply = contact.ask(Stop(command=STOP))

    assert reply == StopReply(refusal=None, status=contact.bedside.found.status)
    assert contact.bedside.running.is_stopped


def test_a_wand_whose_clock_lags_is_answered_by_the_pumps_own() -> None:
    contact = Contact()
    contact.ask(ReadStatus())
    present = contact.bedside.found.status.at
    contact.now -= timedelta(hours=3)

    for request in (Interrogate(), contact.order(), ReadStatus(), Stop(command=STOP)):
        assert not getattr(contact.ask(request), "refusal", None)

    assert contact.bedside.pump.memory.at == present


@pytest.mark.requirement("ITB-135")
def test_a_command_that_a_later_question_has_overtaken_is_not_carried_out() -> None:
    contact = Contact()
    in_the_air = contact.wand.send(contact.order(), now=contact.now)
    contact.wand.handle_timer(now=contact.now + REPLY_TIMEOUT)
    contact.ask(ReadStatus())

    assert contact.radio.receive_data(in_the_air, now=contact.now) == b""
    assert contact.bedside.running == BEFORE


def test_two_requests_that_arrive_together_are_answered_in_their_order() -> None:
    contact = Contact()
    first = contact.wand.send(contact.order(), now=contact.now)
    contact.wand.handle_timer(now=contact.now + REPLY_TIMEOUT)
    second = contact.wand.send(ReadStatus(), now=contact.now)

    answers = contact.radio.receive_data(first + second, now=contact.now)

    (event,) = contact.wand.receive_data(answers, now=contact.now)
    found = contact.bedside.found.status
    told = replace(found, log_records=found.log_records - 1)
    assert event == ReplyReceived(reply=ReadStatusReply(status=told, program=AFTER))


def test_a_breach_is_not_answered_and_brings_nothing_old_back() -> None:
    contact = Contact()
    stop = contact.wand.send(Stop(command=STOP), now=contact.now)
    foreign = encode_frame(replace(decode_frame(stop), version=2))
    contact.wand.handle_timer(now=contact.now + REPLY_TIMEOUT)
    contact.ask(ReadStatus())

    assert contact.radio.receive_data(foreign, now=contact.now) == b""
    assert contact.radio.receive_data(stop, now=contact.now) == b""
    assert contact.bedside.running == BEFORE
    assert isinstance(contact.ask(ReadStatus()), ReadStatusReply)


@pytest.mark.requirement("ITB-157")
@given(st.lists(st.binary(max_size=60), max_size=5))
def test_noise_changes_nothing_and_the_drive_goes_on(noise: list[bytes]) -> None:
    contact = Contact()
    before = contact.bedside.pump.image()

    for data in noise:
        assert contact.radio.receive_data(data, now=contact.now) == b""

    assert contact.bedside.pump.image() == before
