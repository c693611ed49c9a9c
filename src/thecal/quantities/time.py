"""Three clocks, three names.

*Wall time* is an aware ``datetime``. *Pump time of day* is what the pump's own clock shows: it knows no
zone, so it is a fixed offset from UTC (``PumpClock``). *Simulation time* is hours since a scenario began
and lives in arrays called ``t_h``. Every interval is half-open: it holds its start and not its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from enum import IntEnum
from typing import Protocol, Self

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MICROSECONDS_PER_DAY = 86_400_000_000


class Weekday(IntEnum):
    """Days as ``datetime.weekday`` counts them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


def aware(moment: datetime) -> datetime:
    """Return ``moment`` unchanged if it says its offset from UTC.

    Raises:
        ValueError: a naive datetime, which names no moment at all.
    """
    if moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no time zone: add one, for example +05:30")
    return moment


def utc(moment: datetime) -> datetime:
    """Return the same moment, in UTC.

    Python subtracts and adds within one time zone by the clock on the wall, which repeats or skips an hour
    when summer time changes. Elapsed time is reckoned in UTC alone.

    Raises:
        ValueError: a naive datetime.
    """
    return aware(moment).astimezone(UTC)


def elapsed(start: datetime, moment: datetime) -> timedelta:
    """Return the time from ``start`` to ``moment``, reckoned in UTC; negative where ``moment`` is earlier.

    This is the one way to subtract two moments. ``moment - start`` is wrong where both are in one time zone
    and summer time changes between them: Python then subtracts what the clock on the wall shows.

    >>> from zoneinfo import ZoneInfo
    >>> zone = ZoneInfo("Europe/Zurich")
    >>> start, moment = datetime(2026, 3, 29, tzinfo=zone), datetime(2026, 3, 29, 6, tzinfo=zone)
    >>> str(elapsed(start, moment)), str(moment - start)
    ('5:00:00', '6:00:00')

    Raises:
        ValueError: a naive datetime.
    """
    return utc(moment) - utc(start)


def since_midnight(moment: time) -> timedelta:
    """Return a time of day as the time since midnight, to the microsecond.

    >>> str(since_midnight(time(6, 30, 15)))
    '6:30:15'
    """
    return timedelta(
        hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond
    )


def microseconds(span: timedelta) -> int:
    """Return ``span`` as a whole number of microseconds."""
    return span // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """The time from ``start`` up to, and not including, ``end``; both are kept in UTC.

    Two intervals of which one ends where the other starts adjoin: no moment is in both, none between them.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Refuse naive times and an end before the start; an empty interval, which holds nothing, may be."""
        object.__setattr__(self, "start", utc(self.start))
        object.__setattr__(self, "end", utc(self.end))
        if self.end < self.start:
            message = (
                f"an interval cannot end ({self.end.isoformat()}) before it starts ({self.start.isoformat()})"
            )
            raise ValueError(message)

    @property
    def length(self) -> timedelta:
        """How long it lasts, in elapsed time."""
        return self.end - self.start

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def overlap(self, other: Self) -> Interval | None:
        """Return the time both share, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None


@dataclass(frozen=True, slots=True)
class PumpClock:
    """The pump's own clock: a fixed offset from UTC, for the pump knows no zone and no summer time."""

    offset: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        """Refuse an offset of a day or more."""
        if not -DAY < self.offset < DAY:
            raise ValueError(f"a pump clock is less than a day away from UTC, got {self.offset}")

    def reading(self, moment: datetime) -> datetime:
        """Return what the pump's clock shows at ``moment``, as an aware datetime in its fixed offset."""
        return aware(moment).astimezone(timezone(self.offset))

    def weekday(self, moment: datetime) -> Weekday:
        """Return the pump's day of the week at ``moment``."""
        return Weekday(self.reading(moment).weekday())

    def time_of_day(self, moment: datetime) -> time:
        """Return the pump's time of day at ``moment``."""
        return self.reading(moment).time()

    def midnight_before(self, moment: datetime) -> datetime:
        """Return the last midnight, by the pump's clock, at or before ``moment`` (as UTC)."""
        shown = self.reading(moment)
        return shown.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


class Clock(Protocol):
    """Anything that can say what time it is."""

    def now(self) -> datetime:
        """Return the present moment, aware."""


@dataclass
class ManualClock:
    """A clock that moves only when it is set: for tests, simulations and the training bench. Keeps UTC."""

    moment: datetime

    def __post_init__(self) -> None:
        """Refuse a naive start."""
        self.moment = utc(self.moment)

    def now(self) -> datetime:
        """Return the moment it was last moved to."""
        return self.moment

    def advance(self, span: timedelta) -> None:
        """Move forward.

        Raises:
            ValueError: a negative span; time does not go back.
        """
        if span < timedelta(0):
            raise ValueError(f"cannot advance by {span}")
        self.moment += span
