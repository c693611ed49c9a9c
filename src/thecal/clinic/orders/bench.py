"""The bench between two acts: taken from its row, put back with the act.

``lab.bench`` is the only place where the clinic meets a pump, and that pump is simulated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.clinic.orders.errors import NoBenchError
from thecal.lab.bench import Bench
from thecal.quantities import PumpClock
from thecal.therapy import refill_dates

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.orders.models import BenchRecord
    from thecal.lab.forecast import LastReading
    from thecal.therapy import Program, RefillDates


def take(row: BenchRecord) -> Bench:
    """Return the bench as its row remembers it.

    Raises:
        NoBenchError: the row holds bytes that are no bench.
    """
    try:
        return Bench.restore(bytes(row.image))
    except ValueError as error:
        raise NoBenchError(
            f"the memory of demonstration {row.demonstration} cannot be read ({error}); start over"
        ) from error


def put(row: BenchRecord, bench: Bench, *, now: datetime) -> None:
    """Save everything the bench remembers, within the caller's transaction."""
    row.image = bench.image()
    row.saved_at = now
    row.save(update_fields=("image", "saved_at"))


def refill_of(known: LastReading, program: Program, *, started: datetime) -> RefillDates:
    """Return when the reservoir asks for attention if ``program`` runs from when the pump was read."""
    read = known.interrogation
    return refill_dates(
        read.reservoir,
        program,
        read.capability,
        now=known.read_at,
        started=started,
        filled_at=read.filled_at,
        clock=PumpClock(read.clock_offset),
        delivery=known.delivery,
    )
