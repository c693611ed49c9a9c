"""Send a signed order to the pump, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.db import transaction

from thecal.clinic.ledger import services as ledger
from thecal.clinic.orders import access, bench, record, rules
from thecal.clinic.orders.errors import UncertainOrderError
from thecal.clinic.orders.proof import check_document
from thecal.clinic.orders.signing import KeysOnRecord
from thecal.clinic.orders.states import OrderState
from thecal.journal import Kind
from thecal.therapy import Unchanged

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.orders.access import Actor
    from thecal.clinic.orders.models import OrderRecord
    from thecal.therapy import CommandId, Outcome

log = structlog.get_logger(__name__)


def send_order(command: CommandId, *, actor: Actor, now: datetime) -> OrderState:
    """Send a signed order and return what is known of it; nothing here is ever sent twice.

    Raises:
        UncertainOrderError: it was sent already, and nobody knows what came of it.
        WrongStateError: it is settled already, was withdrawn, or is not there.
        ForgedOrderError: what is on record is not what was signed; nothing was sent.
    """
    _write_intent(command, actor=actor, now=now)
    log.info("order goes out", command=command)
    return _carry_out(command, actor=actor, now=now)


def _write_intent(command: CommandId, *, actor: Actor, now: datetime) -> None:
    with transaction.atomic():
        row = access.bench_row(actor)
        waiting = rules.open_order(row)
        if waiting is not None and OrderState(waiting.state).is_uncertain:
            raise UncertainOrderError(rules.UNCERTAIN)
        order = rules.order_of(row, command, OrderState.SIGNED)
        check_document(order)
        facts = {"command": command, "base_revision": str(order.base_revision)}
        entry = ledger.append(at=now, actor=actor.ref, kind=Kind.COMMAND_SENT, data=facts)
        order.state, order.sent_at, order.sent_entry = OrderState.SENT, now, entry.number
        order.save(update_fields=("state", "sent_at", "sent_entry"))


def _carry_out(command: CommandId, *, actor: Actor, now: datetime) -> OrderState:
    """Send what was written down as sent, unless somebody settled it or ordered a STOP in between."""
    with transaction.atomic():
        order = rules.order_of(access.bench_row(actor), command, *OrderState)
        if order.state == OrderState.SENT:
            _send(order, actor=actor, now=now)
    return OrderState(order.state)


def _send(order: OrderRecord, *, actor: Actor, now: datetime) -> None:
    row = order.bench
    held = bench.take(row)
    known = held.known
    outcome: Outcome
    if row.stops.filter(ordered_entry__gt=order.sent_entry).exists():
        outcome = Unchanged(reason="a STOP was ordered before it went out; nothing was sent", status=None)
    else:
        outcome = held.send(order.signed_order, KeysOnRecord())
    # The pump was read before the command; only an outcome that is certain says it was read after.
    record.record_outcome(order, outcome, held, read=False, actor=actor, now=now)
    if held.known is not known:
        record.note_reading(row, held, actor=actor, now=now)
    bench.put(row, held, now=now)
