from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from body.bodies import PRIMED, SCREENING, continuous
from thecal.body import (
    PLASMA,
    TONE_LEGS,
    Anatomy,
    Ensemble,
    Given,
    Patients,
    Response,
    Seen,
    csf_at,
    draw_patients,
    fit,
    load_parameters,
    simulate,
)
from thecal.body.fit import predicted

POPULATION = load_parameters()
LUMBAR = csf_at("lumbar")
AT_THREE_TIMES = ((0, 3.8), (2, 2.0), (6, 2.4))
TRIAL = Given(boluses=[SCREENING])


def one_of(cohort: Patients, row: int) -> Patients:
    return Patients(MappingProxyType({name: of[row : row + 1] for name, of in cohort.values.items()}))


def trial_of(patient: Patients, noise: np.random.Generator) -> list[Seen]:
    """Return tone through a screening trial and two lumbar samples, as an examiner would see them."""
    plan = [Seen(curve=TONE_LEGS, at_h=hour, value=0, sd=0.5) for hour in (0, 0.5, 1, 2, 4, 6, 8)]
    plan += [Seen(curve=LUMBAR, at_h=hour, value=0, sd=40) for hour in (2, 6)]
    plan.sort(key=lambda one: one.at_h)
    truth = predicted(Ensemble(patient, Anatomy(1)), plan, TRIAL)[0]
    return [
        Seen(curve=one.curve, at_h=one.at_h, value=float(true + one.sd * noise.standard_normal()), sd=one.sd)
        for one, true in zip(plan, truth, strict=True)
    ]


def test_exact_data_give_back_the_parameters_that_made_them() -> None:
    names = ["ec50_ng_mL", "spinal_loss_per_h", "tone_legs_before"]
    truth = {"ec50_ng_mL": 120.0, "spinal_loss_per_h": 0.3, "tone_legs_before": 3.6}
    body = Ensemble.drawn(POPULATION.knowing(**truth), 0, 0, cells_per_cm=1)
    hours = np.arange(0, 16, 0.5)
    found = simulate(body, sample_times_h=hours, boluses=[SCREENING], sites=["lumbar"])
    seen = [
        Seen(curve=curve, at_h=float(hour), value=float(value), sd=sd)
        for curve, sd in ((TONE_LEGS, 1e-4), (LUMBAR, 1e-2))
        for hour, value in zip(hours, found.typical(curve), strict=True)
    ]

    fitted = fit(POPULATION, seen, TRIAL, names=names)

    assert fitted.converged
    assert fitted.unidentified == ()
    assert fitted.values == pytest.approx(truth, rel=1e-3)


def test_a_parameter_that_the_data_do_not_touch_keeps_its_prior_and_is_named() -> None:
    seen = trial_of(one_of(draw_patients(POPULATION, 1, 3), 1), np.random.Generator(np.random.Philox(1)))

    fitted = fit(POPULATION, seen, TRIAL)

    at = fitted.names.index("tone_arms_before")
    assert {"tone_arms_before", "plasma_volume_L", "sedation_ec50_ng_mL"} <= set(fitted.unidentified)
    assert "tone_legs_before" not in fitted.unidentified
    assert fitted.deviates[at] == pytest.approx(0, abs=1e-9)
    assert fitted.covariance[at, at] == pytest.approx(1)
    assert fitted.values["tone_arms_before"] == 3.0


def test_the_covariance_is_the_inverse_of_the_curvature() -> None:
    """Two ways: Laplace's covariance against second differences of the cost itself."""
    names = ["ec50_ng_mL", "tone_legs_before"]
    seen = [Seen(curve=TONE_LEGS, at_h=hour, value=value, sd=0.05) for hour, value in AT_THREE_TIMES]
    fitted = fit(POPULATION, seen, TRIAL, names=names)

    def cost(x: float, y: float) -> float:
        rows = {name: np.array([one.value]) for name, one in POPULATION.table.items()}
        for name, deviate in zip(names, (x, y), strict=True):
            rows[name] = POPULATION[name].at(np.array([deviate]))
        patient = Ensemble(Patients(MappingProxyType(rows)), Anatomy(1))
        found = predicted(patient, seen, TRIAL)[0]
        return (
            sum(((one.value - of) / one.sd) ** 2 for one, of in zip(seen, found, strict=True)) + x * x + y * y
        )

    x, y = fitted.deviates
    step = 1e-3
    at = [[cost(x + i * step, y + j * step) for j in (-1, 0, 1)] for i in (-1, 0, 1)]
    assert at[1][1] == min(value for row in at for value in row)
    second = (at[1][0] - 2 * at[1][1] + at[1][2]) / step**2 / 2
    assert 1 / np.linalg.inv(fitted.covariance)[1, 1] == pytest.approx(1 / second, rel=0.2)


