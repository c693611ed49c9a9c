"""The course of a dose: how much had left the tip by when, and the least and the most of any stretch."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.quantities import DoseRate, Mass, elapsed

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from thecal.therapy import Delivery


@dataclass(frozen=True, slots=True)
class Course:
    """What left the tip since the beginning.

    Attributes:
        edges: when the rate changes, since the beginning; one more than there are rates.
        rates: what leaves from each edge up to the next.
        given: what had left by each edge.
    """

    edges: tuple[timedelta, ...]
    rates: tuple[DoseRate, ...]
    given: tuple[Mass, ...]

    @classmethod
    def of(cls, delivery: Delivery, starts: datetime) -> Course:
        """Return the course of a delivery."""
        total = Mass(ug=Decimal(0))
        edges, rates, given = [], [], [total]
        for segment in delivery.segments:
            edges.append(elapsed(starts, segment.interval.start))
            rates.append(segment.flow.as_dose(segment.concentration))
            total += segment.mass
            given.append(total)
        edges.append(elapsed(starts, delivery.segments[-1].interval.end))
        return cls(tuple(edges), tuple(rates), tuple(given))

    def by(self, moment: timedelta) -> Mass:
        """Return what had left by a moment between the first edge and the last."""
        at = self._at(moment)
        return self.given[at] + self.rates[at].over(moment - self.edges[at])

    def rate(self, moment: timedelta) -> DoseRate:
        """Return what leaves the tip at a moment; at the last edge, what left until then."""
        return self.rates[self._at(moment)]

    def _at(self, moment: timedelta) -> int:
        return min(bisect_right(self.edges, moment), len(self.rates)) - 1

    def least_and_most(self, start: timedelta, end: timedelta, stretch: timedelta) -> tuple[Mass, Mass]:
        """Return the least and the most that any stretch between two moments holds.

        Both begin or end where a rate changes, or at an end of the whole.
        """
        corners = {start, end, *(edge for edge in self.edges if start < edge < end)}
        begins = {corner for corner in corners if corner + stretch <= end} | {
            corner - stretch for corner in corners if corner - stretch >= start
        }
        held = [self.by(begin + stretch) - self.by(begin) for begin in begins]
        return min(held), max(held)

    def highest(self, start: timedelta) -> DoseRate:
        """Return the highest rate from a moment on."""
        later = zip(self.edges[1:], self.rates, strict=True)
        return max((rate for end, rate in later if end > start), key=lambda rate: rate.ug_per_day)
