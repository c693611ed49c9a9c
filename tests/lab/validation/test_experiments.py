"""The experiments of the validation against what they must give whatever the parameters are."""

from __future__ import annotations

import numpy as np
import pytest

from thecal.body import SEDATION, Posture, draw_patients, load_parameters
from thecal.lab.validation import Cohort, Who
from thecal.lab.validation.experiments.administration import infused
from thecal.lab.validation.experiments.canal import share_above, share_below, share_near, spread_about_tip
from thecal.lab.validation.experiments.h_reflex import (
    fall_after_pump_bolus,
    fall_after_puncture,
    fall_on_the_pump,
    gain_of_boluses,
    left_with_tablets,
)
from thecal.lab.validation.experiments.kinds import (
    bolus_clearance,
    bolus_duration,
    bolus_half_life,
    bolus_onset,
    bolus_peak,
    bolus_responders,
    bolus_volume,
    bridge,
    change_after_infusion,
    infusion_clearance,
    infusion_maximum,
    infusion_onset,
    level_at_rest,
    ratio_at_rest,
    score_after_infusion,
    time_to_rest,
)
from thecal.lab.validation.experiments.oral import bioavailability, dose_cut, plasma_on_average
from thecal.lab.validation.experiments.signals import (
    sedating_dose,
    sedation_after_bolus,
    sedation_after_start,
    withdrawal_peak,
)

COHORT = Cohort(patients=12, seed=3, tip="T10")


def test_plasma_at_rest_is_dose_rate_over_clearance() -> None:
    clearance_L_h = draw_patients(load_parameters(), 12, 3)["plasma_clearance_L_h"][1:]

    plasma = level_at_rest(COHORT, dose_ug_day=240, where="plasma")

    assert plasma == pytest.approx(10 / clearance_L_h, rel=1e-6)


def test_fluid_at_rest_is_proportional_to_the_dose() -> None:
    low, high = (level_at_rest(COHORT, dose_ug_day=dose, where="lumbar") for dose in (50, 1200))

    assert high == pytest.approx(24 * low)


def test_a_ratio_is_of_two_levels() -> None:
    lumbar, cisternal = (
        level_at_rest(COHORT, dose_ug_day=100, where=site) for site in ("lumbar", "cisternal")
    )

    assert ratio_at_rest(COHORT, over="lumbar", under="cisternal") == pytest.approx(lumbar / cisternal)


def test_less_of_the_level_at_rest_comes_sooner() -> None:
    half, most = (time_to_rest(COHORT, share=share, where="lumbar") for share in (0.5, 0.95))

    assert np.all(half < most)


def test_kinetics_of_a_bolus_do_not_depend_on_its_dose() -> None:
    for experiment, window in (
        (bolus_half_life, {"from_h": 0.5, "to_h": 4}),
        (bolus_clearance, {"to_h": 72}),
    ):
        # A larger volume stirs a little more fluid: nearly the same, not exactly.
        low, high = (experiment(COHORT, dose_ug=dose, **window) for dose in (50, 60))
        assert high == pytest.approx(low, rel=0.1)


def test_the_area_under_a_bolus_is_that_of_an_infusion_at_the_same_place() -> None:
    """Two ways: dose over area after a bolus at L3, and rate over level of an endless infusion near it."""
    near = Cohort(patients=12, seed=3, tip="L2")

    by_bolus = bolus_clearance(COHORT, dose_ug=50, to_h=200)
    by_infusion = 100 / 24 * 1000 / level_at_rest(near, dose_ug_day=100, where="L3")

    assert by_bolus == pytest.approx(by_infusion, rel=0.15)


def test_half_a_grade_comes_before_a_grade() -> None:
    half, whole = (bolus_onset(COHORT, dose_ug=50, fall=fall) for fall in (0.5, 1.0))
    later = ~np.isnan(whole)

    assert np.all(half[later] < whole[later])
    half, whole = (infusion_onset(COHORT, dose_ug_day=200, fall=fall) for fall in (0.5, 1.0))
    later = ~np.isnan(whole)
    assert np.all(half[later] < whole[later])


def test_a_fall_that_never_comes_is_not_a_number() -> None:
    assert np.isnan(bolus_onset(COHORT, dose_ug=0.5, fall=0.5)).all()
    assert np.isnan(bolus_duration(COHORT, dose_ug=0.5, fall=0.5)).all()
    assert np.isnan(infusion_onset(COHORT, dose_ug_day=0.01, fall=0.5)).all()


def test_a_larger_bolus_lasts_longer_in_more_patients() -> None:
    short, long = (bolus_duration(COHORT, dose_ug=dose, fall=1.0) for dose in (50, 100))
    both = ~np.isnan(short)

    assert np.all(long[both] > short[both])
    few, many = (bolus_responders(COHORT, dose_ug=dose, fall=1.0).mean() for dose in (15, 100))
    assert few < many <= 1


