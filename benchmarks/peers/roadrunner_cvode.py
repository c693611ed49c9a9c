"""libRoadRunner's CVODE on compiled SBML, the input set anew and the solver restarted at every change."""

from __future__ import annotations

import numpy as np
import roadrunner
from exchange import answer, peer_problem
from sbml import model

PROBLEM = peer_problem()
RUNNER = roadrunner.RoadRunner(model(PROBLEM, events=False))
NAMES = [f"x{i}" for i in range(len(PROBLEM.matrix))]
RUNNER.timeCourseSelections = NAMES
RUNNER.integrator.relative_tolerance = 1e-6
RUNNER.integrator.absolute_tolerance = 1e-8


def solve() -> np.ndarray:
    RUNNER.resetAll()
    seen = []
    for low, high, rate, samples in PROBLEM.pieces():
        RUNNER["u"] = rate
        times = np.unique(np.concatenate(([low], samples, [high])))
        found = np.asarray(RUNNER.simulate(times=times.tolist()))
        seen.append(found[np.searchsorted(times, samples)].T)
    return np.concatenate(seen, axis=1)


answer(f"libRoadRunner {roadrunner.__version__}", "CVODE, restarted, rtol 1e-6", solve, PROBLEM.readout)
