"""B7, B8: a fit of seventeen parameters to 31 observations, with covariance; and what a whole Jacobian costs."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

import numba  # noqa: F401 - loaded once, so that the extra does the work
import numpy as np
from calibration import PEER, calibrate, typical
from reference import IMPLANT, Problem
from row import Row, ms
from timing import each

from thecal.body import (
    TONE_ARMS,
    TONE_LEGS,
    Ensemble,
    Law,
    Patients,
    csf_at,
    draw_patients,
    load_parameters,
    simulate,
)
from thecal.body.gradient import differentiate

FREE = (
    "canal_length_cm", "spinal_csf_mL", "cranial_csf_mL", "cord_volume_mL", "dispersion_cm2_h", "bulk_flow_mL_h",
    "spinal_loss_per_h", "csf_turnover_mL_h", "cord_exchange_per_h", "cord_partition", "plasma_clearance_L_h",
    "plasma_volume_L", "effect_delay_per_h", "ec50_ng_mL", "effect_steepness", "tone_legs_before", "tone_arms_before",
)  # fmt: skip
"""What acts on these observations, and two of plasma that do not: a fit has to bear those too."""
VISITS_H = np.linspace(24.0, 700.0, 14)
SAMPLES_H = np.array([100.5, 300.5, 600.5])
TIMES_H = np.sort(np.concatenate((VISITS_H, SAMPLES_H)))
SCORE_SD, CSF_SD = 0.4, 0.15


class Fit:
    """Levenberg and Marquardt's descent to the most probable parameters, in standard deviations of their prior."""

    def __init__(self, problem: Problem, observed: np.ndarray) -> None:
        self.problem, self.observed = problem, observed
        self.table = load_parameters().table
        self.central = {name: np.array([of.value]) for name, of in self.table.items()}

    def patient(self, deviates: np.ndarray) -> Patients:
        values = dict(self.central)
        for name, deviate in zip(FREE, deviates, strict=True):
            values[name] = np.atleast_1d(self.table[name].at(np.array([deviate])))
        return Patients(MappingProxyType(values))

    def predict(self, patients: Patients) -> np.ndarray:
        curves = simulate(
            Ensemble(patients, self.problem.ensemble.anatomy), sample_times_h=TIMES_H, inflow=self.problem.inflow,
            implant=IMPLANT, sites=("lumbar",), tolerance=1e-7,
        ).curves  # fmt: skip
        seen = np.isin(TIMES_H, VISITS_H)
        csf = np.log(curves[csf_at("lumbar")][:, ~seen]) / CSF_SD
        return np.concatenate(
            (curves[TONE_LEGS][:, seen] / SCORE_SD, curves[TONE_ARMS][:, seen] / SCORE_SD, csf), axis=1
        )

    def slopes(self, deviates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        patient = self.patient(deviates)
        value, slopes = differentiate(patient, FREE, self.predict)
        per_deviate = np.array(
            [
                self.table[name].sd * (patient[name][0] if self.table[name].law is Law.LOGNORMAL else 1.0)
                for name in FREE
            ]
        )
        return value - self.observed, (slopes * per_deviate[:, np.newaxis]).T

    def run(self) -> tuple[np.ndarray, np.ndarray, int]:
        deviates, damping = np.zeros(len(FREE)), 1e-3
        gap, slopes = self.slopes(deviates)
        cost = gap @ gap + deviates @ deviates
        for step in range(1, 40):
            curvature = slopes.T @ slopes + np.eye(len(FREE))
            downhill = slopes.T @ gap + deviates
            trial = deviates - np.linalg.solve(curvature + damping * np.diag(np.diag(curvature)), downhill)
            new_gap, new_slopes = self.slopes(trial)
            new_cost = new_gap @ new_gap + trial @ trial
            if new_cost < cost:
                done = cost - new_cost < 1e-6 * cost
                deviates, gap, slopes, cost, damping = trial, new_gap, new_slopes, new_cost, damping / 10
                if done:
                    return deviates, np.linalg.inv(slopes.T @ slopes + np.eye(len(FREE))), step
            else:
                damping *= 10
        return deviates, np.linalg.inv(curvature), step


def run() -> Iterator[Row]:
    for cells in (60, 240):
        problem, _ = typical(cells)
        solved, _ = calibrate(cells)
        drawn = draw_patients(load_parameters(), 9, 5)
        noise = np.random.default_rng(3)
        times, counts = [], []
        for row in range(1, 10):
            blank = Fit(problem, np.zeros(31))
            truth = Patients(MappingProxyType({name: of[[row]] for name, of in drawn.values.items()}))
            fit = Fit(problem, blank.predict(truth)[0] + noise.standard_normal(31))
            times.append(min(each(fit.run, 2)))
            counts.append(fit.run()[2])
        mine = float(np.median(times))
        yield Row(
            id="B7", claim="fit of 17 parameters to 31 observations with covariance, median", cells=cells,
            ratio=mine / solved.seconds, target="<= 0.06", ours=ms(mine), theirs=ms(solved.seconds), our_error=None,
            peer_error=None, peer=PEER, note=f"{len(FREE)} parameters; {min(counts)} to {max(counts)} steps; one solve is not a fit",
        )  # fmt: skip
        fit = Fit(problem, np.zeros(31))
        centre = fit.patient(np.zeros(len(FREE)))
        whole = float(np.median(each(lambda f=fit, c=centre: differentiate(c, FREE, f.predict), 30)))
        alone = float(np.median(each(lambda f=fit, c=centre: f.predict(c), 30)))
        yield Row(
            id="B8", claim="all 17 derivatives over one prediction", cells=cells, ratio=whole / alone, target="<= 5",
            ours=ms(whole), theirs=ms(alone), our_error=None, peer_error=None, peer="our own prediction",
        )  # fmt: skip
