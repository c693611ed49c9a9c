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
    Comparison,
    CumulativeDose,
    Departure,
    compare_pumps,
    differences,
    load_accidents,
)
from thecal.lab.accidents.differences import _SWITCH_TEXTS
from thecal.pump import Profile
from thecal.quantities import DAY, HOUR, Concentration, FlowRate, Interval
from thecal.therapy import Alarm, Delivery, DeliverySegment

START = datetime(2026, 3, 2, tzinfo=UTC)
COMPARISONS = {name: compare_pumps(accident) for name, accident in load_accidents().items()}
SOLUTION = Concentration(ug_per_mL=Decimal(500))


def cumulative_dose(*parts: tuple[int, str]) -> CumulativeDose:
    """Return the cumulative dose of hours and flows in mL/day, one after the other."""
    at, segments = START, []
    for hours, mL_per_day in parts:
        interval = Interval(at, at + hours * HOUR)
        flow = FlowRate(mL_per_day=Decimal(mL_per_day))
        segments.append(DeliverySegment(interval=interval, flow=flow, concentration=SOLUTION))
        at = interval.end
    return CumulativeDose.of(Delivery(tuple(segments)), START)


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
    comparison = COMPARISONS[name]

    assert (comparison.legacy.verdict.departure, comparison.reference.verdict.departure) == (
        legacy,
        reference,
    )
    assert comparison.legacy.verdict.harms
    if legacy is Departure.TOO_MUCH:
        assert max(comparison.legacy.level_ng_mL) > 2 * max(comparison.reference.level_ng_mL)
    else:
        assert min(comparison.legacy.level_ng_mL) < min(comparison.reference.level_ng_mL) / 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("interval-2004", "3100 mcg in 24 h, where 150 mcg were intended (21 times as much)"),
        ("left-stopped", "Too little: nothing in 24 h, where 200 mcg were intended."),
        ("ampoules-swapped", "800 mcg in 24 h, where 200 mcg were intended (4 times as much)"),
        ("stop-restart-surge", "in 7 h, where 43.8 mcg were intended (3.2 times as much)"),
    ],
)
def test_the_headline_of_the_legacy_pump_is_computed_from_its_run(name: str, said: str) -> None:
    assert said in COMPARISONS[name].legacy.verdict.headline


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("ampoules-swapped", ["A check in the programmer", "Without that check", "A person"]),
        ("prime-withdrawn-volume", ["A check in the programmer", "Without that check"]),
        ("interval-2004", ["A person"]),
        ("forgotten-bridge", ["A person"]),
        ("left-stopped", ["A person who hears the alarm"]),
        ("refilled-not-updated", ["A person who answers the alarm"]),
        ("stop-restart-surge", ["A person who hears the alarm"] * 2),
    ],
)
def test_what_the_reference_pump_leaves_to_people_is_listed(name: str, kinds: list[str]) -> None:
    needs = COMPARISONS[name].needs

    assert len(needs) == len(kinds)
    assert all(said.startswith(kind) for said, kind in zip(needs, kinds, strict=True))


def test_an_underdose_is_shown_as_withdrawal_and_an_overdose_as_sedation() -> None:
    for name, comparison in COMPARISONS.items():
        lacks = comparison.legacy.verdict.departure is Departure.TOO_LITTLE
        legacy, reference = comparison.signals

        assert comparison.signal == ("withdrawal" if lacks else "sedation and overdose"), name
        assert 0 <= min(legacy) <= max(legacy) <= 1
        assert max(legacy) > max(reference)


def test_a_stop_and_a_surge_both_alarm_and_the_pump_then_stops() -> None:
    actions = COMPARISONS["stop-restart-surge"].reference.verdict.actions

    assert "Alarm at once: pump stopped, critical." in actions
    assert "Alarm 1 h 2 min 24 s after the error: over-delivery, critical." in actions
    assert actions[-1].startswith("At the end it is stopped")


def test_counterfactuals_are_described_where_their_outcome_differs() -> None:
    texts = {name: " ".join(found) for name, one in COMPARISONS.items() if (found := one.counterfactuals)}

    assert set(texts) == {"interval-2004", "flex-hourly", "refilled-not-updated"}
    assert "at most 500 mcg/day for this patient" in texts["interval-2004"]
    assert "2003 mcg/day, the reference pump refuses it too" in texts["interval-2004"]
    assert "2003 mcg/day, the reference pump accepts the order. Too much: 1536 mcg" in texts["flex-hourly"]
    assert "does not prevent the error: Too much: 800 mcg in 24 h" in texts["refilled-not-updated"]
    assert "No alarm followed the error." in texts["refilled-not-updated"]
    assert "Alarm 1 day after the error: reservoir level differs" in texts["refilled-not-updated"]


