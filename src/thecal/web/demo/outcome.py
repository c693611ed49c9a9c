"""Which outcome the page opens with: the newest thing that came to an end, if nothing is left open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.clinic.orders.states import StopState

if TYPE_CHECKING:
    from thecal.clinic.orders.queries import TherapyPage

_PROVED = (StopState.VERIFIED, StopState.SETTLED)


def newest_outcome(page: TherapyPage) -> str:
    """Return ``stopped``, the state of the newest order, or nothing.

    What is open (an order that waits, one that is uncertain, a STOP that is unproved) speaks for itself.
    """
    if page.order is not None or page.stop is not None:
        return ""
    stop, order = page.last_stop, page.last_order
    if stop is not None and stop.state in _PROVED:
        settled = None if order is None else order.settled_at
        if settled is None or stop.ordered_at >= settled:
            return "stopped"
    return "" if order is None else order.state.value
