from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files

import pytest

from thecal.lab.accidents import AccidentRun, at_tip, load_accidents, read_accident, run_accident
from thecal.lab.accidents.run import SET_FOR_PATIENT
from thecal.pump import HAZARDS
from thecal.quantities import DAY, HOUR, MINUTE, Concentration, FlowRate, Interval, Volume
from thecal.therapy import Alarm, Delivery, DeliverySegment

START = datetime(2026, 3, 2, tzinfo=UTC)
ACCIDENTS = load_accidents()


def run_both(name: str) -> tuple[AccidentRun, AccidentRun]:
    """Run an accident on the legacy pump and on the reference pump."""
    legacy, reference = (
        run_accident(ACCIDENTS[name], profile, starts=START) for profile in ("legacy", "reference")
    )
    return legacy, reference


def ug(run: AccidentRun, start_h: float, end_h: float) -> float:
    """Return the dose at the catheter tip between two hours."""
    return float(run.dose(start_h * HOUR, end_h * HOUR).ug)


def test_at_least_eight_accidents_have_a_source_and_hazards() -> None:
    assert len(ACCIDENTS) >= 8
    for accident in ACCIDENTS.values():
        assert accident.source
        assert accident.when
        assert accident.story
        assert accident.learn
        assert set(accident.hazards) <= set(HAZARDS)


@pytest.mark.parametrize(
    ("name", "start_h", "end_h", "legacy_ug", "reference_ug"),
    [
        ("interval-2004", 1, 25, 3100, 100),
        ("forgotten-bridge", 48, 57, 600, 150),
        ("left-stopped", 24, 192, 0, 1400),
        ("mri-telemetry", 121.1, 145.1, 0, 194),
        ("prime-withdrawn-volume", 0, 2, 118 + 1.5 * 200 / 24, 1.5 * 200 / 24),
        ("flex-hourly", 24, 48, 1536, 156),
        ("refilled-not-updated", 160, 184, 800, 200),
        ("ampoules-swapped", 160, 184, 800, 200),
    ],
)
def test_what_reaches_the_patient_on_either_pump(
    name: str, start_h: float, end_h: float, legacy_ug: float, reference_ug: float
) -> None:
    legacy, reference = run_both(name)

    assert ug(legacy, start_h, end_h) == pytest.approx(legacy_ug, rel=0.05, abs=6)
    assert ug(reference, start_h, end_h) == pytest.approx(reference_ug, rel=0.05, abs=6)


def test_a_reference_pump_ends_a_surge_that_its_counter_detects() -> None:
    legacy, reference = run_both("stop-restart-surge")

    assert ug(legacy, 25, 25.5) > 100, "within the ten minutes of the report, and as much again after them"
    assert ug(reference, 25, 25.5) < 40
    assert Alarm.OVER_DELIVERY in [alarm for _, alarm in reference.sounded]
    assert legacy.sounded == ()


def test_at_the_refill_before_the_surge_nineteen_millilitres_were_left() -> None:
    accident = ACCIDENTS["stop-restart-surge"]
    drawn = next(step for step in accident.steps if step.act == "draw out")
    before = replace(accident, steps=tuple(step for step in accident.steps if step.after < drawn.after))

    for profile in ("legacy", "reference"):
        run = run_accident(replace(before, lasts=drawn.after), profile, starts=START)
        left = run.pump.true_content.mL
        assert float(left) == pytest.approx(float(drawn.number("found_mL")), abs=0.05)
        assert ug(run, 0, 23) < 0.5 * 180 * 23 / 24, "for the drive delivered far less than ordered"


def test_after_an_mri_only_the_legacy_pump_waits_for_an_interrogation() -> None:
    legacy, reference = run_both("mri-telemetry")

    for run in (legacy, reference):
        assert ug(run, 121.15, 121.8) == 0
        assert ug(run, 145.2, 146.2) == pytest.approx(200 / 24, abs=0.1), (
            "it continues after the interrogation"
        )
    assert ug(legacy, 122, 145) == 0
    assert ug(reference, 122, 145) == pytest.approx(200 * 23 / 24, abs=0.1)
    assert Alarm.MOTOR_STALL in [alarm for _, alarm in reference.sounded]
    assert Alarm.MOTOR_STALL not in [alarm for _, alarm in legacy.sounded]


def test_an_order_once_a_day_gives_its_bolus_once_a_day() -> None:
    legacy, _ = run_both("flex-hourly")

    assert ug(legacy, 0, 24) == pytest.approx(156, abs=0.01)
    assert ug(legacy, 7, 7.25) == pytest.approx(61, abs=0.01)
    assert ug(legacy, 24, 26) == pytest.approx(2 * 64, abs=1), "and then every hour"


@pytest.mark.parametrize("name", ["interval-2004", "flex-hourly"])
def test_a_refusal_names_who_set_the_limit(name: str) -> None:
    _, reference = run_both(name)

    (refusal,) = reference.refused
    assert SET_FOR_PATIENT in refusal.reason
    assert "Rote Liste" not in refusal.reason