@pytest.mark.parametrize("patients", [20, pytest.param(100, marks=pytest.mark.slow)])
def test_bands_of_ninety_percent_cover_what_comes_in_about_ninety_percent(patients: int) -> None:
    """Fitted on a noisy screening trial; asked for tone on a pump, days later, and what an examiner sees."""
    cohort = draw_patients(POPULATION, patients, 17)
    noise = np.random.Generator(np.random.Philox(23))
    later = np.array([12.0, 24.0, 72.0])
    pump = {"inflow": continuous(60, 80), "implant": PRIMED, "sites": []}
    covered = []
    for row in range(1, patients + 1):
        patient = one_of(cohort, row)
        fitted = fit(POPULATION, trial_of(patient, noise), TRIAL)
        drawn = simulate(Ensemble(fitted.patients(200, row), Anatomy(1)), sample_times_h=later, **pump)
        seen = drawn.patients(TONE_LEGS) + 0.5 * noise.standard_normal((200, 3))
        low, high = np.percentile(seen, [5, 95], axis=0)
        truth = simulate(Ensemble(patient, Anatomy(1)), sample_times_h=later, **pump).typical(TONE_LEGS)
        examined = truth + 0.5 * noise.standard_normal(3)
        covered.append((low <= examined) & (examined <= high))

    assert 0.85 <= np.mean(covered) <= 0.95


def test_draws_have_the_fits_centre_and_spread() -> None:
    seen = [Seen(curve=PLASMA, at_h=40, value=0.6, sd=0.05)]
    pump = Given(inflow=continuous(100, 50), implant=PRIMED)

    fitted = fit(POPULATION, seen, pump, names=["plasma_clearance_L_h"])
    drawn = fitted.patients(4000, 5)["plasma_clearance_L_h"]

    assert drawn[0] == pytest.approx(fitted.values["plasma_clearance_L_h"])
    assert np.std(np.log(drawn[1:])) == pytest.approx(0.21 * np.sqrt(fitted.covariance[0, 0]), rel=0.05)
    assert drawn[0] < POPULATION["plasma_clearance_L_h"].value


SEEN = Seen(curve=TONE_LEGS, at_h=1, value=3, sd=0.5)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda: Seen(curve=TONE_LEGS, at_h=-1, value=3, sd=0.5), "at_h is -1 h"),
        (lambda: Seen(curve=TONE_LEGS, at_h=1, value=float("nan"), sd=0.5), "tone_legs at 1 h is nan"),
        (lambda: Seen(curve=TONE_LEGS, at_h=1, value=3, sd=0), "sd of tone_legs at 1 h is 0"),
        (lambda: fit(POPULATION, [], TRIAL), "seen is 0 things"),
        (lambda: fit(POPULATION, [SEEN], TRIAL, names=["ec50"]), "parameter 'ec50' is unknown"),
        (lambda: fit(POPULATION, [SEEN], TRIAL, names=["tubing_mL"]), "tubing_mL is known, without spread"),
        (
            lambda: fit(POPULATION, [Seen(curve="mood", at_h=1, value=3, sd=0.5)], TRIAL),
            "curve 'mood' is unknown; allowed: plasma_ng_mL",
        ),
    ],
)
def test_what_cannot_be_fitted_is_refused(asked: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        asked()


def test_the_example_of_the_page_runs() -> None:
    page = (Path(__file__).parents[2] / "docs" / "science" / "fit.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, object] = {}

    exec(compile(example, "fit.md", "exec"), names)  # noqa: S102 - our own page

    assert isinstance(names["response"], Response)
    assert len(names["response"].sample_times_h) == 2
