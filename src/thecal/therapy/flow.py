"""A program's flow as a step function of time.

``pieces`` cuts any interval into half-open parts of constant flow, in exact rational arithmetic: a third of
a day is not a decimal. Nothing here ticks: a year of simple continuous is one piece a day. Days and steps
follow the pump's clock, which knows no summer time; elapsed time is reckoned in UTC.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from itertools import accumulate, pairwise
from operator import mul
from typing import TYPE_CHECKING

from thecal.quantities import (
    DAY,
    MICROSECONDS_PER_DAY,
    Concentration,
    FlowRate,
    Interval,
    PumpClock,
    Weekday,
    microseconds,
    since_midnight,
    utc,
)
from thecal.therapy.bolus import Once, SingleBolus, once_duration, once_flow
from thecal.therapy.modes import (
    Base,
    Fallback,
    Flex,
    MinimumRate,
    PeriodicBolus,
    SimpleContinuous,
    Stopped,
    as_quotient,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from thecal.therapy.program import Program

_START = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of constant flow: half-open, the flow exact, in mL/day."""

    interval: Interval
    mL_per_day: Fraction

    @property
    def flow(self) -> FlowRate:
        """The flow as a decimal (40 digits, rounded down)."""
        return FlowRate(mL_per_day=as_quotient(self.mL_per_day))

    @property
    def volume(self) -> Fraction:
        """The volume that flows, in millilitres, exactly."""
        return self.mL_per_day * microseconds(self.interval.length) / MICROSECONDS_PER_DAY


def day_flows(
    base: Base, weekday: Weekday, *, concentration: Concentration, minimum_rate: FlowRate
) -> tuple[tuple[timedelta, Fraction], ...]:
    """Return a pump day as (time since midnight, flow in mL/day from then on), the first at zero."""
    ug_per_mL = Fraction(concentration.ug_per_mL)
    match base:
        case Stopped():
            return ((_START, Fraction(0)),)
        case MinimumRate():
            return ((_START, Fraction(minimum_rate.mL_per_day)),)
        case Fallback(dose=dose) | SimpleContinuous(dose=dose):
            return ((_START, Fraction(dose.ug_per_day) / ug_per_mL),)
        case Flex(days=days):
            return tuple(
                (since_midnight(step.start), Fraction(step.rate.ug_per_day) / ug_per_mL)
                for step in days[weekday].steps
            )
        case PeriodicBolus():
            return _periodic_day(base, ug_per_mL)


def _periodic_day(base: PeriodicBolus, ug_per_mL: Fraction) -> tuple[tuple[timedelta, Fraction], ...]:
    """A bolus that began before midnight runs on after it: every day is the same, so it wraps round."""
    low = Fraction(base.background.ug_per_day) / ug_per_mL
    pace = Fraction(base.bolus.ug) / ug_per_mL * MICROSECONDS_PER_DAY / microseconds(base.duration)
    high, first = low + pace, since_midnight(base.first)
    changes: dict[timedelta, Fraction] = {_START: low}
    for count in range(-1, base.boluses_per_day):
        start = first + base.interval * count
        end = start + base.duration
        if end > _START:
            changes[max(start, _START)] = high
        if _START <= end < DAY:
            changes.setdefault(end, low)
    return tuple(sorted(changes.items()))


def pieces(
    program: Program,
    window: Interval,
    *,
    started: datetime,
    clock: PumpClock,
    minimum_rate: FlowRate,
) -> Iterator[Piece]:
    """Cut a window into pieces of constant flow.

    Args:
        program: what runs.
        window: the half-open interval wanted; none of it before ``started``.
        started: when the program began, which is when its bolus, prime or bridge began.
        clock: the pump's own clock; steps follow its time of day.
        minimum_rate: what the pump does at its minimum rate.

    Yields:
        Adjoining pieces that together are the window.

    Raises:
        ValueError: the window starts before the program did.
    """
    started = utc(started)
    if window.start < started:
        raise ValueError(
            f"the program began at {started.isoformat()}; it says nothing of {window.start.isoformat()}"
        )
    once = program.once
    if once is None:
        yield from _base_pieces(program, window, clock, minimum_rate)
        return
    ends = started + once_duration(once)
    during = window.overlap(Interval(started, ends))
    if during is not None:
        yield from _once_pieces(program, once, during, clock, minimum_rate)
    if window.end > ends:
        yield from _base_pieces(program, Interval(max(window.start, ends), window.end), clock, minimum_rate)


def _once_pieces(
    program: Program, once: Once, during: Interval, clock: PumpClock, minimum_rate: FlowRate
) -> Iterator[Piece]:
    extra = once_flow(once, program.concentration)
    if not isinstance(once, SingleBolus):
        yield Piece(interval=during, mL_per_day=extra)
        return
    for piece in _base_pieces(program, during, clock, minimum_rate):
        yield replace(piece, mL_per_day=piece.mL_per_day + extra)


