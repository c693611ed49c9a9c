"""The pump's end of the radio: what goes in, what comes out, and that the drive goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.bedside import AFTER, BEFORE, ORDER, STOP, but_for_the_log, dose
from builders.contacts import wand_session
from builders.twin.contact import Contact
from thecal.pump import Cause, Condition, Kind, Pump, PumpRadio
from thecal.pump.radio import BREACHES_MOST, REASON_MOST
from thecal.quantities import Concentration, DoseRate
from thecal.telemetry import (
    AnyRequest,
    Interrogate,
    InterrogateReply,
    ReadStatus,
    ReadStatusReply,
    ReplyReceived,
    SetProgramReply,
    Stop,
    StopReply,
    decode_frame,
    encode_frame,
)
from thecal.telemetry.limits import REPLY_TIMEOUT
from thecal.therapy import (
    Alarm,
    CommandError,
    CommandId,
    DaySchedule,
    DoseStep,
    Flex,
    WrittenAgainst,
    commands,
)


def test_a_question_is_answered_with_the_truth() -> None:
    contact = Contact()
    found = contact.bedside.found

    assert contact.ask(Interrogate()) == InterrogateReply(interrogation=found)
    recorded = replace(found.status, log_records=found.status.log_records + 1)
    assert contact.ask(ReadStatus()) == ReadStatusReply(status=recorded, program=BEFORE)
    assert [entry.kind for entry in contact.bedside.pump.log[-2:]] == [Kind.PUMP_INTERROGATED] * 2


def test_a_program_that_fits_is_taken_and_runs_from_when_it_is_read_back() -> None:
    contact = Contact()

    reply = contact.ask(contact.order())

    assert reply == SetProgramReply(refusal=None, status=contact.bedside.found.status)
    assert contact.bedside.running == BEFORE
    back = contact.ask(ReadStatus())
    assert isinstance(back, ReadStatusReply)
    assert back.program == AFTER
    assert but_for_the_log(back.status) == but_for_the_log(contact.bedside.found.status)
    assert contact.bedside.running == AFTER
    assert contact.bedside.found.status.last_command == ORDER


@pytest.mark.requirement("ITB-123", "ITB-125")
def test_a_program_that_is_never_read_back_never_runs_and_alarms_within_two_minutes() -> None:
    contact = Contact()
    contact.ask(contact.order())
    pump, written = contact.bedside.pump, contact.now

    assert pump.status(now=written + timedelta(minutes=2)).alarms == (Alarm.TRANSACTION_OPEN,)
    assert pump.status(now=written + timedelta(days=1)).delivered == pump.true_delivery.volume
    assert contact.bedside.pump.memory.program == BEFORE
    contact.now = written + timedelta(days=1)
    pump.touch(now=contact.now)
    found = again(contact).ask(Interrogate())
    assert isinstance(found, InterrogateReply)
    assert found.interrogation.program == BEFORE
    assert Alarm.TRANSACTION_OPEN in found.interrogation.status.alarms
    assert not pump.status(now=contact.now).alarms
    back = again(contact).ask(ReadStatus())
    assert isinstance(back, ReadStatusReply)
    assert (back.program, back.status.alarms) == (BEFORE, ())


def again(contact: Contact) -> Contact:
    """Begin another contact with the same pump."""
    contact.radio, contact.wand = PumpRadio(contact.bedside.pump), wand_session()
    return contact


@pytest.mark.requirement("ITB-123")
@pytest.mark.parametrize("act", [ReadStatus(), Interrogate(), Stop(command=STOP)])
def test_only_the_contact_that_wrote_a_program_brings_it_to_run(act: AnyRequest) -> None:
    contact = Contact()
    contact.ask(contact.order())

    again(contact).ask(act)
    contact.ask(ReadStatus())

    assert contact.bedside.running != AFTER


@pytest.mark.requirement("ITB-123")
def test_a_power_cut_between_the_two_keeps_the_old_program() -> None:
    contact = Contact()
    contact.ask(contact.order())
    pump = contact.bedside.pump
    pump.arrange(Condition(cause=Cause.POWER_CUT, since=contact.now))

    assert pump.memory.program == BEFORE
    assert Alarm.TRANSACTION_OPEN in pump.status(now=contact.now + timedelta(minutes=2)).alarms


@pytest.mark.requirement("ITB-123")
def test_a_written_program_that_another_has_overtaken_does_not_run() -> None:
    contact = Contact()
    contact.ask(contact.order())
    contact.bedside.take(dose("120"), "came another way")

    back = contact.ask(ReadStatus())

    assert isinstance(back, ReadStatusReply)
    assert back.program == dose("120")


@pytest.mark.requirement("ITB-046")
def test_an_unknown_drug_in_a_frame_is_not_startable_and_is_logged() -> None:
    contact = Contact()
    frame = decode_frame(contact.wand.send(contact.order(), now=contact.now))
    foreign = encode_frame(replace(frame, payload=frame.payload.replace(b"baclofen", b"morphine")))
    records = len(contact.bedside.pump.log)

    assert contact.radio.receive_data(foreign, now=contact.now) == b""
    contact.wand.handle_timer(now=contact.now + REPLY_TIMEOUT)
    contact.ask(ReadStatus())

    assert contact.bedside.running == BEFORE
    entry = contact.bedside.pump.log[records]
    assert entry.kind is Kind.COMMAND_REFUSED
    assert "drug 'morphine' is not in the library" in (entry.fact("reason") or "")


def test_a_flood_of_breaches_does_not_fill_the_log() -> None:
    contact = Contact()
    frame = decode_frame(contact.wand.send(contact.order(), now=contact.now))
    foreign = encode_frame(replace(frame, version=1))
    records = len(contact.bedside.pump.log)

    for _ in range(100):
        contact.radio.receive_data(foreign, now=contact.now)

    assert len(contact.bedside.pump.log) == records + BREACHES_MOST


@pytest.mark.requirement("ITB-045", "ITB-144")
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"base_revision": 7}, "revision 7"),
        ({"base_digest": "ab" * 32}, "does not run the program"),
        ({"program": replace(AFTER, concentration=Concentration(ug_per_mL=Decimal(50)))}, "concentration"),
        ({"command": ""}, "1 to 200 printable characters"),
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
    order = contact.wand.send(contact.order(), now=contact.now)
    foreign = encode_frame(replace(decode_frame(order), version=1))
    contact.wand.handle_timer(now=contact.now + REPLY_TIMEOUT)
    contact.ask(ReadStatus())

    assert contact.radio.receive_data(foreign, now=contact.now) == b""
    assert contact.radio.receive_data(order, now=contact.now) == b""
    assert contact.bedside.running == BEFORE
    assert isinstance(contact.ask(ReadStatus()), ReadStatusReply)


@pytest.mark.requirement("ITB-160")
@pytest.mark.parametrize("command", ["x" * 40_000, "x" * 201, "a\nb"])
def test_an_id_that_no_answer_can_repeat_is_refused_and_blocks_nothing(command: str) -> None:
    contact = Contact()
    order = replace(contact.order(), command=CommandId(command))

    data = contact.wand.send(order, now=contact.now) if len(command) < 30_000 else b""
    if data:
        contact.radio.receive_data(data, now=contact.now)
        contact.wand.handle_timer(now=contact.now + REPLY_TIMEOUT)
    with pytest.raises(CommandError, match="1 to 200 printable characters"):
        commands.SetProgram(
            id=order.command,
            against=WrittenAgainst(revision=order.base_revision, digest=order.base_digest),
            program=order.program,
        )

    assert contact.bedside.running == BEFORE
    assert isinstance(contact.ask(Interrogate()), InterrogateReply)
    contact.bedside.pump.handle(commands.Stop(id=CommandId(command)), contact.now)
    assert isinstance(again(contact).ask(Interrogate()), InterrogateReply)
    assert contact.bedside.pump.memory.program.is_stopped


@pytest.mark.requirement("ITB-123")
def test_an_order_that_was_refused_leaves_none_before_it_to_be_read_back() -> None:
    contact = Contact()
    first = contact.order()
    contact.radio.receive_data(contact.wand.send(first, now=contact.now), now=contact.now)
    contact.wand.handle_timer(now=contact.now + REPLY_TIMEOUT)

    refused = contact.ask(replace(first, command=CommandId("another"), base_revision=9))
    assert isinstance(refused, SetProgramReply)
    assert refused.refusal is not None
    contact.ask(ReadStatus())

    assert contact.bedside.running == BEFORE


@pytest.mark.requirement("ITB-157")
@given(st.lists(st.binary(max_size=60), max_size=5))
def test_noise_changes_nothing_but_the_radio_time_and_the_drive_goes_on(noise: list[bytes]) -> None:
    contact = Contact()
    before, counters = contact.bedside.pump.image(), contact.bedside.pump.memory.counters

    for data in noise:
        assert contact.radio.receive_data(data, now=contact.now) == b""

    after = contact.bedside.pump
    assert Pump(replace(after.memory, counters=counters), after.hardware).image() == before
    assert (after.memory.counters.radio_us - counters.radio_us) // 2000 == sum(map(len, noise))
