"""Whether a STOP overtook an order: the pump can then no longer take it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from thecal.clinic.orders.models import OrderRecord


class ReadPump(Protocol):
    """What was read of a pump: a status, or a session report."""

    @property
    def revision(self) -> int | None:
        """Counts the programs that the pump committed."""

    @property
    def last_command(self) -> str | None:
        """Id of the last command that it carried out."""


def is_overtaken(order: OrderRecord, pump: ReadPump) -> bool:
    """Say whether the pump's last command is a STOP that was ordered after the order was sent.

    The pump takes an order only against the revision it was written for, and a STOP makes a new one, so the
    order cannot take effect after it.
    """
    return (
        pump.revision is not None
        and pump.revision > order.base_revision
        and order.implant.stops.filter(
            command=pump.last_command or "", ordered_entry__gt=order.sent_entry
        ).exists()
    )