def test_a_wrongly_entered_order_is_shown_with_the_intended_order() -> None:
    entered = {name: comparison.entered for name, comparison in COMPARISONS.items() if comparison.entered}

    assert entered == {
        "interval-2004": (
            (
                "50 mcg every 24 h; the 24 was typed into the field for minutes",
                "100 mcg/day, and 50 mcg over 10 min every 24 min",
            ),
        ),
        "flex-hourly": (
            (
                "60 mcg once each morning, as on the day before",
                "96 mcg/day, and 60 mcg over 15 min every 1 h",
            ),
        ),
    }


def test_a_flex_day_is_described_once_with_all_its_steps() -> None:
    assert COMPARISONS["flex-hourly"].legacy.states[0].program == (
        "flex, every day: 00:00 to 07:00, 28 mcg in all; 07:00 to 07:15, 61 mcg in all; "
        "07:15 to 24:00, 67 mcg in all; 156 mcg in 24 h; 24-hour dose: 156 mcg/day"
    )


def test_a_pump_with_a_stalled_motor_is_not_said_to_deliver() -> None:
    states = COMPARISONS["mri-telemetry"].reference.states

    stalled = {shown.state for shown in states if Alarm.MOTOR_STALL in dict(shown.standing)}
    assert "Its motor has stalled: it does not deliver its program" in stalled


def test_the_assumptions_of_a_reconstruction_are_stated() -> None:
    prime = COMPARISONS["prime-withdrawn-volume"].accident

    assert "plug flow" in prime.assumes
    assert "whether 0.140 mL is the true volume" in prime.assumes
    assert not any(comparison.accident.measures_level for comparison in COMPARISONS.values())


@pytest.mark.parametrize("comparison", COMPARISONS.values(), ids=COMPARISONS)
def test_the_timeline_has_every_step_and_record_in_order_up_to_the_end(comparison: Comparison) -> None:
    moments = [row.after for row in comparison.rows]
    accident = comparison.accident

    assert moments == sorted(set(moments))
    assert moments[-1] == accident.lasts
    assert sum(len(row.steps) for row in comparison.rows) == len(accident.steps)
    for side in ("legacy", "reference"):
        records = sum(len(getattr(row, side).records) for row in comparison.rows)
        assert records == len(getattr(comparison, side).log)
        dose = getattr(comparison, side).tip_dose
        assert dose.edges[0] == timedelta(0)
        assert dose.edges[-1] == accident.lasts
        assert len(getattr(comparison, side).level_ng_mL) == len(comparison.samples)


@given(st.lists(st.tuples(st.integers(1, 20), st.sampled_from(["0", "0.1", "1"])), min_size=1, max_size=6))
def test_no_period_has_a_dose_below_the_least_or_above_the_most(parts: list[tuple[int, str]]) -> None:
    whole = cumulative_dose(*parts)
    end = whole.edges[-1]
    stretch = min(DAY, end) / 2

    least, most = whole.least_and_most(timedelta(0), end, stretch)

    hours = int((end - stretch) / HOUR)
    doses = [whole.until(hour * HOUR + stretch) - whole.until(hour * HOUR) for hour in range(hours + 1)]
    slack = Decimal("1e-9")
    assert all(least.ug - slack <= one.ug <= most.ug + slack for one in doses)
    assert all(a.ug <= b.ug for a, b in pairwise([whole.until(edge) for edge in whole.edges]))


def test_a_cumulative_dose_gives_rates_and_amounts() -> None:
    total = cumulative_dose((24, "0.4"), (24, "0"), (24, "0.8"))

    assert total.until(36 * HOUR).ug == 200
    assert total.rate(24 * HOUR).is_zero
    assert total.highest(timedelta(0)).ug_per_day == 400
    assert [mass.ug for mass in total.least_and_most(timedelta(0), 3 * DAY, DAY)] == [0, 400]


def test_every_switch_of_a_profile_is_described_for_both_pumps() -> None:
    assert set(_SWITCH_TEXTS) == {field.name for field in fields(Profile)} - {"name"}
    rows = {row.what: (row.legacy, row.reference) for row in differences()}
    assert {what for what, _, _ in _SWITCH_TEXTS.values()} <= set(rows)
    assert rows["A refill left open alarms"] == ("never", "after 30 min")
    assert rows["Memory is written"] == ("once", "twice, with a journal")


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
    assert rows["A command by radio is accepted"] == (
        "from any distance",
        "for 2 min after the pump detects a wand on the skin",
    )
