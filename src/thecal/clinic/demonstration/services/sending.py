"""Give a signed order to the pump, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.db import transaction

from thecal.clinic.demonstration import access
from thecal.clinic.demonstration.bench import load, one_act_at_a_time, save
from thecal.clinic.demonstration.services.receiving import receive
from thecal.clinic.orders import queries, services
from thecal.clinic.orders.signing import KeysOnRecord

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.orders.states import OrderState
    from thecal.clinic.people.access import Actor
    from thecal.therapy import CommandId

log = structlog.get_logger(__name__)


def send_order(command: CommandId, *, actor: Actor, now: datetime) -> OrderState:
    """Send a signed order and return what is known of it; nothing here is ever sent twice.

    A link that is dead before anything has left leaves the order signed: it may be sent again.

    Raises:
        NotPermittedError: a person who may not.
        NoBenchError: there is no pump.
        UncertainOrderError: it was sent already, and nobody knows what came of it.
        WrongStateError: it is settled already, was withdrawn, or is not there.
        ForgedOrderError: what is on record is not what was signed; nothing was sent.
    """
    with one_act_at_a_time():
        row = access.bench_row(actor)
        bench = load(row)
        signed = services.export_order(command, implant=row.implant, actor=actor, now=now)
        log.info("order goes out", command=command)
        known = bench.known
        bench.send(signed, KeysOnRecord())
        with transaction.atomic():
            receive(row, bench, known, actor=actor, now=now)
            save(row, bench, now=now)
        return queries.order(command, implant=row.implant, actor=actor).state
