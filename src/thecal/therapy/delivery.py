"""What came out of the pump, over time: the record that the body is driven by.

It says what the drive did, never what was commanded (ITB-120).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from thecal.quantities import Concentration, FlowRate, Interval, Mass, Volume

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySegment:
    """Constant flow of one solution during a half-open interval."""

    interval: Interval
    flow: FlowRate
    concentration: Concentration

    @property
    def volume(self) -> Volume:
        """The fluid that left the pump."""
        return self.flow.over(self.interval.length)

    @property
    def mass(self) -> Mass:
        """The drug that left the pump."""
        return self.flow.as_dose(self.concentration).over(self.interval.length)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Delivery over a stretch of time, without gaps: where nothing flowed, a segment says so."""

    segments: tuple[DeliverySegment, ...]

    def __post_init__(self) -> None:
        """Refuse gaps and overlaps."""
        for earlier, later in pairwise(self.segments):
            if later.interval.start != earlier.interval.end:
                raise ValueError(
                    f"delivery: a segment from {later.interval.start.isoformat()} does not adjoin "
                    f"the one that ends at {earlier.interval.end.isoformat()}"
                )

    @property
    def mass(self) -> Mass:
        """The drug that left the pump."""
        return sum((segment.mass for segment in self.segments), Mass(ug=Decimal(0)))

    @property
    def volume(self) -> Volume:
        """The fluid that left the pump."""
        return sum((segment.volume for segment in self.segments), Volume(mL=Decimal(0)))

    def mass_between(self, start: datetime, end: datetime) -> Mass:
        """Return the drug that left the pump from ``start`` up to, and not including, ``end``.

        Raises:
            QuantityError: an end before the start.
        """
        return self.until(end).mass - self.until(start).mass

    def until(self, moment: datetime) -> Delivery:
        """Return the part before ``moment``, which is not in it."""
        kept = [segment for segment in self.segments if segment.interval.start < moment]
        if kept and kept[-1].interval.end > moment:
            last = kept.pop()
            kept.append(
                DeliverySegment(
                    interval=Interval(last.interval.start, moment),
                    flow=last.flow,
                    concentration=last.concentration,
                )
            )
        return Delivery(tuple(kept))

    def then(self, later: Delivery) -> Delivery:
        """Return this delivery followed by an adjoining one, equal neighbours joined.

        Raises:
            ValueError: the later one does not start where this one ends.
        """
        joined = list(self.segments)
        for segment in later.segments:
            if joined and _alike(joined[-1], segment):
                last = joined.pop()
                joined.append(
                    DeliverySegment(
                        interval=Interval(last.interval.start, segment.interval.end),
                        flow=last.flow,
                        concentration=last.concentration,
                    )
                )
            else:
                joined.append(segment)
        return Delivery(tuple(joined))


def _alike(one: DeliverySegment, other: DeliverySegment) -> bool:
    return (
        one.flow == other.flow
        and one.concentration == other.concentration
        and one.interval.end == other.interval.start
    )
