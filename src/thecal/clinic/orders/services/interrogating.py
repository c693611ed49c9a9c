"""Read the pump, and settle by it whatever was uncertain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from thecal.clinic.orders import access, bench, record, rules
from thecal.clinic.orders.errors import LinkLostError
from thecal.clinic.orders.states import UNCERTAIN_ORDERS, OrderState
from thecal.lab import bench as lab
from thecal.therapy import CommandId

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.orders.access import Actor
    from thecal.clinic.orders.models import BenchRecord, OrderRecord


def interrogate(*, actor: Actor, now: datetime) -> None:
    """Read the pump. An order or STOP that is uncertain is settled by what was read.

    Raises:
        LinkLostError: nothing could be read; what was uncertain stays so.
    """
    lost: str | None = None
    with transaction.atomic():
        row = access.bench_row(actor)
        order = rules.open_order(row)
        if order is not None and OrderState(order.state).is_uncertain:
            lost = _settle(row, order, actor=actor, now=now)
        else:
            lost = _read(row, actor=actor, now=now)
    if lost is not None:
        raise LinkLostError(lost)


def settle(command: CommandId, *, actor: Actor, now: datetime) -> OrderState:
    """Interrogate again and return what is now known of an uncertain order.

    Raises:
        WrongStateError: the order is not uncertain (any more).
    """
    with transaction.atomic():
        row = access.bench_row(actor)
        order = rules.order_of(row, command, *UNCERTAIN_ORDERS)
        _settle(row, order, actor=actor, now=now)
    return OrderState(order.state)


def _settle(row: BenchRecord, order: OrderRecord, *, actor: Actor, now: datetime) -> str | None:
    """Settle an order; return why nothing could be read, if so."""
    held = bench.take(row)
    known = held.known
    outcome = held.settle(
        CommandId(order.command),
        order.prescription.given_program,
        base_revision=order.base_revision,
        before_digest=order.base_digest,
    )
    read = held.known is not known
    record.record_outcome(order, outcome, held, read=read, actor=actor, now=now)
    if read:
        record.note_reading(row, held, actor=actor, now=now)
    bench.put(row, held, now=now)
    return None if read else order.reason


def _read(row: BenchRecord, *, actor: Actor, now: datetime) -> str | None:
    """Read the pump; return why nothing could be read, if so."""
    held = bench.take(row)
    lost: str | None = None
    try:
        held.interrogate()
    except lab.LinkLostError as error:
        lost = str(error)
        record.record_failed_reading(held, lost, actor=actor, now=now)
    else:
        record.record_interrogation(held, actor=actor, now=now)
        record.note_reading(row, held, actor=actor, now=now)
    bench.put(row, held, now=now)
    return lost
