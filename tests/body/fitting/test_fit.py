from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from builders.bodies import PRIMED, SCREENING, continuous, rigid
from thecal.body import (
    ASHWORTH_1_5,
    HM_LEGS,
    PLASMA,
    SEDATION,
    SPASMS_LEGS,
    TIP_RATE,
    TONE_ARMS,
    TONE_LEGS,
    Anatomy,
    Ensemble,
    Law,
    Observation,
    Patients,
    Response,
    Treatment,
    csf_at,
    draw_patients,
    examine,
    fit,
    load_parameters,
    of_groups,
    simulate,
)
from thecal.body.fitting.observations import predicted, range_of

POPULATION = load_parameters()
LUMBAR = csf_at("lumbar")
AT_THREE_TIMES = ((0, 3.8), (2, 2.0), (6, 2.4))
TRIAL = Treatment(boluses=[SCREENING])


def one_of(cohort: Patients, row: int) -> Patients:
    return Patients(MappingProxyType({name: of[row : row + 1] for name, of in cohort.values.items()}))


def trial_of(patient: Patients, noise: np.random.Generator) -> list[Observation]:
    """Return tone through a screening trial and two lumbar samples, as an examiner would see them."""
    plan = [Observation(curve=TONE_LEGS, at_h=hour, value=1, sd=0.5) for hour in (0, 0.5, 1, 2, 4, 6, 8)]
    plan += [Observation(curve=LUMBAR, at_h=hour, value=0, sd=40) for hour in (2, 6)]
    plan.sort(key=lambda one: one.at_h)
    truth = predicted(Ensemble(patient, Anatomy(1)), plan, TRIAL)[0]
    found = [true + one.sd * noise.standard_normal() for one, true in zip(plan, truth, strict=True)]
    return [
        replace(one, value=float(np.clip(at, *range_of(one.curve))))
        for one, at in zip(plan, found, strict=True)
    ]


def test_exact_data_give_back_the_parameters_that_made_them() -> None:
    names = ["ec50_ng_mL", "spinal_loss_per_h", "tone_legs_before"]
    truth = {"ec50_ng_mL": 120.0, "spinal_loss_per_h": 0.3, "tone_legs_before": 3.6}
    body = Ensemble.drawn(POPULATION.knowing(**truth), 0, 0, cells_per_cm=1)
    hours = np.arange(0, 16, 0.5)
    found = simulate(body, sample_times_h=hours, boluses=[SCREENING], sites=["lumbar"])
    observations = [
        Observation(curve=curve, at_h=float(hour), value=float(value), sd=sd)
        for curve, sd in ((TONE_LEGS, 1e-4), (LUMBAR, 1e-2))
        for hour, value in zip(hours, found.typical(curve), strict=True)
    ]

    posterior = fit(POPULATION, observations, TRIAL, names=names)

    assert posterior.converged
    assert posterior.unidentified == ()
    assert posterior.values == pytest.approx(truth, rel=1e-3)


def test_a_parameter_that_the_data_do_not_touch_keeps_its_prior_and_is_named() -> None:
    observations = trial_of(
        one_of(draw_patients(POPULATION, 1, 3), 1), np.random.Generator(np.random.Philox(1))
    )

    posterior = fit(POPULATION, observations, TRIAL)

    at = posterior.names.index("tone_arms_before")
    assert {"tone_arms_before", "plasma_volume_L", "sedation_ec50_ng_mL"} <= set(posterior.unidentified)
    assert "tone_legs_before" not in posterior.unidentified
    assert posterior.deviates[at] == pytest.approx(0, abs=1e-9)
    assert posterior.covariance[at, at] == pytest.approx(1)
    assert posterior.values["tone_arms_before"] == 3.0


