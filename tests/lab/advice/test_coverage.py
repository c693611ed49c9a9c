"""Bands of an advice hold what happens to patients of another structure than the adviser's model."""

import numpy as np
import pytest

from thecal.lab.advice.coverage import REPORTED_ON, TUNED_ON, coverage
from thecal.lab.advice.strangers import Stranger

WHOLE = {"tone, all", "tone, 7 days", "tone, 28 days"}


def _stranger(seed: int) -> Stranger:
    return Stranger.drawn(np.random.default_rng(seed))


def test_a_stranger_is_looser_with_more_drug_and_after_a_day() -> None:
    person = _stranger(1)
    low, high = (person.tone(np.full(96, dose), from_hour=9) for dose in (50.0, 400.0))

    assert high[-1] < low[-1] < person.before + person.swing
    assert high[23] > high[71] - 2 * person.swing


def test_the_same_seed_gives_the_same_coverage() -> None:
    found = coverage(REPORTED_ON, 3)

    assert found == coverage(REPORTED_ON, 3)
    assert found.keys() > WHOLE
    assert found["tone, all"].of == sum(found[f"tone, {days} days"].of for days in (7, 28))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_bands_of_tone_hold_85_to_95_percent_of_strangers() -> None:
    assert REPORTED_ON != TUNED_ON

    found = coverage(REPORTED_ON, 200)

    for name in WHOLE:
        assert 0.85 <= found[name].share <= 0.95
    scores = found["score, all"]
    assert abs(scores.share - scores.stated) <= 0.05


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_without_scores_bands_of_tone_hold_at_least_80_percent() -> None:
    assert coverage(REPORTED_ON, 200, scored=False)["tone, all"].share >= 0.80
