"""B4: against Runge-Kutta 4 written by hand for this network, sixteen patients abreast in vector registers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import rk4
from calibration import typical
from ours import cohort, room
from reference import Problem, error
from row import Row, ms
from timing import each


def run() -> Iterator[Row]:
    _, exact = typical(60)
    # Sixteen drawn patients, each with its own limit of stability, share the smallest; so the typical ones here.
    few = Problem.of(1)
    many = Problem(
        type(few.patients)({name: np.repeat(of, rk4.LANES) for name, of in few.patients.values.items()})
    )
    theirs = min(each(lambda: rk4.solve(many), 2)) / rk4.LANES
    their_error = error(rk4.solve(many)[:, :, 0], exact)
    patients = 2048
    problem = Problem.of(patients)
    for name, claim, tolerance, dtype in (
        ("B4", "hand-written Runge-Kutta 4, at its error", 1e-8, np.float64),
        ("B4s", "the same, ours in single precision", 1e-5, np.float32),
    ):
        out = room(problem, dtype)
        took = (
            min(each(lambda t=tolerance, d=dtype, o=out: cohort(problem, tolerance=t, dtype=d, out=o), 3))
            / patients
        )
        ours = error(cohort(Problem.of(8), tolerance=tolerance, dtype=dtype)[:7, 0], exact)
        yield Row(
            id=name, claim=claim, cells=60, ratio=theirs / took, target=">= 500", ours=ms(took), theirs=ms(theirs),
            our_error=ours, peer_error=their_error, peer="RK4, 16 lanes, Numba",
        )  # fmt: skip
