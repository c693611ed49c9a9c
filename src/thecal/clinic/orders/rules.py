"""What must come first: the rules that hold one act back until another is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.clinic.ledger.queries import newest_kind
from thecal.clinic.orders.errors import (
    InterrogateFirstError,
    OpenOrderError,
    UncertainOrderError,
    WrongStateError,
)
from thecal.clinic.orders.states import OPEN_ORDERS, UNPROVED_STOPS, OrderState, StopState
from thecal.journal import Kind

if TYPE_CHECKING:
    from thecal.clinic.orders.models import BenchRecord, OrderRecord, StopRecord
    from thecal.lab.bench import Bench
    from thecal.therapy import CommandId

READINGS = (
    Kind.PUMP_NOT_READ,
    Kind.PUMP_INTERROGATED,
    Kind.PROGRAM_VERIFIED,
    Kind.STOP_VERIFIED,
    Kind.DEMONSTRATION_STARTED,
)
"""Entries that say whether the pump could be read when it was last tried."""

UNCERTAIN = (
    "We could not confirm the change. Do not send again. Keep the patient here, hold the wand over the pump "
    "and read it."
)


def open_order(row: BenchRecord) -> OrderRecord | None:
    """Return the order about which something is still to be done, if there is one."""
    return row.orders.filter(state__in=OPEN_ORDERS).select_related("prescription", "key").first()


def unproved_stops(row: BenchRecord) -> list[StopRecord]:
    """Return the STOPs after which nobody has seen the pump stopped, newest first."""
    return list(row.stops.filter(state__in=UNPROVED_STOPS).order_by("-ordered_entry"))


def is_fresh(row: BenchRecord, bench: Bench) -> bool:
    """Say whether the last attempt to read the pump succeeded, with no time passed and no STOP since."""
    unread = (StopState.ORDERED, StopState.UNVERIFIED)
    return (
        bench.known.read_at == bench.now
        and not row.stops.filter(state__in=unread).exists()
        and newest_kind(READINGS) != Kind.PUMP_NOT_READ
    )


def check_proposal_allowed(row: BenchRecord, bench: Bench) -> None:
    """Return only if another dose may be proposed and signed.

    Raises:
        UncertainOrderError: nobody knows what the pump took.
        OpenOrderError: a signed order waits.
        InterrogateFirstError: what is known is older than now (ITB-121).
    """
    order = open_order(row)
    if order is not None and OrderState(order.state).is_uncertain:
        raise UncertainOrderError(UNCERTAIN)
    if order is not None:
        raise OpenOrderError("A signed order waits: send it or withdraw it before another dose is proposed.")
    if not is_fresh(row, bench):
        raise InterrogateFirstError(
            "What is known of the pump is older than now: interrogate it before another dose is proposed."
        )


def order_of(row: BenchRecord, command: CommandId, *states: OrderState) -> OrderRecord:
    """Return an order of this bench that is in one of ``states``.

    Raises:
        WrongStateError: it is not, or there is no such order.
    """
    order = row.orders.filter(command=command).select_related("prescription", "key").first()
    if order is None:
        raise WrongStateError("There is no such order at this bench.")
    if order.state not in states:
        needed = " or ".join(states)
        raise WrongStateError(f"That order is {order.state} by now; this needs one that is {needed}.")
    return order
