"""A pump lives in elapsed time: what it is told in a local time is what it is told in UTC, to the second."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from builders.pumps import continuous, implanted, program, send, ug_a_day
from builders.summer_time import ALL, Change
from thecal.pump import Pump
from thecal.quantities import DAY, HOUR, Interval
from thecal.therapy import DoseStep, Flex, pieces

AT = time(6, 30, 15)
STEPS = program(
    Flex.every_day(DoseStep(start=time(0), rate=ug_a_day(100)), DoseStep(start=AT, rate=ug_a_day(200)))
)


def lived(change: Change, *, local: bool) -> Pump:
    """Return a pump that was programmed before a change of summer time, and reprogrammed after it."""

    def told(moment: datetime) -> datetime:
        return change.there(moment) if local else moment

    pump = implanted()
    before = change.at - timedelta(minutes=70)
    send(pump, STEPS, now=told(before))
    for number in range(1, 40):
        pump.advance(told(before + number * 10 * timedelta(minutes=1)))
    send(pump, continuous(150), now=told(change.at + 9 * HOUR))
    pump.advance(told(change.at + DAY))
    return pump


@pytest.mark.parametrize("change", ALL)
def test_a_pump_delivers_the_same_in_every_zone(change: Change) -> None:
    local, in_utc = (lived(change, local=local) for local in (True, False))

    assert local.delivery == in_utc.delivery
    assert [(entry.at, entry.kind) for entry in local.log] == [(entry.at, entry.kind) for entry in in_utc.log]


def test_pump_and_calculation_change_steps_at_the_same_second() -> None:
    """Neither side drops the seconds of a time of day."""
    pump = implanted()
    start = pump.present
    send(pump, STEPS, now=start)
    pump.advance(start + DAY)

    changes = {segment.interval.start for segment in pump.delivery.segments[1:]}
    clock, rate = pump.memory.clock, pump.memory.capability.minimum_rate
    calculated = {
        piece.interval.start
        for piece in pieces(
            STEPS, Interval(start, start + DAY), started=start, clock=clock, minimum_rate=rate
        )
    }
    shown = {clock.time_of_day(moment) for moment in changes}

    assert AT in shown
    assert {moment for moment in changes if clock.time_of_day(moment) == AT} <= calculated
