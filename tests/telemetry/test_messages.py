from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.captures import AFTER, EXAMPLES, FIRST, INTERROGATION, TAKEN, captured
from builders.strategies import command_ids, interrogations, programs, statuses
from thecal.telemetry import (
    AnyMessage,
    Interrogate,
    InterrogateReply,
    ReadStatus,
    ReadStatusReply,
    RemoteProtocolError,
    SetProgram,
    SetProgramReply,
    Stop,
    StopReply,
    decode_frame,
    encode_frame,
    read_message,
    write_message,
)
from thecal.telemetry.codes import MessageCode
from thecal.therapy import PumpSerial, program_digest


@st.composite
def status_replies(draw: st.DrawFn) -> ReadStatusReply:
    program = draw(programs())
    return ReadStatusReply(status=draw(statuses(program)), program=program)


MESSAGES: st.SearchStrategy[AnyMessage] = st.one_of(
    st.just(Interrogate()),
    st.builds(InterrogateReply, interrogation=interrogations()),
    st.just(ReadStatus()),
    status_replies(),
    st.builds(
        SetProgram,
        command=command_ids(),
        base_revision=st.integers(0, 2**32 - 1),
        base_digest=programs().map(program_digest),
        program=programs(),
    ),
    st.builds(SetProgramReply, refusal=st.none() | st.text(min_size=1), status=statuses()),
    st.builds(Stop, command=command_ids()),
    st.builds(StopReply, refusal=st.none() | st.text(min_size=1), status=statuses()),
)


@given(MESSAGES)
def test_a_message_is_read_as_it_was_written(message: AnyMessage) -> None:
    data = write_message(message)

    read = read_message(message.code, data)

    assert read == message
    assert write_message(read) == data


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_capture_says_what_its_page_says_and_is_written_back_byte_by_byte(name: str) -> None:
    number, message = EXAMPLES[name]
    page = sys.modules[type(message).__module__].__doc__ or ""
    capture = captured(page)[name.endswith("Reply")]

    frame = decode_frame(capture)

    assert (frame.sequence, frame.code) == (number, message.code)
    assert read_message(frame.code, frame.payload) == message
    assert encode_frame(replace(frame, payload=write_message(message))) == capture


def test_the_pumps_own_offset_from_utc_comes_through() -> None:
    reply = read_message(MessageCode.STOP_REPLY, write_message(StopReply(refusal=None, status=FIRST)))

    assert isinstance(reply, StopReply)
    assert reply.status.at.utcoffset() == FIRST.at.utcoffset()


@given(st.integers(0, 255), st.binary(max_size=200))
def test_hostile_bytes_are_a_message_or_a_breach_and_nothing_else(code: int, payload: bytes) -> None:
    try:
        message = read_message(code, payload)
    except RemoteProtocolError:
        return
    assert write_message(message) == payload


@given(MESSAGES, st.data())
def test_a_message_with_a_few_bytes_changed_is_a_message_or_a_breach(
    message: AnyMessage, data: st.DataObject
) -> None:
    payload = bytearray(write_message(message))
    where = st.integers(0, max(len(payload) - 1, 0))
    for at, byte in data.draw(st.lists(st.tuples(where, st.integers(0, 255)), min_size=1, max_size=3)):
        payload[at : at + 1] = bytes([byte])
    try:
        changed = read_message(message.code, bytes(payload))
    except RemoteProtocolError:
        return
    assert write_message(changed) == payload


@given(MESSAGES, st.data())
def test_a_message_cut_short_or_with_more_behind_it_is_refused(
    message: AnyMessage, data: st.DataObject
) -> None:
    payload = write_message(message)
    less = payload[: data.draw(st.integers(0, len(payload)))]

    if less != payload:
        with pytest.raises(RemoteProtocolError):
            read_message(message.code, less)
    with pytest.raises(RemoteProtocolError, match="1 bytes too many"):
        read_message(message.code, payload + b"\0")


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(RemoteProtocolError, match="0x00 is no message"):
        read_message(0, b"")


@pytest.mark.parametrize(
    "reply",
    [
        ReadStatusReply(status=FIRST, program=AFTER),
        InterrogateReply(interrogation=replace(INTERROGATION, program=AFTER)),
    ],
)
def test_a_program_other_than_the_status_names_is_refused(reply: ReadStatusReply | InterrogateReply) -> None:
    with pytest.raises(RemoteProtocolError, match="digest"):
        read_message(reply.code, write_message(reply))


@pytest.mark.parametrize("serial", ["", " ", "\t\n"])
def test_a_status_that_names_no_pump_is_refused(serial: str) -> None:
    payload = write_message(StopReply(refusal=None, status=replace(FIRST, serial=PumpSerial(serial))))

    with pytest.raises(RemoteProtocolError, match="serial number"):
        read_message(MessageCode.STOP_REPLY, payload)


def test_a_refusal_without_a_reason_is_refused() -> None:
    accepted = bytearray(write_message(SetProgramReply(refusal=None, status=TAKEN)))
    accepted[0] = 0xC3

    with pytest.raises(RemoteProtocolError, match="says why"):
        read_message(MessageCode.SET_PROGRAM_REPLY, bytes(accepted))


def test_a_program_that_no_pump_could_mean_is_refused() -> None:
    payload = write_message(EXAMPLES["SetProgram"][1]).replace(b'"112.5"', b'"00000"')

    with pytest.raises(RemoteProtocolError, match="SetProgram: "):
        read_message(MessageCode.SET_PROGRAM, payload)
