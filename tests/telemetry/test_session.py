from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.captures import AFTER, EXAMPLES, FIRST, INTERROGATION, STOP, STOPPED, TAKEN
from builders.contacts import NOW, asked, breach, ends, wand_session
from builders.summer_time import ALL, Change
from thecal.telemetry import (
    AnyReply,
    AnyRequest,
    Interrogate,
    InterrogateReply,
    LocalProtocolError,
    ReadStatus,
    ReadStatusReply,
    RemoteProtocolError,
    ReplyReceived,
    RequestReceived,
    Role,
    Session,
    SilenceFell,
    State,
    Stop,
    StopReply,
    decode_frame,
    encode_frame,
)
from thecal.telemetry.limits import FRAME_TIMEOUT, REPLY_TIMEOUT

MOMENT = timedelta(microseconds=1)
READ = ReadStatusReply(status=TAKEN, program=AFTER)


@pytest.mark.parametrize("name", ["Interrogate", "ReadStatus", "SetProgram", "Stop"])
def test_what_one_end_says_the_other_hears(name: str) -> None:
    wand, pump = ends()
    request, reply = EXAMPLES[name][1], EXAMPLES[f"{name}Reply"][1]

    heard = pump.receive_data(wand.send(request, now=NOW), now=NOW)
    answered = wand.receive_data(pump.send(reply, now=NOW), now=NOW)

    assert heard == (RequestReceived(request=request),)
    assert answered == (ReplyReceived(reply=reply),)
    assert (wand.state, pump.state) == (State.READY, State.READY)
    assert (wand.next_deadline, pump.next_deadline) == (None, None)


