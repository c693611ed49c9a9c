"""A forecast from a reading alone: no bench and no pump stands behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from builders.readings import READ_AT, RUNNING, last_reading, subject_of
from thecal.lab.forecast import as_programmed, as_proposed, estimate_curves
from thecal.lab.whatif import expect_measurement
from thecal.quantities import DAY, HOUR, DoseRate
from thecal.therapy import Program, SimpleContinuous

WEEK = 7 * DAY


def program(ug_per_day: str) -> Program:
    return replace(RUNNING, base=SimpleContinuous(dose=DoseRate(ug_per_day=Decimal(ug_per_day))))


def test_a_forecast_runs_from_a_reading_alone() -> None:
    curves = estimate_curves(
        subject_of(last_reading()), since=READ_AT - DAY, until=READ_AT + WEEK, proposed=program("300")
    )

    assert curves.proposed is not None
    pump, proposed = curves.current[0].mid, curves.proposed[0].mid
    assert pump == pytest.approx([6.25] * len(curves.times))
    assert proposed[: curves.times.index(READ_AT)] == pytest.approx([6.25] * 24)
    assert proposed[-1] == pytest.approx(12.5)


def test_a_what_if_runs_from_a_reading_alone() -> None:
    (case,) = expect_measurement(subject_of(last_reading())).cases

    assert case.one("lumbar").mid[-1] > 10


def test_a_reservoir_that_was_read_empty_delivers_nothing_more() -> None:
    reading = last_reading(content_mL="0")

    after = as_programmed(reading, READ_AT + DAY).segments[-1]

    assert after.interval.start == READ_AT
    assert after.flow.is_zero
    proposed = as_proposed(
        reading, as_programmed(reading, READ_AT + WEEK), program("300"), now=READ_AT, until=READ_AT + WEEK
    )
    assert proposed.segments[-1].flow.is_zero


def test_what_was_delivered_since_the_reading_is_no_longer_in_the_reservoir() -> None:
    """After four days at 0.3 mL/day the rest lasts half as long at twice the flow."""
    reading = last_reading(content_mL="5")
    usable = reading.interrogation.reservoir.usable
    days = usable.mL / Decimal("0.3")
    now = READ_AT + 4 * DAY

    unchanged = as_programmed(reading, READ_AT + 60 * DAY)
    proposed = as_proposed(reading, unchanged, program("300"), now=now, until=READ_AT + 60 * DAY)

    empty = next(part.interval.start for part in unchanged.segments if part.flow.is_zero)
    sooner = next(part.interval.start for part in proposed.segments if part.flow.is_zero)
    assert (empty - READ_AT) / DAY == pytest.approx(float(days))
    assert (sooner - now) / DAY == pytest.approx(float(days - 4) / 2)


def test_a_pump_without_a_record_starts_where_it_was_read() -> None:
    reading = last_reading(days_recorded=0)

    assert reading.record_start == READ_AT
    curves = estimate_curves(subject_of(reading), since=READ_AT - WEEK, until=READ_AT + DAY)
    assert curves.times[0] == READ_AT


def test_a_change_of_summer_time_adds_or_drops_no_hour() -> None:
    """Europe/Berlin loses an hour on 29 March 2026."""
    berlin = ZoneInfo("Europe/Berlin")
    since, until = (moment.astimezone(berlin) for moment in (READ_AT, READ_AT + 3 * DAY))

    there = estimate_curves(subject_of(last_reading()), since=since, until=until)
    in_utc = estimate_curves(subject_of(last_reading()), since=READ_AT, until=READ_AT + 3 * DAY)

    assert there == in_utc
    assert len(there.times) == 73
    assert {later - earlier for earlier, later in zip(there.times, there.times[1:], strict=False)} == {HOUR}
    assert there.times[0].utcoffset() == timedelta(0)
