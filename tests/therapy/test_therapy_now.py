"""What a pump delivers now: an empty pump does not look fine, and its dates do not move with today."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from builders.alarmed import alarmed
from builders.readings import READ_AT, RUNNING, last_reading
from builders.therapy import DAY, NOW, a_day, bolus, flex, flow, program, ug
from thecal.lab.alarm_trials import TRIALS
from thecal.lab.bench import Bench
from thecal.pump import Pump
from thecal.quantities import HOUR, PumpClock, Volume
from thecal.therapy import (
    REFILL_MARGIN,
    Alarm,
    CommandId,
    Delivery,
    DoseRange,
    Interrogation,
    TherapyNow,
    TherapyState,
    refill_dates,
    therapy_now,
)


def now_of(
    reading: Interrogation, delivery: Delivery | None, *, read_at: datetime, now: datetime | None = None
) -> TherapyNow:
    dates = refill_dates(
        reading.reservoir,
        reading.program,
        reading.capability,
        now=read_at,
        started=reading.started,
        filled_at=reading.filled_at,
        clock=PumpClock(reading.clock_offset),
        delivery=delivery,
    )
    return therapy_now(reading, dates, read_at=read_at, now=now or read_at)


def read(bench: Bench, *, now: datetime | None = None, alarms: tuple[Alarm, ...] = ()) -> TherapyNow:
    known = bench.known
    reading = replace(known.interrogation, status=replace(known.interrogation.status, alarms=alarms))
    return now_of(reading, known.delivery, read_at=known.read_at, now=now)


def read_pump(pump: Pump) -> TherapyNow:
    now = pump.present
    return now_of(pump.interrogate(now=now), pump.delivery, read_at=now)


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


PUMPS = [
    (alarm, profile)
    for alarm in TRIALS
    for profile in ("legacy", "reference")
    if (alarm, profile) != (Alarm.PAUSE_LONG, "legacy")  # a legacy pump has no pause
]


@pytest.mark.parametrize(("alarm", "profile"), PUMPS, ids=[f"{alarm}, {name}" for alarm, name in PUMPS])
def test_no_alarm_leaves_a_false_dose_on_the_screen(alarm: Alarm, profile: str) -> None:
    """What was said to come in 24 hours truly leaves the tip, within the pump's tolerance.

    A pump that does not notice what is wrong with it cannot say so: it is left out.
    """
    pump = alarmed(alarm, profile)
    assert pump is not None
    noticed = alarm in {one.alarm for one in pump.memory.raised} or pump.status(now=pump.present).alarms
    said = read_pump(pump)

    before = pump.true_delivery.mass
    pump.advance(pump.present + DAY)
    delivered = pump.true_delivery.mass - before

    if said.next_24_hours is not None and noticed:
        assert float(delivered.ug) == pytest.approx(float(said.next_24_hours.lowest.ug), rel=0.145, abs=1)
    if said.is_running and noticed:
        assert float(delivered.ug) > 0


@pytest.mark.parametrize("alarm", [Alarm.PUMP_RESET, Alarm.MEMORY_ERROR])
def test_a_pump_that_fell_back_to_its_minimum_rate_does_not_run_its_program(alarm: Alarm) -> None:
    pump = alarmed(alarm, "legacy")
    assert pump is not None

    said = read_pump(pump)

    assert said.state is TherapyState.NOT_AS_PROGRAMMED
    assert said.next_24_hours is None
    assert a_day(0) < said.rate < a_day(10)


@pytest.mark.parametrize("alarm", [Alarm.UNDER_DELIVERY, Alarm.OVER_DELIVERY])
def test_a_dose_that_differs_is_not_called_the_programs(alarm: Alarm) -> None:
    said = read(Bench.start(now=NOW), alarms=(alarm,))

    assert (said.state, said.next_24_hours) == (TherapyState.NOT_AS_PROGRAMMED, None)


def test_a_drive_that_stands_without_a_stop_delivers_nothing() -> None:
    """An end of service comes alone where the reservoir is not empty."""
    known = Bench.start(now=NOW).known
    standing = replace(known.interrogation.status, flow=flow(0))
    ended = replace(known.interrogation.status, alarms=(Alarm.END_OF_SERVICE,))

    for status in (standing, ended):
        said = now_of(replace(known.interrogation, status=status), known.delivery, read_at=known.read_at)
        assert (said.state, said.rate) == (TherapyState.NO_FLOW, a_day(0))


def test_a_step_of_nothing_is_the_program_itself() -> None:
    what = flex(("00:00", 0), ("12:00", 300))
    known = Bench.start(now=NOW).known
    read_at = NOW.replace(hour=1)
    status = replace(known.interrogation.status, flow=flow(0), at=read_at)
    reading = replace(
        known.interrogation,
        program=program(what),
        started=read_at,
        status=status,
        clock_offset=timedelta(0),
    )

    said = now_of(reading, None, read_at=read_at)

    assert (said.state, said.rate) == (TherapyState.RUNNING, a_day(0))
    assert said.next_24_hours == DoseRange(lowest=ug(150), highest=ug(150))


def test_the_next_24_hours_end_with_the_reservoir() -> None:
    """At 0.3 mL/day, 0.1 mL lasts 8 hours: a third of the day's 150 mcg."""
    reading = last_reading(content_mL="2").interrogation
    nearly = replace(reading.status, content=reading.capability.unusable + Volume(mL=Decimal("0.1")))

    said = now_of(replace(reading, status=nearly), None, read_at=READ_AT)

    assert said.is_running
    assert said.next_24_hours == DoseRange(lowest=ug(50), highest=ug(50))


def test_a_pause_leaves_the_next_24_hours_open_and_a_stop_leaves_nothing() -> None:
    reading = last_reading().interrogation
    paused = replace(reading, status=replace(reading.status, paused=True, flow=flow("0.006")))
    stopped = replace(reading, status=replace(reading.status, stopped=True))

    assert now_of(paused, None, read_at=READ_AT).next_24_hours is None
    assert now_of(paused, None, read_at=READ_AT).state is TherapyState.PAUSED
    assert now_of(stopped, None, read_at=READ_AT).next_24_hours == DoseRange(lowest=ug(0), highest=ug(0))


def test_a_bolus_that_was_cancelled_is_not_in_the_next_24_hours() -> None:
    reading = last_reading().interrogation
    bolus_runs = replace(
        reading,
        program=replace(RUNNING, once=bolus(50, 2 * HOUR)),
        started=READ_AT - HOUR,
        status=replace(reading.status, flow=flow("1.5")),
    )
    cancelled = replace(bolus_runs, status=reading.status)

    assert now_of(bolus_runs, None, read_at=READ_AT).next_24_hours == DoseRange(
        lowest=ug(175), highest=ug(175)
    )
    said = now_of(cancelled, None, read_at=READ_AT)
    assert said.is_running
    assert said.next_24_hours == DoseRange(lowest=ug(150), highest=ug(150))
