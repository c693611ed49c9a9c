"""The one place where a command reads this machine's clock, and refuses one that cannot be right."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from thecal.main.ending import end
from thecal.telemetry.limits import MOMENT_FIRST, MOMENT_LAST

if TYPE_CHECKING:
    from typing import Final

EARLIEST: Final = datetime(MOMENT_FIRST.year + 1, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(MOMENT_LAST.year - 1, 1, 1, tzinfo=UTC)
"""A year within what a pump may name: there is a past and a future around the present."""


def checked_now() -> datetime:
    """Return what the clock shows.

    Raises:
        Exit: it shows a year in which no pump of ours can be.
    """
    now = timezone.now()
    if not EARLIEST <= now < LATEST:
        end(
            f"the clock of this machine shows {now:%Y-%m-%d %H:%M} UTC, outside the possible range, "
            f"{EARLIEST.year} to {LATEST.year - 1}; set it and start again"
        )
    return now
