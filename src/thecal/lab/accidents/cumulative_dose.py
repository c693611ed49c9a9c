"""The cumulative dose at the catheter tip, and the smallest and the largest dose in any period."""

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
class CumulativeDose:
    """A cumulative dose that rises by a constant rate between two edges.

    Attributes:
        edges: the times of the rate changes, since the beginning; one more than there are rates.
        rates: the dose rate from each edge to the next.
        totals: the cumulative dose at each edge.
    """

    edges: tuple[timedelta, ...]
    rates: tuple[DoseRate, ...]
    totals: tuple[Mass, ...]

    @classmethod
    def of(cls, delivery: Delivery, starts: datetime) -> CumulativeDose:
        """Return the cumulative dose of a delivery."""
        total = Mass(ug=Decimal(0))
        edges, rates, totals = [], [], [total]
        for segment in delivery.segments:
            edges.append(elapsed(starts, segment.interval.start))
            rates.append(segment.flow.as_dose(segment.concentration))
            total += segment.mass
            totals.append(total)
        edges.append(elapsed(starts, delivery.segments[-1].interval.end))
        return cls(tuple(edges), tuple(rates), tuple(totals))

    def until(self, moment: timedelta) -> Mass:
        """Return the dose delivered until a moment between the first edge and the last."""
        at = self._at(moment)
        return self.totals[at] + self.rates[at].over(moment - self.edges[at])

    def rate(self, moment: timedelta) -> DoseRate:
        """Return the dose rate at a moment; at the last edge, the rate before it."""
        return self.rates[self._at(moment)]

    def _at(self, moment: timedelta) -> int:
        return min(bisect_right(self.edges, moment), len(self.rates)) - 1

    def least_and_most(self, start: timedelta, end: timedelta, length: timedelta) -> tuple[Mass, Mass]:
        """Return the smallest and the largest dose in any period of this length between two moments.

        The extremes are in periods that begin or end at a change of rate, at the start or at the end.
        """
        corners = {start, end, *(edge for edge in self.edges if start < edge < end)}
        begins = {corner for corner in corners if corner + length <= end} | {
            corner - length for corner in corners if corner - length >= start
        }
        doses = [self.until(begin + length) - self.until(begin) for begin in begins]
        return min(doses), max(doses)

    def highest(self, start: timedelta) -> DoseRate:
        """Return the highest dose rate after a moment."""
        later = zip(self.edges[1:], self.rates, strict=True)
        return max((rate for end, rate in later if end > start), key=lambda rate: rate.ug_per_day)
