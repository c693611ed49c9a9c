"""The shipped parameters against the rows they were set by; docs/science/body.md prints these numbers.

Rows kept for testing only (plasma, infusion onset and maximum, and others) are not asserted here: nothing may
be tuned to them.
"""

from __future__ import annotations

import numpy as np
import pytest

from builders.bodies import PRIMED, SCREENING, continuous, typical
from thecal.body import TONE_LEGS, csf_at, simulate

TYPICAL = typical()
LUMBAR, CISTERNAL = csf_at("lumbar"), csf_at("cisternal")
HOURS = np.arange(0, 24.01, 0.05)
BOLUS = simulate(TYPICAL, sample_times_h=HOURS, boluses=[SCREENING])
FALL = BOLUS.typical(TONE_LEGS)[0] - BOLUS.typical(TONE_LEGS)


@pytest.mark.parametrize(("dose_ug_day", "observed_ng_mL"), [(50, 130), (1200, 1240)])
def test_lumbar_fluid_at_rest_is_within_a_factor_of_1_6_of_the_swiss_label(
    dose_ug_day: float, observed_ng_mL: float
) -> None:
    response = simulate(TYPICAL, sample_times_h=[1000], inflow=continuous(dose_ug_day, 1001), implant=PRIMED)

    assert 1 / 1.6 < response.typical(LUMBAR)[0] / observed_ng_mL < 1.6


def test_lumbar_over_cisternal_is_four_to_one() -> None:
    response = simulate(TYPICAL, sample_times_h=[1000], inflow=continuous(400, 1001), implant=PRIMED)

    assert response.typical(LUMBAR)[0] / response.typical(CISTERNAL)[0] == pytest.approx(4, rel=0.02)


def test_the_half_life_of_a_lumbar_bolus_over_four_hours_is_within_0_9_to_5_hours() -> None:
    within = (HOURS >= 0.5) & (HOURS <= 4)

    slope = np.polyfit(HOURS[within], np.log(BOLUS.typical(LUMBAR)[within]), 1)[0]

    assert 0.9 < np.log(2) / -slope < 5
    assert np.log(2) / -slope == pytest.approx(2.0, abs=0.1)


def test_a_screening_bolus_shows_after_half_an_hour_to_an_hour() -> None:
    assert 0.5 <= HOURS[FALL >= 0.5][0] <= 1


def test_a_screening_bolus_is_at_its_most_about_four_hours_later() -> None:
    assert 4 / 1.35 <= HOURS[FALL.argmax()] <= 4 * 1.35


def test_a_screening_bolus_gives_four_to_eight_hours_of_at_least_a_grade() -> None:
    lasting = HOURS[FALL >= 1]

    assert 4 <= lasting[-1] - lasting[0] <= 8


def test_three_days_at_an_assumed_200_mcg_bring_ashworth_4_to_1_2() -> None:
    response = simulate(TYPICAL, sample_times_h=[0, 72], inflow=continuous(200, 73), implant=PRIMED)

    assert response.typical(TONE_LEGS).tolist() == pytest.approx([4.0, 1.2], abs=0.02)
