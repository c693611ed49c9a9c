from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from architecture.repository import ROOT
from safety_case.case import read_case
from thecal.lab.accidents import (
    Course,
    Departure,
    Telling,
    alarm_table,
    differences,
    load_accidents,
    tell,
)
from thecal.lab.accidents.alarm_table import tone_in_words
from thecal.lab.accidents.alarm_trials import TRIALS
from thecal.lab.accidents.differences import _SAID, VIOLATIONS
from thecal.pump import RULES, TONES, AlarmClass, FlowEffect, Profile
from thecal.quantities import DAY, HOUR, Concentration, FlowRate, Interval
from thecal.therapy import Alarm, Delivery, DeliverySegment

START = datetime(2026, 3, 2, tzinfo=UTC)
TOLD = {name: tell(accident) for name, accident in load_accidents().items()}
SOLUTION = Concentration(ug_per_mL=Decimal(500))


def course(*parts: tuple[int, str]) -> Course:
    """Return the course of hours and flows in mL/day, one after the other."""
    at, segments = START, []
    for hours, mL_per_day in parts:
        interval = Interval(at, at + hours * HOUR)
        flow = FlowRate(mL_per_day=Decimal(mL_per_day))
        segments.append(DeliverySegment(interval=interval, flow=flow, concentration=SOLUTION))
        at = interval.end
    return Course.of(Delivery(tuple(segments)), START)


@pytest.mark.parametrize(
    ("name", "legacy", "reference"),
    [
        ("interval-2004", Departure.TOO_MUCH, Departure.LESS),
        ("forgotten-bridge", Departure.TOO_MUCH, Departure.AS_MEANT),
        ("left-stopped", Departure.TOO_LITTLE, Departure.AS_MEANT),
        ("mri-telemetry", Departure.TOO_LITTLE, Departure.AS_MEANT),
        ("prime-withdrawn-volume", Departure.TOO_MUCH, Departure.LESS),
        ("flex-hourly", Departure.TOO_MUCH, Departure.LESS),
        ("refilled-not-updated", Departure.TOO_MUCH, Departure.MORE),
        ("ampoules-swapped", Departure.TOO_MUCH, Departure.AS_MEANT),
        ("stop-restart-surge", Departure.TOO_MUCH, Departure.TOO_LITTLE),
    ],
)
def test_every_accident_harms_on_the_legacy_pump_and_less_on_the_reference_pump(
    name: str, legacy: Departure, reference: Departure
) -> None:
    told = TOLD[name]

    assert (told.legacy.verdict.departure, told.reference.verdict.departure) == (legacy, reference)
    assert told.legacy.verdict.harms
    if legacy is Departure.TOO_MUCH:
        assert max(told.legacy.level_ng_mL) > 2 * max(told.reference.level_ng_mL)
    else:
        assert min(told.legacy.level_ng_mL) < min(told.reference.level_ng_mL) / 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("interval-2004", "3100 mcg in 24 h, where 150 mcg were meant (21 times as much)"),
        ("left-stopped", "Too little: nothing in 24 h, where 200 mcg were meant."),
        ("ampoules-swapped", "800 mcg in 24 h, where 200 mcg were meant (4 times as much)"),
        ("stop-restart-surge", "in 6 h, where 50 mcg were meant"),
    ],
)
def test_the_headline_of_the_legacy_pump_is_worked_out_of_the_play(name: str, said: str) -> None:
    assert said in TOLD[name].legacy.verdict.headline


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("ampoules-swapped", ["A screen", "Without that screen", "A person"]),
        ("prime-withdrawn-volume", ["A screen", "Without that screen"]),
        ("interval-2004", ["A person"]),
        ("forgotten-bridge", ["A person"]),
        ("left-stopped", ["A person who hears the alarm"]),
        ("refilled-not-updated", ["A person who comes"]),
        ("stop-restart-surge", ["A person who hears the alarm"]),
    ],
)
def test_what_the_reference_pump_leaves_to_others_is_said(name: str, kinds: list[str]) -> None:
    needs = TOLD[name].needs

    assert len(needs) == len(kinds)
    assert all(said.startswith(kind) for said, kind in zip(needs, kinds, strict=True))


def test_what_it_may_do_to_the_patient_is_withdrawal_where_drug_lacks_and_else_sedation() -> None:
    for name, told in TOLD.items():
        lacks = told.legacy.verdict.departure is Departure.TOO_LITTLE
        legacy, reference = told.signals

        assert told.signal == ("withdrawal" if lacks else "sedation and overdose"), name
        assert 0 <= min(legacy) <= max(legacy) <= 1
        assert max(legacy) > max(reference)


