"""Sign a prescription, and withdraw what was signed and not sent."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog
from django.db import transaction

from thecal.clinic.ledger import services as ledger
from thecal.clinic.orders import access, bench, rules, signing
from thecal.clinic.orders.errors import ProposalChangedError
from thecal.clinic.orders.models import OrderRecord, PrescriptionRecord
from thecal.clinic.orders.services.proposing import wish_of
from thecal.clinic.orders.states import OrderState
from thecal.journal import Kind
from thecal.therapy import (
    CommandId,
    Order,
    Prescription,
    SetProgram,
    WrittenAgainst,
    program_bytes,
    program_digest,
    sign_order,
)

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.orders.access import Actor
    from thecal.clinic.orders.models import BenchRecord
    from thecal.clinic.orders.proposal import DoseForm
    from thecal.clinic.orders.reading import Wish
    from thecal.lab.bench import Bench
    from thecal.therapy import SignedOrder

log = structlog.get_logger(__name__)


def sign_prescription(form: DoseForm, *, pin: str, reviewed: str, actor: Actor, now: datetime) -> CommandId:
    """Sign what a form comes to, and return the order's command.

    Args:
        form: as typed.
        pin: typed again for this signature.
        reviewed: ``Preview.given_digest`` of what the person has seen and agrees to.
        actor: who signs.
        now: wall time.

    Raises:
        BlockedError: something else must come first.
        ProposalError: values that cannot be.
        ProposalChangedError: what would be signed is not what was reviewed.
        SignatureRefusedError: the PIN is wrong, or too many were.
        KeyUnavailableError: there is no key to sign with.
    """
    _agreed(form, access.bench_row(actor), reviewed=reviewed)  # before the PIN is tried
    key = signing.unlock(pin, actor=actor, now=now)
    with transaction.atomic():
        row = access.bench_row(actor)
        held, wish = _agreed(form, row, reviewed=reviewed)
        prescription = _prescription(wish, held, actor=actor, now=now)
        against = WrittenAgainst.of(held.known.interrogation.status)
        order = _order(prescription, against)
        signed = sign_order(order, key)
        _save(row, wish, prescription, signed, command=order.id, against=against)
        facts = {
            "command": order.id,
            "pump": order.pump,
            "asked_digest": program_digest(prescription.requested),
            "given_digest": reviewed,
            "base_revision": str(against.revision),
            "base_digest": against.digest,
            "document_digest": hashlib.sha256(signed.document).hexdigest(),
            "key": signed.key_id,
            "demonstration_time": held.now.isoformat(),
        }
        ledger.append(at=now, actor=actor.ref, kind=Kind.PRESCRIPTION_SIGNED, data=facts)
    log.info("prescription signed", command=order.id, key=signed.key_id)
    return order.id


def withdraw_order(command: CommandId, *, actor: Actor, now: datetime) -> None:
    """Withdraw an order that was signed and not sent.

    Raises:
        WrongStateError: it was sent, or is not there.
    """
    with transaction.atomic():
        order = rules.order_of(access.bench_row(actor), command, OrderState.SIGNED)
        withdraw(order, "withdrawn before it was sent", actor=actor, now=now)


def withdraw(order: OrderRecord, reason: str, *, actor: Actor, now: datetime) -> None:
    """Withdraw a signed order, within the caller's transaction."""
    order.state, order.reason, order.settled_at = OrderState.WITHDRAWN, reason, now
    order.save(update_fields=("state", "reason", "settled_at"))
    facts = {"command": order.command, "reason": reason}
    ledger.append(at=now, actor=actor.ref, kind=Kind.ORDER_WITHDRAWN, data=facts)


def _agreed(form: DoseForm, row: BenchRecord, *, reviewed: str) -> tuple[Bench, Wish]:
    """Return bench and wish if what would be signed is what was reviewed."""
    held = bench.take(row)
    rules.check_proposal_allowed(row, held)
    wish = wish_of(form, held)
    if program_digest(wish.compiled.program) != reviewed:
        raise ProposalChangedError(
            "What would be signed is not what was reviewed; nothing was signed. Look at it again."
        )
    return held, wish


def _prescription(wish: Wish, held: Bench, *, actor: Actor, now: datetime) -> Prescription:
    return Prescription(
        patient=held.patient,
        pump=held.known.interrogation.status.serial,
        requested=wish.asked,
        programmed=wish.compiled.program,
        reason=wish.reason,
        prescriber=actor.name,
        signed_at=now,
    )


def _order(prescription: Prescription, against: WrittenAgainst) -> Order:
    return Order(
        command=SetProgram(id=CommandId(str(uuid4())), against=against, program=prescription.programmed),
        patient=prescription.patient,
        pump=prescription.pump,
        prescriber=prescription.prescriber,
        reason=prescription.reason,
        signed_at=prescription.signed_at,
    )


def _save(
    row: BenchRecord,
    wish: Wish,
    prescription: Prescription,
    signed: SignedOrder,
    *,
    command: CommandId,
    against: WrittenAgainst,
) -> None:
    roundings = [[one.what, one.requested, one.programmed] for one in wish.compiled.roundings]
    OrderRecord.objects.create(
        command=command,
        prescription=PrescriptionRecord.objects.create(
            bench=row,
            patient=prescription.patient,
            pump=prescription.pump,
            asked=program_bytes(prescription.requested),
            given=program_bytes(prescription.programmed),
            replaces=program_bytes(wish.running),
            given_digest=program_digest(prescription.programmed),
            roundings=json.dumps(roundings),
            reason=prescription.reason,
            prescriber=prescription.prescriber,
            signed_at=prescription.signed_at,
        ),
        bench=row,
        document=signed.document,
        signature=signed.signature,
        key_id=signed.key_id,
        base_revision=against.revision,
        base_digest=against.digest,
    )
