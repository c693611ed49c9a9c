"""The pump's life between two moments: from event to event, exactly, without ticking.

Events are the edges of the program's flow, the end of what runs once, the low-reservoir volume and the last
usable quantum. Each falls on the first microsecond at which the drive's counter says so, whatever moments
the pump was looked at in between: cutting the time changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.journal import Kind
from thecal.pump.log import recorded
from thecal.pump.motor import Drive, decimal_places, pace, recorded_flow, volume_of
from thecal.quantities import Interval, microseconds, plain
from thecal.therapy import Bridge, DeliverySegment, Priming, SingleBolus, once_duration, once_flow, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from thecal.pump.memory import Memory
    from thecal.therapy import Once, Piece

_MICROSECOND = timedelta(microseconds=1)
_STANDING = Fraction(0)


def live(memory: Memory, to: datetime) -> Memory:
    """Return the memory of a pump that has lived on until ``to`` (UTC, not before its present)."""
    while memory.at < to:
        until = min(to, memory.once_ends or to)
        memory = _stand(memory, until) if memory.is_empty else _flow(memory, until)
        if memory.once_ends == memory.at:
            memory = end_once(memory, "complete")
        elif memory.is_empty:
            memory = end_once(memory, "reservoir empty")
    return memory


def flow_now(memory: Memory) -> Fraction:
    """Return what the drive is doing at the pump's present, in mL/day."""
    if memory.is_empty:
        return _STANDING
    return next(_pieces(memory, memory.at + _MICROSECOND)).mL_per_day


def end_once(memory: Memory, reason: str) -> Memory:
    """Return the memory in which nothing runs once any more, and the log says how that came."""
    once = memory.program.once
    if memory.once_over or once is None:
        return memory
    flow = once_flow(once, memory.program.concentration)
    left = once_duration(once) - (memory.at - memory.started)
    log = recorded(
        memory.log,
        Kind.BOLUS_ENDED,
        at=memory.at,
        mode=_name(once),
        planned_mL=_volume_text(flow, once_duration(once)),
        remaining_mL=_volume_text(flow, left),
        drive_moved_mL=plain(
            volume_of(memory.drive.counts - memory.started_counts, memory.capability.quantum).mL
        ),
        reason=reason,
    )
    return replace(memory, once_over=True, log=log)


def _name(once: Once) -> str:
    match once:
        case SingleBolus():
            return "single bolus"
        case Priming():
            return "priming"
        case Bridge():
            return "bridge"


def _volume_text(mL_per_day: Fraction, span: timedelta) -> str:
    return plain(decimal_places(mL_per_day * Fraction(span / _MICROSECOND) / (86_400 * 1_000_000)))


def _pieces(memory: Memory, until: datetime) -> Iterator[Piece]:
    return pieces(
        memory.running,
        Interval(memory.at, until),
        started=memory.started,
        clock=memory.clock,
        minimum_rate=memory.capability.minimum_rate,
    )


def _stand(memory: Memory, until: datetime) -> Memory:
    """An empty pump: the drive stands still, and what is missed is not made up (ITB-158)."""
    tape = list(memory.delivery)
    _write(tape, memory, memory.at, until, _STANDING)
    return replace(memory, at=until, delivery=tuple(tape))


def _flow(memory: Memory, until: datetime) -> Memory:
    """Run the program up to ``until``, or up to the moment at which the reservoir is empty."""
    drive, log, at = memory.drive, memory.log, memory.at
    quantum, empty, low = memory.capability.quantum, memory.empty_counts, memory.low_counts
    tape = list(memory.delivery)
    for piece in _pieces(memory, until):
        speed, start = pace(piece.mL_per_day, quantum), piece.interval.start
        at, ran = piece.interval.end, drive.run(speed, microseconds(piece.interval.length))
        runs_dry = ran.counts >= empty
        if runs_dry:
            at, ran = start + timedelta(microseconds=drive.microseconds_to(empty, speed)), Drive(counts=empty)
        if drive.counts < low <= ran.counts:
            crossed = start + timedelta(microseconds=drive.microseconds_to(low, speed))
            log = recorded(log, Kind.RESERVOIR_RAN_LOW, at=crossed)
        _write(tape, memory, start, at, piece.mL_per_day)
        drive = ran
        if runs_dry:
            log = recorded(log, Kind.RESERVOIR_EMPTIED, at=at)
            break
    return replace(memory, at=at, drive=drive, log=log, delivery=tuple(tape))


def _write(
    tape: list[DeliverySegment], memory: Memory, start: datetime, end: datetime, mL_per_day: Fraction
) -> None:
    """Write what the drive did; equal neighbours are joined, so that no cut shows."""
    flow, concentration = recorded_flow(mL_per_day), memory.reservoir.concentration
    if tape and (tape[-1].flow, tape[-1].concentration) == (flow, concentration):
        start = tape.pop().interval.start
    tape.append(DeliverySegment(interval=Interval(start, end), flow=flow, concentration=concentration))
