"""Write down that a STOP was ordered. Sending it is the programmer's; a record never stands before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from thecal.clinic.ledger import services as ledger
from thecal.clinic.orders import access, rules
from thecal.clinic.orders.kinds import Kind
from thecal.clinic.orders.models import StopRecord
from thecal.clinic.orders.services.signing import withdraw
from thecal.clinic.orders.states import OrderState

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.implants.models import ImplantRecord
    from thecal.clinic.people.access import Actor
    from thecal.therapy import CommandId


def order_stop(
    command: CommandId, *, implant: ImplantRecord, actor: Actor, now: datetime, late: bool = False
) -> None:
    """Write down that a STOP was ordered; an order that was signed and not sent is withdrawn.

    Args:
        command: its id.
        implant: whose pump.
        actor: who ordered it.
        now: when, wall time.
        late: whether it went out before this could be written.

    Raises:
        NotPermittedError: this person may not act on the implant.
    """
    access.check(actor, implant)
    with transaction.atomic():
        order = rules.open_order(implant)
        if order is not None and order.state == OrderState.SIGNED:
            withdraw(order, "withdrawn by a STOP before it was sent", actor=actor, now=now)
        facts = {"command": command, **({"recorded": "late"} if late else {})}
        entry = ledger.append(at=now, actor=actor.ref, kind=Kind.STOP_ORDERED, data=facts)
        StopRecord.objects.create(
            command=command, implant=implant, ordered_at=now, ordered_entry=entry.number
        )
