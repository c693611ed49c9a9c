"""What a pump will deliver after its last reading: as programmed, and if another program began now.

Up to the last reading the pump's own record counts. From then on the program that was read is assumed to run
until the reservoir is empty, with no refill.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.quantities import FlowRate, Interval, PumpClock, elapsed, utc
from thecal.therapy import Delivery, DeliverySegment, pieces, when_delivered

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.lab.forecast.reading import LastReading
    from thecal.quantities import Concentration
    from thecal.therapy import Program

_NO_FLOW = FlowRate(mL_per_day=Decimal(0))


def as_programmed(reading: LastReading, until: datetime) -> Delivery:
    """Return the pump's record, then the program that was read, until the reservoir is empty."""
    until, read = utc(until), reading.interrogation
    if until <= reading.read_at:
        return reading.delivery
    usable = Fraction(read.reservoir.usable.mL)
    after = run_on(
        reading, read.program, started=read.started, since=reading.read_at, until=until, usable_mL=usable
    )
    return reading.delivery.then(after)


def as_proposed(
    reading: LastReading, unchanged: Delivery, proposed: Program, *, now: datetime, until: datetime
) -> Delivery:
    """Return what would be delivered if the proposed program began now.

    Args:
        reading: of the pump.
        unchanged: what it delivers as programmed.
        proposed: the program that would begin now.
        now: the present.
        until: up to when.
    """
    now, until = utc(now), utc(until)
    before = unchanged.until(now)
    if until <= now:
        return before
    since_read = Delivery(
        tuple(segment for segment in before.segments if segment.interval.end > reading.read_at)
    )
    used = _delivered_after(since_read, reading.read_at)
    left = max(Fraction(0), Fraction(reading.interrogation.reservoir.usable.mL) - used)
    return before.then(run_on(reading, proposed, started=now, since=now, until=until, usable_mL=left))


def run_on(
    reading: LastReading,
    program: Program,
    *,
    started: datetime,
    since: datetime,
    until: datetime,
    usable_mL: Fraction,
    concentration: Concentration | None = None,
) -> Delivery:
    """Return what a program delivers while the reservoir lasts, and no flow after that.

    Args:
        reading: of the pump.
        program: what runs.
        started: when it began.
        since: from when on.
        until: up to when.
        usable_mL: what the reservoir can still deliver at ``since``.
        concentration: in the reservoir; None for the concentration that was read.
    """
    since, until = utc(since), utc(until)
    clock = PumpClock(reading.interrogation.clock_offset)
    can = reading.interrogation.capability
    concentration = concentration or reading.interrogation.status.concentration
    empty = when_delivered(
        program, usable_mL, now=since, started=started, clock=clock, minimum_rate=can.minimum_rate
    )
    end = until if empty is None else min(until, max(empty, since))
    segments = [
        DeliverySegment(interval=piece.interval, flow=piece.flow, concentration=concentration)
        for piece in pieces(
            program, Interval(since, end), started=started, clock=clock, minimum_rate=can.minimum_rate
        )
    ]
    if end < until:
        dry = Interval(end, until)
        segments.append(DeliverySegment(interval=dry, flow=_NO_FLOW, concentration=concentration))
    return Delivery(()).then(Delivery(tuple(segments)))


def _delivered_after(delivery: Delivery, moment: datetime) -> Fraction:
    """Return the volume delivered after a moment, mL."""
    total = Fraction(0)
    for segment in delivery.segments:
        during = elapsed(max(segment.interval.start, moment), segment.interval.end)
        total += Fraction(segment.flow.over(during).mL)
    return total