@given(st.data())
def test_a_conversation_may_arrive_in_any_pieces(data: st.DataObject) -> None:
    wand, pump = ends()
    talk: list[tuple[AnyRequest, AnyReply]] = [
        (Interrogate(), InterrogateReply(interrogation=INTERROGATION)),
        (ReadStatus(), READ),
        (Stop(command=STOP), StopReply(refusal=None, status=STOPPED)),
    ]

    for request, reply in talk:
        for sender, receiver, message in ((wand, pump, request), (pump, wand, reply)):
            sent = sender.send(message, now=NOW)
            cuts = sorted(data.draw(st.sets(st.integers(0, len(sent)), max_size=6)))
            parts = [sent[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
            events = [event for part in parts for event in receiver.receive_data(part, now=NOW)]
            assert len(events) == 1


def test_a_second_command_while_one_awaits_its_reply_is_our_own_mistake() -> None:
    wand, pump = ends()
    wand.send(Stop(command=STOP), now=NOW)

    with pytest.raises(LocalProtocolError, match="the wand is awaiting reply: it sends no request"):
        wand.send(ReadStatus(), now=NOW)

    assert wand.sequence == 1
    assert pump.sequence == 0


def test_a_pump_sends_no_reply_that_nobody_asked_for() -> None:
    with pytest.raises(LocalProtocolError, match="the pump is ready: it sends no reply"):
        Session(Role.PUMP).send(READ, now=NOW)


def test_a_pump_asks_nothing_and_a_wand_answers_nothing() -> None:
    wand, pump = ends()
    with pytest.raises(LocalProtocolError, match="sends no request"):
        pump.send(ReadStatus(), now=NOW)
    with pytest.raises(LocalProtocolError, match="sends no reply"):
        wand.send(READ, now=NOW)


def test_a_reply_to_another_question_is_not_sent() -> None:
    wand, pump = ends()
    asked(wand, pump, ReadStatus())

    with pytest.raises(LocalProtocolError, match="StopReply does not answer"):
        pump.send(StopReply(refusal=None, status=STOPPED), now=NOW)

    assert pump.state is State.OWING_REPLY


def test_a_message_that_cannot_be_written_changes_nothing() -> None:
    wand, _ = ends()
    order = EXAMPLES["SetProgram"][1]

    with pytest.raises(LocalProtocolError, match="does not fit"):
        wand.send(replace(order, base_revision=-1), now=NOW)

    assert (wand.state, wand.sequence, wand.next_deadline) == (State.READY, 0, None)


def test_silence_is_reported_once_and_not_taken_for_a_refusal() -> None:
    wand, _ = ends()
    wand.send(Stop(command=STOP), now=NOW)

    assert wand.next_deadline == NOW + REPLY_TIMEOUT
    assert wand.handle_timer(now=NOW + REPLY_TIMEOUT - MOMENT) == ()
    assert wand.handle_timer(now=NOW + REPLY_TIMEOUT) == (SilenceFell(request=Stop(command=STOP)),)
    assert wand.handle_timer(now=NOW + REPLY_TIMEOUT) == ()
    assert wand.state is State.READY


@pytest.mark.parametrize("change", ALL)
def test_a_wait_lasts_as_long_while_the_clock_on_the_wall_changes(change: Change) -> None:
    for early in (timedelta(0), MOMENT):
        wand, _ = ends()
        sent = change.at - MOMENT
        wand.send(Stop(command=STOP), now=change.there(sent))

        events = wand.handle_timer(now=change.there(sent + REPLY_TIMEOUT - early))

        assert bool(events) is not bool(early)


def test_an_answer_that_comes_too_late_or_twice_changes_nothing() -> None:
    wand, pump = ends()
    asked(wand, pump, ReadStatus())
    reply = pump.send(READ, now=NOW)
    late = NOW + REPLY_TIMEOUT

    assert wand.receive_data(reply, now=late) == (SilenceFell(request=ReadStatus()),)
    assert wand.receive_data(reply, now=late) == ()

    asked(wand, pump, ReadStatus())
    assert wand.receive_data(reply, now=NOW) == ()
    again = pump.send(READ, now=NOW)
    assert wand.receive_data(again * 2, now=NOW) == (ReplyReceived(reply=READ),)
    assert wand.receive_data(again, now=NOW) == ()
    assert wand.state is State.READY


@pytest.mark.requirement("ITB-039", "ITB-135")
def test_the_pump_takes_a_repeated_request_once() -> None:
    wand, pump = ends()
    command = wand.send(ReadStatus(), now=NOW)

    assert pump.receive_data(command * 2, now=NOW) == (RequestReceived(request=ReadStatus()),)
    pump.send(READ, now=NOW)
    assert pump.receive_data(command, now=NOW) == ()
    assert pump.state is State.READY


@pytest.mark.requirement("ITB-039", "ITB-160")
@pytest.mark.parametrize("sequence", [0, 1, 5, 70, 2**32 - 1])
def test_the_pump_accepts_a_stop_of_any_number_and_no_stop_blocks_another(
    sequence: int,
) -> None:
    wand, pump = ends()
    for _ in range(5):
        asked(wand, pump, ReadStatus())
        wand.receive_data(pump.send(READ, now=NOW), now=NOW)
    heard = (RequestReceived(request=Stop(command=STOP)),)
    stop = encode_frame(replace(decode_frame(wand.send(Stop(command=STOP), now=NOW)), sequence=sequence))

    for _ in range(2):
        assert pump.receive_data(stop, now=NOW) == heard
        answer = pump.send(StopReply(refusal=None, status=STOPPED), now=NOW)
        assert decode_frame(answer).sequence == sequence
    assert pump.sequence == 5
    wand.handle_timer(now=NOW + REPLY_TIMEOUT)
    asked(wand, pump, ReadStatus())


@pytest.mark.requirement("ITB-135")
def test_a_command_that_a_later_question_has_overtaken_is_never_carried_out() -> None:
    wand, pump = ends()
    order = EXAMPLES["SetProgram"][1]
    in_the_air = wand.send(order, now=NOW)
    wand.handle_timer(now=NOW + REPLY_TIMEOUT)

    asked(wand, pump, ReadStatus())
    pump.send(READ, now=NOW)

    assert pump.receive_data(in_the_air, now=NOW) == ()


def test_while_a_reply_is_owed_the_next_request_waits() -> None:
    wand, pump = ends()
    first = wand.send(Stop(command=STOP), now=NOW)
    wand.handle_timer(now=NOW + REPLY_TIMEOUT)
    second = wand.send(ReadStatus(), now=NOW)

    assert pump.receive_data(first + second, now=NOW) == (RequestReceived(request=Stop(command=STOP)),)
    assert pump.receive_data(b"", now=NOW) == ()
    pump.send(StopReply(refusal=None, status=STOPPED), now=NOW)
    assert pump.receive_data(b"", now=NOW) == (RequestReceived(request=ReadStatus()),)


def test_a_frame_that_began_with_noise_is_given_up_in_time_for_the_next() -> None:
    wand, pump = ends()
    noise = b"Th" + bytes(7) + b"\x7f\xff"

    assert pump.receive_data(noise, now=NOW) == ()
    assert pump.next_deadline == NOW + FRAME_TIMEOUT
    assert pump.receive_data(wand.send(Interrogate(), now=NOW), now=NOW) == ()
    assert pump.handle_timer(now=NOW + FRAME_TIMEOUT - MOMENT) == ()
    assert pump.handle_timer(now=NOW + FRAME_TIMEOUT) == (RequestReceived(request=Interrogate()),)
    assert pump.next_deadline is None


def test_the_frame_behind_a_whole_one_has_its_own_time() -> None:
    wand, pump = ends()
    request = wand.send(Interrogate(), now=NOW)
    pump.receive_data(request[:3], now=NOW)
    later = NOW + FRAME_TIMEOUT - MOMENT

    assert pump.receive_data(request[3:] + b"Th", now=later) == (RequestReceived(request=Interrogate()),)
    assert pump.next_deadline == later + FRAME_TIMEOUT


def test_a_damaged_reply_is_silence() -> None:
    wand, pump = ends()
    asked(wand, pump, ReadStatus())
    reply = bytearray(pump.send(READ, now=NOW))
    reply[40] ^= 1

    assert wand.receive_data(bytes(reply), now=NOW) == ()
    assert SilenceFell(request=ReadStatus()) in wand.handle_timer(now=NOW + REPLY_TIMEOUT)


@pytest.mark.requirement("ITB-140")
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"version": 1}, "version 1 "),
        ({"sealing": 0x33}, "sealing 0x33"),
        ({"code": 0x96}, "0x96 is no message"),
        ({"payload": b"\0"}, "too many"),
        ({"code": 0xA5, "payload": b"\0"}, "StopReply|too early|no Verdict"),
    ],
)
def test_what_no_wand_of_ours_would_say_breaks_the_pumps_session(change: dict[str, int], why: str) -> None:
    wand, pump = ends()
    frame = decode_frame(wand.send(Interrogate(), now=NOW))

    breach(pump, encode_frame(replace(frame, **change)), why)


