"""Sign a prescription, and withdraw what was signed and not sent."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog
from django.db import transaction

from thecal.clinic.ledger import services as ledger
from thecal.clinic.orders import access, rules, signing
from thecal.clinic.orders.advice import advise, lifted
from thecal.clinic.orders.dose_change import describe_change
from thecal.clinic.orders.errors import ProposalChangedError
from thecal.clinic.orders.kinds import Kind
from thecal.clinic.orders.models import OrderRecord, PrescriptionRecord
from thecal.clinic.orders.services.proposing import proposal_of
from thecal.clinic.orders.states import OrderState
from thecal.therapy import (
    CommandId,
    Order,
    Prescription,
    PumpSerial,
    SetProgram,
    WrittenAgainst,
    compare_programs,
    program_bytes,
    program_digest,
    sign_order,
)

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.implants.models import ImplantRecord
    from thecal.clinic.orders.advice import Advice
    from thecal.clinic.orders.case import ImplantCase
    from thecal.clinic.orders.dose_form import DoseForm
    from thecal.clinic.orders.proposal import Proposal
    from thecal.clinic.people.access import Actor
    from thecal.therapy import SignedOrder

log = structlog.get_logger(__name__)


def sign_prescription(
    form: DoseForm, case: ImplantCase, *, pin: str, reviewed: str, actor: Actor, now: datetime
) -> CommandId:
    """Sign what a form comes to, and return the order's command.

    Args:
        form: as typed.
        case: the implant, as last read.
        pin: typed again for this signature.
        reviewed: ``Preview.programmed_digest`` of what the person has seen and agrees to.
        actor: who signs.
        now: wall time.

    Raises:
        NotPermittedError: this person may not act on the implant.
        BlockedError: something else must come first.
        ProposalError: values that cannot be, or a finding that was not lifted.
        ProposalChangedError: what would be signed is not what was reviewed.
        SignatureRefusedError: the PIN is wrong, or too many were.
        KeyUnavailableError: there is no key to sign with.
    """
    access.check(actor, case.implant)
    before = _reviewed(form, case, reviewed=reviewed)  # before the PIN is tried
    _lifted(form, case, before, actor=actor)
    key = signing.unlock(pin, actor=actor, now=now)
    with transaction.atomic():
        proposal = _reviewed(form, case, reviewed=reviewed)
        advice, findings = _lifted(form, case, proposal, actor=actor)
        prescription = _prescription(proposal, case, actor=actor, now=now)
        against = WrittenAgainst.of(case.interrogation.status)
        order = _order(prescription, against)
        signed = sign_order(order, key)
        _save(
            case.implant, proposal, prescription, signed, command=order.id, against=against, findings=findings
        )
        facts = {
            "command": order.id,
            "pump": order.pump,
            "change": _change(proposal),
            "requested_digest": program_digest(prescription.requested),
            "programmed_digest": reviewed,
            "base_revision": str(against.revision),
            "base_digest": against.digest,
            "document_digest": hashlib.sha256(signed.document).hexdigest(),
            "key": signed.key_id,
            "read_at": case.reading.read_at.isoformat(),
            "rulebook": advice.rulebook,
            "findings": json.dumps(findings, sort_keys=True),
        }
        ledger.append(at=now, actor=actor.ref, kind=Kind.PRESCRIPTION_SIGNED, data=facts)
    log.info("prescription signed", command=order.id, key=signed.key_id)
    return order.id


def withdraw_order(command: CommandId, *, implant: ImplantRecord, actor: Actor, now: datetime) -> None:
    """Withdraw an order that was signed and not sent.

    Raises:
        NotPermittedError: this person may not act on the implant.
        WrongStateError: it was sent, or is not there.
    """
    access.check(actor, implant)
    with transaction.atomic():
        order = rules.order_of(implant, command, OrderState.SIGNED)
        withdraw(order, "withdrawn before it was sent", actor=actor, now=now)


def withdraw(order: OrderRecord, reason: str, *, actor: Actor, now: datetime) -> None:
    """Withdraw a signed order, within the caller's transaction."""
    order.state, order.reason, order.settled_at = OrderState.WITHDRAWN, reason, now
    order.save(update_fields=("state", "reason", "settled_at"))
    facts = {"command": order.command, "reason": reason}
    ledger.append(at=now, actor=actor.ref, kind=Kind.ORDER_WITHDRAWN, data=facts)


def _reviewed(form: DoseForm, case: ImplantCase, *, reviewed: str) -> Proposal:
    """Return the proposal if what would be signed is what was reviewed."""
    rules.check_proposal_allowed(case)
    proposal = proposal_of(form, case)
    if program_digest(proposal.compiled.program) != reviewed:
        raise ProposalChangedError(
            "What would be signed is not what was reviewed; nothing was signed. Review it again."
        )
    return proposal


def _lifted(
    form: DoseForm, case: ImplantCase, proposal: Proposal, *, actor: Actor
) -> tuple[Advice, tuple[dict[str, str], ...]]:
    """Return what the rules say, and how each finding was lifted.

    Raises:
        ProposalError: a finding stands.
    """
    programmed = proposal.compiled.program
    advice = advise(case, form, programmed)
    return advice, lifted(advice, form, prescriber=actor.name)


def _change(proposal: Proposal) -> str:
    """Return what changes of the dose, in one line."""
    programmed = proposal.compiled.program
    return describe_change(proposal.running, programmed, compare_programs(proposal.running, programmed))


def _prescription(proposal: Proposal, case: ImplantCase, *, actor: Actor, now: datetime) -> Prescription:
    return Prescription(
        patient=case.patient,
        pump=PumpSerial(case.implant.serial),
        requested=proposal.requested,
        programmed=proposal.compiled.program,
        reason=proposal.reason,
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
    implant: ImplantRecord,
    proposal: Proposal,
    prescription: Prescription,
    signed: SignedOrder,
    *,
    command: CommandId,
    against: WrittenAgainst,
    findings: tuple[dict[str, str], ...],
) -> None:
    roundings = [[one.what, one.requested, one.programmed] for one in proposal.compiled.roundings]
    OrderRecord.objects.create(
        command=command,
        prescription=PrescriptionRecord.objects.create(
            implant=implant,
            patient=prescription.patient,
            pump=prescription.pump,
            requested=program_bytes(prescription.requested),
            programmed=program_bytes(prescription.programmed),
            replaces=program_bytes(proposal.running),
            programmed_digest=program_digest(prescription.programmed),
            roundings=json.dumps(roundings),
            findings=json.dumps(findings),
            reason=prescription.reason,
            prescriber=prescription.prescriber,
            signed_at=prescription.signed_at,
        ),
        implant=implant,
        document=signed.document,
        signature=signed.signature,
        key_id=signed.key_id,
        base_revision=against.revision,
        base_digest=against.digest,
    )
