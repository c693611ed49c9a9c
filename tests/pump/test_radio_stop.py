"""STOP over the radio: no number, no noise and nothing before it keeps it from being carried out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from builders.bedside import STOP
from builders.twin.contact import Contact
from thecal.telemetry import (
    ReadStatus,
    ReadStatusReply,
    ReplyReceived,
    Stop,
    StopReply,
    decode_frame,
    encode_frame,
)
from thecal.telemetry.limits import REPLY_TIMEOUT


@pytest.mark.requirement("ITB-157")
def test_a_stop_whose_id_is_no_text_is_refused_at_the_door_and_raises_nothing() -> None:
    contact = Contact()
    frame = decode_frame(contact.wand.send(Stop(command=STOP), now=contact.now))
    broken = encode_frame(replace(frame, payload=frame.payload.replace(b"stop", b"st\xff\xfe")))

    assert contact.radio.receive_data(broken, now=contact.now) == b""
    assert "is not UTF-8" in (contact.bedside.pump.log[-1].fact("reason") or "")
    contact.wand.handle_timer(now=contact.now + REPLY_TIMEOUT)
    reply = contact.ask(Stop(command=STOP))
    assert isinstance(reply, StopReply)
    assert reply.status.stopped


@pytest.mark.requirement("ITB-160")
@pytest.mark.parametrize("change", [{"sequence": 1000}, {"version": 9}, {"sealing": 7}, {"code": 0xEE}])
@pytest.mark.parametrize("times", [1, 40])
def test_nothing_that_is_put_before_a_stop_hides_it(change: dict[str, int], times: int) -> None:
    contact = Contact()
    nonsense = replace(decode_frame(contact.wand.send(ReadStatus(), now=contact.now)), **change)
    contact.wand.handle_timer(now=contact.now + REPLY_TIMEOUT)
    stop = contact.wand.send(Stop(command=STOP), now=contact.now)

    answer = contact.radio.receive_data(encode_frame(nonsense) * times + stop, now=contact.now)

    (event,) = contact.wand.receive_data(answer, now=contact.now)
    assert isinstance(event, ReplyReceived)
    assert isinstance(event.reply, StopReply)
    assert event.reply.status.stopped


@pytest.mark.requirement("ITB-160", "ITB-162")
def test_stops_that_are_refused_from_afar_keep_none_at_the_skin_from_being_carried_out() -> None:
    contact = Contact()
    contact.now += timedelta(days=1)
    stop = decode_frame(contact.wand.send(Stop(command=STOP), now=contact.now))
    contact.wand.handle_timer(now=contact.now + REPLY_TIMEOUT)
    for number in range(1, 101):
        assert contact.radio.receive_data(encode_frame(replace(stop, sequence=64 * number)), now=contact.now)
    assert not contact.bedside.pump.memory.program.is_stopped

    contact.bedside.pump.touch(now=contact.now)
    reply = contact.ask(Stop(command=STOP))

    assert isinstance(reply, StopReply)
    assert reply.refusal is None
    assert reply.status.stopped


@pytest.mark.requirement("ITB-160")
def test_a_stop_that_comes_late_is_carried_out_and_answered_by_its_own_number() -> None:
    contact = Contact()
    stop = contact.wand.send(Stop(command=STOP), now=contact.now)
    contact.wand.handle_timer(now=contact.now + REPLY_TIMEOUT)
    contact.ask(ReadStatus())

    answer = contact.radio.receive_data(stop, now=contact.now)

    assert decode_frame(answer).sequence == decode_frame(stop).sequence
    assert contact.bedside.pump.memory.program.is_stopped
    assert isinstance(contact.ask(ReadStatus()), ReadStatusReply)


@pytest.mark.requirement("ITB-160")
@pytest.mark.parametrize("ahead", [64, 65, 2**32 - 1])
def test_no_number_of_a_frame_from_anywhere_keeps_a_stop_from_being_carried_out(ahead: int) -> None:
    contact = Contact()
    noise = encode_frame(
        replace(decode_frame(contact.wand.send(ReadStatus(), now=contact.now)), sequence=ahead)
    )
    contact.wand.handle_timer(now=contact.now + REPLY_TIMEOUT)

    heard = contact.radio.receive_data(noise, now=contact.now)
    assert bool(heard) == (ahead <= 64)

    reply = contact.ask(Stop(command=STOP))
    assert isinstance(reply, StopReply)
    assert reply.status.stopped


@pytest.mark.requirement("ITB-160")
def test_a_stop_behind_noise_is_carried_out_at_the_deadline_of_the_noise() -> None:
    contact = Contact()
    stop = contact.wand.send(Stop(command=STOP), now=contact.now)

    assert contact.radio.receive_data(b"Th\0\0\0" + stop, now=contact.now) == b""
    due = contact.radio.next_deadline
    assert due is not None
    assert due - contact.now <= timedelta(seconds=3)
    contact.radio.receive_data(b"", now=due)

    assert contact.bedside.pump.memory.program.is_stopped
    assert contact.radio.next_deadline is None
