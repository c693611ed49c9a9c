"""Our side of the benchmarks: one patient as the public API gives it, and cohorts block by block."""

from __future__ import annotations

import numpy as np
from reference import IMPLANT, Problem

from thecal.body import Ensemble, Inflow, simulate
from thecal.body.engine import respond


def one(problem: Problem, tolerance: float) -> object:
    """Return the public API's answer for a new body and a new schedule: rates, catheter, contour, all of it."""
    pump = problem.inflow
    return simulate(
        Ensemble(problem.patients, problem.ensemble.anatomy),
        sample_times_h=problem.samples_h,
        inflow=Inflow(pump.edges_h, pump.flow_mL_h, pump.concentration_ug_mL),  # new: nothing of it is known
        implant=IMPLANT,
        tolerance=tolerance,
    )


def room(problem: Problem, dtype: type = np.float64) -> np.ndarray:
    """Return memory for seven outputs and two scores of every patient, touched once; shape ``(9, P, T)``."""
    return np.ones((9, len(problem.patients), len(problem.samples_h)), dtype)


def cohort(
    problem: Problem,
    *,
    tolerance: float,
    dtype: type = np.float64,
    fast: bool = True,
    out: np.ndarray | None = None,
) -> np.ndarray:
    """Return seven outputs and two scores of every patient, all kept; shape ``(9, P, T)``."""
    out = room(problem, dtype) if out is None else out
    # A new ensemble, so that its rates are calculated anew.
    anew = Problem(problem.patients, problem.cells, problem.days)
    respond(
        anew.ensemble.network, anew.routes, anew.taps, anew.samples_h,
        tolerance=tolerance, fast=fast, dtype=dtype, out=out[:7],
    )  # fmt: skip
    anew.scores(out[5:7], out[7:])
    return out