def test_a_stop_and_a_surge_are_both_alarmed_about_and_the_drive_then_stands() -> None:
    did = TOLD["stop-restart-surge"].reference.verdict.did

    assert "It alarmed at once: pump stopped, critical." in did
    assert "It alarmed 1 h 1 min 48 s after it went wrong: over-delivery, critical." in did
    assert did[-1].startswith("At the end it stands")


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_the_timeline_holds_everything_in_order_and_ends_with_the_play(told: Telling) -> None:
    moments = [row.after for row in told.rows]
    accident = told.accident

    assert moments == sorted(set(moments))
    assert moments[-1] == accident.lasts
    assert sum(len(row.done) for row in told.rows) == len(accident.steps)
    for side in ("legacy", "reference"):
        said = sum(len(getattr(row, side).said) for row in told.rows)
        assert said == len(getattr(told, side).log)
        course = getattr(told, side).course
        assert course.edges[0] == timedelta(0)
        assert course.edges[-1] == accident.lasts
        assert len(getattr(told, side).level_ng_mL) == len(told.samples)


@given(st.lists(st.tuples(st.integers(1, 20), st.sampled_from(["0", "0.1", "1"])), min_size=1, max_size=6))
def test_no_stretch_holds_less_than_the_least_or_more_than_the_most(parts: list[tuple[int, str]]) -> None:
    whole = course(*parts)
    end = whole.edges[-1]
    stretch = min(DAY, end) / 2

    least, most = whole.least_and_most(timedelta(0), end, stretch)

    hours = int((end - stretch) / HOUR)
    held = [whole.by(hour * HOUR + stretch) - whole.by(hour * HOUR) for hour in range(hours + 1)]
    slack = Decimal("1e-9")
    assert all(least.ug - slack <= one.ug <= most.ug + slack for one in held)
    assert all(a.ug <= b.ug for a, b in pairwise([whole.by(edge) for edge in whole.edges]))


def test_a_course_tells_rates_and_amounts() -> None:
    told = course((24, "0.4"), (24, "0"), (24, "0.8"))

    assert told.by(36 * HOUR).ug == 200
    assert told.rate(24 * HOUR).is_zero
    assert told.highest(timedelta(0)).ug_per_day == 400
    assert [mass.ug for mass in told.least_and_most(timedelta(0), 3 * DAY, DAY)] == [0, 400]


def test_every_switch_of_a_profile_is_told_for_both_pumps() -> None:
    assert set(_SAID) <= {field.name for field in fields(Profile)} - {"name"}
    rows = {row.what: (row.legacy, row.reference) for row in differences()}
    assert {what for what, _, _ in _SAID.values()} <= set(rows)
    assert rows["A refill left open alarms"] == ("never", "after 30 min")
    assert rows["Memory is written"] == ("once", "twice and journalled")


def test_the_known_violations_are_those_of_the_safety_case() -> None:
    case = read_case(ROOT / "docs" / "safety" / "case.toml")
    known = {one.id: (one.requirement, one.source) for one in case.violations}

    assert {number: (one.requirement, one.source) for number, one in VIOLATIONS.items()} == known
    assert {row.number for row in differences()} == {*known, ""}


# --- the alarms -------------------------------------------------------------------------------------------


def test_every_alarm_stands_in_the_table_and_what_was_tried_came() -> None:
    rows = {row.alarm: row for row in alarm_table().rows}

    assert list(rows) == list(RULES)
    assert {alarm for alarm, row in rows.items() if row.tried} == set(TRIALS)
    for alarm, row in rows.items():
        assert (row.reference is None) == (alarm not in TRIALS)
        assert row.reference is None or row.reference.raised_after is not None, alarm


def test_what_a_legacy_pump_never_says_and_what_it_says_late() -> None:
    legacy = {row.alarm: row.legacy for row in alarm_table().rows if row.legacy}
    reference = {row.alarm: row.reference for row in alarm_table().rows if row.reference}

    for alarm in (Alarm.OVER_DELIVERY, Alarm.UNDER_DELIVERY, Alarm.TRANSACTION_OPEN):
        assert legacy[alarm].raised_after is None
    assert legacy[Alarm.PUMP_STOPPED].raised_after == 2 * DAY
    assert reference[Alarm.PUMP_STOPPED].raised_after == timedelta(0)
    assert legacy[Alarm.PUMP_RESET].then == "it turns at its minimum rate"
    assert reference[Alarm.PUMP_RESET].then == "the program goes on"


def test_what_was_seen_of_the_flow_is_what_the_pumps_own_table_says() -> None:
    fits = {
        FlowEffect.KEEPS: {"the program goes on"},
        FlowEffect.RESUMES: {"the program goes on"},
        FlowEffect.STANDS: {"the drive stands"},
        FlowEffect.NONE_LEFT: {"nothing can flow", "the drive stands", "the drive stands, as ordered"},
    }
    for row in alarm_table().rows:
        if row.reference and (seen := fits.get(FlowEffect(row.effect))):
            assert row.reference.then in seen, row.alarm


def test_a_tone_is_said_as_it_sounds() -> None:
    assert tone_in_words(TONES[AlarmClass.CRITICAL]) == "2500 Hz and 1800 Hz by turns, 0.5 s each, for 3 s"
    assert tone_in_words(TONES[AlarmClass.NON_CRITICAL]) == "one tone of 2500 Hz for 1 s"
    for sound in alarm_table().sounds:
        assert sound.every > timedelta(0)
        assert sound.source