def test_the_covariance_is_the_inverse_of_the_curvature() -> None:
    """Two ways: Laplace's covariance against second differences of the cost itself."""
    names = ["ec50_ng_mL", "tone_legs_before"]
    observations = [
        Observation(curve=TONE_LEGS, at_h=hour, value=value, sd=0.05) for hour, value in AT_THREE_TIMES
    ]
    posterior = fit(POPULATION, observations, TRIAL, names=names)

    def cost(x: float, y: float) -> float:
        rows = {name: np.array([one.value]) for name, one in POPULATION.table.items()}
        for name, deviate in zip(names, (x, y), strict=True):
            rows[name] = POPULATION[name].at(np.array([deviate]))
        patient = Ensemble(Patients(MappingProxyType(rows)), Anatomy(1))
        found = predicted(patient, observations, TRIAL)[0]
        return (
            sum(((one.value - of) / one.sd) ** 2 for one, of in zip(observations, found, strict=True))
            + x * x
            + y * y
        )

    x, y = posterior.deviates
    step = 1e-3
    at = [[cost(x + i * step, y + j * step) for j in (-1, 0, 1)] for i in (-1, 0, 1)]
    assert at[1][1] == min(value for row in at for value in row)
    second = (at[1][0] - 2 * at[1][1] + at[1][2]) / step**2 / 2
    assert 1 / np.linalg.inv(posterior.covariance)[1, 1] == pytest.approx(1 / second, rel=0.2)


@pytest.mark.parametrize("graded", [False, True], ids=["numbers", "grades"])
def test_the_rigid_patient_is_known_to_be_rigid(*, graded: bool) -> None:
    """What stands at the end of its range is known, and is not handed back to the population."""
    posterior = fit(of_groups(POPULATION, "spinal"), rigid(graded=graded), TRIAL)

    at = posterior.names.index("tone_legs_before")
    assert posterior.converged
    assert posterior.values["tone_legs_before"] == 5
    assert posterior.at_bound == ("tone_legs_before",)
    assert "tone_legs_before" not in posterior.unidentified
    assert posterior.covariance[at, at] < 0.2
    before = posterior.patients(2000, 1)["tone_legs_before"]
    assert np.percentile(before[1:], 5) > 4.5
    assert before.max() == 5


def test_a_parameter_leaves_the_end_of_its_range_when_the_data_say_so() -> None:
    """A population that begins at the end, a patient who does not: the fit comes back into the range."""
    rigid_population = replace(
        POPULATION,
        table=MappingProxyType(
            {**POPULATION.table, "tone_legs_before": replace(POPULATION["tone_legs_before"], value=5.0)}
        ),
    )
    observations = [Observation(curve=TONE_LEGS, at_h=0, value=3.5, sd=0.1)]

    posterior = fit(rigid_population, observations, TRIAL, names=["tone_legs_before"])

    assert posterior.values["tone_legs_before"] == pytest.approx(3.5 + 1.5 * 0.01 / (0.01 + 0.25), abs=1e-4)
    assert posterior.at_bound == ()


def test_pairs_that_the_data_know_only_together_are_named() -> None:
    """Twice the fluid, or half as sensitive: tone tells them apart no more than in part."""
    posterior = fit(of_groups(POPULATION, "spinal"), rigid(graded=False), TRIAL)

    pairs = {frozenset(pair): correlation for *pair, correlation in posterior.entangled}
    assert pairs[frozenset({"ec50_ng_mL", "spinal_csf_mL"})] < -0.6
    assert all(abs(correlation) >= 0.6 for correlation in pairs.values())
    assert 1 < posterior.information < len(rigid(graded=False))


def test_known_apart_there_is_no_pair() -> None:
    at = {curve: Observation(curve=curve, at_h=0, value=3, sd=0.2) for curve in (TONE_LEGS, TONE_ARMS)}

    posterior = fit(POPULATION, list(at.values()), TRIAL, names=["tone_legs_before", "tone_arms_before"])

    assert posterior.entangled == ()
    assert posterior.information == pytest.approx(2 * 0.25 / (0.25 + 0.04))


def test_a_sample_with_too_little_to_tell_pulls_only_from_above() -> None:
    """Nothing found below 0.05 ng/mL: no news where the model says 0.01, strong news where it says 1."""
    pump = Treatment(inflow=continuous(100, 50), implant=PRIMED)

    def clearance(limit: float, law: Law) -> float:
        sample = Observation(curve=PLASMA, at_h=40, value=limit, sd=0.1, law=law, below=True)
        return fit(POPULATION, [sample], pump, names=["plasma_clearance_L_h"]).values["plasma_clearance_L_h"]

    usual = POPULATION["plasma_clearance_L_h"].value
    for law in (Law.NORMAL, Law.LOGNORMAL):
        assert clearance(5.0, law) == pytest.approx(usual, rel=1e-6)
        assert clearance(0.05, law) > 1.2 * usual


