"""What must come first: the rules that hold one act back until another is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.clinic.orders.errors import (
    InterrogateFirstError,
    OpenOrderError,
    UncertainOrderError,
    WrongStateError,
)
from thecal.clinic.orders.states import OPEN_ORDERS, UNPROVED_STOPS, OrderState, StopState

if TYPE_CHECKING:
    from thecal.clinic.implants.models import ImplantRecord
    from thecal.clinic.orders.case import ImplantCase
    from thecal.clinic.orders.models import OrderRecord, StopRecord
    from thecal.therapy import CommandId

UNCERTAIN = (
    "We could not confirm the change. Do not send again. Keep the patient here, hold the wand over the pump "
    "and read it."
)


def open_order(implant: ImplantRecord) -> OrderRecord | None:
    """Return the order about which something is still to be done, if there is one."""
    return implant.orders.filter(state__in=OPEN_ORDERS).select_related("prescription", "key").first()


def unproved_stops(implant: ImplantRecord) -> list[StopRecord]:
    """Return the STOPs after which nobody has seen the pump stopped, newest first."""
    return list(implant.stops.filter(state__in=UNPROVED_STOPS).order_by("-ordered_entry"))


def is_fresh(case: ImplantCase) -> bool:
    """Say whether the last attempt to read the pump succeeded, with no time passed and no STOP since."""
    unread = (StopState.ORDERED, StopState.UNVERIFIED)
    return (
        case.reading.read_at == case.now
        and not case.implant.last_read_failed
        and not case.implant.stops.filter(state__in=unread).exists()
    )


def check_proposal_allowed(case: ImplantCase) -> None:
    """Return only if another dose may be proposed and signed.

    Raises:
        UncertainOrderError: nobody knows what the pump took.
        OpenOrderError: a signed order waits.
        InterrogateFirstError: what is known is older than now (ITB-121).
    """
    order = open_order(case.implant)
    if order is not None and OrderState(order.state).is_uncertain:
        raise UncertainOrderError(UNCERTAIN)
    if order is not None:
        raise OpenOrderError("There is a signed order: send or withdraw it before you propose another dose.")
    if not is_fresh(case):
        raise InterrogateFirstError(
            "The last reading is out of date: interrogate the pump before you propose another dose."
        )


def order_of(implant: ImplantRecord, command: CommandId, *states: OrderState) -> OrderRecord:
    """Return an order for this implant that is in one of ``states``.

    Raises:
        WrongStateError: it is not, or there is no such order.
    """
    order = implant.orders.filter(command=command).select_related("prescription", "key").first()
    if order is None:
        raise WrongStateError("This pump has no such order.")
    if order.state not in states:
        needed = " or ".join(states)
        raise WrongStateError(f"That order is {order.state} by now; this needs one that is {needed}.")
    return order
