"""What may be claimed after an order, wherever the link breaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.bedside import (
    AFTER,
    BEFORE,
    ORDER,
    TRUSTED,
    Bedside,
    Prescriber,
    Wire,
    but_for_the_log,
    dose,
    nothing_written,
)
from builders.contacts import fresh_contact
from thecal.programmer import (
    LinkLostError,
    PendingCommand,
    interrogate,
    send_and_verify,
    settle,
)
from thecal.programmer.transports.loopback import Cut, LoopbackLink
from thecal.pump import Pump
from thecal.quantities import Concentration
from thecal.telemetry import (
    ReadStatus,
    ReadStatusReply,
    SetProgram,
    SetProgramReply,
    decode_frame,
    encode_frame,
)
from thecal.telemetry import write_message as written
from thecal.therapy import (
    CommandId,
    ConfirmProgram,
    DoseStep,
    Flex,
    ForgedError,
    Outcome,
    PumpSerial,
    TherapyError,
    Uncertain,
    Unchanged,
    Verified,
    sign_order,
)

LASTING, ONCE = True, False


def send(bedside: Bedside, cut: Cut | None = None) -> Outcome:
    return send_and_verify(
        bedside.link(cut), signed=bedside.signed(), verifier=TRUSTED, before_send=nothing_written
    )


@pytest.mark.requirement("ITB-039", "ITB-121", "ITB-123", "ITB-124")
@pytest.mark.parametrize(
    ("cut", "outcome", "truth", "settled"),
    [
        (None, Verified, AFTER, Verified),
        (Cut(frame=1, lasting=LASTING), Unchanged, BEFORE, Unchanged),
        (Cut(frame=1, lasting=ONCE), Unchanged, BEFORE, Unchanged),
        (Cut(frame=2, lasting=LASTING), Unchanged, BEFORE, Unchanged),
        (Cut(frame=2, lasting=ONCE), Unchanged, BEFORE, Unchanged),
        (Cut(frame=3, lasting=LASTING), Uncertain, BEFORE, Unchanged),
        (Cut(frame=3, lasting=ONCE), Unchanged, BEFORE, Unchanged),
        (Cut(frame=4, lasting=LASTING), Uncertain, BEFORE, Unchanged),
        (Cut(frame=4, lasting=ONCE), Verified, AFTER, Verified),
        (Cut(frame=5, lasting=LASTING), Uncertain, BEFORE, Unchanged),
        (Cut(frame=5, lasting=ONCE), Uncertain, BEFORE, Unchanged),
        (Cut(frame=6, lasting=LASTING), Uncertain, AFTER, Verified),
        (Cut(frame=6, lasting=ONCE), Uncertain, AFTER, Verified),
        (Cut(frame=7, lasting=LASTING), Verified, AFTER, Verified),
    ],
)
def test_outcome_tells_what_is_known_wherever_the_link_breaks(
    cut: Cut | None, outcome: type, truth: object, settled: type
) -> None:
    bedside = Bedside()
    pending = PendingCommand.of(bedside.order())

    claimed = send(bedside, cut)

    assert type(claimed) is outcome
    assert bedside.running == truth
    assert type(settle(bedside.link(), pending)) is settled
    reached = cut is None or cut.frame > 3
    assert (
        bedside.commands()
        == [
            SetProgram(
                command=ORDER,
                base_revision=pending.base_revision,
                base_digest=pending.base_digest,
                program=AFTER,
            )
        ]
        * reached
    )


@pytest.mark.parametrize("lasting", [LASTING, ONCE])
@pytest.mark.parametrize("frame", [1, 2])
def test_an_interrogation_that_is_cut_reads_nothing_and_changes_nothing(frame: int, lasting: bool) -> None:  # noqa: FBT001 - a parameter
    bedside = Bedside()
    before = bedside.found

    with pytest.raises(LinkLostError, match="no answer from the pump within 5 s"):
        interrogate(bedside.link(Cut(frame=frame, lasting=lasting)))

    for found in (bedside.found, interrogate(bedside.link(Cut(frame=3, lasting=LASTING)))):
        assert replace(found, status=but_for_the_log(found.status)) == replace(
            before, status=but_for_the_log(before.status)
        )


@given(st.data())
def test_whatever_noise_does_to_a_frame_nothing_false_is_claimed(data: st.DataObject) -> None:
    bedside = Bedside()
    pending = PendingCommand.of(bedside.order())
    frame, flip = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 255))
    wire = NoisyWire(bedside.pump, frame=frame, at=data.draw(st.integers(0, 400)), flip=flip)
    bedside.pump.touch(now=bedside.clock.now())
    link = LoopbackLink(wire, clock=bedside.clock, contact=fresh_contact())

    claimed = send_and_verify(link, signed=bedside.signed(), verifier=TRUSTED, before_send=nothing_written)

    settled = settle(bedside.link(), pending) if isinstance(claimed, Uncertain) else claimed
    assert isinstance(settled, Verified if bedside.running == AFTER else Unchanged)


class NoisyWire(Wire):
    """Flips bits of one byte in one frame."""

    def __init__(self, pump: Pump, *, frame: int, at: int, flip: int) -> None:
        super().__init__(pump)
        self._left, self._at, self._flip = frame, at, flip

    def receive_data(self, data: bytes, *, now: datetime) -> bytes:
        return self._noise(super().receive_data(self._noise(data), now=now))

    def _noise(self, data: bytes) -> bytes:
        self._left -= bool(data)
        if self._left or not data:
            return data
        at = self._at % len(data)
        return data[:at] + bytes([data[at] ^ self._flip]) + data[at + 1 :]


# --- before anything is sent ---------------------------------------------------------------------------


def refused_before_sending(bedside: Bedside, why: str, **changes: object) -> Unchanged:
    outcome = send_and_verify(
        bedside.link(), signed=bedside.signed(**changes), verifier=TRUSTED, before_send=never
    )
    assert isinstance(outcome, Unchanged)
    assert why in outcome.reason
    assert outcome.status is not None
    assert but_for_the_log(outcome.status) == but_for_the_log(bedside.found.status)
    assert bedside.commands() == []
    return outcome


def never(pending: PendingCommand) -> None:
    raise AssertionError(f"{pending} must not be sent")


@pytest.mark.requirement("ITB-126")
def test_a_forged_order_is_not_even_shown_to_the_pump() -> None:
    bedside = Bedside()
    forged = sign_order(bedside.order(), Prescriber(seed=2))

    with pytest.raises(ForgedError):
        send_and_verify(bedside.link(), signed=forged, verifier=TRUSTED, before_send=never)

    assert bedside.wires[-1].requests == []


def test_a_signed_document_that_is_no_order_is_not_sent() -> None:
    bedside = Bedside()
    document = b'{"form":1}'
    signed = replace(bedside.signed(), document=document, signature=Prescriber().sign(document))

    with pytest.raises(TherapyError):
        send_and_verify(bedside.link(), signed=signed, verifier=TRUSTED, before_send=never)

    assert bedside.wires[-1].requests == []


def test_an_order_for_another_pump_is_not_sent() -> None:
    refused_before_sending(
        Bedside(), "this is pump SIM-0001, the order is for pump SIM-2", pump=PumpSerial("SIM-2")
    )


@pytest.mark.requirement("ITB-144")
def test_an_order_written_against_another_revision_is_not_sent() -> None:
    refused_before_sending(Bedside(), "the order was written against revision 0", base_revision=0)


def test_an_order_written_against_another_program_is_not_sent() -> None:
    refused_before_sending(Bedside(), "and what ran then", base_digest="ab" * 32)


def test_an_order_under_the_id_of_another_command_is_not_sent() -> None:
    refused_before_sending(Bedside(), "another command under this order's id", command=CommandId("first"))


@pytest.mark.requirement("ITB-039")
def test_an_order_that_the_pump_has_carried_out_is_not_sent_again() -> None:
    bedside = Bedside()
    signed = bedside.signed()
    for hook in (nothing_written, never):
        outcome = send_and_verify(bedside.link(), signed=signed, verifier=TRUSTED, before_send=hook)
        assert isinstance(outcome, Verified)

    assert len(bedside.commands()) == 1


def test_an_order_too_large_for_the_radio_is_not_sent() -> None:
    bedside = Bedside()
    minutes = [(at // 60, at % 60) for at in range(1440)]
    steps = [DoseStep(start=time(*at), rate=dose("100").base.dose) for at in minutes]  # type: ignore[union-attr]
    huge = replace(AFTER, base=Flex.every_day(*steps))

    outcome = send_and_verify(
        bedside.link(), signed=bedside.signed(program=huge), verifier=TRUSTED, before_send=nothing_written
    )

    assert isinstance(outcome, Unchanged)
    assert "the order cannot be" in outcome.reason
    assert bedside.commands() == []


# --- the intent ----------------------------------------------------------------------------------------


def test_the_intent_is_written_down_before_the_command_leaves() -> None:
    bedside = Bedside()
    seen: list[tuple[PendingCommand, int]] = []

    send_and_verify(
        bedside.link(),
        signed=bedside.signed(),
        verifier=TRUSTED,
        before_send=lambda pending: seen.append((pending, len(bedside.commands()))),
    )

    assert [count for _, count in seen] == [0]
    assert seen[0][0].command == ORDER
    assert seen[0][0].program == AFTER


def test_where_the_intent_cannot_be_written_down_nothing_is_sent() -> None:
    bedside = Bedside()

    def full(_: PendingCommand) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        send_and_verify(bedside.link(), signed=bedside.signed(), verifier=TRUSTED, before_send=full)

    assert bedside.commands() == []
    assert bedside.running == BEFORE


# --- what the pump answers -----------------------------------------------------------------------------


def test_a_refusal_is_unchanged_and_says_why() -> None:
    bedside = Bedside()
    other = replace(AFTER, concentration=Concentration(ug_per_mL=Decimal(1000)))

    outcome = send_and_verify(
        bedside.link(), signed=bedside.signed(program=other), verifier=TRUSTED, before_send=nothing_written
    )

    assert isinstance(outcome, Unchanged)
    assert "the pump refused: concentration" in outcome.reason
    assert outcome.status == bedside.found.status
    assert bedside.running == BEFORE


class LyingWire(Wire):
    """Says that the pump refused whatever it was told, when it has begun to run it."""

    def receive_data(self, data: bytes, *, now: datetime) -> bytes:
        answer = super().receive_data(data, now=now)
        frame = decode_frame(answer)
        if not isinstance(self.requests[-1], SetProgram):
            return answer
        status = self._radio._pump.handle(ConfirmProgram(id=ORDER), now)
        payload = written(SetProgramReply(refusal="out of temper", status=status))
        return encode_frame(replace(frame, payload=payload))


def test_a_refusal_by_a_pump_that_changed_is_not_believed_before_it_is_read_back() -> None:
    bedside = Bedside()
    link = LoopbackLink(LyingWire(bedside.pump), clock=bedside.clock, contact=fresh_contact())
    bedside.pump.touch(now=bedside.clock.now())

    outcome = send_and_verify(link, signed=bedside.signed(), verifier=TRUSTED, before_send=nothing_written)

    assert isinstance(outcome, Verified)


class ForgetfulWire(Wire):
    """Answers for the pump that it took a program, which never reaches it."""

    def receive_data(self, data: bytes, *, now: datetime) -> bytes:
        frame = decode_frame(data)
        if frame.code != SetProgram.code:
            return super().receive_data(data, now=now)
        status = self._radio._pump.status(now=now)
        reply = SetProgramReply(refusal=None, status=status)
        return encode_frame(replace(frame, code=reply.code, payload=written(reply)))


@pytest.mark.requirement("ITB-124")
def test_an_acceptance_is_not_believed_before_it_is_read_back() -> None:
    bedside = Bedside()
    bedside.pump.touch(now=bedside.clock.now())
    link = LoopbackLink(ForgetfulWire(bedside.pump), clock=bedside.clock, contact=fresh_contact())

    outcome = send_and_verify(link, signed=bedside.signed(), verifier=TRUSTED, before_send=nothing_written)

    assert isinstance(outcome, Unchanged)
    assert outcome.reason == "the pump reports that it accepted the program; it runs its earlier program"


class ContradictoryWire(Wire):
    """Says for a pump that took nothing that its last command was the order."""

    def receive_data(self, data: bytes, *, now: datetime) -> bytes:
        frame = decode_frame(data)
        if frame.code == SetProgram.code:
            return b""
        if frame.code != ReadStatus.code:
            return super().receive_data(data, now=now)
        found = self._radio._pump.interrogate(now=now)
        reply = ReadStatusReply(status=replace(found.status, last_command=ORDER), program=found.program)
        return encode_frame(replace(frame, code=reply.code, payload=written(reply)))


def test_a_pump_that_contradicts_itself_is_believed_in_nothing() -> None:
    bedside = Bedside()
    bedside.pump.touch(now=bedside.clock.now())
    link = LoopbackLink(ContradictoryWire(bedside.pump), clock=bedside.clock, contact=fresh_contact())

    outcome = send_and_verify(link, signed=bedside.signed(), verifier=TRUSTED, before_send=nothing_written)

    assert isinstance(outcome, Uncertain)
    assert "its last command is order-1, and it runs neither" in outcome.reason


def test_the_ordered_program_proves_nothing_where_it_ran_before() -> None:
    bedside = Bedside()
    link = bedside.link(Cut(frame=3, lasting=ONCE))

    outcome = send_and_verify(
        link, signed=bedside.signed(program=BEFORE), verifier=TRUSTED, before_send=nothing_written
    )

    assert isinstance(outcome, Unchanged)
