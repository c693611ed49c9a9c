"""What a pump delivers now, which is not what it was commanded: empty, stopped, without flow, or running."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from thecal.quantities import DoseRate, elapsed, utc
from thecal.therapy.status import Alarm

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.therapy.reservoir import RefillDates
    from thecal.therapy.status import Interrogation

_NO_FLOW = frozenset({Alarm.MOTOR_STALL, Alarm.OCCLUSION})


class TherapyState(StrEnum):
    """Whether a patient receives the program's dose."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    EMPTY = "empty"
    NO_FLOW = "no flow"


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapyNow:
    """What a pump delivers, as far as its last reading says.

    Attributes:
        state: whether the program's dose is delivered.
        rate: the dose rate delivered; 0 where the pump is stopped or empty, or no drug flows.
        empty_since: when the usable content ran out, by calculation; None where it has not.
        refill_by: the date by which the reservoir is to be refilled, also where it is past.
        overdue_by: how long ``refill_by`` is past; 0 where it is not.
        read_at: when the pump was read. Nothing here is known to be newer.
    """

    state: TherapyState
    rate: DoseRate
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
    rate = status.flow.as_dose(status.concentration)
    if status.stopped:
        state = TherapyState.STOPPED
    elif status.content <= reading.capability.unusable or empty:
        state = TherapyState.EMPTY
    elif _NO_FLOW & set(status.alarms):
        state = TherapyState.NO_FLOW
    else:
        state = TherapyState.PAUSED if status.paused else TherapyState.RUNNING
    if state not in {TherapyState.RUNNING, TherapyState.PAUSED}:
        rate = DoseRate(ug_per_day=Decimal(0))
    return TherapyNow(
        state=state,
        rate=rate,
        empty_since=refill.empty if empty else None,
        refill_by=refill.refill_by,
        overdue_by=max(timedelta(0), elapsed(refill.refill_by, present)),
        read_at=utc(read_at),
    )
