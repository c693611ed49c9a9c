"""Axes of a figure: where a moment and a value stand, and which of them are named.

Horizontally a figure is ``WIDE`` units, vertically ``HIGH``; the browser stretches both to fit.
Labels stand at percentages, so that their letters keep their size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from thecal.quantities import elapsed, utc

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDE, HIGH = 1000.0, 100.0
_MOST_TICKS = 5
_DAY_STEPS = (1, 2, 4, 7)
_HOUR_STEPS = (1, 3, 6, 12)
_LONGEST_IN_HOURS = timedelta(days=3)
_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
_GRADES = (1.0, 2.0, 3.0, 4.0, 5.0)
_AROUND_GRADES = (0.8, 5.2)


@dataclass(frozen=True, slots=True)
class Tick:
    """A named place on an axis: how far along, in percent, and its name."""

    percent: str
    text: str


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Moments from left to right."""

    times: Sequence[datetime]

    def x(self, moment: datetime) -> float:
        """Return where a moment stands."""
        return WIDE * (elapsed(self.times[0], moment) / self._length)

    @property
    def _length(self) -> timedelta:
        return elapsed(self.times[0], self.times[-1])

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """A few round moments in the clinic's zone: midnights, or hours where the figure is short."""
        short = self._length < _LONGEST_IN_HOURS
        hours = _HOUR_STEPS if short else tuple(24 * days for days in _DAY_STEPS)
        step = next((one for one in hours if self._length / timedelta(hours=one) < _MOST_TICKS), hours[-1])
        midnight = timezone.localtime(self.times[0]).replace(hour=0, minute=0, second=0, microsecond=0)
        found = []
        for number in range(24 * 40 // step):
            on_the_wall = midnight + timedelta(hours=step * number)  # 02:00 may be skipped: then it is 03:00
            moment = timezone.localtime(utc(on_the_wall))
            if moment > self.times[-1]:
                break
            if moment >= self.times[0]:
                text = f"{moment:%H:%M}" if moment.hour else f"{moment:%a} {moment.day}"
                found.append(Tick(_percent(self.x(moment)), text))
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """Values from the bottom up, evenly or in decades."""

    low: float
    high: float
    names: tuple[tuple[float, str], ...]
    in_decades: bool = False

    @classmethod
    def grades(cls) -> ValueAxis:
        """Return the axis of the Ashworth scale of 1 to 5."""
        return cls(*_AROUND_GRADES, tuple((grade, f"{grade:g}") for grade in _GRADES))

    @classmethod
    def signal(cls) -> ValueAxis:
        """Return the axis of a signal."""
        return cls(0.0, 1.05, ((0.0, "0"), (0.5, "0.5"), (1.0, "1")))

    @classmethod
    def from_zero(cls, highest: float) -> ValueAxis:
        """Return an axis from 0 to a little above the highest value."""
        top = highest if highest > 0 else 1.0
        step = nice(top / 4)
        names = tuple((step * number, f"{step * number:g}") for number in range(int(top / step) + 1))
        return cls(0.0, top * 1.06, names)

    @classmethod
    def decades(cls, lowest: float, highest: float) -> ValueAxis:
        """Return an axis of whole decades round what is shown."""
        least, most = math.floor(math.log10(lowest)), math.ceil(math.log10(highest))
        names = tuple((10.0**power, f"{10.0**power:g}") for power in range(least, most + 1))
        return cls(10.0**least, 10.0**most, names, in_decades=True)

    def y(self, value: float) -> float:
        """Return where a value stands; what lies outside stands at the edge."""
        inside = min(max(value, self.low), self.high)
        if self.in_decades:
            share = math.log(inside / self.low) / math.log(self.high / self.low)
        else:
            share = (inside - self.low) / (self.high - self.low)
        return HIGH * (1.0 - share)

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """The named values."""
        return tuple(Tick(_percent(self.y(value) * WIDE / HIGH), text) for value, text in self.names)


def nice(least: float) -> float:
    """Return the round number at or above ``least``: 1, 2, 2.5 or 5 of some decade."""
    decade = 10.0 ** math.floor(math.log10(least))
    return next(step * decade for step in _NICE if step * decade >= least * (1 - 1e-9))


def _percent(units: float) -> str:
    return f"{units / WIDE * 100:.2f}%"
