"""The watchdog: a clock of its own, which starts the processor anew unless it is fed (ITB-087).

It knows nothing of the pump, and needs nothing of it: not its memory, its clock, its program nor its
detectors. What it watches may hang, and it bites all the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta

BITES_AFTER = timedelta(seconds=2)
"""Assumed: shorter than a quantum takes at the highest flow that is therapy, longer than any one task."""


def bites_at(last_fed: datetime) -> datetime:
    """Return when a watchdog bites that is fed no more."""
    return last_fed + BITES_AFTER