def test_a_peak_lies_between_onset_and_end() -> None:
    onset = bolus_onset(COHORT, dose_ug=100, fall=0.5)
    lasts = bolus_duration(COHORT, dose_ug=100, fall=0.5)
    peak = bolus_peak(COHORT, dose_ug=100)

    assert np.all((onset <= peak) & (peak <= onset + lasts))


def test_the_whole_fall_comes_after_half_of_it() -> None:
    half, most = (infusion_maximum(COHORT, dose_ug_day=100, share=share) for share in (0.5, 0.99))

    assert np.all(half < most)


def test_a_group_begins_with_the_tone_its_study_printed() -> None:
    for sign, before in (
        ("tone_arms", 3.0),
        ("spasms_legs", 2.0),
        ("reflexes_legs", 2.5),
        ("reflexes_arms", 2.5),
    ):
        who = Who(sign=sign, before=before, before_sd=0.4)
        many = Cohort(patients=100, seed=3, tip="T10", who=who)

        score = score_after_infusion(many, dose_ug_day=0.001, days=1)

        assert score.mean() == pytest.approx(before, abs=0.12)
        assert score.std() == pytest.approx(0.4, rel=0.2)
        assert change_after_infusion(many, dose_ug_day=0.001, days=1) == pytest.approx(0, abs=1e-3)


def test_more_drug_leaves_less_tone() -> None:
    for sign in ("tone_legs", "tone_arms", "spasms_legs", "reflexes_legs", "reflexes_arms"):
        cohort = Cohort(patients=12, seed=3, tip="T10", who=Who(sign=sign, before=3.0))

        less, more = (score_after_infusion(cohort, dose_ug_day=dose, days=3) for dose in (50, 400))

        assert np.all(more < less), sign


def test_a_bridge_keeps_the_dose_at_the_tip() -> None:
    rate_ug_h = bridge(COHORT, dose_ug_day=240, old_ug_mL=2000, new_ug_mL=500)

    assert len(rate_ug_h) > 24
    assert rate_ug_h == pytest.approx(10)


def test_a_child_gets_more_of_a_bolus_than_an_adult() -> None:
    small = Who(age_years=6, height_cm=110, weight_kg=19)
    child = Cohort(patients=30, seed=3, tip="T10", who=small)
    adult = Cohort(patients=30, seed=3, tip="T10")

    of_children, of_adults = (bolus_responders(one, dose_ug=25, fall=1.0).mean() for one in (child, adult))

    assert of_children > of_adults


def test_the_h_reflex_falls_further_in_a_longer_window_and_with_more_drug() -> None:
    at_one_hour = fall_after_puncture(COHORT, dose_ug=50, from_h=1, to_h=1)
    at_most = fall_after_puncture(COHORT, dose_ug=50, from_h=1, to_h=6)
    larger = fall_after_puncture(COHORT, dose_ug=100, from_h=1, to_h=6)

    assert np.all((at_one_hour > 0) & (at_one_hour <= at_most) & (at_most < larger) & (larger < 100))


def test_a_fall_of_the_h_reflex_is_counted_from_just_before_the_pumps_bolus() -> None:
    none, some = (
        fall_after_pump_bolus(COHORT, running_ug_day=60, dose_ug=dose, from_h=1, to_h=3)
        for dose in (1e-6, 50)
    )

    assert none == pytest.approx(0, abs=0.01)
    assert np.all(some > none)


def test_boluses_on_a_continuous_dose_reach_further_than_the_dose_alone() -> None:
    simple = fall_on_the_pump(COHORT, dose_ug_day=110, boluses_a_day=0, share_in_boluses=0)
    spread = fall_on_the_pump(COHORT, dose_ug_day=110, boluses_a_day=4, share_in_boluses=1e-9)
    peaks = fall_on_the_pump(COHORT, dose_ug_day=110, boluses_a_day=4, share_in_boluses=0.5)

    assert spread == pytest.approx(simple)
    assert np.all(peaks > simple)


def test_what_boluses_add_is_the_difference_of_the_two_programs() -> None:
    simple = fall_on_the_pump(COHORT, dose_ug_day=110, boluses_a_day=0, share_in_boluses=0)
    few, many = (
        gain_of_boluses(COHORT, dose_ug_day=110, boluses_a_day=count, share_in_boluses=0.5)
        for count in (1, 4)
    )

    peaks = fall_on_the_pump(COHORT, dose_ug_day=110, boluses_a_day=4, share_in_boluses=0.5)
    assert many == pytest.approx(peaks - simple)
    assert np.all(few > many)


def test_tablets_leave_less_of_the_h_reflex_than_the_pump_alone() -> None:
    without, some, more = (
        left_with_tablets(COHORT, dose_ug_day=50, dose_mg=dose, doses_a_day=4) for dose in (1e-6, 10, 20)
    )

    alone = fall_on_the_pump(COHORT, dose_ug_day=50, boluses_a_day=0, share_in_boluses=0)
    assert without == pytest.approx(1 - alone / 100, abs=0.01)
    assert np.all((more < some) & (some < without) & (more > 0))


