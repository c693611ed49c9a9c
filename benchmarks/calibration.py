"""The C/CVODE solve that ratios are to, run beside each benchmark."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from cvode import Solved, solve
from reference import Problem, error, oracle

PEER = "C/CVODE, banded"


@lru_cache(maxsize=4)
def typical(cells: int, days: int = 30) -> tuple[Problem, np.ndarray]:
    """Return the typical patient and the oracle's seven outputs."""
    problem = Problem.of(1, cells, days)
    return problem, oracle(problem)


def calibrate(cells: int, rtol: float = 1e-6) -> tuple[Solved, float]:
    """Return a solve of the typical patient now, the fastest of some, and its error."""
    repeats = 1 if cells > 60 or rtol < 1e-8 else 3
    problem, exact = typical(cells)
    solved = solve(problem, rtol=rtol, repeats=repeats)
    return solved, error(solved.outputs, exact)
