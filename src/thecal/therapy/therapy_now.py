"""What a pump delivers now, which is not what it was commanded: empty, stopped, without flow, or running.

An alarm is one way to know that no drug flows, and what the drive is ordered to do is another: a pump at the
end of its service, after an over-delivery or with an update left open lets its drive stand, and its program
still says a dose.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.quantities import DAY, DoseRate, Interval, Mass, PumpClock, elapsed, utc
from thecal.therapy.daily_dose import DoseRange, programmed_dose
from thecal.therapy.flow import pieces
from thecal.therapy.status import Alarm

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.therapy.program import Program
    from thecal.therapy.reservoir import RefillDates
    from thecal.therapy.status import Interrogation

_NO_FLOW = frozenset({Alarm.MOTOR_STALL, Alarm.OCCLUSION, Alarm.END_OF_SERVICE})
"""Alarms under which no drug flows, whatever is ordered from the drive."""
_NOT_AS_PROGRAMMED = frozenset({Alarm.OVER_DELIVERY, Alarm.UNDER_DELIVERY})
"""Alarms under which a dose flows that is not the program's."""
_LEAST_SHARE = Fraction(99, 100)
"""The least share of the programmed flow at which the drive follows the program; a decimal is rounded."""
_MOMENT = timedelta(microseconds=1)


class TherapyState(StrEnum):
    """Whether a patient receives the program's dose."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    EMPTY = "empty"
    NO_FLOW = "no flow"
    NOT_AS_PROGRAMMED = "not as programmed"


NO_DELIVERY = (TherapyState.STOPPED, TherapyState.EMPTY, TherapyState.NO_FLOW)
"""States in which no drug is delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapyNow:
    """What a pump delivers, as far as its last reading says.

    Attributes:
        state: whether the program's dose is delivered.
        rate: the dose rate delivered; 0 where the pump is stopped or empty, or no drug flows. Where it is
            not as programmed, what the drive is ordered to do.
        next_24_hours: the dose that will be delivered in the 24 hours from now, if nothing changes but that
            the reservoir runs dry; None where that is not known: paused, or not as programmed.
        empty_since: when the usable content ran out, by calculation; None where it has not.
        refill_by: the date by which the reservoir is to be refilled, also where it is past.
        overdue_by: how long ``refill_by`` is past; 0 where it is not.
        read_at: when the pump was read. Nothing here is known to be newer.
    """

    state: TherapyState
    rate: DoseRate
    next_24_hours: DoseRange | None
    empty_since: datetime | None
    refill_by: datetime
    overdue_by: timedelta
    read_at: datetime

    @property
    def is_running(self) -> bool:
        """Whether the program's dose is delivered."""
        return self.state is TherapyState.RUNNING


def therapy_now(
    reading: Interrogation, refill: RefillDates, *, read_at: datetime, now: datetime
) -> TherapyNow:
    """Say what a pump delivers.

    Args:
        reading: everything the pump said when it was read.
        refill: the dates of that reading, with the pump's record of what it delivered (``refill_dates``).
        read_at: when it was read.
        now: the present moment; a reservoir that was to run dry since the reading counts as empty.
    """
    present, status = utc(now), reading.status
    empty = refill.empty is not None and refill.empty <= present
    state = _state(reading, empty=empty)
    rate = status.flow.as_dose(status.concentration)
    if state in NO_DELIVERY:
        rate = DoseRate(ug_per_day=Decimal(0))
    return TherapyNow(
        state=state,
        rate=rate,
        next_24_hours=_next_24_hours(reading, state, refill.empty, present),
        empty_since=refill.empty if empty else None,
        refill_by=refill.refill_by,
        overdue_by=max(timedelta(0), elapsed(refill.refill_by, present)),
        read_at=utc(read_at),
    )


def _state(reading: Interrogation, *, empty: bool) -> TherapyState:
    status, alarms = reading.status, set(reading.status.alarms)
    if status.stopped:
        return TherapyState.STOPPED
    if empty or Alarm.EMPTY_RESERVOIR in alarms or status.content <= reading.capability.unusable:
        return TherapyState.EMPTY
    ordered, least = Fraction(status.flow.mL_per_day), _flow_of(_running_program(reading), reading)
    if alarms & _NO_FLOW or (not ordered and least):
        return TherapyState.NO_FLOW
    if status.paused:
        return TherapyState.PAUSED
    if alarms & _NOT_AS_PROGRAMMED or ordered < least * _LEAST_SHARE:
        return TherapyState.NOT_AS_PROGRAMMED
    return TherapyState.RUNNING


def _running_program(reading: Interrogation) -> Program:
    """Return the program without its single run, if the flow shows that it has ended early."""
    program = reading.program
    ordered, whole = Fraction(reading.status.flow.mL_per_day), _flow_of(program, reading)
    if program.once is None or whole * _LEAST_SHARE <= ordered <= whole / _LEAST_SHARE:
        return program
    return replace(program, once=None)


def _flow_of(program: Program, reading: Interrogation) -> Fraction:
    """Return the flow (mL/day) that a program says for the time of the reading."""
    at = max(utc(reading.status.at), utc(reading.started))
    (piece,) = pieces(
        program,
        Interval(at, at + _MOMENT),
        started=reading.started,
        clock=PumpClock(reading.clock_offset),
        minimum_rate=reading.capability.minimum_rate,
    )
    return piece.mL_per_day


def _next_24_hours(
    reading: Interrogation, state: TherapyState, empty: datetime | None, now: datetime
) -> DoseRange | None:
    if state in NO_DELIVERY:
        nothing = Mass(ug=Decimal(0))
        return DoseRange(lowest=nothing, highest=nothing)
    if state is not TherapyState.RUNNING:
        return None
    start = max(now, utc(reading.started))
    end = start + DAY if empty is None else max(start, min(start + DAY, utc(empty)))
    return programmed_dose(
        _running_program(reading),
        Interval(start, end),
        started=reading.started,
        clock=PumpClock(reading.clock_offset),
        minimum_rate=reading.capability.minimum_rate,
    )