def test_a_pump_that_hears_a_reply_hears_no_wand() -> None:
    wand, pump = ends()
    asked(wand, pump, ReadStatus())

    breach(Session(Role.PUMP), pump.send(READ, now=NOW), "not ReadStatusReply")


def test_a_wand_that_hears_its_own_question_hears_no_pump() -> None:
    wand, _ = ends()

    breach(wand, wand.send(ReadStatus(), now=NOW), "ReadStatus does not answer ReadStatus")


def test_a_reply_to_another_question_breaks_the_wands_session() -> None:
    wand, pump = ends()
    wand.send(ReadStatus(), now=NOW)
    asked(Session(Role.WAND, contact=wand.contact), pump, Stop(command=STOP))

    breach(wand, pump.send(StopReply(refusal=None, status=FIRST), now=NOW), "StopReply does not answer")


def test_a_broken_session_sends_nothing() -> None:
    wand, _ = ends()
    breach(wand, wand.send(ReadStatus(), now=NOW), "does not answer")

    with pytest.raises(LocalProtocolError, match="the wand is broken"):
        wand.send(ReadStatus(), now=NOW)


def test_what_was_heard_before_a_breach_is_reported_first() -> None:
    wand, pump = ends()
    asked(wand, pump, ReadStatus())
    reply = pump.send(READ, now=NOW)
    nonsense = encode_frame(replace(decode_frame(reply), version=1))

    assert wand.receive_data(reply + nonsense, now=NOW) == (ReplyReceived(reply=READ),)
    breach(wand, b"", "version 1 ")


@pytest.mark.requirement("ITB-160")
def test_a_session_that_begins_anew_counts_on_and_reads_what_came_behind_the_breach() -> None:
    wand, pump = ends()
    asked(wand, pump, ReadStatus())
    wand.receive_data(pump.send(READ, now=NOW), now=NOW)
    stop = wand.send(Stop(command=STOP), now=NOW)
    nonsense = encode_frame(replace(decode_frame(stop), version=1))

    with pytest.raises(RemoteProtocolError, match="version 1 "):
        pump.receive_data(nonsense + stop[:9], now=NOW)
    pump.begin_anew()

    assert (pump.state, pump.sequence) == (State.READY, 1)
    assert pump.receive_data(stop[9:], now=NOW) == (RequestReceived(request=Stop(command=STOP)),)
    pump.send(StopReply(refusal=None, status=STOPPED), now=NOW)
    assert (wand.sequence, pump.sequence) == (2, 2)


@pytest.mark.requirement("ITB-160")
def test_what_comes_with_the_deadline_of_noise_that_hid_a_breach_is_not_lost() -> None:
    wand, pump = ends()
    stop = wand.send(Stop(command=STOP), now=NOW)
    nonsense = encode_frame(replace(decode_frame(stop), version=1))
    assert pump.receive_data(b"Th\0\0\0" + nonsense, now=NOW) == ()
    due = pump.next_deadline
    assert due is not None

    with pytest.raises(RemoteProtocolError, match="version 1 "):
        pump.receive_data(stop, now=due)
    pump.begin_anew()

    assert pump.receive_data(b"", now=due) == (RequestReceived(request=Stop(command=STOP)),)


def test_a_session_that_is_whole_does_not_begin_anew_and_one_that_owes_a_reply_may() -> None:
    wand, pump = ends()
    for one in (wand, pump):
        with pytest.raises(LocalProtocolError, match=f"the {one.role.value} is ready: it does not begin"):
            one.begin_anew()
    asked(wand, pump, ReadStatus())
    with pytest.raises(LocalProtocolError, match="awaiting reply: it does not begin anew"):
        wand.begin_anew()

    pump.begin_anew()

    assert pump.state is State.READY


@given(st.lists(st.binary(max_size=40), max_size=8), st.sampled_from(Role))
def test_noise_means_nothing_to_either_end(noise: list[bytes], role: Role) -> None:
    session = wand_session() if role is Role.WAND else Session(role)
    for step, data in enumerate(noise):
        assert session.receive_data(data, now=NOW + timedelta(seconds=step)) == ()
