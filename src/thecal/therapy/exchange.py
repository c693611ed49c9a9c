"""The document that leaves the clinic: the signed order. ``session_report`` has the one that comes back.

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
from thecal.therapy.commands import (
    COMMANDS,
    Command,
    SetProgram,
    Stop,
    WrittenAgainst,
    command_fields,
    command_from_fields,
)
from thecal.therapy.errors import TherapyError
from thecal.therapy.prescription import PatientRef
from thecal.therapy.status import CommandId, PumpSerial

if TYPE_CHECKING:
    from collections.abc import Mapping

ORDER_FORM = 2
"""The version that is written; version 1, which contains only a program, is still read."""


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
    """One command on its way to one pump.

    Attributes:
        patient: whose.
        pump: the only pump that may take it.
        command: the act, with the id under which the pump carries it out once and, where it has one, the
            state of the pump that it was written against (compare-and-set, ITB-144).
        prescriber: who signed.
        reason: why.
        signed_at: when.
    """

    patient: PatientRef
    pump: PumpSerial
    command: Command
    prescriber: str
    reason: str
    signed_at: datetime

    def __post_init__(self) -> None:
        """Refuse a naive time, an empty name, anything but a command, and a STOP of another pump."""
        aware(self.signed_at)
        if not isinstance(self.command, tuple(COMMANDS.values())):
            raise TherapyError(f"an order contains one command, got {self.command!r}")
        named = {name: getattr(self, name) for name in ("patient", "pump", "prescriber", "reason")}
        named["command"] = self.id
        if empty := [name for name in sorted(named) if not named[name].strip()]:
            raise TherapyError(f"an order without its {', '.join(empty)} is none")
        if isinstance(self.command, Stop) and self.command.pump not in {None, self.pump}:
            raise TherapyError(f"the order is for pump {self.pump}, its STOP for pump {self.command.pump}")

    @property
    def id(self) -> CommandId:
        """The id under which the pump carries the command out, once."""
        return self.command.id


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOrder:
    """An order's bytes with the signature over them."""

    document: bytes
    signature: bytes
    key_id: str


def order_bytes(order: Order) -> bytes:
    """Return an order's canonical form."""
    return canonical({"form": ORDER_FORM, "command": command_fields(order.command), **_signed_parts(order)})


def _first_form_bytes(order: Order) -> bytes:
    """Return the canonical form of an order for a program, as version 1 wrote it.

    Raises:
        TherapyError: version 1 contains only a program.
    """
    command = order.command
    if not isinstance(command, SetProgram):
        raise TherapyError(f"an order of form 1 contains a program, not a {type(command).__name__}")
    return canonical(
        {
            "form": 1,
            "command": command.id,
            "base_revision": command.against.revision,
            "base_digest": command.against.digest,
            "program": program_fields(command.program),
            **_signed_parts(order),
        }
    )


def _signed_parts(order: Order) -> dict[str, object]:
    return {
        "patient": order.patient,
        "pump": order.pump,
        "prescriber": order.prescriber,
        "reason": order.reason,
        "signed_at": order.signed_at.astimezone(UTC).isoformat(timespec="microseconds"),
    }


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
    if signed.document not in _canonical_forms(order):
        raise TherapyError("an order in another than its canonical form is refused")
    return order


def _canonical_forms(order: Order) -> tuple[bytes, ...]:
    forms = (order_bytes(order),)
    return (*forms, _first_form_bytes(order)) if isinstance(order.command, SetProgram) else forms


def _read_order(fields: Mapping[str, object]) -> Order:
    form = fields["form"]
    if type(form) is not int or form not in {1, ORDER_FORM}:
        raise TherapyError(f"order form {form!r} is not known; this software reads 1 and {ORDER_FORM}")
    return Order(
        command=_read_first_form(fields) if form == 1 else _read_command(fields),
        patient=PatientRef(str(fields["patient"])),
        pump=PumpSerial(str(fields["pump"])),
        prescriber=str(fields["prescriber"]),
        reason=str(fields["reason"]),
        signed_at=datetime.fromisoformat(str(fields["signed_at"])),
    )


def _read_command(fields: Mapping[str, object]) -> Command:
    command = fields["command"]
    if not isinstance(command, dict):
        raise TherapyError("an order contains a command")
    return command_from_fields(command)


def _read_first_form(fields: Mapping[str, object]) -> SetProgram:
    """Read an order of version 1 as the equivalent command: it could only set a program."""
    program, revision = fields["program"], fields["base_revision"]
    if not isinstance(program, dict) or type(revision) is not int:
        raise TherapyError("an order contains a program and the revision it was written against")
    return SetProgram(
        id=CommandId(str(fields["command"])),
        against=WrittenAgainst(revision=revision, digest=str(fields["base_digest"])),
        program=program_from_fields(program),
    )
