"""What overrides a value of the file is held to the limit of the file."""

from __future__ import annotations

import pytest

from builders.scenarios import SMALL, problems_of, read
from thecal.lab import ScenarioError, run_scenario
from thecal.lab.scenario import MOST_PATIENTS, MOST_SEED, with_cohort

LONG = SMALL.replace('lasts = "2 day"', 'lasts = "60 day"').replace('"1 h"', '"1 min"')
"""86 401 samples."""


def test_a_cohort_too_large_for_memory_is_refused_from_the_file_and_instead_of_it() -> None:
    (in_file,) = problems_of(LONG.replace("patients = 6", "patients = 2000"))

    with pytest.raises(ScenarioError) as refused:
        run_scenario(read(LONG), patients=2000)

    assert str(refused.value) == in_file
    assert in_file.startswith("cohort.patients: 2000 patients at 86401 sample times are too many for memory")
    assert "here up to 23 patients" in in_file


def test_the_largest_cohort_that_is_allowed_is_named_and_taken() -> None:
    scenario = read(LONG)

    assert with_cohort(scenario, patients=23, seed=None).patients == 23
    with pytest.raises(ScenarioError, match="24 patients"):
        with_cohort(scenario, patients=24, seed=None)


def test_the_times_at_which_observations_look_count_as_samples() -> None:
    text = SMALL.replace('at = ["24 h", "2 day"]', 'every = "2 min"').replace('"1 h"', '"1 day"')

    with pytest.raises(ScenarioError, match="2000 patients at 1441 sample times"):
        run_scenario(read(text), patients=2000)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ({"patients": 0}, "cohort.patients: 0 is out of range; allowed: 1 to 2000"),
        ({"patients": MOST_PATIENTS + 1}, "cohort.patients: 2001 is out of range"),
        ({"seed": -1}, "cohort.seed: -1 is out of range; allowed: 0 to 2147483648"),
        ({"seed": MOST_SEED + 1}, "cohort.seed: 2147483649 is out of range"),
    ],
)
def test_an_override_is_held_to_the_range_of_the_file(override: dict[str, int], said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        run_scenario(read(), **override)

    assert said in str(refused.value)
