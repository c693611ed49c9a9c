"""Who could be a fitted patient, and what to expect of them."""

from __future__ import annotations

import importlib
from statistics import NormalDist
from types import MappingProxyType

import numpy as np
import pytest

from builders.bodies import PRIMED, SCREENING, continuous, rigid
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
    fit,
    load_parameters,
    of_groups,
)
from thecal.body.fitting.observations import predicted

POPULATION = load_parameters()
LUMBAR = csf_at("lumbar")
TRIAL = Treatment(boluses=[SCREENING])


@pytest.mark.parametrize("graded", [False, True], ids=["numbers", "grades"])
def test_those_who_could_be_this_patient_are_as_probable_as_a_grid_says(
    *, graded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two ways: resampled draws against the probability of 10,404 on a grid, ends of a range included."""
    module = importlib.import_module("thecal.body.fitting.posterior")
    monkeypatch.setattr(module, "_ENOUGH", 20_000)
    monkeypatch.setattr(module, "_MOST_BATCHES", 60)
    names = ["ec50_ng_mL", "tone_legs_before"]
    parameters = of_groups(POPULATION, "spinal")
    grades = ((0, 5), (1, 5), (2, 4), (4, 4), (8, 5))
    sd = 0.58 if graded else 0.3
    observations = [
        Observation(curve=TONE_LEGS, at_h=hour, value=grade, sd=sd, in_grades=graded)
        for hour, grade in grades
    ]
    steps = np.linspace(-5.05, 5.05, 102)  # so that a range ends between two of them
    x, y = (each.ravel() for each in np.meshgrid(steps, steps))
    rows = {name: np.full(len(x), one.value) for name, one in parameters.table.items()}
    rows |= {name: parameters[name].at(at) for name, at in zip(names, (x, y), strict=True)}
    found = predicted(Ensemble(Patients(MappingProxyType(rows)), Anatomy(1)), observations, TRIAL)
    normal, log = NormalDist(), -(x**2 + y**2) / 2
    for column, (_, grade) in zip(found.T, grades, strict=True):
        if graded:
            low, high = (-np.inf if grade == 1 else grade - 0.5), (np.inf if grade == 5 else grade + 0.5)
            log += [np.log(normal.cdf((high - at) / sd) - normal.cdf((low - at) / sd)) for at in column]
        else:
            log -= ((grade - column) / sd) ** 2 / 2
    share = np.exp(log - log.max()) / np.exp(log - log.max()).sum()

    drawn = fit(parameters, observations, TRIAL, names=names).patients(20_000, 3)

    for name, by in zip(names, (np.log, np.asarray), strict=True):
        order = np.argsort(rows[name], kind="stable")
        on_grid = rows[name][order][np.searchsorted(np.cumsum(share[order]), [0.05, 0.25, 0.5, 0.95])]
        assert by(np.percentile(drawn[name][1:], [5, 25, 50, 95])) == pytest.approx(by(on_grid), abs=0.06)
    at_end = share[rows["tone_legs_before"] == 5].sum()
    assert np.mean(drawn["tone_legs_before"][1:] == 5) == pytest.approx(at_end, abs=0.02)


def test_draws_have_the_fits_centre_and_spread() -> None:
    observations = [Observation(curve=PLASMA, at_h=40, value=0.6, sd=0.05)]
    pump = Treatment(inflow=continuous(100, 50), implant=PRIMED)

    posterior = fit(POPULATION, observations, pump, names=["plasma_clearance_L_h"])
    drawn = posterior.patients(4000, 5)["plasma_clearance_L_h"]

    assert drawn[0] == pytest.approx(posterior.values["plasma_clearance_L_h"])
    assert np.std(np.log(drawn[1:])) == pytest.approx(0.21 * np.sqrt(posterior.covariance[0, 0]), rel=0.05)
    assert drawn[0] < POPULATION["plasma_clearance_L_h"].value


def test_draws_too_few_to_trust_are_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("thecal.body.fitting.posterior")
    monkeypatch.setattr(module, "_TOO_FEW", 1e9)
    monkeypatch.setattr(module, "_ENOUGH", 1e9)
    monkeypatch.setattr(module, "_MOST_BATCHES", 2)
    posterior = fit(POPULATION, rigid(graded=True), TRIAL, names=["ec50_ng_mL"])

    with pytest.warns(UserWarning, match="1600 proposed patients count as [0-9]+; allowed"):
        posterior.patients(10, 1)


def test_a_patient_who_could_be_this_one_is_the_same_in_every_number_of_them() -> None:
    posterior = fit(POPULATION, rigid(graded=True), TRIAL)

    few, many = posterior.patients(5, 3), posterior.patients(50, 3)

    assert all(np.array_equal(few[name], many[name][:6]) for name in few.values)
    assert not np.array_equal(few["ec50_ng_mL"][1:], posterior.patients(5, 4)["ec50_ng_mL"][1:])
    assert len(set(many["plasma_volume_L"])) == 51, "what the data do not touch is drawn anew for everybody"


def test_what_is_measured_is_less_sure_than_what_is_true() -> None:
    posterior = fit(POPULATION, rigid(graded=True), TRIAL)
    pump = Treatment(inflow=continuous(100, 50), implant=PRIMED)

    tone = posterior.predict(TONE_LEGS, [12, 48], pump, seed=2)
    exact = posterior.predict(TONE_LEGS, [12, 48], pump, seed=2, sd=1e-5)
    grades = posterior.predict(TONE_LEGS, [12, 48], pump, seed=2, in_grades=True)
    fluid = posterior.predict(LUMBAR, [12, 48], pump, seed=2, sd=0.2, law=Law.LOGNORMAL)

    for one in (tone, fluid):
        assert (one.measured.low < one.true.low).all()
        assert (one.true.high < one.measured.high).all()
        assert one.coverage.tolist() == [0.9, 0.9]
    assert exact.measured.low == pytest.approx(exact.true.low, abs=1e-4)
    assert set(np.concatenate((grades.measured.low, grades.measured.high))) <= {1, 2, 3, 4, 5}
    assert (tone.measured.low >= 1).all()
    assert (tone.measured.high <= 5).all()
    assert (grades.coverage > 0.8).all()


def test_the_run_of_grades_is_the_one_that_holds_nearest_to_ninety_percent() -> None:
    """Shares 5, 6, 40, 40, 9 %: 2 to 4 holds 86, 3 to 5 holds 89, 1 to 4 holds 91 and is the fuller."""
    run_of_grades = importlib.import_module("thecal.body.fitting.posterior")._grade_range
    drawn = np.repeat([1.0, 2.0, 3.0, 4.0, 5.0], [5, 6, 40, 40, 9])[:, np.newaxis]

    band, coverage = run_of_grades(drawn, ASHWORTH_1_5)

    assert (band.low[0], band.median[0], band.high[0]) == (1, 3, 4)
    assert coverage == pytest.approx([0.91])
    certain, all_of_them = run_of_grades(np.full((50, 1), 2.0), ASHWORTH_1_5)
    assert (certain.low[0], certain.high[0], all_of_them[0]) == (2, 2, 1)