def test_an_error_in_proportion_is_one_of_the_logarithm() -> None:
    """The posterior of a clearance seen through a steady concentration, in closed form."""
    pump = Treatment(inflow=continuous(100, 2000), implant=PRIMED)
    usual = POPULATION["plasma_clearance_L_h"]
    plan = [Observation(curve=PLASMA, at_h=2000, value=1, sd=0.1)]
    steady = predicted(Ensemble.drawn(POPULATION, 0, 0, cells_per_cm=1), plan, pump)[0, 0]
    observations = [Observation(curve=PLASMA, at_h=2000, value=2 * steady, sd=0.1, law=Law.LOGNORMAL)]

    posterior = fit(POPULATION, observations, pump, names=["plasma_clearance_L_h"])

    share = usual.sd**2 / (usual.sd**2 + 0.1**2)
    assert posterior.values["plasma_clearance_L_h"] == pytest.approx(usual.value * 0.5**share, rel=1e-3)
    assert posterior.covariance[0, 0] == pytest.approx(1 - share, rel=1e-3)


def test_what_contradicts_itself_as_surely_as_is_allowed_still_has_an_answer() -> None:
    observations = [
        Observation(curve=TONE_LEGS, at_h=hour, value=tone, sd=1e-5)
        for hour, tone in ((0, 4), (0, 2), (2, 2))
    ]

    posterior = fit(POPULATION, observations, TRIAL, names=["ec50_ng_mL", "tone_legs_before"])

    assert posterior.values["tone_legs_before"] == pytest.approx(3, abs=1e-3)
    assert posterior.misfit == pytest.approx(2 * (1 / 1e-5) ** 2, rel=1e-3)
    assert np.isfinite(posterior.covariance).all()


@pytest.mark.parametrize("row", [3, 19, 31])
def test_a_trial_that_once_went_on_for_ever_comes_to_rest(row: int) -> None:
    """Whole grades entered as numbers: the old descent swung about a level cost."""
    patient = one_of(draw_patients(POPULATION, 80, 101), row)
    hours = np.array([0, 0.5, 1, 2, 4, 6, 8])
    true = simulate(Ensemble(patient, Anatomy(1)), sample_times_h=hours, boluses=[SCREENING], sites=[])
    grades = examine(true.typical(TONE_LEGS), ASHWORTH_1_5, seed=row)
    observations = [
        Observation(curve=TONE_LEGS, at_h=hour, value=grade, sd=0.58)
        for hour, grade in zip(hours, grades, strict=True)
    ]

    assert fit(POPULATION, observations, TRIAL).converged


def test_a_fit_that_was_not_finished_says_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("thecal.body.fitting.fit"), "_MOST_STEPS", 1)

    with pytest.warns(UserWarning, match="did not converge: after 1 steps the next promises a cost lower by"):
        posterior = fit(of_groups(POPULATION, "spinal"), rigid(graded=False), TRIAL)

    assert not posterior.converged
    assert "allowed: 0.001 or less" in posterior.failure


SEEN = Observation(curve=TONE_LEGS, at_h=1, value=3, sd=0.5)
FITTED = fit(POPULATION, [SEEN], TRIAL, names=["tone_legs_before"])


