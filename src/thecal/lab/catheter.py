"""Catheter faults for scenarios and what-ifs: how to make one, and how to describe it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.body import OUTSIDE, CatheterFault, Fault
from thecal.quantities import HOUR

if TYPE_CHECKING:
    from datetime import timedelta

MIDPOINT = 0.5
"""Where a leak lies unless the caller names a position: half of the dead volume from the pump."""


def catheter_fault(
    kind: Fault,
    *,
    at: timedelta,
    until: timedelta | None = None,
    share: float = 1.0,
    position: float = MIDPOINT,
    level: str | None = None,
) -> CatheterFault:
    """Return a fault as the body knows it.

    Args:
        kind: of the fault.
        at: when it begins, since the start.
        until: when it is repaired; None for never.
        share: of the flow that a kink holds back or a leak lets out.
        position: where it is, as a share of the dead volume from the pump.
        level: where a tip lies that has moved.
    """
    repaired = {} if until is None else {"until_h": until / HOUR}
    return CatheterFault(kind=kind, at_h=at / HOUR, share=share, position=position, level=level, **repaired)


def describe_fault(fault: CatheterFault) -> str:
    """Return a short phrase that names the fault."""
    match fault.kind:
        case Fault.KINK:
            return f"kink holds back {100 * fault.share:g} % of the flow"
        case Fault.LEAK:
            return f"leak lets out {100 * fault.share:g} % of the flow"
        case Fault.DISCONNECTION:
            return "catheter disconnected"
        case Fault.MIGRATION:
            return "tip outside the fluid" if fault.level == OUTSIDE else f"tip moved to {fault.level}"
