"""The bench between two acts: loaded from its row, and saved with what the act wrote.

``lab.bench`` is the only place where the clinic meets a pump, and that pump is simulated.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings

from thecal.clinic.demonstration.errors import NoBenchError
from thecal.clinic.orders.case import ImplantCase
from thecal.lab.bench import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from thecal.clinic.demonstration.models import BenchRecord


@contextmanager
def one_act_at_a_time() -> Iterator[None]:
    """Hold the bench for one act, against every other thread and process that serves the same data.

    Nothing is sent to the pump while a database transaction is open, so it is not the database that keeps two
    acts apart. The lock is on the data directory itself: it needs no file and no space on the disk.
    """
    folder = os.open(settings.DATA_DIR, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def load(row: BenchRecord) -> Bench:
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


def save(row: BenchRecord, bench: Bench, *, now: datetime) -> None:
    """Save everything the bench remembers."""
    row.image = bench.image()
    row.saved_at = now
    row.save(update_fields=("image", "saved_at"))


def case_of(row: BenchRecord, bench: Bench) -> ImplantCase:
    """Return the demonstration's implant, as last read, for orders and forecasts."""
    return ImplantCase(implant=row.implant, subject=bench.subject)
