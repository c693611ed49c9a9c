"""What goes wrong with a catheter in a scenario, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.body import OUTSIDE, TIP_LEVELS, CatheterFault, Fault
from thecal.quantities import DAY, HOUR, write_duration

if TYPE_CHECKING:
    from datetime import timedelta

    from thecal.lab.scenario.table import Table

_RANGE = "range of the body model"
_PERCENT = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A fault of the catheter.

    Attributes:
        at: when it begins.
        until: when it is mended; None for never.
        kind: what goes wrong.
        share: of flow, held back or let out.
        along: where, as a share of the dead volume from the pump.
        level: where a tip lies that has moved.
    """

    at: timedelta
    until: timedelta | None
    kind: Fault
    share: float
    along: float
    level: str | None

    def describe(self) -> str:
        """Say it in a few words."""
        ending = "" if self.until is None else f", mended at {write_duration(self.until)}"
        match self.kind:
            case Fault.KINK | Fault.LEAK:
                return f"{self.kind.value} of {100 * self.share:g} %{ending}"
            case Fault.DISCONNECTION:
                return f"disconnection{ending}"
            case Fault.MIGRATION:
                return f"tip moves to {self.level}{ending}"

    @property
    def fault(self) -> CatheterFault:
        """The fault as the body knows it."""
        start_h = self.at / HOUR
        if self.until is None:
            return CatheterFault(
                kind=self.kind, at_h=start_h, share=self.share, along=self.along, level=self.level
            )
        return CatheterFault(
            kind=self.kind,
            at_h=start_h,
            until_h=self.until / HOUR,
            share=self.share,
            along=self.along,
            level=self.level,
        )


def read_trouble(table: Table, at: timedelta, kind: Fault) -> Trouble:
    """Read a fault of this kind."""
    lasting = table.span("lasts", high=366 * DAY) if "lasts" in table else None
    if lasting is not None and not lasting:
        table.refuse("lasts", "nothing goes wrong for no time", allowed="longer than 0 min")
    divides = kind in (Fault.KINK, Fault.LEAK)
    placed = kind in (Fault.LEAK, Fault.DISCONNECTION)
    return Trouble(
        at=at,
        until=None if lasting is None else at + lasting,
        kind=kind,
        share=_percent(table, "share", Decimal(100)) if divides else 1.0,
        along=_percent(table, "along", Decimal(50)) if placed else 0.5,
        level=table.choice("level", (*TIP_LEVELS, OUTSIDE)) if kind is Fault.MIGRATION else None,
    )


def _percent(table: Table, name: str, default: Decimal) -> float:
    share = table.number(name, "%", low=Decimal(0), high=_PERCENT, source=_RANGE, default=default)
    return float(share / _PERCENT)
