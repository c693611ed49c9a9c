from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.body import ASHWORTH_1_5, PLASMA, TONE_LEGS, Law, Observation, examine
from thecal.body.fitting.likelihood import Likelihood, log_mass
from thecal.body.scales.examiner import examination_sd

NUMBER = Observation(curve=TONE_LEGS, at_h=1, value=3, sd=0.5)
GRADES = [Observation.graded(TONE_LEGS, at_h=1, grade=grade) for grade in (1, 3, 5)]
SHARE = Observation(curve=PLASMA, at_h=1, value=2.0, sd=0.3, law=Law.LOGNORMAL)
BELOW = Observation(curve=PLASMA, at_h=1, value=2.0, sd=0.5, below=True)
BELOW_IN_LOGS = Observation(curve=PLASMA, at_h=1, value=2.0, sd=0.3, law=Law.LOGNORMAL, below=True)
EVERY = [NUMBER, *GRADES, SHARE, BELOW, BELOW_IN_LOGS]


def below(end: float) -> float:
    """Return the normal mass below an end, SDs."""
    return math.erfc(-end / math.sqrt(2)) / 2


def misfit(one: Observation, predicted: float) -> float:
    return float(Likelihood.of([one]).misfit(np.array([[predicted]]))[0])


@given(st.floats(1, 5))
def test_a_number_errs_by_its_square_and_a_share_by_that_of_its_logarithm(predicted: float) -> None:
    assert misfit(NUMBER, predicted) == pytest.approx(((3 - predicted) / 0.5) ** 2)
    assert misfit(SHARE, predicted) == pytest.approx((math.log(2 / predicted) / 0.3) ** 2)


@given(st.floats(1, 5), st.sampled_from(GRADES))
def test_a_grade_is_as_likely_as_the_normal_mass_that_rounds_to_it(
    predicted: float, one: Observation
) -> None:
    low = -math.inf if one.value == 1 else one.value - 0.5
    high = math.inf if one.value == 5 else one.value + 0.5
    mass = below((high - predicted) / one.sd) - below((low - predicted) / one.sd)
    best = 1.0 if one.value != 3 else 2 * below(0.5 / one.sd) - 1

    assert misfit(one, predicted) == pytest.approx(-2 * math.log(mass / best), rel=1e-8, abs=1e-9)


def test_grades_are_as_likely_as_examiners_write_them() -> None:
    """Two ways: the likelihood against how often ``examine`` writes each grade of the same true tone."""
    sd = examination_sd(0.66)
    written = examine(np.full(200_000, 2.3), ASHWORTH_1_5, seed=1, correlation=0.66)
    for grade in (1, 2, 3, 4):
        one = Observation.graded(TONE_LEGS, at_h=1, grade=grade)
        best = 1.0 if grade == 1 else 2 * below(0.5 / sd) - 1
        assert best * math.exp(-misfit(one, 2.3) / 2) == pytest.approx(np.mean(written == grade), abs=0.004)


@given(st.floats(0.5, 6))
def test_below_the_limit_is_as_likely_as_the_mass_there(predicted: float) -> None:
    assert misfit(BELOW, predicted) == pytest.approx(-2 * math.log(below((2 - predicted) / 0.5)))
    assert misfit(BELOW_IN_LOGS, predicted) == pytest.approx(
        -2 * math.log(below(math.log(2 / predicted) / 0.3))
    )


@given(st.sampled_from(EVERY), st.floats(1.05, 4.95))
def test_the_slope_and_the_curvature_are_those_of_the_misfit(one: Observation, predicted: float) -> None:
    """Two ways: in closed form, and by differences. Of a share only the part that the slope makes counts."""
    step = 1e-4
    under, at, over = (misfit(one, predicted + move) for move in (-step, 0, step))

    slope, curvature = (
        float(each[0]) for each in Likelihood.of([one]).slope_and_curvature(np.array([predicted]))
    )

    assert slope == pytest.approx(-(over - under) / (4 * step), rel=1e-4, abs=1e-6)
    if one.law is Law.NORMAL:
        assert curvature == pytest.approx((over - 2 * at + under) / (2 * step**2), rel=1e-2, abs=2e-3)


@given(st.sampled_from(EVERY), st.floats(0, 1e5), st.floats(1e-5, 10))
def test_far_away_nothing_breaks(one: Observation, predicted: float, sd: float) -> None:
    """Where the mass itself is no number any more, its logarithm and its slope still are, and point back."""
    far = Likelihood.of([Observation(**{**vars(one), "sd": sd})])

    lost = far.misfit(np.array([[predicted]]))
    slope, curvature = far.slope_and_curvature(np.array([predicted]))

    assert np.isfinite([*lost, *slope, *curvature]).all()
    assert lost[0] >= -1e-9
    assert (curvature > 0).all()
    if predicted > 6 and one.value < 5:
        assert slope[0] <= 0


@given(st.floats(-60, 60), st.floats(1e-3, 30))
def test_the_mass_between_two_ends_is_the_same_from_both_sides(low: float, width: float) -> None:
    ends = np.array([low]), np.array([low + width])

    assert log_mass(*ends) == pytest.approx(log_mass(-ends[1], -ends[0]), rel=1e-9)
    assert log_mass(*ends)[0] <= 0


def test_the_far_tail_joins_the_near_one() -> None:
    """20 SDs below: exact, by its continued fraction, Abramowitz and Stegun 26.2.14."""
    for end in (-19.999, -20.001, -35.0):
        fraction = 0.0
        for term in range(60, 0, -1):
            fraction = term / (-end + fraction)
        exact = -(end**2) / 2 - math.log(2 * math.pi) / 2 - math.log(-end + fraction)
        assert log_mass(np.array([-np.inf]), np.array([end]))[0] == pytest.approx(exact, rel=1e-10)
