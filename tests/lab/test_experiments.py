"""The experiments of the validation against what they must give whatever the parameters are."""

from __future__ import annotations

import numpy as np
import pytest

from thecal.body import draw_patients, load_parameters
from thecal.lab.validation import Cohort
from thecal.lab.validation.experiments import (
    bolus_clearance,
    bolus_duration,
    bolus_half_life,
    bolus_onset,
    bolus_peak,
    bolus_responders,
    bridge,
    infusion_maximum,
    infusion_onset,
    level_at_rest,
    ratio_at_rest,
    time_to_rest,
    tone_after_infusion,
)

COHORT = Cohort(patients=12, seed=3, tip="T10")
BEFORE = {"before": 4.0, "before_sd": 0.5}


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
    half, whole = (bolus_onset(COHORT, dose_ug=50, fall=fall, **BEFORE) for fall in (0.5, 1.0))
    later = ~np.isnan(whole)

    assert np.all(half[later] < whole[later])
    half, whole = (infusion_onset(COHORT, dose_ug_day=200, fall=fall, **BEFORE) for fall in (0.5, 1.0))
    later = ~np.isnan(whole)
    assert np.all(half[later] < whole[later])


def test_a_fall_that_never_comes_is_not_a_number() -> None:
    assert np.isnan(bolus_onset(COHORT, dose_ug=0.5, fall=0.5, **BEFORE)).all()
    assert np.isnan(bolus_duration(COHORT, dose_ug=0.5, fall=0.5, **BEFORE)).all()
    assert np.isnan(infusion_onset(COHORT, dose_ug_day=0.01, fall=0.5, **BEFORE)).all()


def test_a_larger_bolus_lasts_longer_in_more_patients() -> None:
    short, long = (bolus_duration(COHORT, dose_ug=dose, fall=1.0, **BEFORE) for dose in (50, 100))
    both = ~np.isnan(short)

    assert np.all(long[both] > short[both])
    few, many = (bolus_responders(COHORT, dose_ug=dose, fall=1.0, **BEFORE).mean() for dose in (15, 100))
    assert few < many <= 1


def test_a_peak_lies_between_onset_and_end() -> None:
    onset = bolus_onset(COHORT, dose_ug=100, fall=0.5, **BEFORE)
    lasts = bolus_duration(COHORT, dose_ug=100, fall=0.5, **BEFORE)
    peak = bolus_peak(COHORT, dose_ug=100, **BEFORE)

    assert np.all((onset <= peak) & (peak <= onset + lasts))


def test_the_whole_fall_comes_after_half_of_it() -> None:
    half, most = (infusion_maximum(COHORT, dose_ug_day=100, share=share, **BEFORE) for share in (0.5, 0.99))

    assert np.all(half < most)


def test_a_group_begins_with_the_tone_its_study_printed() -> None:
    many = Cohort(patients=100, seed=3, tip="T10")

    tone = tone_after_infusion(many, limb="arms", dose_ug_day=0.001, days=1, before=3.0, before_sd=0.4)

    assert tone.mean() == pytest.approx(3.0, abs=0.12)
    assert tone.std() == pytest.approx(0.4, rel=0.2)


def test_more_drug_leaves_less_tone() -> None:
    less, more = (
        tone_after_infusion(COHORT, limb="legs", dose_ug_day=dose, days=3, **BEFORE) for dose in (50, 400)
    )

    assert np.all(more < less)


def test_a_bridge_keeps_the_dose_at_the_tip() -> None:
    rate_ug_h = bridge(COHORT, dose_ug_day=240, old_ug_mL=2000, new_ug_mL=500)

    assert len(rate_ug_h) > 24
    assert rate_ug_h == pytest.approx(10)
