from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.body import (
    ASHWORTH_0_4,
    ASHWORTH_1_5,
    MEANINGS,
    MODIFIED_ASHWORTH,
    PENN,
    REFLEX,
    SCALES,
    TARDIEU,
    HmRatio,
    Scale,
    Score,
    ScoreBand,
    Tardieu,
    examine,
)
from thecal.body.scales.examiner import examination_sd

WIDE = Scale(scale_id="wide", name="wide", lowest=-50, highest=50, normal=0)


def test_every_scale_has_its_own_name_and_words_for_every_grade() -> None:
    assert len({scale.scale_id for scale in SCALES}) == len(SCALES)
    for scale in SCALES:
        assert list(MEANINGS[scale.scale_id]) == [written for _, written in scale.grades]
        assert scale.lowest <= scale.normal <= scale.highest


def test_one_plus_is_a_grade_between_one_and_two() -> None:
    assert [written for _, written in MODIFIED_ASHWORTH.grades] == ["0", "1", "1+", "2", "3", "4"]
    assert Score(MODIFIED_ASHWORTH, 1.3).written == "1+"
    assert Score(MODIFIED_ASHWORTH, 1.2).written == "1"
    assert Score(MODIFIED_ASHWORTH, 1.8).written == "2"
    assert Score(ASHWORTH_0_4, 1.3).written == "1"


@given(st.sampled_from(SCALES), st.floats(0, 1))
def test_the_written_grade_is_the_nearest_one(scale: Scale, share: float) -> None:
    value = scale.lowest + share * (scale.highest - scale.lowest)

    anchor = {written: where for where, written in scale.grades}[Score(scale, value).written]

    assert abs(anchor - value) == pytest.approx(min(abs(where - value) for where, _ in scale.grades))


def test_a_score_is_carried_over_only_by_name_and_remembers_how() -> None:
    penns = Score(ASHWORTH_1_5, 2.4)

    carried = penns.on(ASHWORTH_0_4).on(MODIFIED_ASHWORTH)

    assert carried.value == pytest.approx(1.4)
    assert carried.written == "1+"
    assert carried.via == "Ashworth 1-5 less 1; Ashworth 0-4, with 1+ at 1.43"
    assert penns.on(ASHWORTH_0_4).on(ASHWORTH_1_5).value == pytest.approx(penns.value)
    with pytest.raises(ValueError, match="no map from Penn spasm frequency to Ashworth 0-4"):
        Score(PENN, 2).on(ASHWORTH_0_4)
    with pytest.raises(ValueError, match="different scales"):
        penns.minus(penns.on(ASHWORTH_0_4))


def test_a_band_of_the_modified_scale_is_written_with_its_plus() -> None:
    band = ScoreBand(*(Score(MODIFIED_ASHWORTH, value) for value in (0.4, 1.4, 3.1)))

    assert str(band) == "modified Ashworth: 1+ (0 to 3)"


@pytest.mark.parametrize("correlation", [0.3, 0.66, 0.9])
def test_two_examiners_agree_as_much_as_they_are_said_to(correlation: float) -> None:
    """The intraclass correlation of what comes out, by analysis of variance, is the one that went in."""
    scores_sd = np.sqrt(correlation)  # of the patients, where the scores have 1
    patients = scores_sd * np.random.Generator(np.random.Philox(5)).standard_normal(20_000)

    pairs = np.stack(
        [examine(patients, WIDE, seed=seed, correlation=correlation, in_grades=False) for seed in (1, 2)]
    )

    within = np.mean((pairs[0] - pairs[1]) ** 2) / 2
    between = np.var(pairs.mean(axis=0)) - within / 2
    assert between / (between + within) == pytest.approx(correlation, abs=0.02)


def test_an_examiner_gives_grades_and_the_same_ones_again() -> None:
    tone = np.full((40, 50), 2.4)

    seen = examine(tone, MODIFIED_ASHWORTH, seed=7)

    assert set(np.unique(seen)) <= {0, 1, 1.43, 2, 3, 4}
    assert len(np.unique(seen)) > 2
    assert seen.tolist() == examine(tone, MODIFIED_ASHWORTH, seed=7).tolist()
    assert seen.tolist() != examine(tone, MODIFIED_ASHWORTH, seed=8).tolist()


def test_a_perfect_examiner_only_rounds() -> None:
    seen = examine(np.array([1.0, 1.2, 1.5, 4.9]), ASHWORTH_1_5, seed=1, correlation=1)

    assert seen.tolist() == [1, 1, 2, 5]
    assert examination_sd(0.75) == 0.5


def test_tardieus_angles_and_the_h_reflex() -> None:
    muscle = Tardieu(quality=Score(TARDIEU, 2), r1_deg=20, r2_deg=75)
    before, after = HmRatio(h_mV=6, m_mV=10), HmRatio(h_mV=1.5, m_mV=10)

    assert muscle.spastic_angle_deg == 55
    assert after.fall_from(before) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            lambda: Tardieu(quality=Score(REFLEX, 2), r1_deg=0, r2_deg=5),
            "allowed: Tardieu quality",
        ),
        (lambda: Tardieu(quality=Score(TARDIEU, 2), r1_deg=80, r2_deg=75), "r1_deg is 80 degrees"),
        (lambda: HmRatio(h_mV=1, m_mV=0), "m_mV is 0 mV"),
        (lambda: HmRatio(h_mV=1, m_mV=5).fall_from(HmRatio(h_mV=0, m_mV=5)), "nothing to fall from"),
        (
            lambda: examine(np.array([0.5]), ASHWORTH_1_5, seed=1),
            "Ashworth 1-5 is 0.5 grades; allowed",
        ),
        (lambda: examine(np.array([np.nan]), ASHWORTH_1_5, seed=1), "Ashworth 1-5 is nan"),
        (lambda: examine(np.array([1.0]), PENN, seed=1), "give a correlation"),
        (lambda: examine(np.array([1.0]), PENN, seed=1, correlation=2), "correlation is 2"),
        (lambda: Score(MODIFIED_ASHWORTH, 5), "modified Ashworth is 5 grades"),
    ],
)
def test_what_no_examiner_can_write_is_refused(made: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        made()