def test_clearance_and_half_life_make_the_volume() -> None:
    """Two ways: the definition, and for all doses alike."""
    volume = bolus_volume(COHORT, dose_ug=50, from_h=0.5, to_h=4, area_to_h=72)

    half_life = bolus_half_life(COHORT, dose_ug=50, from_h=0.5, to_h=4)
    clearance = bolus_clearance(COHORT, dose_ug=50, to_h=72)
    assert volume * np.log(2) / half_life == pytest.approx(clearance)


def test_clearance_on_an_infusion_is_rate_over_level() -> None:
    level = level_at_rest(COHORT, dose_ug_day=240, where="lumbar")

    assert infusion_clearance(COHORT, where="lumbar") == pytest.approx(10_000 / level)


def test_sedation_grows_with_time_and_dose_until_it_rests() -> None:
    early, late, rest = (sedation_after_start(COHORT, dose_ug_h=55, after_h=hours) for hours in (6, 24, 1000))
    less = sedation_after_start(COHORT, dose_ug_h=27, after_h=6)
    doses = sedating_dose(COHORT)

    assert np.all((less < early) & (early < late) & (late < rest))
    assert np.array_equal(rest > 0.5, doses < 55 * 24)


def test_a_larger_bolus_sedates_more() -> None:
    usual, large = (sedation_after_bolus(COHORT, dose_ug=dose) for dose in (50, 280))

    assert np.all((usual >= 0) & (usual < large) & (large < 1))
    assert usual.max() < 0.5


def test_withdrawal_is_highest_later_where_there_is_more_to_lose() -> None:
    low, high = (withdrawal_peak(COHORT, dose_ug_day=dose, days=60) for dose in (50, 800))

    assert np.all((low > 24) & (low <= high) & (high < 10 * 24))


def test_plasma_by_mouth_is_dose_times_availability_over_clearance() -> None:
    drawn = draw_patients(load_parameters(), 12, 3)

    plasma = plasma_on_average(COHORT, dose_mg=20, doses_a_day=3)

    mcg_h = 60_000 / 24 * drawn["oral_bioavailability"][1:]
    assert plasma == pytest.approx(mcg_h / drawn["plasma_clearance_L_h"][1:], rel=1e-3)
    assert bioavailability(COHORT) == pytest.approx(74, rel=1e-3)


def test_worse_kidneys_ask_for_a_greater_cut_and_usual_ones_for_none() -> None:
    cuts = [
        dose_cut(COHORT, creatinine_mL_min=clearance, dose_mg=20, doses_a_day=3)
        for clearance in (120, 65, 20)
    ]

    assert cuts[0] == pytest.approx(0, abs=1e-9)
    assert np.all((cuts[0] < cuts[1]) & (cuts[1] < cuts[2]) & (cuts[2] < 1))


def test_all_of_the_drug_is_below_the_tip_or_above_it_and_within_the_canal() -> None:
    below, above = share_below(COHORT, after_h=6), share_above(COHORT, after_h=6)

    assert below + above == pytest.approx(1)
    assert share_near(COHORT, within_cm=100, after_h=6) == pytest.approx(1)
    near, nearer = (share_near(COHORT, within_cm=away, after_h=6) for away in (10, 5))
    assert np.all((nearer > 0) & (nearer < near))


def test_the_share_within_the_spread_is_the_share_asked_for() -> None:
    """Two ways: how far 80 % reach, and how much is found that near."""
    reach = spread_about_tip(COHORT, share=0.8, after_h=8)
    wider = spread_about_tip(COHORT, share=0.95, after_h=8)

    assert np.all(reach < wider)
    for patient, away in enumerate(reach):
        assert share_near(COHORT, within_cm=float(away) + 1e-9, after_h=8)[patient] == pytest.approx(
            0.8, abs=0.01
        )


def test_what_is_heavy_is_found_lower_in_those_who_sit() -> None:
    sitting, lying = (
        Cohort(patients=12, seed=3, tip="T10", who=Who(posture=posture, density_mg_mL=1025))
        for posture in (Posture.HEAD_UP, Posture.FLAT)
    )

    assert np.all(share_below(sitting, after_h=6) > share_below(lying, after_h=6))


def test_half_the_sedation_signal_stands_at_the_sedating_dose() -> None:
    doses = sedating_dose(COHORT)

    at_rest = infused(COHORT, float(doses[4]), np.array([1000.0]), also=[SEDATION])

    assert at_rest.patients(SEDATION)[4, 0] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"sign": "grip"}, "sign is 'grip'; allowed: tone_legs"),
        ({"before": 9.0}, "tone_legs_before is 9"),
        ({"groups": ("nobody",)}, "group 'nobody' is unknown"),
        ({"age_years": 2.0, "height_cm": 90.0, "weight_kg": 12.0}, "age_years is 2"),
        ({"age_years": 8.0}, "height_cm is 0"),
        ({"density_mg_mL": 1.0}, "density_mg_mL is 1"),
    ],
)
def test_patients_who_cannot_be_are_refused(told: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Who(**told)
