"""What goes wrong with a catheter in a scenario, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.body import OUTSIDE, TIP_LEVELS, Fault
from thecal.lab.catheter import catheter_fault, describe_fault
from thecal.quantities import DAY, write_duration

if TYPE_CHECKING:
    from datetime import timedelta

    from thecal.body import CatheterFault
    from thecal.lab.scenario.table import Table

_RANGE = "range of the body model"
_PERCENT = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatheterEvent:
    """A fault of the catheter.

    Attributes:
        at: when it begins.
        until: when it is repaired; None for never.
        fault: as the body knows it.
    """

    at: timedelta
    until: timedelta | None
    fault: CatheterFault

    def describe(self) -> str:
        """Return a short description."""
        ending = "" if self.until is None else f", repaired at {write_duration(self.until)}"
        return f"{describe_fault(self.fault)}{ending}"


def read_catheter_event(table: Table, at: timedelta, kind: Fault) -> CatheterEvent:
    """Read a fault of this kind."""
    lasting = table.span("lasts", high=366 * DAY) if "lasts" in table else None
    if lasting is not None and not lasting:
        table.refuse("lasts", "nothing goes wrong for no time", allowed="longer than 0 min")
    divides = kind in (Fault.KINK, Fault.LEAK)
    placed = kind in (Fault.LEAK, Fault.DISCONNECTION)
    if placed:
        table.renamed("along", "position")
    until = None if lasting is None else at + lasting
    level = table.choice("level", (*TIP_LEVELS, OUTSIDE)) if kind is Fault.MIGRATION else None
    fault = catheter_fault(
        kind,
        at=at,
        until=until if lasting else None,
        share=_percent(table, "share", Decimal(100)) if divides else 1.0,
        position=_percent(table, "position", Decimal(50)) if placed else 0.5,
        level=level if level is None else level or OUTSIDE,
    )
    return CatheterEvent(at=at, until=until, fault=fault)


def _percent(table: Table, name: str, default: Decimal) -> float:
    share = table.number(name, "%", low=Decimal(0), high=_PERCENT, source=_RANGE, default=default)
    return float(share / _PERCENT)
