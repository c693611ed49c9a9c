"""The alarm table keeps the program and the drug apart, and says of each what the twin does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from thecal.lab.accidents import alarm_table
from thecal.lab.accidents.alarm_table import MODEL, AlarmRow
from thecal.lab.accidents.alarm_trials import TRIALS, bring_about
from thecal.pump import PROFILES, Pump, RefusedError, capability
from thecal.quantities import DAY, HOUR, PumpClock, Volume
from thecal.therapy import BACLOFEN, Alarm, CommandId, PumpSerial, SetProgram, WrittenAgainst

START = datetime(2026, 3, 2, tzinfo=UTC)
ROWS = {row.alarm: row for row in alarm_table().rows}


@pytest.mark.parametrize("alarm", [Alarm.MOTOR_STALL, Alarm.OCCLUSION])
def test_no_drug_flows_under_a_stall_or_an_occlusion_although_the_program_continues(alarm: Alarm) -> None:
    row = ROWS[alarm]

    assert row.effect == row.reference.then == "the program goes on"
    assert row.drug_flows == "no"


def test_a_pump_that_does_better_than_the_other_is_named() -> None:
    said = ROWS[Alarm.OVER_DELIVERY].drug_flows

    assert said == "reference pump: no; legacy pump: yes, more than programmed"


def delivered(alarm: Alarm, profile: str) -> Fraction | None:
    """Return the drug that truly leaves the tip in the day after an alarm, as a share of the program's."""
    trial = TRIALS[alarm]
    pump = Pump.implanted(
        serial=PumpSerial("TRIAL"),
        capability=capability(MODEL),
        drug=BACLOFEN,
        fill=Volume(mL=trial.fill_mL),
        concentration=trial.program.concentration,
        clock=PumpClock(),
        now=START,
        profile=PROFILES[profile],
    )
    against = WrittenAgainst.of(pump.status(now=START))
    pump.handle(SetProgram(id=CommandId("trial"), against=against, program=trial.program), START)
    try:
        begins = bring_about(pump, trial, START)
    except RefusedError:
        return None
    while alarm not in {one.alarm for one in pump.memory.raised} and pump.present < begins + trial.watched:
        pump.advance(pump.present + 6 * HOUR)
    since = pump.present
    pump.advance(since + DAY)
    out = sum(Fraction(part.mass.ug) for part in pump.true_delivery.until(since + DAY).segments) - sum(
        Fraction(part.mass.ug) for part in pump.true_delivery.until(since).segments
    )
    dose = trial.program.mean_daily_dose
    assert dose is not None
    return out / Fraction(dose.ug_per_day)


def fits(words: str, share: Fraction | None) -> bool:
    """Say whether words about the drug agree with a share of the program's dose."""
    if share is None:
        return words == "cannot be tried"
    ranges = {
        "no": share <= Fraction(1, 100),
        "almost none": 0 < share <= Fraction(1, 10),
        "less than programmed": Fraction(1, 10) < share < Fraction(9, 10),
        "yes, as programmed": Fraction(85, 100) < share < Fraction(115, 100),
        "yes, more than programmed": share > Fraction(114, 100),
    }
    return ranges[words]


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.alarm.value)
def test_every_alarm_says_of_the_drug_what_the_twin_delivers(row: AlarmRow) -> None:
    assert fits(row.reference.drug_flows, delivered(row.alarm, "reference"))
    assert fits(row.legacy.drug_flows, delivered(row.alarm, "legacy"))
    assert row.legacy.raised_after is None or row.legacy.raised_after >= timedelta(0)
