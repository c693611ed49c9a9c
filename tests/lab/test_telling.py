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
    VIOLATIONS,
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
from thecal.lab.accidents.differences import _SAID
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
        ("flex-hourly", Departure.TOO_MUCH, Departure.AS_MEANT),
        ("refilled-not-updated", Departure.TOO_MUCH, Departure.MORE),
        ("ampoules-swapped", Departure.TOO_MUCH, Departure.AS_MEANT),
        ("stop-restart-surge", Departure.TOO_MUCH, Departure.LESS),
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
        ("stop-restart-surge", "in 7 h, where 43.8 mcg were meant (3.2 times as much)"),
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
        ("stop-restart-surge", ["A person who hears the alarm"] * 2),
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
    assert "It alarmed 1 h 2 min 24 s after it went wrong: over-delivery, critical." in did
    assert did[-1].startswith("At the end it stands")


def test_what_would_have_come_of_it_otherwise_is_said_where_it_is_another_thing() -> None:
    said = {name: " ".join(told.otherwise) for name, told in TOLD.items() if told.otherwise}

    assert set(said) == {"interval-2004", "flex-hourly", "refilled-not-updated"}
    assert "at most 500 mcg/day for this patient" in said["interval-2004"]
    assert "2003 mcg/day, the reference pump refuses it too" in said["interval-2004"]
    assert "2003 mcg/day, the reference pump takes the order. Too much: 1536 mcg" in said["flex-hourly"]
    assert "If they do the same, it cannot help: Too much: 800 mcg in 24 h" in said["refilled-not-updated"]
    assert "It raised no alarm about it." in said["refilled-not-updated"]
    assert "It alarmed 1 day after it went wrong: reservoir level differs" in said["refilled-not-updated"]


def test_an_order_that_says_something_else_than_was_meant_is_told_with_both() -> None:
    entered = {name: told.entered for name, told in TOLD.items() if told.entered}

    assert entered == {
        "interval-2004": (
            (
                "50 mcg every 24 h; the 24 was typed into the field for minutes",
                "100 mcg/day, and 50 mcg over 10 min every 24 min",
            ),
        ),
        "flex-hourly": (
            (
                "60 mcg once each morning, as the day before",
                "96 mcg/day, and 60 mcg over 15 min every 1 h",
            ),
        ),
    }


def test_a_flex_day_is_told_once_with_all_its_steps() -> None:
    assert TOLD["flex-hourly"].legacy.looks[0].program == (
        "flex, every day: 00:00 to 07:00, 28 mcg in all; 07:00 to 07:15, 61 mcg in all; "
        "07:15 to 24:00, 67 mcg in all; 156 mcg in 24 h; 24-hour dose: 156 mcg/day"
    )


def test_a_pump_whose_drive_stands_is_not_said_to_deliver() -> None:
    looks = TOLD["mri-telemetry"].reference.looks

    stalled = {look.state for look in looks if Alarm.MOTOR_STALL in dict(look.standing)}
    assert "Its drive stands, and does not do what it is told" in stalled


def test_what_a_play_takes_as_given_is_said_where_it_bears_on_what_came_of_it() -> None:
    prime = TOLD["prime-withdrawn-volume"].accident

    assert "plug flow" in prime.assumes
    assert "0.140 mL is the geometry" in prime.assumes
    assert not any(told.accident.measures_level for told in TOLD.values())


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
    assert set(_SAID) == {field.name for field in fields(Profile)} - {"name"}
    rows = {row.what: (row.legacy, row.reference) for row in differences()}
    assert {what for what, _, _ in _SAID.values()} <= set(rows)
    assert rows["A refill left open alarms"] == ("never", "after 30 min")
    assert rows["Memory is written"] == ("once", "twice and journalled")


def test_the_known_violations_are_those_of_the_safety_case() -> None:
    case = read_case(ROOT / "docs" / "safety" / "case.toml")
    known = [(one.id, one.requirement, one.how, one.source) for one in case.violations]

    assert [(one.number, one.requirement, one.how, one.source) for one in VIOLATIONS.values()] == known
    assert sorted(one.number for row in differences() for one in row.violations) == sorted(VIOLATIONS)


def test_every_difference_is_in_words_and_names_what_it_violates() -> None:
    for row in differences():
        assert row.violations, row.what
        for said in (row.legacy, row.reference):
            assert said not in {"", "yes", "no"}, row.what
            assert not set("{}_") & set(row.what + said)
    rows = {row.what: (row.legacy, row.reference) for row in differences()}
    assert rows["A command by radio is taken"] == (
        "from wherever it comes",
        "for 2 min after the pump felt a wand on the skin",
    )


# --- the alarms -------------------------------------------------------------------------------------------


def test_every_alarm_stands_in_the_table_and_what_was_tried_came() -> None:
    rows = {row.alarm: row for row in alarm_table().rows}

    assert list(rows) == list(RULES)
    assert set(TRIALS) == set(RULES)
    for alarm, row in rows.items():
        assert row.reference.raised_after is not None, alarm


def test_what_a_legacy_pump_never_says_and_what_it_says_late() -> None:
    legacy = {row.alarm: row.legacy for row in alarm_table().rows}
    reference = {row.alarm: row.reference for row in alarm_table().rows}

    for alarm in (
        Alarm.OVER_DELIVERY,
        Alarm.UNDER_DELIVERY,
        Alarm.TRANSACTION_OPEN,
        Alarm.DOSE_LIMIT,
        Alarm.PAUSE_LONG,
        Alarm.LEVEL_DIFFERS,
    ):
        assert legacy[alarm].raised_after is None
    assert legacy[Alarm.PUMP_STOPPED].raised_after == 2 * DAY
    assert reference[Alarm.PUMP_STOPPED].raised_after == timedelta(0)
    assert legacy[Alarm.PUMP_RESET].then == "it turns at its minimum rate"
    assert reference[Alarm.PUMP_RESET].then == "the program goes on"
    assert (
        reference[Alarm.MEMORY_ERROR].then == "its fallback runs: fallback: 200 mcg/day, all day, every day"
    )
    assert reference[Alarm.PAUSE_LONG].raised_after == timedelta(minutes=30)
    assert legacy[Alarm.PAUSE_LONG].then.startswith("it refuses (pause: this pump has none")


def test_what_was_seen_of_the_flow_is_what_the_pumps_own_table_says() -> None:
    fits = {
        FlowEffect.KEEPS: {"the program goes on"},
        FlowEffect.RESUMES: {"the program goes on"},
        FlowEffect.ENDS_BOLUS: {"the program goes on"},
        FlowEffect.FALLS_BACK: {"its fallback runs: fallback: 200 mcg/day, all day, every day"},
        FlowEffect.STANDS: {"the drive stands"},
        FlowEffect.NONE_LEFT: {"nothing can flow", "the drive stands", "the drive stands, as ordered"},
    }
    assert set(fits) == set(FlowEffect)
    for row in alarm_table().rows:
        assert row.reference.then in fits[FlowEffect(row.effect)], row.alarm


def test_a_tone_is_said_as_it_sounds() -> None:
    assert tone_in_words(TONES[AlarmClass.CRITICAL]) == "2500 Hz and 1800 Hz by turns, 0.5 s each, for 3 s"
    assert tone_in_words(TONES[AlarmClass.NON_CRITICAL]) == "one tone of 2500 Hz for 1 s"
    for sound in alarm_table().sounds:
        assert sound.every > timedelta(0)
        assert sound.source
