"""B1, B2: cohorts on one schedule, seven outputs and two scores kept, against one C/CVODE solve per patient."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from calibration import PEER, calibrate, typical
from ours import cohort, room
from reference import Problem, error
from row import Row, ms
from timing import each

PATIENTS = 4096


def measure(
    cells: int, *, tolerance: float, dtype: type, fast: bool, rtol: float, patients: int
) -> tuple[float, ...]:
    """Return the ratio, both times per patient and both errors; calibrated before and after."""
    exact = typical(cells)[1]
    problem = Problem.of(patients, cells)
    before, peer_error = calibrate(cells, rtol)
    out = room(problem, dtype)
    took = (
        min(each(lambda: cohort(problem, tolerance=tolerance, dtype=dtype, fast=fast, out=out), 3)) / patients
    )
    after, _ = calibrate(cells, rtol)
    theirs = min(before.seconds, after.seconds)
    few = Problem.of(8, cells)
    found = cohort(few, tolerance=tolerance, dtype=dtype, fast=fast)[:7, 0]
    return theirs / took, took, theirs, error(found, exact), peer_error


def run() -> Iterator[Row]:
    for cells in (60, 240):
        for name, claim, tolerance, dtype, fast, rtol, target, patients in (
            ("B1", "cohort, error to 1e-6, Numba", 1e-5, np.float32, True, 3e-7, ">= 5000", PATIENTS),
            ("B1n", "the same, NumPy alone", 1e-5, np.float32, False, 3e-7, ">= 1000", 1024),
            ("B2", "cohort, error to 1e-9, Numba", 1e-8, np.float64, True, 1e-10, ">= 10000", PATIENTS),
            ("B2n", "the same, NumPy alone", 1e-8, np.float64, False, 1e-10, ">= 1000", 1024),
        ):
            ratio, ours, theirs, our_error, peer_error = measure(
                cells, tolerance=tolerance, dtype=dtype, fast=fast, rtol=rtol, patients=patients
            )
            note = f"{patients} patients; CVODE rtol {rtol:g}"
            yield Row(
                id=name, claim=claim, cells=cells, ratio=ratio, target=target, ours=ms(ours), theirs=ms(theirs),
                our_error=our_error, peer_error=peer_error, peer=PEER, note=note,
            )  # fmt: skip