def _base_pieces(
    program: Program, window: Interval, clock: PumpClock, minimum_rate: FlowRate
) -> Iterator[Piece]:
    midnight = clock.midnight_before(window.start)
    while midnight < window.end:
        flows = day_flows(
            program.base,
            clock.weekday(midnight),
            concentration=program.concentration,
            minimum_rate=minimum_rate,
        )
        edges = [*(midnight + offset for offset, _ in flows), midnight + DAY]
        for (start, end), (_, flow) in zip(pairwise(edges), flows, strict=True):
            part = window.overlap(Interval(start, end))
            if part is not None:
                yield Piece(interval=part, mL_per_day=flow)
        midnight += DAY


def ever_faster(program: Program, other: Program, minimum_rate: FlowRate) -> bool:
    """Return whether the base of a program flows faster than that of another at any time of the week."""
    for weekday in Weekday:
        one, two = (
            day_flows(each.base, weekday, concentration=each.concentration, minimum_rate=minimum_rate)
            for each in (program, other)
        )
        edges = {offset for offset, _ in (*one, *two)}
        if any(_flow_at(edge, one) > _flow_at(edge, two) for edge in edges):
            return True
    return False


def _flow_at(offset: timedelta, flows: tuple[tuple[timedelta, Fraction], ...]) -> Fraction:
    return flows[bisect_right([start for start, _ in flows], offset) - 1][1]


def weekly_volume(program: Program, minimum_rate: FlowRate) -> Fraction:
    """Return the volume the base program uses in a week, exactly, in millilitres."""
    return _Cycle(program, minimum_rate).most_in_any(len(Weekday) * MICROSECONDS_PER_DAY)


def highest_flow(program: Program, minimum_rate: FlowRate) -> Fraction:
    """Return the highest flow of the base program, exactly, in mL/day."""
    return _Cycle(program, minimum_rate).highest_flow


def most_in_any(span: timedelta, program: Program, minimum_rate: FlowRate) -> Fraction:
    """Return the largest volume the base program delivers in any stretch of ``span``, exactly, in mL.

    Any 24 h, not only those from midnight: a late dose today and an early one tomorrow lie close together.
    The largest stretch begins, or ends, where the flow changes.
    """
    return _Cycle(program, minimum_rate).most_in_any(microseconds(span))


def least_in_any(span: timedelta, program: Program, minimum_rate: FlowRate) -> Fraction:
    """Return the smallest volume the base program delivers in any stretch of ``span``, exactly, in mL.

    The smallest stretch begins, or ends, where the flow changes, like the largest.
    """
    return _Cycle(program, minimum_rate).least_in_any(microseconds(span))


class _Cycle:
    """The base program's volume as a function of time: a day, or a week where the days differ, for ever.

    Time is whole microseconds and flow whole ``1 / scale`` mL/day, so that all of it is integer arithmetic.
    """

    def __init__(self, program: Program, minimum_rate: FlowRate) -> None:
        days = [
            day_flows(program.base, weekday, concentration=program.concentration, minimum_rate=minimum_rate)
            for weekday in Weekday
        ]
        if all(day == days[0] for day in days):
            days = days[:1]
        self._length = len(days) * MICROSECONDS_PER_DAY
        self._scale = math.lcm(*(flow.denominator for day in days for _, flow in day))
        self._edges = [
            number * MICROSECONDS_PER_DAY + microseconds(offset)
            for number, day in enumerate(days)
            for offset, _ in day
        ]
        self._flows = [int(flow * self._scale) for day in days for _, flow in day]
        ends = [*self._edges[1:], self._length]
        spans = (end - start for start, end in zip(self._edges, ends, strict=True))
        self._before: list[int] = list(accumulate(map(mul, self._flows, spans), initial=0))

    @property
    def highest_flow(self) -> Fraction:
        return Fraction(max(self._flows), self._scale)

    def most_in_any(self, span: int) -> Fraction:
        return Fraction(max(self._in_stretches(span)), self._scale * MICROSECONDS_PER_DAY)

    def least_in_any(self, span: int) -> Fraction:
        return Fraction(min(self._in_stretches(span)), self._scale * MICROSECONDS_PER_DAY)

    def _in_stretches(self, span: int) -> list[int]:
        """Return what flows in each stretch that begins or ends where the flow changes."""
        starts = {edge - shift for edge in self._edges for shift in (0, span)}
        return [self._up_to(start + span) - self._up_to(start) for start in starts]

    def _up_to(self, moment: int) -> int:
        """Return what flows from the cycle's start up to ``moment``; negative before it."""
        cycles, within = divmod(moment, self._length)
        at = bisect_right(self._edges, within) - 1
        return cycles * self._before[-1] + self._before[at] + self._flows[at] * (within - self._edges[at])
