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
    Observation,
    Patients,
    Treatment,
    csf_at,
    differentiate,
    draw_patients,
    fit,
    load_parameters,
)
from thecal.body.fitting.observations import predicted

FREE = (
    "canal_length_cm", "spinal_csf_mL", "cranial_csf_mL", "cord_volume_mL", "dispersion_cm2_h", "bulk_flow_mL_h",
    "spinal_loss_per_h", "csf_turnover_mL_h", "cord_exchange_per_h", "cord_partition", "plasma_clearance_L_h",
    "plasma_volume_L", "effect_delay_per_h", "ec50_ng_mL", "effect_steepness", "tone_legs_before", "tone_arms_before",
)  # fmt: skip
"""What acts on these observations, and two of plasma that do not: a fit has to bear those too."""
VISITS_H = np.linspace(24.0, 700.0, 14)
SAMPLES_H = np.array([100.5, 300.5, 600.5])
SCORE_SD, CSF_SD = 0.4, 0.15


def looks() -> list[tuple[str, float, float, Law]]:
    """Return what is looked at, when, and with which error: 28 scores and 3 samples of spinal fluid."""
    scores = [
        (curve, hour, SCORE_SD, Law.NORMAL) for curve in (TONE_LEGS, TONE_ARMS) for hour in VISITS_H.tolist()
    ]
    return scores + [(csf_at("lumbar"), hour, CSF_SD, Law.LOGNORMAL) for hour in SAMPLES_H.tolist()]


def requested(problem: Problem, patients: Patients) -> np.ndarray:
    """Return what the model says of each look; shape ``(P, 31)``."""
    blank = [
        Observation(curve=curve, at_h=hour, value=1.0, sd=sd, law=law) for curve, hour, sd, law in looks()
    ]
    return predicted(
        Ensemble(patients, problem.ensemble.anatomy), blank, Treatment(inflow=problem.inflow, implant=IMPLANT)
    )


def observations_of(truth: np.ndarray, noise: np.ndarray) -> list[Observation]:
    """Return what was seen of a patient; a score stays on its scale."""
    observations = []
    for (curve, hour, sd, law), value, off in zip(looks(), truth, noise, strict=True):
        found = value * np.exp(sd * off) if law is Law.LOGNORMAL else np.clip(value + sd * off, 1, 5)
        observations.append(Observation(curve=curve, at_h=hour, value=float(found), sd=sd, law=law))
    return observations


def run() -> Iterator[Row]:
    for cells in (60, 240):
        problem, _ = typical(cells)
        solved, _ = calibrate(cells)
        table, anatomy = load_parameters(), problem.ensemble.anatomy
        drawn = draw_patients(table, 9, 5)
        noise = np.random.default_rng(3)
        given = Treatment(inflow=problem.inflow, implant=IMPLANT)
        times, done = [], 0
        for row in range(1, 10):
            patient = Patients(MappingProxyType({name: of[[row]] for name, of in drawn.values.items()}))
            observations = observations_of(requested(problem, patient)[0], noise.standard_normal(31))
            found = fit(table, observations, given, names=FREE, anatomy=anatomy)
            done += found.converged
            times.append(
                min(
                    each(
                        lambda s=observations, t=table, g=given, a=anatomy: fit(
                            t, s, g, names=FREE, anatomy=a
                        ),
                        2,
                    )
                )
            )
        mine = float(np.median(times))
        yield Row(
            id="B7", claim="fit of 17 parameters to 31 observations with covariance, median", cells=cells,
            ratio=mine / solved.seconds, target="<= 0.06", ours=ms(mine), theirs=ms(solved.seconds), our_error=None,
            peer_error=None, peer=PEER,
            note=f"thecal.body.fit as users call it; {done} of 9 converged; one solve is not a fit",
        )  # fmt: skip
        centre = Patients(MappingProxyType({name: np.array([of.value]) for name, of in table.table.items()}))
        whole = float(
            np.median(each(lambda p=problem, c=centre: differentiate(c, FREE, lambda s: requested(p, s)), 30))
        )
        alone = float(np.median(each(lambda p=problem, c=centre: requested(p, c), 30)))
        yield Row(
            id="B8", claim="all 17 derivatives over one prediction", cells=cells, ratio=whole / alone, target="<= 5",
            ours=ms(whole), theirs=ms(alone), our_error=None, peer_error=None, peer="our own prediction",
        )  # fmt: skip
