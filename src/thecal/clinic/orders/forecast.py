"""What is expected of an implant: the curves of two weeks, and when the reservoir must be refilled."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from thecal.lab.forecast import Curves, Series, estimate_curves
from thecal.quantities import PumpClock
from thecal.therapy import refill_dates

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.orders.case import ImplantCase
    from thecal.lab.forecast import LastReading
    from thecal.therapy import Program, RefillDates

__all__ = ["SHOWN", "Curves", "Series", "estimated_curves", "refill_of"]

SHOWN = timedelta(days=7)
"""How far the curves reach before and after the present."""


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
