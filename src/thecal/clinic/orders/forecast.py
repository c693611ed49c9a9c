"""What is expected of an implant: the curves of two weeks, and when the reservoir must be refilled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from thecal.clinic.orders.dose_change import describe_change
from thecal.lab.forecast import Curves, Series, estimate_curves
from thecal.quantities import PumpClock
from thecal.therapy import compare_programs, refill_dates

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.orders.case import ImplantCase
    from thecal.lab.forecast import LastReading
    from thecal.therapy import Program, RefillDates

__all__ = ["SHOWN", "Curves", "DoseEvent", "Series", "dose_events", "estimated_curves", "refill_of"]

SHOWN = timedelta(days=7)
"""How far the curves reach before and after the present."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseEvent:
    """A change of the dose that the pump was read back with: when its session ended, and what changed."""

    at: datetime
    what: str


def dose_events(case: ImplantCase) -> tuple[DoseEvent, ...]:
    """Return the verified changes of the dose, and the verified STOPs, of the time that the curves show."""
    reports = case.implant.reports.filter(
        outcome="verified", at__gte=case.now - SHOWN, at__lte=case.now
    ).order_by("at", "pk")
    orders = {row.command: row.prescription for row in case.implant.orders.select_related("prescription")}
    found = {}
    for report in reports:
        signed = orders.get(report.command)
        what = "STOP" if signed is None else _change(signed.replaced_program, signed.programmed_program)
        found[report.command] = DoseEvent(at=report.at, what=what)
    return tuple(found.values())


def _change(before: Program, after: Program) -> str:
    return describe_change(before, after, compare_programs(before, after))


def estimated_curves(case: ImplantCase, *, proposed: Program | None = None) -> Curves:
    """Return the curves of the last and the coming week, with and without a proposed program."""
    return estimate_curves(case.subject, since=case.now - SHOWN, until=case.now + SHOWN, proposed=proposed)


def refill_of(reading: LastReading, program: Program, *, started: datetime) -> RefillDates:
    """Return when the reservoir must be refilled if ``program`` runs from ``started`` on."""
    read = reading.interrogation
    return refill_dates(
        read.reservoir,
        program,
        read.capability,
        now=reading.read_at,
        started=started,
        filled_at=read.filled_at,
        clock=PumpClock(read.clock_offset),
        delivery=reading.delivery,
    )
