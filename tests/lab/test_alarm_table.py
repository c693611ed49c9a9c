"""The alarm table keeps the program and the drug apart, and says of each what the twin does."""

from __future__ import annotations

from datetime import time, timedelta
from fractions import Fraction

import pytest

from builders.alarmed import alarmed
from builders.pumps import continuous, program, running, ug_a_day
from thecal.lab.accidents.wording import describe_flow_orders
from thecal.lab.alarm_trials import TRIALS, AlarmRow, alarm_table, describe_tone
from thecal.pump import RULES, TONES, AlarmClass, FlowEffect
from thecal.quantities import DAY
from thecal.therapy import Alarm, DoseStep, Flex

ROWS = {row.alarm: row for row in alarm_table().rows}


@pytest.mark.parametrize("alarm", [Alarm.MOTOR_STALL, Alarm.OCCLUSION])
def test_no_drug_flows_under_a_stall_or_an_occlusion_although_the_program_continues(alarm: Alarm) -> None:
    row = ROWS[alarm]

    assert row.effect == row.reference.then == "the program continues"
    assert row.drug_flows == "no"


def test_a_pump_that_does_better_than_the_other_is_named() -> None:
    said = ROWS[Alarm.OVER_DELIVERY].drug_flows

    assert said == "reference pump: no; legacy pump: yes, more than programmed"


def delivered(alarm: Alarm, profile: str) -> Fraction | None:
    """Return the drug that truly leaves the tip in the day after an alarm, as a share of the program's."""
    trial, pump = TRIALS[alarm], alarmed(alarm, profile)
    if pump is None:
        return None
    since = pump.present
    pump.advance(since + DAY)
    out = sum(Fraction(part.mass.ug) for part in pump.true_delivery.until(since + DAY).segments) - sum(
        Fraction(part.mass.ug) for part in pump.true_delivery.until(since).segments
    )
    dose = trial.program.mean_daily_dose
    assert dose is not None
    return out / Fraction(dose.ug_per_day)


def fits(text: str, share: Fraction | None) -> bool:
    """Say whether the text about the drug agrees with a share of the program's dose."""
    if share is None:
        return text == "not tested: the pump refuses"
    ranges = {
        "no": share <= Fraction(1, 100),
        "almost none": 0 < share <= Fraction(1, 10),
        "less than programmed": Fraction(1, 10) < share < Fraction(9, 10),
        "yes, as programmed": Fraction(85, 100) < share < Fraction(115, 100),
        "yes, more than programmed": share > Fraction(114, 100),
    }
    return ranges[text]


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.alarm.value)
def test_every_alarm_says_of_the_drug_what_the_twin_delivers(row: AlarmRow) -> None:
    assert fits(row.reference.drug_flows, delivered(row.alarm, "reference"))
    assert fits(row.legacy.drug_flows, delivered(row.alarm, "legacy"))
    assert row.legacy.raised_after is None or row.legacy.raised_after >= timedelta(0)


def test_every_alarm_is_in_the_table_and_was_raised_by_its_trial() -> None:
    rows = {row.alarm: row for row in alarm_table().rows}

    assert list(rows) == list(RULES)
    assert set(TRIALS) == set(RULES)
    for alarm, row in rows.items():
        assert row.reference.raised_after is not None, alarm


def test_the_alarms_that_a_legacy_pump_raises_late_or_never() -> None:
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
    assert legacy[Alarm.PUMP_RESET].then == "the pump runs at its minimum rate"
    assert reference[Alarm.PUMP_RESET].then == "the program continues"
    assert (
        reference[Alarm.MEMORY_ERROR].then == "its fallback runs: fallback: 200 mcg/day, all day, every day"
    )
    assert reference[Alarm.PAUSE_LONG].raised_after == timedelta(minutes=30)
    assert legacy[Alarm.PAUSE_LONG].then.startswith("the pump refuses (pause: this pump cannot pause")


def test_the_effect_of_an_alarm_agrees_with_the_pumps_own_table() -> None:
    fits = {
        FlowEffect.KEEPS: {"the program continues"},
        FlowEffect.RESUMES: {"the program continues"},
        FlowEffect.ENDS_BOLUS: {"the program continues"},
        FlowEffect.FALLS_BACK: {"its fallback runs: fallback: 200 mcg/day, all day, every day"},
        FlowEffect.STANDS: {"the drive is stopped"},
        FlowEffect.NONE_LEFT: {
            "the reservoir is empty: no flow is possible",
            "the drive is stopped",
            "the drive is stopped, as ordered",
        },
    }
    assert set(fits) == set(FlowEffect)
    for row in alarm_table().rows:
        assert row.reference.then in fits[FlowEffect(row.effect)], row.alarm


def test_a_tone_is_described_as_it_sounds() -> None:
    assert describe_tone(TONES[AlarmClass.CRITICAL]) == "2500 Hz and 1800 Hz alternating every 0.5 s, for 3 s"
    assert describe_tone(TONES[AlarmClass.NON_CRITICAL]) == "one tone of 2500 Hz for 1 s"
    for sound in alarm_table().sounds:
        assert sound.every > timedelta(0)
        assert sound.source


def test_a_program_of_the_same_mean_is_another_program() -> None:
    """50 and 250 by turns come to the 150 of before, and are not it."""
    before = continuous(150)
    steps = Flex.every_day(
        DoseStep(start=time(0), rate=ug_a_day(50)), DoseStep(start=time(12), rate=ug_a_day(250))
    )
    pump = running(program(steps))

    assert describe_flow_orders(pump.memory, before=before).startswith("another program runs: flex")
    assert describe_flow_orders(pump.memory, before=program(steps)) == "the program continues"
