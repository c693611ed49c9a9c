"""scikit-sundae's CVODE with a banded Jacobian of its own and a NumPy right-hand side, restarted at every change of input."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version

import numpy as np
from exchange import BAND, answer, peer_problem
from sksundae.cvode import CVODE

PROBLEM = peer_problem()


def slope(drive: np.ndarray) -> Callable[[float, np.ndarray, np.ndarray], None]:
    def move(_t: float, x: np.ndarray, dx: np.ndarray) -> None:
        np.matmul(PROBLEM.matrix, x, out=dx)
        dx += drive

    return move


def solve() -> np.ndarray:
    state, seen = np.zeros(len(PROBLEM.matrix)), []
    for low, high, rate, samples in PROBLEM.pieces():
        # Never two times alone: that would ask for the solver's own steps.
        times = np.unique(np.concatenate(([low, (low + high) / 2], samples, [high])))
        solver = CVODE(
            slope(PROBLEM.source * rate),
            rtol=1e-6,
            atol=1e-8,
            linsolver="band",
            lband=BAND,
            uband=BAND,
            max_num_steps=100000,
        )
        found = solver.solve(times, state)
        state = found.y[-1]
        seen.append(found.y[np.searchsorted(times, samples)].T)
    return np.concatenate(seen, axis=1)


answer(
    f"scikit-sundae {version('scikit-sundae')}", "CVODE, banded, restarted, rtol 1e-6", solve, PROBLEM.readout
)
