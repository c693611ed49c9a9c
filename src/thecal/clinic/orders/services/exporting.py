"""Hand a signed order out, once, as the sealed document that a programmer takes to the bedside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from thecal.clinic.ledger import services as ledger
from thecal.clinic.orders import access, rules
from thecal.clinic.orders.errors import UncertainOrderError
from thecal.clinic.orders.kinds import Kind
from thecal.clinic.orders.proof import check_document
from thecal.clinic.orders.states import OrderState

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.implants.models import ImplantRecord
    from thecal.clinic.people.access import Actor
    from thecal.therapy import CommandId, SignedOrder


def export_order(command: CommandId, *, implant: ImplantRecord, actor: Actor, now: datetime) -> SignedOrder:
    """Return a signed order for the pump; from here on it counts as sent, and nothing is exported twice.

    That it was sent is committed when this returns, so that a crash afterwards leaves an order about which
    nobody knows, and never one that looks unsent. Call it outside any transaction.

    Raises:
        NotPermittedError: this person may not act on the implant.
        UncertainOrderError: it was sent already, and nobody knows what came of it.
        WrongStateError: it is settled already, was withdrawn, or is not there.
        ForgedOrderError: what is on record is not what was signed.
    """
    access.check(actor, implant)
    with transaction.atomic(durable=True):
        waiting = rules.open_order(implant)
        if waiting is not None and OrderState(waiting.state).is_uncertain:
            raise UncertainOrderError(rules.UNCERTAIN)
        order = rules.order_of(implant, command, OrderState.SIGNED)
        check_document(order)
        facts = {"command": command, "base_revision": str(order.base_revision)}
        entry = ledger.append(at=now, actor=actor.ref, kind=Kind.COMMAND_SENT, data=facts)
        order.state, order.sent_at, order.sent_entry = OrderState.SENT, now, entry.number
        order.save(update_fields=("state", "sent_at", "sent_entry"))
    return order.signed_order
