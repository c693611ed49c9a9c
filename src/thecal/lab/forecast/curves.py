"""The patient's curves for the weeks around now: as recorded, as programmed, and as proposed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.body import (
    LABEL,
    PLASMA,
    PUMP_RATE,
    TONE_ARMS,
    TONE_LEGS,
    csf_at,
    hours_since,
    inflow_from_delivery,
)
from thecal.lab.cohort import Dosing, respond
from thecal.lab.forecast.projection import as_programmed, as_proposed
from thecal.quantities import HOUR, elapsed, utc

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from thecal.body import Response
    from thecal.lab.forecast.subject import Subject
    from thecal.therapy import Delivery, Program

PATIENTS = 64
SEED = 1989
_STEP = HOUR
_SITES = ("lumbar", "thoracic", "cervical")
_MOST_SAMPLES = 24 * 366

_SERIES = (
    ("pump_rate", PUMP_RATE, "pump rate", "mcg/h", "pump rate"),
    *((f"csf_{site}", csf_at(site), f"spinal fluid, {site}", "ng/mL", "csf") for site in _SITES),
    ("plasma", PLASMA, "plasma", "ng/mL", "plasma"),
    ("tone_legs", TONE_LEGS, "tone, legs", "Ashworth 1-5", "tone"),
    ("tone_arms", TONE_ARMS, "tone, arms", "Ashworth 1-5", "tone"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRange:
    """What a quantity ranges over in a period: of a program in steps, one moment says little.

    Attributes:
        lowest, highest: of the middle estimate.
        low, high: the lowest 5 % and the highest 95 % of the drawn patients; None where there is no band.
    """

    lowest: float
    highest: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line of a figure, with its band where there is one.

    Attributes:
        key: its name for a program.
        label: its name for a person.
        unit: of its values.
        group: series of one group share a figure: ``pump rate``, ``csf``, ``plasma``, ``tone``.
        low, mid, high: 5, 50 and 95 % of the drawn patients; no band for what the pump does.
    """

    key: str
    label: str
    unit: str
    group: str
    low: tuple[float, ...] | None
    mid: tuple[float, ...]
    high: tuple[float, ...] | None

    def between(self, times: Sequence[datetime], start: datetime, end: datetime) -> ValueRange:
        """Return what it ranges over from ``start`` to ``end``; the value at a moment where they are one.

        What a pump does has no band, and holds from its time up to the next.
        """
        if self.low is None or self.high is None:
            found = places_between(times, start, end, holds=True)
            return ValueRange(lowest=min(self.mid[found]), highest=max(self.mid[found]))
        found = places_between(times, start, end)
        return ValueRange(
            lowest=min(self.mid[found]),
            highest=max(self.mid[found]),
            low=min(self.low[found]),
            high=max(self.high[found]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """What is estimated for a stretch of time.

    Attributes:
        times: every hour, and every moment at which a pump rate changes; UTC, increasing. A pump rate holds
            from its time up to the next.
        now: where the past ends.
        current: if the program that was read goes on.
        proposed: if another program began now; before now the same as ``current``.
    """

    times: tuple[datetime, ...]
    now: datetime
    current: tuple[Series, ...]
    proposed: tuple[Series, ...] | None
    label: str = LABEL


def estimate_curves(
    subject: Subject, *, since: datetime, until: datetime, proposed: Program | None = None
) -> Curves:
    """Estimate the patient's curves.

    Args:
        subject: whose body, and the last reading of the pump.
        since: first moment wanted; nothing is shown from before the pump's record begins.
        until: last moment wanted.
        proposed: a program that would begin now, or None.

    Raises:
        ValueError: nothing between ``since`` and ``until``, or more than a year of it.
    """
    start, now = subject.record_start, utc(subject.now)
    since, until = max(utc(since), utc(start)), utc(until)
    if not since < until or elapsed(since, until) // _STEP > _MOST_SAMPLES:
        raise ValueError(
            f"curves from {since.isoformat()} to {until.isoformat()}; allowed: later, and at most a year"
        )
    beyond = until + _STEP  # so that the last sample still sees a running pump
    unchanged = as_programmed(subject.reading, beyond)
    changed = (
        None if proposed is None else as_proposed(subject.reading, unchanged, proposed, now=now, until=beyond)
    )
    times = sample_times(since, until, now, *(unchanged, changed) if changed else (unchanged,))
    hours = [hours_since(start, moment) for moment in times]

    def series(delivery: Delivery) -> tuple[Series, ...]:
        response = respond(
            subject.patient,
            Dosing(inflow=inflow_from_delivery(delivery, start), implant=subject.implant),
            patients=PATIENTS,
            seed=SEED,
            sample_times_h=hours,
            sites=_SITES,
        )
        return tuple(_series(response, row) for row in _SERIES)

    return Curves(
        times=times,
        now=now,
        current=series(unchanged),
        proposed=None if changed is None else series(changed),
    )


def places_between(
    times: Sequence[datetime], start: datetime, end: datetime, *, holds: bool = False
) -> slice:
    """Return where the samples of a period are, both ends included; the next sample where it has none.

    Args:
        times: of the samples, increasing.
        start: of the period.
        end: of the period.
        holds: a value holds from its time up to the next, so the one that holds at ``start`` counts, and one
            from ``end`` on does not.
    """
    start, end = utc(start), utc(end)
    if holds:
        first = max(0, bisect_right(times, start) - 1)
        return slice(first, max(first + 1, bisect_left(times, end)))
    first = min(bisect_left(times, start), len(times) - 1)
    return slice(first, max(first + 1, bisect_right(times, end)))


def sample_times(
    since: datetime, until: datetime, now: datetime, *deliveries: Delivery
) -> tuple[datetime, ...]:
    """Return every hour, the present, and every moment at which a delivery changes."""
    since, until, now = utc(since), utc(until), utc(now)
    moments = {since + number * _STEP for number in range(elapsed(since, until) // _STEP + 1)} | {until}
    changes = {segment.interval.start for delivery in deliveries for segment in delivery.segments}
    moments |= {moment for moment in {*changes, now} if since <= moment <= until}
    return tuple(sorted(utc(moment) for moment in moments))


def _series(response: Response, row: tuple[str, str, str, str, str]) -> Series:
    key, quantity, label, unit, group = row
    if quantity == PUMP_RATE:
        pump = tuple(response.typical(quantity).tolist())
        return Series(key=key, label=label, unit=unit, group=group, low=None, mid=pump, high=None)
    band = response.band(quantity)
    low, mid, high = (tuple(edge.tolist()) for edge in (band.low, band.median, band.high))
    return Series(key=key, label=label, unit=unit, group=group, low=low, mid=mid, high=high)
