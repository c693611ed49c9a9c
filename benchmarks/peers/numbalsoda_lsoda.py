"""numbalsoda's LSODA with a compiled sparse right-hand side, restarted at every change of input."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
from exchange import answer, peer_problem
from numba import carray, cfunc
from numbalsoda import lsoda, lsoda_sig

PROBLEM = peer_problem()
N = len(PROBLEM.matrix)
ROWS, COLUMNS = (np.ascontiguousarray(index) for index in np.nonzero(PROBLEM.matrix))
VALUES = PROBLEM.matrix[ROWS, COLUMNS]
SOURCE = PROBLEM.source


@cfunc(lsoda_sig)
def slope(_t, x, dx, given_rate):
    state, rate = carray(x, (N,)), carray(given_rate, (1,))
    out = carray(dx, (N,))
    for i in range(N):
        out[i] = SOURCE[i] * rate[0]
    for e in range(len(VALUES)):
        out[ROWS[e]] += VALUES[e] * state[COLUMNS[e]]


def solve() -> np.ndarray:
    state, seen = np.zeros(N), []
    for low, high, rate, samples in PROBLEM.pieces():
        times = np.unique(np.concatenate(([low], samples, [high])))
        found, _ = lsoda(slope.address, state, times, data=np.array([rate]), rtol=1e-6, atol=1e-8)
        state = found[-1].copy()
        seen.append(found[np.searchsorted(times, samples)].T)
    return np.concatenate(seen, axis=1)


answer(f"numbalsoda {version('numbalsoda')}", "LSODA, restarted, rtol 1e-6", solve, PROBLEM.readout)
