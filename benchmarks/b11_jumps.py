"""B11: forty random schedules with 1-minute boluses, sampled soon after; and a bolus that solvers step over."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from calibration import typical
from reference import System, error, oracle
from row import Row
from scipy.integrate import solve_ivp

from thecal.body.effects.tone import tone
from thecal.body.engine import Drive, InputRoute, respond


def schedule(seed: int) -> Drive:
    chance = np.random.default_rng(seed)
    starts = np.sort(chance.choice(np.arange(1, 700 * 60, 7), 30, replace=False)) / 60
    edges = np.repeat(starts, 2) + np.tile([0.0, 1 / 60], 30)
    rates = np.where(np.arange(59) % 2 == 0, chance.uniform(100, 3000, 59), chance.uniform(0, 20, 59))
    return Drive.stepwise(edges, rates)


def run() -> Iterator[Row]:
    problem, _ = typical(60)
    network, shares, taps = problem.ensemble.network, problem.ensemble.tip_shares("T10"), problem.taps
    worst = 0.0
    for seed in range(40):
        drive = schedule(seed)
        samples = np.unique(
            np.concatenate((drive.at_h + 0.05, drive.at_h + 1 / 60, np.arange(24.0, 721.0, 24.0)))
        )
        found = respond(network, [InputRoute(shares, drive)], taps, samples, tolerance=1e-12)
        worst = max(worst, error(found[:, 0], oracle(problem, drive=drive, samples_h=samples)))
    yield Row(
        id="B11", claim="40 random schedules with 1-minute boluses, samples minutes after, worst error", cells=60,
        ratio=worst, target="<= 1e-8", ours="", theirs="", our_error=worst, peer_error=None, peer="the oracle",
    )  # fmt: skip
    yield from missed_bolus()


def missed_bolus() -> Iterator[Row]:
    """Steady infusion, a 10-minute bolus after 500 h; solvers given the rate as a function of time, as one would."""
    problem, _ = typical(60)
    system = System.of(problem)
    edges, rates = np.array([0.0, 500.0, 500.0 + 1 / 6, 720.0]), np.array([10.0, 300.0, 10.0])
    drive = Drive.stepwise(edges, rates)
    samples = np.arange(1.0, 721.0)
    exact = oracle(problem, drive=drive, samples_h=samples)

    def score(outputs: np.ndarray) -> np.ndarray:
        one = {name: of[:1] for name, of in problem.patients.values.items()}
        return tone(
            np.maximum(outputs[[5]], 0.0), before=one["tone_legs_before"], ec50_ng_mL=one["ec50_ng_mL"],
            steepness=one["effect_steepness"],
        )[0]  # fmt: skip

    found = respond(
        problem.ensemble.network,
        [InputRoute(problem.ensemble.tip_shares("T10"), drive)],
        problem.taps,
        samples,
        tolerance=1e-10,
    )[:, 0]
    ours = error(found, exact)
    for method in ("LSODA", "BDF", "Radau"):
        solved = solve_ivp(
            lambda t, x: system.matrix @ x + system.source * rates[np.searchsorted(edges[1:-1], t, side="right")],
            (0.0, 720.0), np.zeros(len(system.matrix)), method=method, t_eval=samples, rtol=1e-6, atol=1e-8,
            jac=(lambda _t, _x: system.matrix),
        )  # fmt: skip
        theirs = system.readout @ solved.y
        off = float(np.max(np.abs(score(theirs) - score(exact))))
        mine = float(np.max(np.abs(score(found) - score(exact))))
        yield Row(
            id="B11m", claim="a 10-minute bolus after 500 steady hours, given as a function of time", cells=60,
            ratio=None, target="", ours=f"score off by {mine:.0e}", theirs=f"score off by {off:.2f}", our_error=ours,
            peer_error=error(theirs, exact), peer=f"SciPy {method}, rtol 1e-6, not restarted",
            note="stepped over" if error(theirs, exact) > 0.01 else "seen",
        )  # fmt: skip
