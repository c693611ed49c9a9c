"""COPASI's deterministic solver (LSODA) through basico, the schedule as SBML events."""

from __future__ import annotations

from importlib.metadata import version

import basico
import numpy as np
from exchange import answer, peer_problem
from sbml import model

PROBLEM = peer_problem()
basico.load_model_from_string(model(PROBLEM, events=True))
NAMES = [f"Values[x{i}]" for i in range(len(PROBLEM.matrix))]


def solve() -> np.ndarray:
    found = basico.run_time_course_with_output(
        NAMES, values=PROBLEM.samples.tolist(), start_time=0, use_initial_values=True,
        method="deterministic", r_tol=1e-6, a_tol=1e-8, max_steps=1000000,
    )  # fmt: skip
    return found.to_numpy()[-len(PROBLEM.samples) :].T


answer(f"COPASI, basico {version('copasi-basico')}", "LSODA, SBML events, rtol 1e-6", solve, PROBLEM.readout)
