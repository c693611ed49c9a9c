"""What samples see of a schedule, against the same said moment by moment."""

from __future__ import annotations

import numpy as np
import pytest

from thecal.body.engine import Contour, Drive
from thecal.body.engine.contour import contour
from thecal.body.engine.schedule import NEAR_H, carry, choose_contour, merge_near

NODES = Contour(np.array([-0.3 + 0.2j, -1 + 3j]), np.array([0.5 - 0.1j, 2 + 1j]))


def drive_of(*events: tuple[float, float, float]) -> Drive:
    """Return a drive of moments, jumps and amounts."""
    at_h, jumps, amounts = np.array(events, dtype=float).T
    return Drive(at_h, jumps, amounts)


def test_samples_closer_than_four_microseconds_are_one() -> None:
    near = NEAR_H / 2

    assert merge_near(np.array([1.0, 1.0 + near, 2.0, 2.0 + 4 * near, 5.0, 5.0])).tolist() == [
        1.0,
        1.0,
        2.0,
        2.0 + 4 * near,
        5.0,
        5.0,
    ]
    assert merge_near(np.array([0.0, NEAR_H])).tolist() == [0.0, NEAR_H]
    assert merge_near(np.array([7.0])).tolist() == [7.0]


def test_a_sample_sees_what_came_before_it_and_apart_what_enters_at_its_moment() -> None:
    drive = drive_of((0.5, 2, 0), (0.5, 1, 4), (1, -3, 10), (2, 0, 7), (3, 5, 5))
    samples = np.array([0.25, 0.5, 1.0, 1.5, 2.0, 2.75])

    found = carry(NODES, drive, samples)

    assert found.shape == (5, 6)
    for column, sample in enumerate(samples):
        past = sum(
            NODES.weights * (jump / NODES.nodes + amount) * np.exp(NODES.nodes * (sample - at))
            for at, jump, amount in zip(drive.at_h, drive.jumps_ug_h, drive.amounts_ug, strict=True)
            if at < sample
        ) + np.zeros(2)
        assert found[:2, column] == pytest.approx(past.real, rel=1e-10)
        assert found[2:4, column] == pytest.approx(-past.imag, rel=1e-10)
    assert found[4].tolist() == [0, 4, 10, 0, 7, 0]


def test_what_comes_at_the_last_sample_is_fresh_and_later_nothing() -> None:
    found = carry(NODES, drive_of((2, 0, 3), (4, 0, 8)), np.array([1.0, 2.0]))

    assert not found[:4].any()
    assert found[4].tolist() == [0, 3]


def test_a_sample_asked_for_twice_sees_the_same() -> None:
    found = carry(NODES, drive_of((0, 1, 3)), np.array([1.0, 1.0, 2.0]))

    assert found[:, 0].tolist() == found[:, 1].tolist() != found[:, 2].tolist()


@pytest.mark.parametrize(
    ("drives", "shortest", "longest", "share"),
    [
        # From an event to the next sample, and from the first event to the last sample.
        ([drive_of((0, 10, 0), (3.5, -10, 0))], 0.5, 8, 35 / 80),
        # An event at a sample counts to the next one.
        ([drive_of((1, 10, 0))], 3, 7, 1),
        # The least share and the widest lags of several; the nearest to a sample may be any.
        ([drive_of((0, 10, 0), (1.5, -10, 0)), drive_of((3.5, 4, 0))], 0.5, 8, 15 / 80),
        ([drive_of((3.5, 4, 0)), drive_of((0, 10, 0), (1.5, -10, 0))], 0.5, 8, 15 / 80),
        ([drive_of((0, 10, 0), (1.5, -10, 0)), drive_of((0.4, 10, 0), (6.4, -10, 0))], 0.6, 8, 15 / 80),
        # Amounts count as given; alone they need no share.
        ([drive_of((0, 10, 20), (2, -10, 0))], 1, 8, 40 / 80),
        ([drive_of((0, 0, 50), (2, 0, 50))], 1, 8, 1),
        # More than steady is steady; a fall is as large a jump as a rise.
        ([drive_of((0, 10, 500))], 1, 8, 1),
        ([drive_of((0, 6, 0), (1, 5, 0), (2, -11, 0))], 1, 8, (48 + 35 - 66) / 88),
        # What comes at the last sample or later is not seen.
        ([drive_of((4, 10, 0), (8, -10, 0), (9, 70, 0))], 4, 4, 1),
        ([drive_of((9, 10, 0)), drive_of((6, 5, 0))], 2, 2, 1),
        ([drive_of((9, 10, 0))], 1, 1, 1),
        ([drive_of((8, 10, 0))], 1, 1, 1),
        ([], 1, 1, 1),
    ],
)
def test_the_contour_serves_the_lags_that_there_are(
    drives: list[Drive], shortest: float, longest: float, share: float
) -> None:
    samples = np.array([1.0, 4.0, 8.0])

    found = choose_contour(drives, samples, 1e-6, more_nodes=3)

    expected = contour(shortest, longest, 1e-6, share=share, more_nodes=3)
    assert np.array_equal(found.nodes, expected.nodes)
    assert np.array_equal(found.weights, expected.weights)


def test_more_nodes_are_had_when_asked_for() -> None:
    drive, samples = drive_of((0, 10, 0)), np.array([1.0, 4.0])

    assert (
        len(choose_contour([drive], samples, 1e-6, more_nodes=1).nodes)
        == len(choose_contour([drive], samples, 1e-6).nodes) + 1
    )


@pytest.mark.parametrize(
    "at", [1e5 + 0.999, 1e5 + 1.0, 2e5], ids=["before the last", "at the last", "after all"]
)
def test_a_long_wait_before_the_first_event_carries_nothing(at: float) -> None:
    samples = np.array([0.0, 1.0, 1e5 + 1.0])
    drive = drive_of((at, 2, 3))

    found = carry(choose_contour([drive], samples, 1e-9), drive, samples)

    assert not found[:, :2].any()
    assert found[:-1, 2].any() == (at < samples[-1])
    assert found[-1, 2] == (3 if at == samples[-1] else 0)


def test_a_drive_of_nothing_carries_nothing() -> None:
    assert not carry(NODES, Drive(*np.zeros((3, 0))), np.array([1.0, 5.0])).any()


def test_lags_shorter_than_an_hour_are_served_as_they_are() -> None:
    found = choose_contour([drive_of((0.1, 10, 0))], np.array([0.2, 0.5]), 1e-6)

    assert np.array_equal(found.nodes, contour(0.2 - 0.1, 0.5 - 0.1, 1e-6).nodes)
