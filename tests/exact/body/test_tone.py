from __future__ import annotations

import numpy as np
import pytest

from thecal.body.effects.tone import tone

BEFORE = np.array([4.0, 3.0])
EC50 = np.array([20.0, 50.0])
STEEPNESS = np.array([1.5, 3.0])
LEVELS = np.array([[0.0, 20.0, 40.0, 1e9], [0.0, 50.0, 25.0, 1e9]])


def test_tone_falls_from_what_it_was_by_half_at_the_ec50_and_to_normal_at_most() -> None:
    score = tone(LEVELS, before=BEFORE, ec50_ng_mL=EC50, steepness=STEEPNESS)

    assert score[:, 0].tolist() == [4.0, 3.0]
    assert score[:, 1] == pytest.approx([2.5, 2.0])
    assert score[0, 2] == pytest.approx(4 - 3 * 40**1.5 / (20**1.5 + 40**1.5))
    assert score[1, 2] == pytest.approx(3 - 2 / 9)
    assert score[:, 3] == pytest.approx([1.0, 1.0])


def test_levels_stay_as_they_were() -> None:
    levels = LEVELS.copy()

    tone(levels, before=BEFORE, ec50_ng_mL=EC50, steepness=STEEPNESS)

    assert np.array_equal(levels, LEVELS)


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_tone_is_as_precise_as_the_levels(precision: type[np.floating]) -> None:
    score = tone(LEVELS.astype(precision), before=BEFORE, ec50_ng_mL=EC50, steepness=STEEPNESS)

    assert score.dtype == precision
    assert score[0, 2] == pytest.approx(4 - 3 * 40**1.5 / (20**1.5 + 40**1.5), rel=1e-6)


def test_many_patients_are_scored_as_each_alone_and_where_one_says() -> None:
    many = 70
    levels = np.linspace(0, 100, 3 * many).reshape(many, 3)
    given = {
        "before": np.linspace(1, 5, many),
        "ec50_ng_mL": np.linspace(5, 50, many),
        "steepness": np.linspace(1, 3, many),
    }
    out = np.full((many, 3), np.nan)

    scores = tone(levels, out=out, **given)

    assert scores is out
    for row in range(many):
        alone = tone(levels[[row]], **{name: values[[row]] for name, values in given.items()})
        assert np.array_equal(scores[row], alone[0])


def test_scores_may_stand_where_the_levels_stood() -> None:
    many = 70
    levels = np.linspace(0, 100, 3 * many).reshape(many, 3)
    given = {"before": np.full(many, 4.0), "ec50_ng_mL": np.full(many, 20.0), "steepness": np.full(many, 1.5)}
    apart = tone(levels, **given)

    tone(levels, out=levels, **given)

    assert np.array_equal(levels, apart)
