"""Myokit's CVODES (dense) on generated C, the schedule as a pacing protocol."""

from __future__ import annotations

import myokit
import numpy as np
from exchange import answer, peer_problem

PROBLEM = peer_problem()
N = len(PROBLEM.matrix)


def text() -> str:
    """Return the model in Myokit's own language."""
    lines = [
        "[[model]]",
        *(f"b.x{i} = 0" for i in range(N)),
        "",
        "[e]",
        "t = 0 bind time",
        "u = 0 bind pace",
        "",
        "[b]",
    ]
    for i in range(N):
        terms = [
            f"{PROBLEM.matrix[i, j]!r} * x{j}".replace("np.float64(", "").replace(")", "")
            for j in np.flatnonzero(PROBLEM.matrix[i])
        ]
        if PROBLEM.source[i]:
            terms.append(f"{float(PROBLEM.source[i])!r} * e.u")
        lines.append(f"dot(x{i}) = " + " + ".join(terms))
    return "\n".join(lines)


PROTOCOL = myokit.Protocol()
for low, high, rate, _ in PROBLEM.pieces():
    if rate > 0:
        PROTOCOL.schedule(rate, low, high - low)
SIMULATION = myokit.Simulation(myokit.parse_model(text()), PROTOCOL)
SIMULATION.set_tolerance(abs_tol=1e-8, rel_tol=1e-6)
NAMES = [f"b.x{i}" for i in range(N)]


def solve() -> np.ndarray:
    SIMULATION.reset()
    log = SIMULATION.run(PROBLEM.samples[-1] + 1e-6, log=NAMES, log_times=PROBLEM.samples)
    return np.array([log[name] for name in NAMES])


answer(f"Myokit {myokit.__version__}", "CVODES, dense, pacing protocol, rtol 1e-6", solve, PROBLEM.readout)
