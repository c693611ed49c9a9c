"""A pump, a wand, a prescriber's key, and a wire that counts what passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from builders.contacts import fresh_contact
from thecal.programmer import LinkLostError, PendingCommand, PumpLink
from thecal.programmer.keys import TrustedKeys
from thecal.programmer.transports.loopback import Cut, LoopbackLink
from thecal.pump import Pump, PumpRadio, capability
from thecal.quantities import Concentration, DoseRate, ManualClock, PumpClock, Volume
from thecal.telemetry import AnyRequest, FrameReader, Reply, Request, SetProgram, Stop, read_message
from thecal.therapy import (
    BACLOFEN,
    CommandId,
    Interrogation,
    Order,
    PatientRef,
    Program,
    PumpSerial,
    PumpStatus,
    SignedOrder,
    SimpleContinuous,
    WrittenAgainst,
    commands,
    sign_order,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

ReplyT = TypeVar("ReplyT", bound=Reply)
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SERIAL = PumpSerial("SIM-0001")
ORDER, STOP = CommandId("order-1"), CommandId("stop-1")
KEY = "prescriber-1"


def nothing_written(pending: PendingCommand) -> None:
    """Take an intent and keep it nowhere."""


def but_for_the_log(status: PumpStatus) -> PumpStatus:
    """Return a status without the length of its log: every reading is recorded there."""
    return replace(status, log_records=0)


class Prescriber:
    """Signs with an Ed25519 key made from a known seed."""

    key_id = KEY

    def __init__(self, seed: int = 1) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)

    def sign(self, document: bytes) -> bytes:
        return self._key.sign(document)

    @property
    def public(self) -> bytes:
        return self._key.public_key().public_bytes_raw()


TRUSTED = TrustedKeys({KEY: Prescriber().public})


def dose(ug_per_day: str) -> Program:
    return Program(
        drug=BACLOFEN,
        concentration=Concentration(ug_per_mL=Decimal(500)),
        base=SimpleContinuous(dose=DoseRate(ug_per_day=Decimal(ug_per_day))),
    )


BEFORE, AFTER = dose("100"), dose("110")


class Wire:
    """The pump's end, and a record of every request that reached it."""

    def __init__(self, pump: Pump) -> None:
        self._radio = PumpRadio(pump)
        self.requests: list[AnyRequest] = []

    def receive_data(self, data: bytes, *, now: datetime) -> bytes:
        for frame in FrameReader().feed(data):
            request = read_message(frame.code, frame.payload)
            assert isinstance(request, AnyRequest)
            self.requests.append(request)
        return self._radio.receive_data(data, now=now)


class Air:
    """What lies between a wand and a pump in one contact: it keeps every answer, and can play others.

    Args:
        pump: the pump at the other end.
        played: what the wand hears from the answer ``since`` on, counted from 1: old answers, or silence.
        since: the first answer that the wand does not hear; 0 is none.
        deaf: whether the pump, from then on, does not hear the wand either.
    """

    def __init__(
        self, pump: Pump, *, played: Sequence[bytes] = (), since: int = 0, deaf: bool = False
    ) -> None:
        self.radio = PumpRadio(pump)
        self.answers: list[bytes] = []
        self._played, self._since, self._deaf, self._count = played, since, deaf, 0

    def receive_data(self, data: bytes, *, now: datetime) -> bytes:
        self._count += 1
        changed = bool(self._since) and self._count >= self._since
        answer = b"" if changed and self._deaf else self.radio.receive_data(data, now=now)
        self.answers.append(answer)
        if not changed:
            return answer
        return self._played[self._count - 1] if self._count <= len(self._played) else b""


class ScriptedLink:
    """A link that returns these replies, old or not, as no link may; None is a lost answer."""

    def __init__(self, *replies: Reply | None) -> None:
        self._replies = list(replies)

    def ask(self, request: Request[ReplyT]) -> ReplyT:
        reply = self._replies.pop(0)
        if reply is None:
            raise LinkLostError("no answer")
        assert isinstance(reply, request.answered_by)
        return cast("ReplyT", reply)


class SlippingLink:
    """A wand that slips: the STOP is lost or reaches one pump, and the read-back comes from the other."""

    def __init__(self, asked: list[PumpLink | None]) -> None:
        self._asked = asked

    def ask(self, request: Request[ReplyT]) -> ReplyT:
        link = self._asked.pop(0)
        if link is None:
            raise LinkLostError("no answer")
        return link.ask(request)


def changed_order(order: Order, **changes: object) -> Order:
    """Return an order of which parts are changed, those of its command among them."""
    command = order.command
    assert isinstance(command, commands.SetProgram)
    against = replace(
        command.against,
        revision=changes.pop("base_revision", command.against.revision),
        digest=changes.pop("base_digest", command.against.digest),
    )
    command = replace(
        command,
        id=changes.pop("command", command.id),
        against=against,
        program=changes.pop("program", command.program),
    )
    return replace(order, command=command, **changes)  # type: ignore[arg-type]


class Bedside:
    """A patient's pump that has run 100 mcg/day for a day, and a wand beside it."""

    def __init__(self, *, serial: PumpSerial = SERIAL) -> None:
        self.clock = ManualClock(NOW)
        self.pump = Pump.implanted(
            serial=serial,
            capability=capability("reference design 20 mL"),
            drug=BACLOFEN,
            fill=Volume(mL=Decimal(18)),
            concentration=Concentration(ug_per_mL=Decimal(500)),
            clock=PumpClock(timedelta(hours=5, minutes=30)),
            now=NOW,
        )
        self.take(BEFORE)
        self.clock.advance(timedelta(days=1))
        self.wires: list[Wire] = []

    def take(self, program: Program, command: str = "first") -> None:
        """Let the pump take a program that came another way."""
        found = self.found
        self.pump.handle(
            commands.SetProgram(
                id=CommandId(command), against=WrittenAgainst.of(found.status), program=program
            ),
            self.clock.now(),
        )

    @property
    def found(self) -> Interrogation:
        """The truth about the pump, of which its log hears nothing."""
        return Pump.restore(self.pump.image()).interrogate(now=self.clock.now())

    @property
    def running(self) -> Program:
        return self.found.program

    def through(self, air: Air) -> LoopbackLink:
        """Begin an act: a new contact, the wand on the skin, with ``air`` between."""
        self.pump.touch(now=self.clock.now())
        return LoopbackLink(air, clock=self.clock, contact=fresh_contact())

    def link(self, cut: Cut | None = None) -> LoopbackLink:
        """Begin an act: a new contact, the wand on the skin."""
        self.pump.touch(now=self.clock.now())
        self.wires.append(Wire(self.pump))
        return LoopbackLink(self.wires[-1], clock=self.clock, contact=fresh_contact(), cut=cut)

    def commands(self) -> list[SetProgram | Stop]:
        """Return every command that reached the pump, in all acts."""
        return [sent for wire in self.wires for sent in wire.requests if isinstance(sent, SetProgram | Stop)]

    def order(self, program: Program = AFTER) -> Order:
        status = self.found.status
        return Order(
            command=commands.SetProgram(id=ORDER, against=WrittenAgainst.of(status), program=program),
            patient=PatientRef("patient-1"),
            pump=SERIAL,
            prescriber="a prescriber",
            reason="spasms at night",
            signed_at=self.clock.now(),
        )

    def signed(self, **changes: object) -> SignedOrder:
        return sign_order(changed_order(self.order(), **changes), Prescriber())
