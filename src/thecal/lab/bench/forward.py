"""What a pump will deliver from what is known of it: as programmed, and if another program began now.

Until the wand last read the pump, the pump's own delivery record counts. From then on the program it was
seen to run is taken to go on until the reservoir is empty, and nobody is taken to have refilled it.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.quantities import FlowRate, Interval, PumpClock
from thecal.therapy import Delivery, DeliverySegment, Reservoir, pieces, when_delivered

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.lab.bench.known import Known
    from thecal.quantities import Concentration
    from thecal.therapy import Program

_NO_FLOW = FlowRate(mL_per_day=Decimal(0))


def as_programmed(known: Known, until: datetime) -> Delivery:
    """Return the record, and after it the program that was seen to run, until the reservoir is empty."""
    read = known.interrogation
    if until <= known.read_at:
        return known.delivery
    goes_on = run_on(
        known, read.program, started=read.started, since=known.read_at, until=until, left=_usable(known)
    )
    return known.delivery.then(goes_on)


def as_proposed(
    known: Known, stays: Delivery, proposed: Program, *, now: datetime, until: datetime
) -> Delivery:
    """Return what would be delivered if the proposed program began now."""
    before = stays.until(now)
    if until <= now:
        return before
    since_read = Delivery(
        tuple(segment for segment in before.segments if segment.interval.end > known.read_at)
    )
    used = _delivered_after(since_read, known.read_at)
    left = max(Fraction(0), _usable(known) - used)
    return before.then(run_on(known, proposed, started=now, since=now, until=until, left=left))


def _delivered_after(delivery: Delivery, moment: datetime) -> Fraction:
    """Return the volume delivered after a moment, mL."""
    total = Fraction(0)
    for segment in delivery.segments:
        during = segment.interval.end - max(segment.interval.start, moment)
        total += Fraction(segment.flow.over(during).mL)
    return total


def _usable(known: Known) -> Fraction:
    """Return what the reservoir could still give when it was read, mL."""
    status, can = known.interrogation.status, known.interrogation.capability
    reservoir = Reservoir(
        content=status.content,
        capacity=can.reservoir,
        unusable=can.unusable,
        concentration=status.concentration,
    )
    return Fraction(reservoir.usable.mL)


def run_on(
    known: Known,
    program: Program,
    *,
    started: datetime,
    since: datetime,
    until: datetime,
    left: Fraction,
    strength: Concentration | None = None,
) -> Delivery:
    """Return a program's delivery while the reservoir lasts, and nothing after.

    Args:
        known: the pump.
        program: what runs.
        started: when it began.
        since: from when on.
        until: up to when.
        left: what the reservoir can still give at ``since``, mL.
        strength: of what is in it; None for what the pump said it holds, mixed or not.
    """
    clock = PumpClock(known.interrogation.clock_offset)
    can = known.interrogation.capability
    strength = strength or known.interrogation.status.concentration
    empty = when_delivered(
        program, left, now=since, started=started, clock=clock, minimum_rate=can.minimum_rate
    )
    end = until if empty is None else min(until, max(empty, since))
    drawn = [
        DeliverySegment(interval=piece.interval, flow=piece.flow, concentration=strength)
        for piece in pieces(
            program, Interval(since, end), started=started, clock=clock, minimum_rate=can.minimum_rate
        )
    ]
    if end < until:
        dry = Interval(end, until)
        drawn.append(DeliverySegment(interval=dry, flow=_NO_FLOW, concentration=strength))
    return Delivery(()).then(Delivery(tuple(drawn)))
