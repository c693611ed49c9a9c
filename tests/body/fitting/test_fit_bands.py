"""Whether 90 % bands of a fitted patient hold 90 %: of what is true, and of what is measured and written.

Patients are drawn from the population, examined through a screening trial as an examiner writes it (whole
grades, cut off at the ends of the scale, with the measured disagreement of raters), fitted, and asked for
tone and concentrations on a pump that nobody has tried on them yet.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pytest

from builders.bodies import PRIMED, SCREENING, continuous
from thecal.body import (
    ASHWORTH_1_5,
    PLASMA,
    TONE_LEGS,
    Anatomy,
    Ensemble,
    Law,
    Observation,
    Patients,
    Treatment,
    csf_at,
    draw_patients,
    examine,
    fit,
    load_parameters,
    simulate,
)

if TYPE_CHECKING:
    from thecal.body.bounds import Floats

POPULATION = load_parameters()
LUMBAR = csf_at("lumbar")
TRIAL = Treatment(boluses=[SCREENING])
TRIAL_H = np.array([0, 0.5, 1, 2, 4, 6, 8])
SAMPLED_H = (2.0, 6.0)
LATER_H = np.array([12.0, 24.0, 72.0])
CONCENTRATION_SD = 0.15
"""Of the logarithm: a laboratory's error, and where exactly the sample was drawn. Assumed."""


def one_of(cohort: Patients, row: int) -> Ensemble:
    rows = {name: of[row : row + 1] for name, of in cohort.values.items()}
    return Ensemble(Patients(MappingProxyType(rows)), Anatomy(1))


def trial_of(patient: Ensemble, seed: int, *, sampled: bool) -> list[Observation]:
    trial = simulate(patient, sample_times_h=TRIAL_H, boluses=[SCREENING], sites=["lumbar"])
    grades = examine(trial.typical(TONE_LEGS), ASHWORTH_1_5, seed=seed)
    observations = [
        Observation.graded(TONE_LEGS, at_h=hour, grade=grade)
        for hour, grade in zip(TRIAL_H, grades, strict=True)
    ]
    if not sampled:
        return observations
    drawn = dict(zip(TRIAL_H, disturbed(trial.typical(LUMBAR), seed), strict=True))
    return observations + [
        Observation(curve=LUMBAR, at_h=hour, value=drawn[hour], sd=CONCENTRATION_SD, law=Law.LOGNORMAL)
        for hour in SAMPLED_H
    ]


def disturbed(values: Floats, seed: int) -> Floats:
    noise = np.random.Generator(np.random.Philox(key=[seed, 77])).standard_normal(len(values))
    return np.asarray(values * np.exp(CONCENTRATION_SD * noise))


@dataclass
class Coverage:
    """Of one curve at one dose: how often a band held what came, and how often it said it would."""

    came: list[float]
    said: list[float]

    @property
    def shares(self) -> tuple[float, float]:
        return float(np.mean(self.came)), float(np.mean(self.said))


def coverage_of_bands(
    patients: int, doses: tuple[int, ...], *, sampled: bool
) -> dict[tuple[int, str, str], Coverage]:
    """Return what bands held and said, by dose, curve, and whether it is true or measured.

    The patients are those of seed 2026, patient n is examined with seed 10,000 + n.
    """
    cohort = draw_patients(POPULATION, patients, 2026)
    covered: dict[tuple[int, str, str], Coverage] = defaultdict(lambda: Coverage([], []))
    for row in range(1, patients + 1):
        patient, seed = one_of(cohort, row), 10_000 + row
        posterior = fit(POPULATION, trial_of(patient, seed, sampled=sampled), TRIAL)
        for dose in doses:
            pump = Treatment(inflow=continuous(dose, 80), implant=PRIMED)
            truth = simulate(
                patient, sample_times_h=LATER_H, inflow=pump.inflow, implant=PRIMED, sites=["lumbar"]
            )
            for curve in (TONE_LEGS, LUMBAR, PLASMA):
                graded = curve == TONE_LEGS
                error = {"in_grades": True} if graded else {"sd": CONCENTRATION_SD, "law": Law.LOGNORMAL}
                expected = posterior.predict(curve, LATER_H, pump, seed=seed, **error)
                true = truth.typical(curve)
                later = 1000 * dose + seed
                found = examine(true, ASHWORTH_1_5, seed=later) if graded else disturbed(true, later)
                for what, band, at, said in (
                    ("true", expected.true, true, np.full(len(true), 0.9)),
                    ("measured", expected.measured, found, expected.coverage),
                ):
                    covered[dose, curve, what].came.extend((band.low <= at) & (at <= band.high))
                    covered[dose, curve, what].said.extend(said)
    return covered


@pytest.mark.parametrize("sampled", [False, True], ids=["tone alone", "tone and fluid"])
def test_bands_hold_what_comes_about_as_often_as_they_say(*, sampled: bool) -> None:
    """A few patients, the same in every run, among whom one band's share is no surer than 0.1.

    The wide test below is the evidence, and a grid in ``test_fitted`` that draws are as probable as they are.
    """
    shares = {key: one.shares for key, one in coverage_of_bands(60, (60, 150), sampled=sampled).items()}
    came, said = np.mean(list(shares.values()), axis=0)
    assert abs(came - said) <= 0.05, (came, said)
    off = {key: share for key, share in shares.items() if abs(share[0] - share[1]) > 0.1}
    assert not off, off


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("sampled", [False, True], ids=["tone alone", "tone and fluid"])
def test_bands_of_four_hundred_patients_hold_what_comes_about_as_often_as_they_say(*, sampled: bool) -> None:
    """The table of docs/science/fit.md.

    A band of a number says 90 %. One of grades says what it holds: where nearly everybody would be written
    the same grade, no run of grades holds as little as 90 %.
    """
    covered = coverage_of_bands(400, (60, 150, 300), sampled=sampled)
    shares = {key: one.shares for key, one in covered.items()}
    off = {key: share for key, share in shares.items() if abs(share[0] - share[1]) > 0.05}
    assert not off, off
    assert all(said == 0.9 for (_, curve, _), (_, said) in shares.items() if curve != TONE_LEGS)
