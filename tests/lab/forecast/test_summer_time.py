"""A forecast from local times is the forecast from the same moments in UTC."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given

from builders.readings import READ_AT, RUNNING, last_reading, subject_of
from builders.summer_time import ALL, Change, changes, spans_around
from thecal.body import Fault
from thecal.lab.forecast import (
    LastReading,
    as_programmed,
    as_proposed,
    estimate_curves,
    run_on,
    sample_times,
)
from thecal.lab.whatif import CatheterProblem, break_catheter
from thecal.quantities import DAY, HOUR, DoseRate
from thecal.therapy import Delivery, SimpleContinuous

OTHER = replace(RUNNING, base=SimpleContinuous(dose=DoseRate(ug_per_day=Decimal(300))))
"""Of which the last reading's 0.3 mL would last a little more than half a day."""


def near(change: Change, shift: timedelta, *, local: bool, content_mL: str = "1.3") -> LastReading:
    """Return a reading of a pump, almost empty if not told otherwise, with times in the zone or in UTC."""

    def told(moment: datetime) -> datetime:
        moment += change.at + shift - READ_AT
        return change.there(moment) if local else moment

    reading = last_reading(content_mL=content_mL, days_recorded=0)
    read = reading.interrogation
    status = replace(read.status, at=told(READ_AT))
    return LastReading(
        interrogation=replace(
            read, status=status, started=told(read.started), filled_at=told(read.filled_at)
        ),
        read_at=told(READ_AT),
        delivery=Delivery(()),
    )


@given(changes(), spans_around())
def test_a_projection_is_the_same_in_every_zone(change: Change, shift: timedelta) -> None:
    """The reservoir runs dry at the same moment, and the proposed program begins at the same moment."""
    read_at = change.at + shift
    now, until = read_at + 3 * HOUR, read_at + 7 * DAY
    there = change.there
    local, in_utc = (near(change, shift, local=local) for local in (True, False))

    unchanged = as_programmed(in_utc, until)

    assert as_programmed(local, there(until)) == unchanged
    assert as_proposed(local, unchanged, OTHER, now=there(now), until=there(until)) == as_proposed(
        in_utc, unchanged, OTHER, now=now, until=until
    )


@given(changes(), spans_around())
def test_a_program_that_runs_on_is_the_same_in_every_zone(change: Change, shift: timedelta) -> None:
    since = change.at + shift
    reading, there = near(change, shift, local=False), change.there

    def onwards(since: datetime, until: datetime) -> Delivery:
        return run_on(reading, OTHER, started=since, since=since, until=until, usable_mL=Fraction(1, 5))

    assert onwards(there(since), there(since + DAY)) == onwards(since, since + DAY)


@given(changes(), spans_around())
def test_samples_are_an_hour_apart_in_every_zone(change: Change, shift: timedelta) -> None:
    since, there = change.at + shift, change.there
    now, until = since + DAY, since + 2 * DAY

    assert sample_times(there(since), there(until), there(now)) == sample_times(since, until, now)


@given(changes(), spans_around())
def test_a_what_if_shows_a_day_before_and_a_week_after(change: Change, shift: timedelta) -> None:
    now = change.at + shift
    subject = subject_of(near(change, shift - 3 * DAY, local=True), now=change.there(now))

    assert (subject.since, subject.until) == (now - DAY, now + 7 * DAY)


def test_curves_are_the_same_in_every_zone() -> None:
    for change in ALL:
        since, until, there = change.at - DAY, change.at + DAY, change.there
        local, in_utc = (near(change, -DAY, local=local) for local in (True, False))

        here = estimate_curves(
            subject_of(local, now=there(change.at)), since=there(since), until=there(until)
        )

        assert here == estimate_curves(subject_of(in_utc, now=change.at), since=since, until=until)


def test_a_catheter_fault_begins_at_the_same_hour_in_every_zone() -> None:
    """The record begins before the change and the fault after it."""
    change = ALL[0]
    local, in_utc = (near(change, -DAY, local=local, content_mL="18") for local in (True, False))
    leak = CatheterProblem(kind=Fault.LEAK, percent=Decimal(100))

    here = break_catheter(subject_of(local, now=change.there(change.at + DAY)), leak)

    assert here == break_catheter(subject_of(in_utc, now=change.at + DAY), leak)