def test_without_the_patients_own_limit_the_default_decides() -> None:
    refused = {
        name: run_accident(ACCIDENTS[name], "reference", starts=START, patient_limit=False).refused
        for name in ("interval-2004", "flex-hourly")
    }

    assert ["2003 mcg/day" in one.reason for one in refused["interval-2004"]] == [True]
    assert refused["flex-hourly"] == ()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("interval-2004", "24-hour dose"),
        ("forgotten-bridge", "needs a bridge"),
        ("prime-withdrawn-volume", "withdrawn"),
        ("flex-hourly", "24-hour dose"),
        ("ampoules-swapped", "ITB-166"),
    ],
)
def test_the_reference_pump_refuses_with_a_reason_and_the_legacy_pump_accepts(name: str, reason: str) -> None:
    legacy, reference = run_both(name)

    assert legacy.refused == ()
    assert [reason in one.reason for one in reference.refused] == [True]


@pytest.mark.parametrize("name", ACCIDENTS)
def test_reading_a_pump_does_not_change_what_it_does(name: str) -> None:
    for run in run_both(name):
        last = run.moments[-1].memory

        assert run.pump.memory == last
        assert [moment.after for moment in run.moments] == sorted({moment.after for moment in run.moments})
        written = {entry.at - START for entry in run.pump.log}
        assert written <= {moment.after for moment in run.moments}


def test_without_the_programmers_check_the_pump_accepts_two_wrong_orders() -> None:
    by_screen = {
        name
        for name in ACCIDENTS
        if any(not one.by_pump for one in run_accident(ACCIDENTS[name], "reference", starts=START).refused)
    }

    assert by_screen == {"ampoules-swapped", "prime-withdrawn-volume"}
    for name in by_screen:
        accident = ACCIDENTS[name]
        unscreened = run_accident(accident, "reference", starts=START, screens=False, steps_for="legacy")
        legacy, _ = run_both(name)
        assert unscreened.refused == ()
        assert unscreened.at_tip.mass == legacy.at_tip.mass


def test_an_open_refill_is_answered_before_the_new_solution_reaches_the_tip() -> None:
    legacy, reference = run_both("refilled-not-updated")

    assert legacy.pump.memory.program.concentration.ug_per_mL == 500
    assert reference.pump.memory.program.concentration.ug_per_mL == 2000
    assert ug(reference, 96, 120) == pytest.approx(225, abs=1)
    assert ug(legacy, 120, 144) == 800


def test_an_unfinished_act_alarms_after_minutes_or_days_or_never() -> None:
    stopped_legacy, stopped = run_both("left-stopped")
    refilled_legacy, refilled = run_both("refilled-not-updated")

    assert stopped_legacy.sounded == ((72 * HOUR, Alarm.PUMP_STOPPED),)
    assert stopped.sounded == ((24 * HOUR + 2 * MINUTE, Alarm.TRANSACTION_OPEN),)
    assert refilled_legacy.sounded == ()
    assert refilled.sounded == ((96 * HOUR + 30 * MINUTE, Alarm.TRANSACTION_OPEN),)


def test_the_catheter_delivers_its_old_contents_first() -> None:
    flow = DeliverySegment(
        interval=Interval(START, START + DAY),
        flow=FlowRate(mL_per_day=Decimal(1)),
        concentration=Concentration(ug_per_mL=Decimal(500)),
    )

    out = at_tip(Delivery((flow,)), Volume(mL=Decimal("0.25")), Concentration(ug_per_mL=Decimal(2000)))

    assert [(part.interval.length, part.concentration.ug_per_mL) for part in out.segments] == [
        (DAY / 4, 2000),
        (DAY * 3 / 4, 500),
    ]
    assert out.volume.mL == 1


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("title =", "name =", "missing or unknown: name, title"),
        ("dead_volume_ug_per_mL", "tube_ug_per_mL", "tube_ug_per_mL is now called dead_volume_ug_per_mL"),
        ('model = "SynchroMed II 20 mL"', 'model = "X"', "pump model 'X' is not in the catalogue"),
        ('act = "begin update"', 'act = "dance"', "'dance' is none of"),
        ("at_h = 24", "at_h = -1", "-1 is not a number from 0"),
        ("at_h = 24", "at_h = 24\nbeauty = 1", "unknown: beauty"),
        ("at_h = 24", 'at_h = 24\nprofiles = ["x"]', "profiles are reference, legacy"),
        ("at_h = 0", "at_h = 30", "must be in order of time"),
        ("fill_mL = 18", "fill_mL = true", "True is not a number"),
        ('sureness = "V"', 'sureness = "sure"', "'sure' is none of V, V2, M, D, assumed"),
    ],
)
def test_an_accident_with_a_defect_is_refused_by_name(old: str, new: str, complaint: str) -> None:
    text = files("thecal.lab.accidents").joinpath("cases/left-stopped.toml").read_text(encoding="utf-8")
    assert old in text

    with pytest.raises(ValueError, match=complaint):
        read_accident("left-stopped", text.replace(old, new, 1))
