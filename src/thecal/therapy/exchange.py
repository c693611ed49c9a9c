"""Documents that leave the clinic and come back: the signed order out, the session report in.

A document is canonical JSON; a signature covers its bytes exactly. Verification raises, it does not return
a boolean. Keys and primitives live with whoever signs (``Signer``) or checks (``Verifier``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from thecal.journal import canonical
from thecal.quantities import aware
from thecal.therapy.canonical import program_fields, program_from_fields
from thecal.therapy.errors import TherapyError
from thecal.therapy.prescription import PatientRef
from thecal.therapy.status import CommandId, PumpSerial

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thecal.therapy.program import Program

ORDER_FORM = 1
OUTCOMES = ("verified", "unchanged", "uncertain")


class Signer(Protocol):
    """Anything that signs for one person."""

    key_id: str

    def sign(self, document: bytes) -> bytes:
        """Return the signature over ``document``."""


class Verifier(Protocol):
    """Anything that knows the keys it trusts."""

    def verify(self, document: bytes, signature: bytes, *, key_id: str) -> None:
        """Return only if the signature is that key's over exactly these bytes.

        Raises:
            ForgedError: it is not, or the key is not known.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A prescription on its way to one pump.

    Attributes:
        command: the id under which the pump carries it out, once.
        patient: whose.
        pump: the only pump that may take it.
        base_revision: the pump's revision it was written against (compare-and-set, ITB-144).
        base_digest: digest of the program it replaces.
        program: what to run.
        prescriber: who signed.
        reason: why.
        signed_at: when.
    """

    command: CommandId
    patient: PatientRef
    pump: PumpSerial
    base_revision: int
    base_digest: str
    program: Program
    prescriber: str
    reason: str
    signed_at: datetime

    def __post_init__(self) -> None:
        """Refuse a naive time, an empty name and a revision below 0."""
        aware(self.signed_at)
        names = ("command", "patient", "pump", "base_digest", "prescriber", "reason")
        if empty := [name for name in names if not getattr(self, name).strip()]:
            raise TherapyError(f"an order without its {', '.join(empty)} is none")
        if self.base_revision < 0:
            raise TherapyError(f"base revision: {self.base_revision} is outside what is allowed, 0 and up")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOrder:
    """An order's bytes with the signature over them."""

    document: bytes
    signature: bytes
    key_id: str


def order_bytes(order: Order) -> bytes:
    """Return an order's canonical form."""
    return canonical(
        {
            "form": ORDER_FORM,
            "command": order.command,
            "patient": order.patient,
            "pump": order.pump,
            "base_revision": order.base_revision,
            "base_digest": order.base_digest,
            "program": program_fields(order.program),
            "prescriber": order.prescriber,
            "reason": order.reason,
            "signed_at": order.signed_at.astimezone(UTC).isoformat(timespec="microseconds"),
        }
    )


def sign_order(order: Order, signer: Signer) -> SignedOrder:
    """Seal an order."""
    document = order_bytes(order)
    return SignedOrder(document=document, signature=signer.sign(document), key_id=signer.key_id)


def open_order(signed: SignedOrder, verifier: Verifier) -> Order:
    """Check the signature, then read the order.

    Raises:
        ForgedError: the signature does not cover these bytes.
        TherapyError: signed, but not an order this software can read, or not in the one form it would write.
    """
    verifier.verify(signed.document, signed.signature, key_id=signed.key_id)
    try:
        order = _read_order(json.loads(signed.document))
    except TherapyError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise TherapyError(f"these bytes are not an order: {error!r}") from error
    if order_bytes(order) != signed.document:
        raise TherapyError("an order in another than its canonical form is refused")
    return order


def _read_order(fields: Mapping[str, object]) -> Order:
    if fields["form"] != ORDER_FORM:
        raise TherapyError(f"order form {fields['form']!r} is not known; this software reads {ORDER_FORM}")
    program, revision = fields["program"], fields["base_revision"]
    if not isinstance(program, dict) or type(revision) is not int:
        raise TherapyError("an order holds a program and the revision it was written against")
    return Order(
        command=CommandId(str(fields["command"])),
        patient=PatientRef(str(fields["patient"])),
        pump=PumpSerial(str(fields["pump"])),
        base_revision=revision,
        base_digest=str(fields["base_digest"]),
        program=program_from_fields(program),
        prescriber=str(fields["prescriber"]),
        reason=str(fields["reason"]),
        signed_at=datetime.fromisoformat(str(fields["signed_at"])),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReport:
    """What the programmer brings back from the bedside.

    Attributes:
        command: the order's or the stop's id.
        pump: serial read from the implant, or the one the order named when it could not be read.
        outcome: ``verified``, ``unchanged`` or ``uncertain``.
        reason: in words.
        revision, program_digest: as last read from the pump; None where it could not be read.
        at: when the session ended.
    """

    command: CommandId
    pump: PumpSerial
    outcome: str
    reason: str
    revision: int | None
    program_digest: str | None
    at: datetime

    def __post_init__(self) -> None:
        """Refuse a naive time and an outcome that is none of the three."""
        aware(self.at)
        if self.outcome not in OUTCOMES:
            raise TherapyError(f"outcome: {self.outcome!r} is none of {', '.join(OUTCOMES)}")


def report_bytes(report: SessionReport) -> bytes:
    """Return a session report's canonical form."""
    return canonical(
        {
            "form": 1,
            "command": report.command,
            "pump": report.pump,
            "outcome": report.outcome,
            "reason": report.reason,
            "revision": report.revision,
            "program_digest": report.program_digest,
            "at": report.at.astimezone(UTC).isoformat(timespec="microseconds"),
        }
    )
