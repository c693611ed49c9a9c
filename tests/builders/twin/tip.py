"""What leaves the tip of a catheter, in layers of what a drive truly moved: not as the pump accounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from thecal.pump import Pump
from thecal.quantities import DAY, MICROSECONDS_PER_DAY, Concentration, microseconds

Course = list[tuple[datetime, datetime, Fraction]]
"""From when until when, and how many mcg a day."""


def course_at_the_tip(pump: Pump, volume: Decimal, first: Concentration) -> Course:
    """Return what left a catheter that truly holds so many mL, and held ``first`` when the pump was born."""
    layers, course = [[Fraction(volume), Fraction(first.ug_per_mL)]], []
    for segment in pump.true_delivery.segments:
        at, flow = segment.interval.start, Fraction(segment.flow.mL_per_day)
        left = flow * microseconds(segment.interval.length) / MICROSECONDS_PER_DAY
        layers.append([left, Fraction(segment.concentration.ug_per_mL)])
        while left > 0:
            out = min(left, layers[0][0])
            ends = at + timedelta(microseconds=int(out / flow * MICROSECONDS_PER_DAY))
            course.append((at, ends, flow * layers[0][1]))
            at, left = ends, left - out
            layers[0][0] -= out
            if not layers[0][0]:
                layers.pop(0)
    return course


def dose_between(course: Course, since: datetime, until: datetime) -> Fraction:
    """Return what left the tip, in mcg."""
    return sum(
        (
            pace * microseconds(min(end, until) - max(begin, since)) / MICROSECONDS_PER_DAY
            for begin, end, pace in course
            if begin < until and end > since
        ),
        Fraction(0),
    )


def highest_day(course: Course) -> Fraction:
    """Return the most that left the tip in any 24 hours, in mcg."""
    begins = {edge - back for begin, end, _ in course for edge in (begin, end) for back in (0 * DAY, DAY)}
    return max((dose_between(course, begin, begin + DAY) for begin in begins), default=Fraction(0))


SLACK = 5
"""mcg: a few quanta of the strongest solution."""


def concentration_of(number: int) -> Concentration:
    """Return so many mcg/mL."""
    return Concentration(ug_per_mL=Decimal(number))
