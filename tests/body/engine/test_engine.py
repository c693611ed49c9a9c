"""The engine against two other solvers, and the laws that a linear body obeys."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.bodies import PRIMED, fortnight
from builders.body.dense_body import dense_matrix, propagate
from builders.body.first_solver import march_routes
from thecal.body import SITES, Ensemble, load_parameters
from thecal.body.canal.bolus import stirred_shares
from thecal.body.catheter.implant import through_catheter
from thecal.body.engine import Drive, InputRoute, Tap, respond, self_check, transfer
from thecal.body.engine.schedule import NEAR_H

PATIENTS = Ensemble.drawn(load_parameters(), 4, seed=11, cells_per_cm=1)
TAPS = [*(PATIENTS.csf_tap(site) for site in SITES), PATIENTS.plasma_tap, *PATIENTS.effect_taps]


def at_tip(drive: Drive | list[Drive], ensemble: Ensemble = PATIENTS) -> InputRoute:
    return InputRoute(ensemble.tip_shares("T10"), drive)


def by_puncture(drive: Drive, ensemble: Ensemble = PATIENTS) -> InputRoute:
    stirred = stirred_shares(ensemble.patients, ensemble.anatomy, volume_mL=1.0, level="L3")
    return InputRoute(np.append(stirred, np.zeros((len(ensemble), 1)), axis=1), drive)


def steps(edges: list[float], rates: list[float]) -> Drive:
    return Drive.stepwise(np.array(edges), np.array(rates))


def worst(found: np.ndarray, expected: np.ndarray) -> float:
    """Return the largest difference over the largest value of each tap and patient."""
    return float(np.max(np.abs(found - expected) / np.max(np.abs(expected), axis=2, keepdims=True)))


def months_program(seed: int, minutes: float = 1.0) -> Drive:
    """Return a rate that changes 60 times in 30 days, with boluses of a minute among them."""
    chance = np.random.default_rng(seed)
    starts = np.sort(chance.uniform(0, 700, 30))
    bolus = np.repeat(starts, 2) + np.tile([0.0, minutes / 60], 30)
    rates = np.where(np.arange(59) % 2 == 0, chance.uniform(50, 3000, 59), chance.uniform(0, 20, 59))
    return Drive.stepwise(np.sort(bolus), rates)


@pytest.mark.parametrize("tolerance", [1e-6, 1e-9, 1e-12])
def test_the_error_stays_within_what_was_asked(tolerance: float) -> None:
    tip = through_catheter(fortnight(), PRIMED)
    routes = [at_tip(Drive.stepwise(tip.edges_h, tip.rate_ug_h)), by_puncture(steps([5.0, 5.02], [4000.0]))]
    times = np.linspace(0.7, 336, 300)

    found = respond(PATIENTS.network, routes, TAPS, times, tolerance=tolerance)

    # A program of many jumps adds up the errors of each: tenfold here.
    assert worst(found, march_routes(PATIENTS, routes, TAPS, times)) < 10 * max(tolerance, 1e-11)


@pytest.mark.parametrize("seed", range(6))
def test_a_month_of_sixty_events_at_odd_times_is_exact_soon_after_each(seed: int) -> None:
    drive = months_program(seed)
    times = np.unique(np.concatenate((drive.at_h + 0.05, drive.at_h + 1 / 3600, np.linspace(0, 720, 50))))
    routes = [at_tip(drive)]

    found = respond(PATIENTS.network, routes, TAPS, times, tolerance=1e-12)

    assert worst(found, march_routes(PATIENTS, routes, TAPS, times)) < 1e-9


def test_the_engine_is_the_dense_matrix_exponential() -> None:
    drive = months_program(99)
    times = drive.at_h[:40:3] + 0.05
    tap = PATIENTS.csf_tap("lumbar")

    found = respond(PATIENTS.network, [at_tip(drive)], [tap, PATIENTS.plasma_tap], times, tolerance=1e-12)

    for patient in (0, 3):
        matrix = dense_matrix(PATIENTS, patient)
        cells = PATIENTS.network.cells
        source = np.append(PATIENTS.tip_shares("T10")[patient], np.zeros(len(matrix) - cells - 1))
        state, rate, before, expected = np.zeros(len(matrix)), 0.0, 0.0, []
        for moment in np.unique(np.concatenate((drive.at_h, times))):
            if moment > times[-1]:
                break
            if moment > before:
                state = propagate(matrix, state, source * rate, moment - before)
            if moment in times:
                plasma = state[-2] / PATIENTS.patients["plasma_volume_L"][patient]
                expected.append((tap.csf[patient] @ state[: cells + 1], plasma))
            rate += float(drive.jumps_ug_h[drive.at_h == moment].sum())
            before = moment
        assert worst(found[:, [patient]], np.array(expected).T[:, np.newaxis]) < 1e-11


@pytest.mark.parametrize("cells_per_cm", [1, 2, 4, 8])
def test_the_error_does_not_grow_with_the_cells(cells_per_cm: int) -> None:
    ensemble = Ensemble.drawn(load_parameters(), 0, seed=0, cells_per_cm=cells_per_cm)
    taps = [ensemble.csf_tap("lumbar"), ensemble.plasma_tap, *ensemble.effect_taps]
    routes = [at_tip(steps([0.0, 30.0, 30.2, 90.0], [10.0, 400.0, 5.0]), ensemble)]
    times = np.linspace(0.25, 120, 100)

    found = respond(ensemble.network, routes, taps, times, tolerance=1e-11)

    # What is left at 480 cells is the eigensolver's own.
    assert worst(found, march_routes(ensemble, routes, taps, times)) < 2e-10


@given(cuts=st.lists(st.floats(0.01, 71.9), min_size=1, max_size=7, unique=True))
@settings(max_examples=30)
def test_cutting_a_constant_rate_changes_nothing(cuts: list[float]) -> None:
    times = np.linspace(0.3, 72, 20)
    edges = np.array([0.0, *sorted(cuts), 72.0])
    whole = Drive(edges[[0, -1]], np.array([10.0, -10.0]), np.zeros(2))
    cut = Drive.merged([steps([low, high], [10.0]) for low, high in pairwise(edges)])

    one, other = (
        respond(PATIENTS.network, [at_tip(drive)], TAPS, times, tolerance=1e-13) for drive in (whole, cut)
    )

    assert worst(other, one) < 1e-11


def test_what_enters_adds_up() -> None:
    times = np.linspace(0.5, 100, 60)
    routes = [
        at_tip(steps([0.0, 90.0], [10.0])),
        by_puncture(steps([3.0, 3.1], [500.0])),
        at_tip(months_program(1)),
    ]

    both = respond(PATIENTS.network, routes, TAPS, times, tolerance=1e-13)
    apart = sum(respond(PATIENTS.network, [route], TAPS, times, tolerance=1e-13) for route in routes)

    assert worst(both, apart) < 1e-11


def test_the_steady_state_is_the_transform_at_zero() -> None:
    at_rest = transfer(PATIENTS.network, PATIENTS.tip_shares("T10"), TAPS, np.zeros(1, complex))

    late = respond(
        PATIENTS.network, [at_tip(steps([0.0, 9000.0], [7.0]))], TAPS, np.array([8000.0]), tolerance=1e-12
    )

    assert np.allclose(late[:, :, 0], 7.0 * at_rest[:, :, 0].real, rtol=1e-9)


@given(seed=st.integers(0, 1000))
@settings(max_examples=15)
def test_no_drug_is_made_or_lost_whatever_the_schedule(seed: int) -> None:
    drive = months_program(seed)
    times = np.linspace(0, 720, 37)

    found = respond(PATIENTS.network, [at_tip(drive)], PATIENTS.pool_taps, times, tolerance=1e-13)

    edges = drive.at_h
    given_ug = np.interp(
        times, edges, np.append(0, np.cumsum(np.cumsum(drive.jumps_ug_h)[:-1] * np.diff(edges)))
    )
    assert np.max(np.abs(found.sum(axis=0) - given_ug)) < 1e-9 * given_ug[-1]
    assert np.min(found) > -1e-9 * given_ug[-1]


def test_an_amount_given_at_the_moment_of_a_sample_is_seen_and_not_before() -> None:
    times = np.array([2.9, 3.0, 3.1])
    drive = Drive(np.array([3.0]), np.zeros(1), np.array([50.0]))

    found = respond(PATIENTS.network, [by_puncture(drive)], PATIENTS.pool_taps, times, tolerance=1e-12)

    assert found.sum(axis=0)[:, 0] == pytest.approx(0, abs=1e-10)
    assert found[0, :, 1] == pytest.approx(50)
    assert found.sum(axis=0)[:, 2] == pytest.approx(50)


@pytest.mark.parametrize("lag", [0.0, 1e-13, 5e-10, 2e-9, 1e-6])
def test_a_rounding_of_time_is_not_a_cliff(lag: float) -> None:
    drive = steps([3.0 - lag, 3.0 - lag + 1 / 60], [3000.0])
    times = np.array([2.0, 3.0, 3.0 + 1e-12, 4.0])
    routes = [at_tip(drive)]
    taps = PATIENTS.pool_taps

    found = respond(PATIENTS.network, routes, taps, times, tolerance=1e-12)

    assert found[0, :, 1] == pytest.approx(3000 * lag, rel=0.01, abs=1e-8)
    assert found.sum(axis=0)[:, 3] == pytest.approx(50, rel=1e-9)


def test_two_samples_at_one_moment_see_the_same() -> None:
    times = np.array([1.0, 1.0 + NEAR_H / 10, 2.0])

    found = respond(PATIENTS.network, [at_tip(steps([0.0, 5.0], [1.0]))], TAPS, times, tolerance=1e-10)

    assert np.array_equal(found[:, :, 0], found[:, :, 1])
    assert not np.array_equal(found[:, :, 1], found[:, :, 2])


def test_a_run_can_be_taken_up_where_another_ended() -> None:
    routes, later = [at_tip(months_program(5))], np.array([400.0, 401.5, 500.0])
    network = PATIENTS.network
    cells, cord_cells = np.eye(network.cells + 1), np.eye(network.cord_mL.shape[1])
    none = np.zeros_like(network.csf_mL)
    each = [Tap(np.broadcast_to(row, network.csf_mL.shape)) for row in cells]
    each += [Tap(none, np.broadcast_to(row, network.cord_mL.shape)) for row in cord_cells]
    csf_only = TAPS[:4]

    masses = respond(network, routes, each, np.array([300.0]), tolerance=1e-13)[:, :, 0].T
    at_once = Drive(np.array([300.0]), np.zeros(1), np.ones(1))
    start = InputRoute(masses[:, : network.cells + 1], at_once, cord=masses[:, network.cells + 1 :])
    drive = routes[0].drive
    going = drive.at_h < 300
    rest = Drive(
        np.append(300.0, drive.at_h[~going]),
        np.append(drive.jumps_ug_h[going].sum(), drive.jumps_ug_h[~going]),
        np.append(0.0, drive.amounts_ug[~going]),
    )
    resumed = respond(network, [start, at_tip(rest)], csf_only, later, tolerance=1e-13)

    assert worst(resumed, respond(network, routes, csf_only, later, tolerance=1e-13)) < 1e-11
    # At the moment itself nothing has moved yet.
    first = respond(network, [start], each, np.array([300.0]), tolerance=1e-13)
    assert np.allclose(first[:, :, 0].T, masses, rtol=1e-12)


@pytest.mark.parametrize("tolerance", [1e-4, 1e-7])
def test_more_nodes_tell_how_good_the_nodes_are(tolerance: float) -> None:
    routes, times = [at_tip(months_program(2))], np.linspace(1, 720, 100)
    exact = march_routes(PATIENTS, routes, TAPS, times)

    said = self_check(PATIENTS.network, routes, TAPS, times, tolerance=tolerance)

    true = worst(respond(PATIENTS.network, routes, TAPS, times, tolerance=tolerance)[:, :3], exact[:, :3])
    assert said == pytest.approx(true, rel=0.05)


def test_each_patient_can_have_a_schedule_of_their_own() -> None:
    drives = [months_program(seed) for seed in range(len(PATIENTS))]
    drives[2] = Drive(np.array([0.0, 9.0]), np.zeros(2), np.array([50.0, 75.0]))
    times = np.array([0.5, 9.0, 100.0, 700.0])

    together = respond(PATIENTS.network, [at_tip(drives)], TAPS, times, tolerance=1e-12)

    for row, drive in enumerate(drives):
        alone = respond(PATIENTS.network, [at_tip(drive)], TAPS, times, tolerance=1e-12)
        assert worst(together[:, [row]], alone[:, [row]]) < 1e-10


def test_compiled_code_gives_the_same() -> None:
    pytest.importorskip("numba")
    routes = [at_tip(months_program(8)), by_puncture(steps([3.0, 3.1], [500.0]))]
    times = np.linspace(0.5, 700, 90)
    taps = [*TAPS, *PATIENTS.pool_taps]

    plain, fast = (
        respond(PATIENTS.network, routes, taps, times, tolerance=1e-11, fast=fast) for fast in (False, True)
    )

    assert worst(fast, plain) < 1e-10


def test_single_precision_is_good_to_a_millionth() -> None:
    routes, times = [at_tip(months_program(8))], np.linspace(0.5, 700, 90)

    plain, single = (
        respond(PATIENTS.network, routes, TAPS, times, tolerance=1e-9, dtype=dtype)
        for dtype in (np.float64, np.float32)
    )

    assert single.dtype == np.float32
    assert worst(single, plain) < 3e-6


@pytest.mark.parametrize("fast", [False, True])
def test_long_before_the_drug_there_is_nothing_and_after_it_what_there_always_is(fast: bool) -> None:  # noqa: FBT001 - a case
    """A contour made for the lags after an event is not made for the wait before it."""
    if fast:
        pytest.importorskip("numba")
    late = 1e5
    bolus, infusion = Drive(np.zeros(1), np.zeros(1), np.array([50.0])), steps([0.0, 9.0], [7.0])

    found, soon = (
        respond(
            PATIENTS.network,
            [
                at_tip(Drive(drive.at_h + wait, drive.jumps_ug_h, drive.amounts_ug))
                for drive in (bolus, infusion)
            ],
            TAPS,
            times,
            tolerance=1e-9,
            fast=fast,
        )
        for wait, times in ((late, np.array([0.0, 1.0, late + 0.1, late + 0.2])), (0.0, np.array([0.1, 0.2])))
    )
    last = Drive(np.array([late]), np.ones(1), np.zeros(1))
    never = respond(PATIENTS.network, [at_tip(last)], TAPS, np.array([0.0, late]), tolerance=1e-9, fast=fast)

    assert not found[:, :, :2].any()
    assert worst(found[:, :, 2:], soon) < 1e-6
    assert not never.any()


@pytest.mark.parametrize("tolerance", [1e-5, 1e-9, 1e-12])
@pytest.mark.parametrize("fast", [False, True])
def test_many_patients_get_what_a_few_get(tolerance: float, fast: bool) -> None:  # noqa: FBT001 - a case
    if fast:
        pytest.importorskip("numba")
    crowd = Ensemble.drawn(load_parameters(), 800, seed=3, cells_per_cm=1)
    few = Ensemble.drawn(load_parameters(), 3, seed=3, cells_per_cm=1)
    given = steps([0.0, 30.0, 30.0 + 1 / 60, 90.0], [10.0, 3000.0, 5.0])
    at_once = Drive(np.array([50.0]), np.zeros(1), np.array([20.0]))
    times = np.array([1.0, 30.0, 30.25, 50.0, 51.0, 100.0])

    together, alone = (
        respond(
            ensemble.network,
            [at_tip(given, ensemble), by_puncture(at_once, ensemble)],
            [ensemble.csf_tap("lumbar"), ensemble.plasma_tap, *ensemble.effect_taps],
            times,
            tolerance=tolerance,
            fast=fast,
        )
        for ensemble in (crowd, few)
    )

    assert worst(together[:, :4], alone) < tolerance
