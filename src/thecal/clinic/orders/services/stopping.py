"""STOP: always allowed, as often as wanted, each time with a command of its own (ITB-160)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import structlog
from django.db import transaction

from thecal.clinic.ledger import services as ledger
from thecal.clinic.orders import access, bench, record, rules
from thecal.clinic.orders.models import StopRecord
from thecal.clinic.orders.services.signing import withdraw
from thecal.clinic.orders.states import OrderState, StopState
from thecal.journal import Kind
from thecal.therapy import CommandId

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.orders.access import Actor

log = structlog.get_logger(__name__)


def stop_pump(*, actor: Actor, now: datetime) -> StopState:
    """Stop the pump and return what is known of it. Nothing holds it back: no review, no PIN, no open order.

    An order that was signed and not sent is withdrawn first. An order that is uncertain is
    overtaken once the STOP is seen to have been carried out: it made a new revision, against which the pump
    takes that order no more. Otherwise it stays uncertain, and so may the STOP, until an interrogation.
    """
    command = CommandId(str(uuid4()))
    with transaction.atomic():
        row = access.bench_row(actor)
        order = rules.open_order(row)
        if order is not None and order.state == OrderState.SIGNED:
            withdraw(order, "withdrawn by a STOP before it was sent", actor=actor, now=now)
        entry = ledger.append(at=now, actor=actor.ref, kind=Kind.STOP_ORDERED, data={"command": command})
        StopRecord.objects.create(command=command, bench=row, ordered_at=now, ordered_entry=entry.number)
    log.info("stop goes out", command=command)
    with transaction.atomic():
        row = access.bench_row(actor)
        stop = StopRecord.objects.select_related("bench").get(command=command)
        held = bench.take(row)
        known = held.known
        outcome = held.stop(command)
        read = held.known is not known
        record.record_stop(stop, outcome, held, read=read, actor=actor, now=now)
        if read:
            record.overtake(row, held, actor=actor, now=now)
            record.note_reading(row, held, actor=actor, now=now)
        bench.put(row, held, now=now)
    return StopState(stop.state)
