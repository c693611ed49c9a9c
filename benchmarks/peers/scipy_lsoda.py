"""SciPy's LSODA with the banded Jacobian, restarted at every change of input."""

from __future__ import annotations

import numpy as np
import scipy
from exchange import BAND, answer, peer_problem
from scipy.integrate import solve_ivp

PROBLEM = peer_problem()
BANDED = np.zeros((2 * BAND + 1, len(PROBLEM.matrix)))
for offset in range(-BAND, BAND + 1):
    diagonal = np.diagonal(PROBLEM.matrix, offset)
    BANDED[BAND - offset, max(offset, 0) : max(offset, 0) + len(diagonal)] = diagonal


def solve() -> np.ndarray:
    state, seen = np.zeros(len(PROBLEM.matrix)), []
    for low, high, rate, samples in PROBLEM.pieces():
        drive = PROBLEM.source * rate
        found = solve_ivp(
            lambda _t, x, drive=drive: PROBLEM.matrix @ x + drive, (low, high), state, method="LSODA",
            t_eval=np.append(samples, high) if not len(samples) or samples[-1] < high else samples,
            rtol=1e-6, atol=1e-8, jac=lambda _t, _x: BANDED, lband=BAND, uband=BAND,
        )  # fmt: skip
        state = found.y[:, -1]
        seen.append(found.y[:, : len(samples)])
    return np.concatenate(seen, axis=1)


answer(f"SciPy {scipy.__version__}", "LSODA, banded, restarted, rtol 1e-6", solve, PROBLEM.readout)
