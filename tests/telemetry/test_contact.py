"""A session lasts one contact: no frame of another contact means anything in it, but for a STOP."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders.captures import AFTER, EXAMPLES, FIRST_VERSION, STOP, STOPPED, TAKEN
from builders.contacts import NOW, asked, breach, ends, wand_session
from thecal.telemetry import (
    LocalProtocolError,
    ReadStatus,
    ReadStatusReply,
    ReplyReceived,
    RequestReceived,
    Role,
    Session,
    State,
    Stop,
    StopReply,
    decode_frame,
    encode_frame,
)
from thecal.telemetry.limits import REPLY_TIMEOUT

READ = ReadStatusReply(status=TAKEN, program=AFTER)


@pytest.mark.requirement("ITB-135")
@pytest.mark.parametrize("name", ["Interrogate", "ReadStatus", "SetProgram", "Stop"])
def test_an_answer_of_an_earlier_contact_answers_nothing_in_this_one(name: str) -> None:
    request, reply = EXAMPLES[name][1], EXAMPLES[f"{name}Reply"][1]
    (earlier, pump), (wand, again) = ends(), ends()
    asked(earlier, pump, request)
    recorded = pump.send(reply, now=NOW)
    asked(wand, again, request)

    assert decode_frame(recorded).sequence == wand.sequence
    assert wand.receive_data(recorded, now=NOW) == ()
    assert wand.state is State.AWAITING_REPLY
    assert wand.receive_data(recorded + again.send(reply, now=NOW), now=NOW) == (ReplyReceived(reply=reply),)


@pytest.mark.requirement("ITB-135", "ITB-140")
@pytest.mark.parametrize("name", ["Interrogate", "ReadStatus", "SetProgram"])
def test_a_pump_refuses_a_request_of_another_contact(name: str) -> None:
    (wand, pump), (earlier, _) = ends(), ends()
    asked(wand, pump, ReadStatus())
    wand.receive_data(pump.send(READ, now=NOW), now=NOW)
    earlier.send(ReadStatus(), now=NOW)
    earlier.handle_timer(now=NOW + REPLY_TIMEOUT)

    breach(pump, earlier.send(EXAMPLES[name][1], now=NOW), "request 2 belongs to another contact")
    pump.begin_anew()

    asked(wand, pump, ReadStatus())


@pytest.mark.requirement("ITB-160")
@pytest.mark.parametrize("sequence", [0, 1, 60, 2**32 - 1])
@pytest.mark.parametrize("first", [True, False], ids=["before anything else", "during a contact"])
def test_a_stop_of_another_contact_is_taken_and_blocks_nothing(sequence: int, *, first: bool) -> None:
    (wand, pump), (other, _) = ends(), ends()
    if not first:
        asked(wand, pump, ReadStatus())
        wand.receive_data(pump.send(READ, now=NOW), now=NOW)
    frame = replace(decode_frame(other.send(Stop(command=STOP), now=NOW)), sequence=sequence)

    heard = pump.receive_data(encode_frame(frame), now=NOW)

    assert heard == (RequestReceived(request=Stop(command=STOP)),)
    answer = decode_frame(pump.send(StopReply(refusal=None, status=STOPPED), now=NOW))
    assert (answer.contact, answer.sequence) == (other.contact, sequence)
    asked(wand, pump, ReadStatus())
    assert wand.receive_data(pump.send(READ, now=NOW), now=NOW) == (ReplyReceived(reply=READ),)


@pytest.mark.parametrize("role", Role)
def test_a_frame_of_the_first_version_is_refused_by_its_version(role: Role) -> None:
    session = wand_session() if role is Role.WAND else Session(role)

    breach(session, FIRST_VERSION, "version 1 of the radio protocol is not spoken here, only version 2")


def test_the_wand_names_the_contact_and_the_pump_does_not() -> None:
    with pytest.raises(LocalProtocolError, match="nonce has 8 bytes, got 0"):
        Session(Role.WAND)
    with pytest.raises(LocalProtocolError, match="nonce has 8 bytes, got 9"):
        Session(Role.WAND, contact=bytes(9))
    with pytest.raises(LocalProtocolError, match="not the pump"):
        Session(Role.PUMP, contact=bytes(8))