def observation_of(curve: str, value: float, **other: object) -> Callable[[], object]:
    return lambda: Observation(**{"curve": curve, "at_h": 1, "value": value, "sd": 0.5, **other})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("requested", "said"),
    [
        (observation_of(TONE_LEGS, 3, at_h=-1), "at_h is -1 h"),
        (observation_of(TONE_LEGS, float("nan")), "tone_legs at 1 h is nan"),
        (observation_of(TONE_LEGS, 3, sd=0), "sd of tone_legs at 1 h is 0 Ashworth 1-5; allowed: 1e-05 to"),
        (observation_of(TONE_LEGS, 12), "tone_legs at 1 h is 12 Ashworth 1-5; allowed: 1 to 5 Ashworth 1-5"),
        (observation_of(TONE_LEGS, -5), "tone_legs at 1 h is -5 Ashworth 1-5; allowed: 1 to 5"),
        (observation_of(SPASMS_LEGS, 4.5), "spasms_legs at 1 h is 4.5 Penn 0-4; allowed: 0 to 4 Penn 0-4"),
        (observation_of(LUMBAR, -100), "csf_lumbar_ng_mL at 1 h is -100 ng/mL; allowed: 0 to 100000 ng/mL"),
        (observation_of(LUMBAR, 1e6), r"csf_lumbar_ng_mL at 1 h is 1e\+06 ng/mL; allowed: 0 to 100000 ng/mL"),
        (observation_of(PLASMA, 1e6), "plasma_ng_mL at 1 h is"),
        (observation_of(SEDATION, 1.1), "sedation at 1 h is 1.1 signal 0-1; allowed: 0 to 1"),
        (observation_of(HM_LEGS, 11), "hm_legs at 1 h is 11 share of before; allowed: 0 to 10"),
        (observation_of(TIP_RATE, 1), "curve 'tip_rate_ug_h' is unknown; allowed: plasma_ng_mL"),
        (observation_of("mood", 3), "curve 'mood' is unknown; allowed: plasma_ng_mL"),
        (
            lambda: fit(POPULATION, [Observation(curve="csf_foo_ng_mL", at_h=1, value=3, sd=1)], TRIAL),
            "level 'foo' is unknown",
        ),
        (observation_of(TONE_LEGS, 3.5, in_grades=True), "is 3.5, which is no grade; allowed: 1, 2, 3, 4, 5"),
        (
            observation_of(PLASMA, 3, in_grades=True),
            "plasma_ng_mL is not graded; allowed with in_grades: tone_legs",
        ),
        (observation_of(TONE_LEGS, 3, in_grades=True, below=True), "is in_grades and below"),
        (
            observation_of(TONE_LEGS, 3, in_grades=True, law=Law.LOGNORMAL),
            "allowed with in_grades: Law.NORMAL",
        ),
        (
            observation_of(PLASMA, 3, law=Law.FIXED),
            "law of plasma_ng_mL at 1 h is Law.FIXED; allowed: Law.NORMAL",
        ),
        (observation_of(PLASMA, 0, law=Law.LOGNORMAL), "plasma_ng_mL at 1 h is 0 with a log-normal error"),
        (
            lambda: Observation.graded(SPASMS_LEGS, at_h=1, grade=2),
            "no source for the agreement of examiners on Penn spasm frequency",
        ),
        (
            lambda: Observation.graded(PLASMA, at_h=1, grade=2),
            "plasma_ng_mL is not graded; allowed: tone_legs",
        ),
        (lambda: fit(POPULATION, [], TRIAL), "observations is 0 long"),
        (lambda: fit(POPULATION, [SEEN], TRIAL, names=[]), "names is 0 parameters"),
        (
            lambda: fit(POPULATION, [SEEN], TRIAL, names="ec50_ng_mL"),
            "names is 'ec50_ng_mL'; allowed: a list",
        ),
        (lambda: fit(POPULATION, [SEEN], TRIAL, names=["ec50"]), "parameter 'ec50' is unknown"),
        (lambda: fit(POPULATION, [SEEN], TRIAL, names=["tubing_mL"]), "tubing_mL is known, without spread"),
        (
            lambda: fit(POPULATION, [SEEN], TRIAL, names=["ec50_ng_mL", "tone_legs_before", "ec50_ng_mL"]),
            "names has ec50_ng_mL 2 times; allowed: once",
        ),
        (lambda: FITTED.predict(PLASMA, [2], TRIAL, seed=1), "plasma_ng_mL is not graded"),
        (lambda: FITTED.predict(TONE_LEGS, [2, 1], TRIAL, seed=1), "at_h must increase"),
        (lambda: FITTED.predict(TONE_LEGS, [2], TRIAL, seed=1, count=0), "count is 0 patients; allowed: 1"),
        (lambda: FITTED.predict(TONE_LEGS, [2], TRIAL, seed=1, sd=0), "sd of tone_legs is 0"),
        (lambda: FITTED.patients(-1, 1), "count is -1 patients"),
        (lambda: FITTED.patients(2.5, 1), "count is 2.5 patients; allowed: a whole number"),  # type: ignore[arg-type]
        (lambda: FITTED.patients(2, 1.5), "seed is 1.5 1; allowed: a whole number"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_fitted_is_refused(requested: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        requested()


def test_the_example_of_the_page_runs() -> None:
    page = (Path(__file__).parents[3] / "docs" / "science" / "fit.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, object] = {}

    exec(compile(example, "fit.md", "exec"), names)  # noqa: S102 - our own page

    assert isinstance(names["response"], Response)
    assert len(names["response"].sample_times_h) == 2
