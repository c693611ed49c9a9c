"""STOP: one question, no conditions, and no claim that was not read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

import pytest

from builders.bedside import BEFORE, SERIAL, STOP, Air, Bedside, SlippingLink, Wire
from builders.contacts import fresh_contact
from thecal.programmer import STILL_INFUSING, stop
from thecal.programmer.transports.loopback import Cut, LoopbackLink
from thecal.telemetry import (
    ReadStatus,
    Reply,
    Stop,
    StopReply,
    decode_frame,
    encode_frame,
    write_message,
)
from thecal.therapy import CommandId, PumpSerial, Uncertain, Unchanged, Verified

ReplyT = TypeVar("ReplyT", bound=Reply)
OTHER = PumpSerial("SIM-0002")

LASTING, ONCE = True, False


@pytest.mark.requirement("ITB-160")
@pytest.mark.parametrize(
    ("cut", "outcome", "stopped"),
    [
        (None, Verified, True),
        (Cut(frame=1, lasting=LASTING), Uncertain, False),
        (Cut(frame=1, lasting=ONCE), Unchanged, False),
        (Cut(frame=2, lasting=LASTING), Uncertain, True),
        (Cut(frame=2, lasting=ONCE), Verified, True),
        (Cut(frame=3, lasting=LASTING), Uncertain, True),
        (Cut(frame=3, lasting=ONCE), Uncertain, True),
        (Cut(frame=4, lasting=LASTING), Uncertain, True),
        (Cut(frame=4, lasting=ONCE), Uncertain, True),
        (Cut(frame=5, lasting=LASTING), Verified, True),
    ],
)
def test_only_a_pump_that_was_read_back_is_said_to_be_stopped(
    cut: Cut | None, outcome: type, *, stopped: bool
) -> None:
    bedside = Bedside()

    claimed = stop(bedside.link(cut), command=STOP)

    assert type(claimed) is outcome
    assert bedside.found.status.stopped is stopped
    assert isinstance(claimed, Verified) or claimed.reason.startswith(STILL_INFUSING)
    reached = cut is None or cut.frame > 1
    assert bedside.commands() == [Stop(command=STOP)] * reached


@pytest.mark.requirement("ITB-160")
def test_nothing_stands_before_a_stop() -> None:
    bedside = Bedside()

    stop(bedside.link(), command=STOP)

    assert bedside.wires[-1].requests == [Stop(command=STOP), ReadStatus()]


@pytest.mark.requirement("ITB-160")
def test_a_person_may_stop_as_often_as_wanted() -> None:
    bedside = Bedside()

    for number in range(3):
        outcome = stop(bedside.link(), command=CommandId(f"stop-{number}"))
        assert isinstance(outcome, Verified)
        assert outcome.running.is_stopped

    assert bedside.found.status.stopped


def test_a_stop_that_was_uncertain_is_settled_by_stopping_again() -> None:
    bedside = Bedside()
    assert isinstance(stop(bedside.link(Cut(frame=1, lasting=LASTING)), command=STOP), Uncertain)

    assert isinstance(stop(bedside.link(), command=STOP), Verified)


class StubbornWire(Wire):
    """Answers for the pump, which hears no stop."""

    refusal: str | None = None

    def receive_data(self, data: bytes, *, now: datetime) -> bytes:
        frame = decode_frame(data)
        if frame.code != Stop.code:
            return super().receive_data(data, now=now)
        reply = StopReply(refusal=self.refusal, status=self._radio._pump.status(now=now))
        return encode_frame(replace(frame, code=reply.code, payload=write_message(reply)))


@pytest.mark.parametrize(
    ("refusal", "said"), [(None, "the pump reports that it stopped"), ("motor held", "refused: motor held")]
)
def test_a_pump_that_runs_on_is_still_infusing_whatever_it_says(refusal: str | None, said: str) -> None:
    bedside = Bedside()
    wire = StubbornWire(bedside.pump)
    wire.refusal = refusal

    bedside.pump.touch(now=bedside.clock.now())
    outcome = stop(LoopbackLink(wire, clock=bedside.clock, contact=fresh_contact()), command=STOP)

    assert isinstance(outcome, Unchanged)
    assert outcome.reason == f"still infusing: {said}; the pump was read back, and it runs"
    assert outcome.status is not None
    assert outcome.status.serial == SERIAL
    assert bedside.running == BEFORE


def run_again(bedside: Bedside, command: str) -> None:
    """Let the pump run a program again, a day after it was stopped."""
    bedside.take(BEFORE, command)
    bedside.clock.advance(timedelta(days=1))


@pytest.mark.requirement("ITB-160")
@pytest.mark.parametrize("runs", [False, True], ids=["stopped before", "runs"])
@pytest.mark.parametrize("since", [1, 2], ids=["both answers old", "read-back old"])
@pytest.mark.parametrize("serial", [None, SERIAL], ids=["serial unknown", "serial known"])
def test_an_answer_from_an_earlier_contact_verifies_no_stop(
    serial: PumpSerial | None, since: int, *, runs: bool
) -> None:
    bedside = Bedside()
    first = Air(bedside.pump)
    assert isinstance(stop(bedside.through(first), command=STOP), Verified)
    if runs:
        run_again(bedside, "again")

    air = Air(bedside.pump, played=first.answers, since=since, deaf=True)
    claimed = stop(bedside.through(air), command=CommandId("stop-2"), pump=serial)

    assert isinstance(claimed, Uncertain)
    assert claimed.reason.startswith(STILL_INFUSING)


@pytest.mark.requirement("ITB-160")
@pytest.mark.parametrize("stopped_before", [False, True])
@pytest.mark.parametrize("stop_reaches", ["nothing", "mine", "other"])
@pytest.mark.parametrize("read_back", ["nothing", "mine", "other"])
@pytest.mark.parametrize("known", [False, True], ids=["serial unknown", "serial known"])
def test_only_the_pump_that_is_meant_proves_a_stop(
    stop_reaches: str, read_back: str, *, known: bool, stopped_before: bool
) -> None:
    mine, other = Bedside(), Bedside(serial=OTHER)
    for bedside in (mine, other) if stopped_before else ():
        stop(bedside.link(), command=CommandId("stop-before"))
    links = {"nothing": None, "mine": mine.link(), "other": other.link()}
    asked = [links[stop_reaches], links[read_back]]

    claimed = stop(SlippingLink(asked), command=STOP, pump=SERIAL if known else None)

    carried_out = {"nothing": None, "mine": mine, "other": other}[stop_reaches]
    if isinstance(claimed, Verified):
        assert claimed.status.last_command == STOP
        assert carried_out is not None
        assert carried_out.found.status.serial == claimed.status.serial
        assert carried_out.found.status.stopped
        assert not known or claimed.status.serial == SERIAL
    else:
        assert claimed.reason.startswith(STILL_INFUSING)
    proves = stop_reaches == read_back == "mine" or (stop_reaches == read_back == "other" and not known)
    assert isinstance(claimed, Verified) == proves
    if isinstance(claimed, Unchanged):
        assert claimed.status is not None
        assert not claimed.status.stopped
    if known and stop_reaches == "other":
        assert str(OTHER) in str(claimed)
    if known and stop_reaches == read_back == "other":
        assert f"pump {OTHER} was stopped in place of pump {SERIAL}" in str(claimed)
