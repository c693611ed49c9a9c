"""Read the pump, and settle by it whatever was uncertain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from thecal.clinic.demonstration import access
from thecal.clinic.demonstration.bench import load, one_act_at_a_time, save
from thecal.clinic.demonstration.errors import LinkLostError
from thecal.clinic.demonstration.services.receiving import receive
from thecal.clinic.orders import queries, services
from thecal.clinic.orders.signing import KeysOnRecord
from thecal.clinic.orders.states import UNCERTAIN_ORDERS
from thecal.lab import bench as lab

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.demonstration.models import BenchRecord
    from thecal.clinic.orders.queries import OrderView
    from thecal.clinic.orders.states import OrderState
    from thecal.clinic.people.access import Actor
    from thecal.therapy import CommandId


def interrogate(*, actor: Actor, now: datetime) -> None:
    """Read the pump. An order or STOP that is uncertain is settled by what was read.

    Raises:
        NotPermittedError: a person who may not.
        NoBenchError: there is no pump.
        LinkLostError: nothing could be read; what was uncertain stays so.
    """
    with one_act_at_a_time():
        row = access.bench_row(actor)
        uncertain = queries.uncertain_order(implant=row.implant, actor=actor)
        if uncertain is None:
            _read(row, actor=actor, now=now)
        else:
            order, read = _settle(row, uncertain, actor=actor, now=now)
            if not read:
                raise LinkLostError(order.outcome_reason)


def settle(command: CommandId, *, actor: Actor, now: datetime) -> OrderState:
    """Read the pump again and return what is now known of an uncertain order.

    Raises:
        NotPermittedError: a person who may not.
        NoBenchError: there is no pump.
        WrongStateError: the order is not uncertain (any more).
    """
    with one_act_at_a_time():
        order, _ = _settle(access.bench_row(actor), command, actor=actor, now=now)
    return order.state


def _settle(row: BenchRecord, command: CommandId, *, actor: Actor, now: datetime) -> tuple[OrderView, bool]:
    """Settle an order; return it, and whether the pump could be read."""
    signed = queries.sealed_order(command, *UNCERTAIN_ORDERS, implant=row.implant, actor=actor)
    bench = load(row)
    known = bench.known
    bench.settle(signed, KeysOnRecord())
    read = bench.known is not known
    with transaction.atomic():
        receive(row, bench, known, actor=actor, now=now)
        if not read:
            services.note_failed_reading(
                bench.session_report.reason, implant=row.implant, actor=actor, now=now
            )
        save(row, bench, now=now)
    return queries.order(command, implant=row.implant, actor=actor), read


def _read(row: BenchRecord, *, actor: Actor, now: datetime) -> None:
    bench = load(row)
    try:
        bench.interrogate()
    except lab.LinkLostError as error:
        services.note_failed_reading(str(error), implant=row.implant, actor=actor, now=now)
        raise LinkLostError(str(error)) from error
    with transaction.atomic():
        status = bench.known.interrogation.status
        services.note_reading(status, implant=row.implant, actor=actor, now=now)
        save(row, bench, now=now)
