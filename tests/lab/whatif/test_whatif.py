"""What-ifs of the demonstration patient: on the model alone, each beside the therapy as it is."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.bedside import dose
from builders.bench import NOW, STOP, started
from thecal.body import OUTSIDE, TIP_LEVELS, Fault
from thecal.lab.forecast import ASSAY_SHARE, EXAMINER_SD, Subject, measured
from thecal.lab.whatif import (
    Case,
    CatheterProblem,
    Tablets,
    WhatIf,
    break_catheter,
    change_concentration,
    compare_tablets,
    expect_measurement,
    map_spinal_fluid,
)
from thecal.quantities import DAY, HOUR, Concentration, Mass, Volume
from thecal.therapy import DoseRange, ProgramError

NOTHING = Volume(mL=Decimal(0))


@pytest.fixture(scope="module")
def subject() -> Subject:
    return started().subject


def at(found: WhatIf, case: Case, key: str, since_now: timedelta) -> float:
    return case.one(key).mid[found.times.index(NOW + since_now)]


def concentration(ug_per_mL: str) -> Concentration:
    return Concentration(ug_per_mL=Decimal(ug_per_mL))


def steady(ug: str) -> DoseRange:
    return DoseRange(lowest=Mass(ug=Decimal(ug)), highest=Mass(ug=Decimal(ug)))


def tablets(mg: str, times: int, clearance: str = "120") -> Tablets:
    return Tablets(
        dose=Mass(ug=Decimal(mg) * 1000), times_a_day=times, creatinine_clearance_mL_min=Decimal(clearance)
    )


def test_the_map_goes_from_the_head_to_the_end_of_the_sac_and_is_highest_at_the_tip(
    subject: Subject,
) -> None:
    (case,) = map_spinal_fluid(subject).cases
    spine = case.map

    assert spine is not None
    assert spine.levels[0] == "cisterna"
    assert spine.levels[1:3] == ("C1", "C2")
    assert spine.levels[-1] == "S2"
    assert len(spine.levels) == 1 + 7 + 12 + 5 + 2
    last = {level: row[-1] for level, row in zip(spine.levels, spine.middle, strict=True)}
    assert max(last, key=last.__getitem__) == spine.tip == "T10"
    assert last["cisterna"] < last["C5"] < last["T6"] < last["T10"] > last["L3"]


def test_the_map_agrees_with_the_curve_of_its_level_and_with_the_bench(subject: Subject) -> None:
    found = map_spinal_fluid(subject)
    spine = found.cases[0].map
    lumbar = found.cases[0].one("lumbar")
    bench = started().curves(since=NOW, until=NOW + DAY).current

    assert spine is not None
    assert spine.middle[spine.levels.index("L3")] == pytest.approx(lumbar.mid, rel=1e-6)
    on_the_bench = next(series for series in bench if series.key == "csf_lumbar")
    assert lumbar.mid[-1] == pytest.approx(on_the_bench.mid[-1], rel=1e-6)
    assert lumbar.low is not None
    assert on_the_bench.low is not None
    assert lumbar.low[-1] == pytest.approx(on_the_bench.low[-1], rel=1e-6)


def test_another_dose_scales_every_level_a_week_on_and_nothing_before(subject: Subject) -> None:
    found = map_spinal_fluid(subject, proposed=dose("225"), name="225")
    today, other = (case.map for case in found.cases)

    assert today is not None
    assert other is not None
    before = found.times.index(NOW) - 1
    for now_row, other_row in zip(today.middle, other.middle, strict=True):
        assert other_row[before] == pytest.approx(now_row[before], rel=1e-6)
        assert other_row[-1] / now_row[-1] == pytest.approx(1.5, rel=0.02)


def test_tablets_fill_plasma_and_the_pump_fills_the_spine(subject: Subject) -> None:
    found = compare_tablets(subject, tablets("20", 3))
    pump, mouth = found.cases

    assert min(mouth.one("plasma").mid) > 50 * max(pump.one("plasma").mid)
    assert min(pump.one("cord_legs").mid) > 5 * max(mouth.one("cord_legs").mid)
    assert mouth.label == "by mouth alone, 20 mg every 8 h"
    assert pump.label == "from the pump, 150 mcg/day"
    assert found.label == "model estimate, assumed parameters"


def test_tablets_are_at_a_steady_state_when_they_are_shown(subject: Subject) -> None:
    found = compare_tablets(subject, tablets("20", 3))
    plasma = found.cases[1].one("plasma").mid
    a_day = found.times.index(NOW + DAY)

    assert plasma[:a_day] == pytest.approx(plasma[a_day : 2 * a_day], rel=1e-3)


def test_kidneys_that_fail_keep_tablets_in_plasma_longer(subject: Subject) -> None:
    well, ill = (
        compare_tablets(subject, tablets("20", 3, clearance)).cases[1] for clearance in ("120", "20")
    )

    assert max(ill.one("plasma").mid) > 1.5 * max(well.one("plasma").mid)
    assert max(ill.one("sedation").mid) >= max(well.one("sedation").mid)


def test_half_of_a_leak_is_half_of_the_drug_in_the_end(subject: Subject) -> None:
    found = break_catheter(subject, CatheterProblem(kind=Fault.LEAK, percent=Decimal(50)))
    whole, leaking = found.cases

    assert at(found, leaking, "tip", 7 * DAY) == pytest.approx(at(found, whole, "tip", 7 * DAY) / 2)
    assert at(found, leaking, "lumbar", 7 * DAY) == pytest.approx(
        at(found, whole, "lumbar", 7 * DAY) / 2, rel=0.01
    )
    assert leaking.label == "leak lets out 50 % of the flow"


def test_a_disconnection_ends_the_drug_and_a_repair_brings_it_back(subject: Subject) -> None:
    found = break_catheter(subject, CatheterProblem(kind=Fault.DISCONNECTION, repaired_after=2 * DAY))
    _, broken = found.cases

    assert at(found, broken, "tip", DAY) == 0
    assert at(found, broken, "tip", 7 * DAY) == pytest.approx(150 / 24)
    assert max(broken.one("withdrawal").mid) > 0.3
    assert at(found, broken, "tone_legs", 2 * DAY) == pytest.approx(4, abs=0.05)


def test_a_tip_that_moves_up_serves_the_arms_and_not_the_legs(subject: Subject) -> None:
    found = break_catheter(subject, CatheterProblem(kind=Fault.MIGRATION, level="C4"))
    whole, moved = found.cases

    assert at(found, moved, "tone_legs", 7 * DAY) > at(found, whole, "tone_legs", 7 * DAY) + 1
    assert at(found, moved, "tone_arms", 7 * DAY) < at(found, whole, "tone_arms", 7 * DAY)
    assert at(found, moved, "sedation", 7 * DAY) > at(found, whole, "sedation", 7 * DAY)
    assert moved.map is not None
    assert moved.map.tip == "C4"


def test_a_tip_outside_the_fluid_is_marked_nowhere(subject: Subject) -> None:
    _, moved = break_catheter(subject, CatheterProblem(kind=Fault.MIGRATION, level=OUTSIDE)).cases

    assert moved.map is not None
    assert moved.map.tip == ""
    assert moved.label == "tip outside the fluid"


problems = st.one_of(
    st.builds(
        CatheterProblem,
        kind=st.sampled_from([Fault.LEAK, Fault.KINK]),
        percent=st.integers(min_value=1, max_value=100).map(Decimal),
        repaired_after=st.sampled_from([None, DAY, 4 * DAY]),
    ),
    st.builds(CatheterProblem, kind=st.just(Fault.DISCONNECTION)),
    st.builds(CatheterProblem, kind=st.just(Fault.MIGRATION), level=st.sampled_from([*TIP_LEVELS, OUTSIDE])),
)


@given(problem=problems)
@settings(max_examples=4)
def test_no_fault_changes_the_past_or_brings_more_drug(problem: CatheterProblem) -> None:
    subject = started().subject
    found = break_catheter(subject, problem)
    whole, broken = found.cases
    now = found.times.index(NOW)

    for series in whole.series:
        assert broken.one(series.key).mid[:now] == pytest.approx(series.mid[:now], rel=1e-6, abs=1e-9)
    for through_whole, through_broken in zip(whole.one("tip").mid, broken.one("tip").mid, strict=True):
        assert through_broken <= through_whole + 1e-9


def test_a_bridge_keeps_the_dose_and_a_forgotten_one_does_not(subject: Subject) -> None:
    changed = change_concentration(
        subject, old=concentration("500"), new=concentration("2000"), left_behind=NOTHING
    )
    bridged, forgotten = changed.cases.cases

    assert changed.dead_volume == Volume(mL=Decimal("0.316"))
    assert bridged.one("tip").mid == pytest.approx([6.25] * len(changed.cases.times), rel=1e-3)
    assert at(changed.cases, forgotten, "tip", DAY) == pytest.approx(6.25 / 4)
    assert changed.programmed == steady("150")
    assert changed.unbridged_dose == steady("37.5")
    # 0.316 mL of 500 mcg/mL at 150 mcg/day, and at a quarter of the flow.
    assert changed.bridge.duration / HOUR == pytest.approx(24 * 0.316 * 500 / 150, abs=0.001)
    assert changed.clears_unbridged / HOUR == pytest.approx(24 * 0.316 * 2000 / 150, abs=0.001)
    assert changed.bridge_if_wider / HOUR == pytest.approx(24 * 0.375 * 500 / 150, abs=0.001)


def test_a_weaker_solution_without_a_bridge_is_an_overdose(subject: Subject) -> None:
    changed = change_concentration(
        subject, old=concentration("2000"), new=concentration("500"), left_behind=NOTHING
    )
    bridged, forgotten = changed.cases.cases

    assert max(forgotten.one("tip").mid) == pytest.approx(25, rel=1e-3)
    assert max(forgotten.one("sedation").mid) > 10 * max(bridged.one("sedation").mid)
    assert bridged.one("tip").mid == pytest.approx([6.25] * len(changed.cases.times), rel=1e-3)


def test_the_past_dose_is_the_same_whatever_concentration_was_in_the_catheter(
    subject: Subject,
) -> None:
    first, second = (
        change_concentration(
            subject, old=concentration(old), new=concentration("1000"), left_behind=NOTHING
        ).cases
        for old in ("500", "2000")
    )

    for case, other in zip(first.cases, second.cases, strict=True):
        assert case.one("lumbar").mid[:24] == pytest.approx(other.one("lumbar").mid[:24], rel=1e-3)


def test_a_residue_weakens_what_is_filled_in_and_the_dose_with_it(subject: Subject) -> None:
    """1.4 mL of 500 under 18.6 mL of 2000 is 1895 mcg/mL."""
    changed = change_concentration(
        subject, old=concentration("500"), new=concentration("2000"), left_behind=Volume(mL=Decimal("1.4"))
    )
    bridged, _ = changed.cases.cases

    assert changed.mixed.ug_per_mL == Decimal(1895)
    assert changed.mixed_dose == steady("142.125")
    assert at(changed.cases, bridged, "tip", 7 * DAY) == pytest.approx(142.125 / 24)


def test_what_cannot_be_bridged_is_refused_with_the_reason(subject: Subject) -> None:
    with pytest.raises(ProgramError, match="nothing to bridge"):
        change_concentration(subject, old=concentration("500"), new=concentration("500"), left_behind=NOTHING)
    with pytest.raises(ProgramError, match=r"with 5 mcg/mL in the pump: .*allowed"):
        change_concentration(subject, old=concentration("500"), new=concentration("5"), left_behind=NOTHING)

    bench = started()
    bench.stop(STOP)
    with pytest.raises(ProgramError, match="delivers no dose"):
        change_concentration(
            bench.subject, old=concentration("500"), new=concentration("2000"), left_behind=NOTHING
        )


def test_what_is_measured_spreads_wider_than_what_is(subject: Subject) -> None:
    (case,) = expect_measurement(subject).cases

    assert [series.key for series in case.measured] == [series.key for series in case.series]
    for inner, outer in zip(case.series, case.measured, strict=True):
        assert inner.low is not None
        assert inner.high is not None
        assert outer.low is not None
        assert outer.high is not None
        assert all(wide <= narrow for wide, narrow in zip(outer.low, inner.low, strict=True))
        assert all(wide >= narrow for wide, narrow in zip(outer.high, inner.high, strict=True))
        if outer.group == "tone":
            assert outer.low[-1] >= 1
            assert outer.high[-1] <= 5
            assert outer.high[-1] > inner.high[-1]


def test_a_measurement_errs_as_much_as_is_said() -> None:
    """One patient, so that the band is the error's alone: 1.645 of its standard deviations to either side."""
    three = np.full((1, 1), 3.0)

    low, middle, high = measured(three, graded=True)[:, 0]
    assert [(low + high) / 2, middle] == pytest.approx([3, 3])
    assert (high - low) / 2 == pytest.approx(1.645 * EXAMINER_SD, rel=0.02)

    low, _, high = measured(np.full((1, 1), 200.0), graded=False)[:, 0]
    assert (high - low) / 2 == pytest.approx(1.645 * 200 * ASSAY_SHARE, rel=0.02)
    assert measured(np.ones((1, 1)), graded=True).min() == 1, "no score lies off the scale"


def test_a_stopped_pump_is_looked_into_as_well() -> None:
    bench = started()
    bench.stop(STOP)
    subject = bench.subject

    (case,) = map_spinal_fluid(subject).cases
    pump, _ = compare_tablets(subject, tablets("10", 2)).cases

    assert case.one("lumbar").mid[-1] < 1
    assert pump.label == "from the pump, stopped"
