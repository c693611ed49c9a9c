"""What a pump delivers now: an empty pump does not look fine, and its dates do not move with today."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from thecal.lab.bench import Bench
from thecal.quantities import PumpClock
from thecal.therapy import (
    REFILL_MARGIN,
    Alarm,
    CommandId,
    Reservoir,
    TherapyNow,
    TherapyState,
    refill_dates,
    therapy_now,
)
from therapy.reference import DAY, NOW, a_day


def read(bench: Bench, *, now: datetime | None = None, alarms: tuple[Alarm, ...] = ()) -> TherapyNow:
    known = bench.known
    reading = replace(known.interrogation, status=replace(known.interrogation.status, alarms=alarms))
    dates = refill_dates(
        Reservoir(
            content=reading.status.content,
            capacity=reading.capability.reservoir,
            unusable=reading.capability.unusable,
            concentration=reading.status.concentration,
        ),
        reading.program,
        reading.capability,
        now=known.read_at,
        started=reading.started,
        filled_at=reading.filled_at,
        clock=PumpClock(reading.clock_offset),
        delivery=known.delivery,
    )
    return therapy_now(reading, dates, read_at=known.read_at, now=now or known.read_at)


def test_an_empty_pump_delivers_nothing_and_its_dates_stand_still() -> None:
    bench = Bench.start(now=NOW)
    planned = read(bench)
    foreseen = read(bench, now=NOW + 300 * DAY)
    seen = []
    for weeks in (10, 1, 30):
        bench.advance(weeks * 7 * DAY)
        bench.interrogate()
        seen.append(read(bench))

    assert planned.is_running
    assert planned.rate == a_day(150)
    assert planned.empty_since is None
    assert planned.overdue_by == timedelta(0)
    for found in (foreseen, *seen):
        assert found.state is TherapyState.EMPTY
        assert found.rate == a_day(0)
        assert found.empty_since is not None
    assert len({(found.empty_since, found.refill_by) for found in seen}) == 1
    assert seen[0].empty_since is not None
    assert seen[0].refill_by == seen[0].empty_since - REFILL_MARGIN
    assert abs(foreseen.empty_since - seen[0].empty_since) < DAY  # type: ignore[operator]
    assert seen[-1].overdue_by == bench.now - seen[0].refill_by


@pytest.mark.parametrize("alarm", [Alarm.MOTOR_STALL, Alarm.OCCLUSION])
def test_a_pump_without_flow_delivers_nothing(alarm: Alarm) -> None:
    found = read(Bench.start(now=NOW), alarms=(alarm,))

    assert (found.state, found.rate) == (TherapyState.NO_FLOW, a_day(0))


def test_a_stopped_pump_delivers_nothing() -> None:
    bench = Bench.start(now=NOW)
    bench.stop(CommandId("stop"))

    assert (read(bench).state, read(bench).rate) == (TherapyState.STOPPED, a_day(0))
