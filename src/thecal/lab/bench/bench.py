"""A virtual wand beside a virtual pump: the only place where the two meet without a radio.

The pump is hidden: whoever works at the bench sees it through the wand alone. ``known`` is what was last read
completely, and an act that ends with a reading reads everything once more, in the same contact.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Self, TypeVar

from thecal.lab.bench.demonstration import BODY, CATHETER, PATIENT, SUMMARY, implanted_pump
from thecal.lab.bench.link import Act, LinkArrangement
from thecal.lab.bench.memory import Memory, bench_from_image, bench_image
from thecal.lab.forecast import Curves, LastReading, Subject, estimate_curves
from thecal.programmer import (
    LinkLostError,
    PendingCommand,
    doubt_about,
    interrogate,
    send_and_verify,
    session_report,
    settle,
    stop,
)
from thecal.programmer.transports.loopback import LoopbackLink
from thecal.pump import PumpRadio
from thecal.quantities import ManualClock, utc
from thecal.telemetry import CONTACT_BYTES, InterrogateReply, Reply
from thecal.therapy import Uncertain, open_order

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from thecal.pump import Pump
    from thecal.telemetry import Request
    from thecal.therapy import (
        CommandId,
        Interrogation,
        Outcome,
        PatientRef,
        Program,
        PumpSerial,
        PumpStatus,
        SessionReport,
        SignedOrder,
        Verifier,
    )

ReplyT = TypeVar("ReplyT", bound=Reply)


class Bench:
    """The demonstration patient's pump with a wand over it, in demonstration time."""

    patient: PatientRef = PATIENT
    patient_summary: tuple[str, ...] = SUMMARY

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._report: SessionReport | None = None

    @classmethod
    def start(cls, *, now: datetime) -> Self:
        """Return a new demonstration: five weeks lived, just interrogated, the link good."""
        pump, moment = implanted_pump(now=utc(now)), utc(now)
        contact = _Contact(pump, moment, LinkArrangement.GOOD, Act.INTERROGATE)
        read = interrogate(contact)
        known = LastReading(interrogation=read, read_at=moment, delivery=pump.delivery)
        return cls(Memory(now=moment, arrangement=LinkArrangement.GOOD, pump=pump, known=known))

    @classmethod
    def restore(cls, image: bytes) -> Self:
        """Return the bench that ``image`` was taken of.

        Raises:
            BenchImageError: not a whole, unaltered bench of a known form.
        """
        return cls(bench_from_image(image))

    def image(self) -> bytes:
        """Return everything it remembers as bytes."""
        return bench_image(self._memory)

    @property
    def now(self) -> datetime:
        """Demonstration time, UTC; it stands still unless advanced."""
        return self._memory.now

    @property
    def known(self) -> LastReading:
        """What the wand last read; another object after every reading."""
        return self._memory.known

    @property
    def session_report(self) -> SessionReport:
        """What the wand brings back from the last order or STOP of this object.

        Raises:
            LookupError: there was none yet.
        """
        if self._report is None:
            raise LookupError("the wand brings back a report after an order or a STOP, and there was none")
        return self._report

    @property
    def subject(self) -> Subject:
        """The demonstration patient and the last reading, for a forecast."""
        return Subject(reading=self.known, patient=BODY, implant=CATHETER, now=self.now)

    @property
    def arrangement(self) -> LinkArrangement:
        """What the link does."""
        return self._memory.arrangement

    def advance(self, span: timedelta) -> None:
        """Move demonstration time on; the pump lives, and nobody reads it.

        Raises:
            ValueError: a negative span.
        """
        clock = ManualClock(self.now)
        clock.advance(span)
        self._memory.pump.advance(clock.now())
        self._memory = replace(self._memory, now=clock.now())

    def arrange_link(self, arrangement: LinkArrangement) -> None:
        """Arrange what the link does from now on."""
        self._memory = replace(self._memory, arrangement=arrangement)

    def interrogate(self) -> Interrogation:
        """Read the pump.

        Raises:
            LinkLostError: nothing could be read; ``known`` stays as it was.
        """
        contact = self._contact(Act.INTERROGATE)
        read = interrogate(contact, last_read=contact.last_read)
        self._learn(contact)
        return read

    def send(self, signed: SignedOrder, verifier: Verifier) -> Outcome:
        """Send a signed order, once, and read back. Whoever calls has written the intent down before.

        Raises:
            ForgedError: the signature does not cover the order; nothing was sent.
            TherapyError: signed, but no order; nothing was sent.
        """
        pending = PendingCommand.of(open_order(signed, verifier))
        contact = self._contact(Act.ORDER)
        outcome = send_and_verify(
            contact,
            signed=signed,
            verifier=verifier,
            before_send=_written_down,
            last_read=contact.last_read,
        )
        self._bring_back(outcome, pending.command, pending.pump)
        return self._after(contact, outcome)

    def settle(self, signed: SignedOrder, verifier: Verifier) -> Outcome:
        """Read the pump, and say what became of an order that is uncertain. Sends no command.

        Raises:
            ForgedError: the signature does not cover the order; nothing was read.
            TherapyError: signed, but no order; nothing was read.
        """
        pending = PendingCommand.of(open_order(signed, verifier))
        contact = self._contact(Act.INTERROGATE)
        outcome = settle(contact, pending, last_read=contact.last_read)
        self._learn(contact)
        read = None if contact.read is None else contact.read.status
        self._bring_back(outcome, pending.command, pending.pump, read=read)
        return outcome

    def stop(self, command: CommandId) -> Outcome:
        """Stop the pump: unsigned, as often as wanted; Verified only if read back stopped."""
        contact = self._contact(Act.STOP)
        pump = self.known.interrogation.status.serial
        outcome = stop(contact, command=command, pump=pump, last_read=contact.last_read)
        self._bring_back(outcome, command, pump)
        return self._after(contact, outcome)

    def curves(self, *, since: datetime, until: datetime, proposed: Program | None = None) -> Curves:
        """Estimate the patient's curves from what is known, and with a proposed program from now on.

        Raises:
            ValueError: nothing between ``since`` and ``until``, or more than a year of it.
        """
        return estimate_curves(self.subject, since=since, until=until, proposed=proposed)

    def _bring_back(
        self, outcome: Outcome, command: CommandId, pump: PumpSerial, *, read: PumpStatus | None = None
    ) -> None:
        self._report = session_report(outcome, command=command, pump=pump, now=self.now, read=read)

    def _contact(self, act: Act) -> _Contact:
        known = self.known.interrogation.status
        return _Contact(self._memory.pump, self.now, self.arrangement, act, last_read=known)

    def _after(self, contact: _Contact, outcome: Outcome) -> Outcome:
        """Read everything once more where the pump still answers, and keep what was read."""
        if not isinstance(outcome, Uncertain) and outcome.status is not None:
            with suppress(LinkLostError):  # what was read before it still counts
                interrogate(contact, last_read=contact.last_read)
        self._learn(contact)
        return outcome

    def _learn(self, contact: _Contact) -> None:
        """Keep what a contact has read, if it has read anything."""
        if contact.read is not None:
            delivery = self._memory.pump.delivery.until(self.now)
            known = LastReading(interrogation=contact.read, read_at=self.now, delivery=delivery)
            self._memory = replace(self._memory, known=known)


