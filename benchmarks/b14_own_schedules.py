"""Own schedules: every patient of a cohort under a program of their own, from the tip's rates on."""

from __future__ import annotations

from collections.abc import Iterator

import numba  # noqa: F401 - loaded once, so that the extra does the work
import numpy as np
from calibration import PEER, calibrate, typical
from reference import Problem, error
from row import Row, ms
from timing import each

from thecal.body.engine import Drive, InputRoute, respond

PATIENTS = 512


def run() -> Iterator[Row]:
    problem = Problem.of(PATIENTS)
    drive = problem.drive
    chance = np.random.default_rng(4)
    # Each program has its own doses and its own times, in whole minutes as pumps have them.
    drives = [drive] + [
        Drive(drive.at_h + int(shift) / 60, drive.jumps_ug_h * factor, drive.amounts_ug)
        for shift, factor in zip(
            chance.integers(0, 180, PATIENTS - 1), chance.uniform(0.5, 2.0, PATIENTS - 1), strict=True
        )
    ]
    network, taps = problem.ensemble.network, problem.taps
    routes = [InputRoute(problem.ensemble.tip_shares("T10"), drives)]
    out = np.ones((7, PATIENTS, len(problem.samples_h)))

    def work() -> None:
        respond(network, routes, taps, problem.samples_h, tolerance=1e-7, fast=True, out=out)
        problem.scores(out[5:])

    took = min(each(work, 4)) / PATIENTS
    solved, their_error = calibrate(60)
    yield Row(
        id="B14", claim="a schedule of one's own for each patient, us a patient-month", cells=60, ratio=1e6 * took,
        target="<= 400", ours=ms(took), theirs=ms(solved.seconds), our_error=error(out[:, 0], typical(60)[1]),
        peer_error=their_error, peer=PEER, note=f"{solved.seconds / took:,.0f} times C/CVODE",
    )  # fmt: skip
