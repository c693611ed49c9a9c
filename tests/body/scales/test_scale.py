from __future__ import annotations

from dataclasses import replace

import pytest

from thecal.body import ASHWORTH_1_5, Score, ScoreBand

FROM_NOUGHT = replace(
    ASHWORTH_1_5, scale_id="ashworth-0-4", name="Ashworth 0-4", lowest=0, highest=4, normal=0
)


@pytest.mark.parametrize(("value", "grade"), [(1.0, 1), (1.49, 1), (1.5, 2), (2.5, 3), (4.51, 5), (5.0, 5)])
def test_a_reading_is_the_nearest_whole_grade(value: float, grade: int) -> None:
    assert Score(ASHWORTH_1_5, value).grade() == grade


@pytest.mark.parametrize("value", [0.99, 5.01, float("nan")])
def test_a_value_off_the_scale_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match=r"Ashworth 1-5 is .* grades; allowed: 1 to 5 grades"):
        Score(ASHWORTH_1_5, value)


def test_scores_of_two_scales_are_never_pooled() -> None:
    ours, theirs = Score(ASHWORTH_1_5, 3.0), Score(FROM_NOUGHT, 3.0)

    assert (ours.scale_id, theirs.scale_id) == ("ashworth-1-5", "ashworth-0-4")
    with pytest.raises(ValueError, match="different scales: never pool them"):
        ours.minus(theirs)
    with pytest.raises(ValueError, match="different scales"):
        ScoreBand(low=ours, middle=theirs, high=ours)


def test_a_band_is_written_in_whole_grades() -> None:
    band = ScoreBand(
        low=Score(ASHWORTH_1_5, 1.2), middle=Score(ASHWORTH_1_5, 2.37), high=Score(ASHWORTH_1_5, 3.6)
    )

    assert str(band) == "Ashworth 1-5: 2 (1 to 4)"


def test_a_band_upside_down_is_refused() -> None:
    with pytest.raises(ValueError, match="a band runs upwards, got 3, 2, 4"):
        ScoreBand(low=Score(ASHWORTH_1_5, 3), middle=Score(ASHWORTH_1_5, 2), high=Score(ASHWORTH_1_5, 4))