class _Contact:
    """One contact of the wand with the pump: a ``PumpLink`` that remembers what was read, if it is fresh."""

    def __init__(
        self,
        pump: Pump,
        now: datetime,
        arrangement: LinkArrangement,
        act: Act,
        *,
        last_read: PumpStatus | None = None,
    ) -> None:
        pump.touch(now=now)
        # The pump records what it answers, so an answer of an earlier contact bears a lower number than this.
        contact = pump.status(now=now).log_records.to_bytes(CONTACT_BYTES, "big")
        clock = ManualClock(now)
        self._link = LoopbackLink(PumpRadio(pump), clock=clock, contact=contact, cut=arrangement.cut(act))
        self.last_read = last_read
        self.read: Interrogation | None = None

    def ask(self, request: Request[ReplyT]) -> ReplyT:
        """Send a request once, and return its reply.

        Raises:
            LinkLostError: no reply came.
        """
        reply = self._link.ask(request)
        if isinstance(reply, InterrogateReply) and self._is_fresh(reply.interrogation.status):
            self.read = reply.interrogation
        return reply

    def _is_fresh(self, status: PumpStatus) -> bool:
        earlier = () if self.last_read is None else (self.last_read,)
        return doubt_about(status, pump=None, earlier=earlier) is None


def _written_down(_: PendingCommand) -> None:
    """Do nothing: the clinic has committed the intent before it called."""
