"""What can become of an order and of a STOP."""

from enum import StrEnum


class OrderState(StrEnum):
    """What is known of an order.

    ``sent`` is written before the first byte goes out. An order found in it after a crash is as uncertain as
    one whose link was lost.
    """

    SIGNED = "signed"
    WITHDRAWN = "withdrawn"
    SENT = "sent"
    VERIFIED = "verified"
    UNCHANGED = "unchanged"
    UNCERTAIN = "uncertain"
    OVERTAKEN = "overtaken"
    """A STOP was carried out after it: whether the pump took it or not, it no longer can."""

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done about it."""
        return self in OPEN_ORDERS

    @property
    def is_uncertain(self) -> bool:
        """Whether nobody knows if the pump took it."""
        return self in UNCERTAIN_ORDERS


UNCERTAIN_ORDERS = (OrderState.SENT, OrderState.UNCERTAIN)
OPEN_ORDERS = (OrderState.SIGNED, *UNCERTAIN_ORDERS)


class StopState(StrEnum):
    """What is known of a STOP."""

    ORDERED = "ordered"
    """Written before the first byte goes out; after a crash as unproved as ``unverified``."""
    UNVERIFIED = "unverified"
    INFUSING = "infusing"
    """The pump was read, and it still infuses."""
    VERIFIED = "verified"
    SETTLED = "settled"
    """The pump was read later, and it is stopped."""
    SUPERSEDED = "superseded"
    """A program that was sent after it was verified: infusing is wanted again."""


UNPROVED_STOPS = (StopState.ORDERED, StopState.UNVERIFIED, StopState.INFUSING)
