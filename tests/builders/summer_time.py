"""Moments near a change of summer time, each in UTC and as a clock in that zone shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

CHANGES = {
    "Europe/Zurich": (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)),
    "America/New_York": (datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)),
    # Here summer time is half an hour.
    "Australia/Lord_Howe": (
        datetime(2026, 4, 4, 15, tzinfo=UTC),
        datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    ),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A change of summer time in a zone; ``at`` is the first moment after it."""

    zone: ZoneInfo
    at: datetime

    def there(self, moment: datetime) -> datetime:
        """Return a moment as the clock in the zone shows it."""
        return moment.astimezone(self.zone)


ALL = tuple(Change(ZoneInfo(zone), at) for zone, both in CHANGES.items() for at in both)


def changes() -> st.SearchStrategy[Change]:
    return st.sampled_from(ALL)


def spans_around(*, days: int = 3) -> st.SearchStrategy[timedelta]:
    """Draw how far from a change a moment lies, on either side of it."""
    most = timedelta(days=days)
    return st.timedeltas(-most, most) | st.sampled_from(
        [timedelta(minutes=each) for each in (-90, -1, 0, 45)]
    )
