from __future__ import annotations

import numpy as np
import pytest

from thecal.body.engine import Drive


def described(drive: Drive) -> list[tuple[float, float, float]]:
    return list(zip(drive.at_h.tolist(), drive.jumps_ug_h.tolist(), drive.amounts_ug.tolist(), strict=True))


def test_a_stepwise_rate_jumps_where_it_changes_and_ends_at_nothing() -> None:
    drive = Drive.stepwise(np.array([1.0, 2.0, 3.0, 5.0]), np.array([4.0, 4.0, 7.0]))

    assert described(drive) == [(1, 4, 0), (3, 3, 0), (5, -7, 0)]


def test_drives_of_one_place_become_one_in_order_of_time() -> None:
    one = Drive(np.array([0.0, 3.0]), np.array([1.0, 2.0]), np.array([5.0, 6.0]))
    other = Drive(np.array([1.0, 3.0]), np.array([3.0, 4.0]), np.array([7.0, 8.0]))

    assert sorted(described(Drive.merged([one, other]))) == [(0, 1, 5), (1, 3, 7), (3, 2, 6), (3, 4, 8)]
    assert Drive.merged([one, other]).at_h.tolist() == [0, 1, 3, 3]


def test_what_comes_just_before_a_sample_waits_for_it_and_its_drug_is_made_good_for() -> None:
    drive = Drive(
        np.array([0.5, 1.75, 2.0, 3.9]), np.array([1.0, 8.0, 3.0, 2.0]), np.array([5.0, 6.0, 7.0, 0.0])
    )

    moved_to_samples = drive.moved_to_samples(np.array([1.0, 2.0]), 0.5)

    # 0.5 h before a sample is not *less* than 0.5 h; after the last sample nothing waits.
    assert described(moved_to_samples) == [(0.5, 1, 5), (2, 8, 8), (2, 3, 7), (3.9, 2, 0)]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0.0, 9.0, [(0, 1, 5), (2, 2, 6), (2, 0, 1), (4, 3, 7)]),
        (2.0, 4.0, [(2, 3, 7)]),
        (1.0, 4.0, [(1, 1, 0), (2, 2, 6), (2, 0, 1)]),
        (3.0, 4.5, [(3, 3, 0), (4, 3, 7)]),
        (8.0, 9.0, [(8, 6, 0)]),
    ],
)
def test_between_two_times_enters_what_runs_at_the_first_or_begins_inside(
    start: float, end: float, expected: list[tuple[float, float, float]]
) -> None:
    drive = Drive(
        np.array([0.0, 2.0, 2.0, 4.0]), np.array([1.0, 2.0, 0.0, 3.0]), np.array([5.0, 6.0, 1.0, 7.0])
    )

    assert described(drive.between(start, end)) == expected
