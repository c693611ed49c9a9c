"""One patient's parameters from observations: the most probable ones, and their uncertainty.

Each parameter is its population value moved by a standard normal deviate, so the prior is |deviates|^2 and
the fit the least of

    -2 log likelihood of the observations + sum deviates^2

of which the first term is sum ((observed - predicted) / sd)^2 for numbers. By Gauss-Newton with Levenberg's
damping; the Jacobian is one batch of patients (``gradient``). A deviate goes no further than where its
parameter's range ends, and one that is pressed against that end is left out of the step (textbook projection
and active set). The covariance is Laplace's, (J' W J + 1)^-1 at the end, with the slopes inside the range.
"""

from __future__ import annotations

import math
import warnings
from collections import Counter
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.canal.anatomy import Anatomy
from thecal.body.cohort.ensemble import Ensemble
from thecal.body.fitting.gradient import differentiate
from thecal.body.fitting.likelihood import Likelihood
from thecal.body.fitting.observations import predicted
from thecal.body.fitting.posterior import Posterior, ends_of, values_at
from thecal.body.population.parameters import Law
from thecal.body.population.patients import Patients

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from thecal.body.bounds import Floats
    from thecal.body.fitting.observations import Observation, Treatment
    from thecal.body.population.parameters import Parameter, Parameters

_MOST_STEPS = 100
_SMALL_STEP = 1e-5
_LEVEL = 1e-7
"""Fall of the cost, over 1 + cost, at which a step that went down is the last."""
_LEAST_DAMPING = 1e-9
_TINY = 1e-300
_STILL_TO_FALL = 1e-3
"""Fall of the cost that another step may still promise: 0.03 SD of what the data leave open."""


def fit(
    parameters: Parameters,
    observations: Sequence[Observation],
    treatment: Treatment,
    *,
    names: Sequence[str] | None = None,
    anatomy: Anatomy | None = None,
) -> Posterior:
    """Return the posterior of one patient, from observations and the population.

    >>> from thecal.body import TONE_LEGS, Bolus, Observation, Treatment, load_parameters
    >>> grades = {0: 4, 2: 2, 4: 2, 8: 3}
    >>> observations = [Observation.graded(TONE_LEGS, at_h=at, grade=grade) for at, grade in grades.items()]
    >>> trial = Treatment(boluses=[Bolus(at_h=0, mass_ug=50)])
    >>> patient = fit(load_parameters(), observations, trial, names=["ec50_ng_mL", "tone_legs_before"])
    >>> patient.converged, patient.unidentified
    (True, ())

    Args:
        parameters: the population's, with what is known of the patient fixed.
        observations: of the patient; 1 or more.
        treatment: of the patient, from the start on.
        names: the parameters to fit; every one with a spread unless given.
        anatomy: the grid; 1 cell per cm unless given.

    Raises:
        ValueError: no observations, a parameter named twice or without a spread, or an unknown site.

    Warns:
        UserWarning: the descent did not reach the most probable patient; ``Posterior.failure`` says the same.
    """
    if not observations:
        raise ValueError("observations is 0 long; allowed: 1 or more")
    chosen = _to_fit(parameters, names)
    order = tuple(sorted(observations, key=lambda one: one.at_h))
    problem = _Problem(parameters, chosen, order, treatment, anatomy or Anatomy(1))
    found = _descend(problem)
    covariance = np.linalg.inv(found.curvature)
    ends = (found.deviates <= problem.lowest) | (found.deviates >= problem.highest)
    if found.failure:
        warnings.warn(f"the fit did not converge: {found.failure}", stacklevel=2)
    return Posterior(
        parameters=parameters,
        names=chosen,
        deviates=found.deviates,
        covariance=(covariance + covariance.T) / 2,
        misfit=found.cost - float(found.deviates @ found.deviates),
        at_bound=tuple(name for name, at_end in zip(chosen, ends, strict=True) if at_end),
        failure=found.failure,
        observations=order,
        treatment=treatment,
        anatomy=problem.anatomy,
    )


def _to_fit(parameters: Parameters, names: Sequence[str] | None) -> tuple[str, ...]:
    """Return the parameters to fit, or refuse them."""
    if isinstance(names, str):
        raise ValueError(f"names is {names!r}; allowed: a list of names")  # noqa: TRY004 - one kind of error
    chosen = tuple(parameters.table) if names is None else tuple(names)
    if repeated := [name for name, times in Counter(chosen).items() if times > 1]:
        raise ValueError(f"names has {repeated[0]} {chosen.count(repeated[0])} times; allowed: once")
    spread = tuple(name for name in chosen if _spread(parameters[name]))
    if names is not None and len(spread) < len(chosen):
        known = next(name for name in chosen if name not in spread)
        raise ValueError(f"{known} is known, without spread; allowed: parameters that have one")
    if not spread:
        raise ValueError("names is 0 parameters; allowed: 1 or more with a spread, or None for all of them")
    return spread


@dataclass(frozen=True, eq=False)
class _Point:
    """Where the descent stands: deviates, cost, half its slope downhill, half its curvature."""

    deviates: Floats
    cost: float
    downhill: Floats
    curvature: Floats
    failure: str = ""


class _Problem:
    """What is to be descended: the cost over the deviates, with its slope and its curvature."""

    def __init__(
        self,
        parameters: Parameters,
        names: tuple[str, ...],
        observations: tuple[Observation, ...],
        treatment: Treatment,
        anatomy: Anatomy,
    ) -> None:
        self.parameters, self.names, self.anatomy = parameters, names, anatomy
        self.lowest, self.highest = np.array([ends_of(parameters[name]) for name in names]).T
        self._likelihood = Likelihood.of(observations)
        self._touched = list(range(len(names)))
        self._predict: Callable[[Patients], Floats] = lambda patients: predicted(
            Ensemble(patients, anatomy), observations, treatment
        )

    def start(self) -> _Point:
        """Return the population's centre, and leave alone from here on what moves no prediction."""
        point = self.point(np.zeros(len(self.names)))
        coupled = np.any(point.curvature != np.eye(len(self.names)), axis=1)
        self._touched = [int(column) for column in np.flatnonzero(coupled)]
        return point

    def point(self, deviates: Floats) -> _Point:
        """Return how things stand at these deviates, or at the ends of their ranges where they are beyond."""
        deviates = np.clip(deviates, self.lowest, self.highest)  # also by the last digit: an end is an end
        patient = Patients(MappingProxyType(values_at(self.parameters, self.names, deviates[np.newaxis])))
        touched = [self.names[column] for column in self._touched]
        found, slopes = differentiate(patient, touched, self._predict)
        jacobian = np.zeros((len(found), len(self.names)))
        for column, name, slope in zip(self._touched, touched, slopes, strict=True):
            jacobian[:, column] = slope * _slope(self.parameters[name], float(patient[name][0]))
        pull, weight = self._likelihood.slope_and_curvature(found)
        return _Point(
            deviates=deviates,
            cost=float(self._likelihood.misfit(found) + deviates @ deviates),
            downhill=jacobian.T @ pull - deviates,
            curvature=jacobian.T @ (weight[:, np.newaxis] * jacobian) + np.eye(len(self.names)),
        )


def _descend(problem: _Problem) -> _Point:
    """Return the lowest seat that was reached, and in words what was not.

    The damping follows how much of the promised fall came (Nielsen 1999, IMM-REP-1999-05, by name [M]).
    """
    point, damping, growth = problem.start(), 1e-3, 2.0
    promised, steps = math.inf, 0
    while steps < _MOST_STEPS:
        steps += 1
        step = _step(problem, point, damping)
        trial = problem.point(point.deviates + step)
        fall = point.cost - trial.cost
        if fall >= 0:
            share = fall / max(_promised(point, step), _TINY)
            damping, growth = max(damping * max(1 / 5, 1 - (2 * share - 1) ** 3), _LEAST_DAMPING), 2.0
            point = trial
        else:
            damping, growth = damping * growth, 2 * growth
        promised = _promised(point, _step(problem, point, 0.0))
        level = 0 <= fall < _LEVEL * (1 + point.cost) and promised <= _STILL_TO_FALL
        if level or float(np.max(np.abs(step))) < _SMALL_STEP:
            break
    if promised <= _STILL_TO_FALL:
        return point
    return replace(
        point,
        failure=f"after {steps} steps the next promises a cost lower by {promised:.2g}, of {point.cost:.4g}; "
        f"allowed: {_STILL_TO_FALL:g} or less",
    )


def _promised(point: _Point, step: Floats) -> float:
    """Return by how much the cost would fall with this step if it were a parabola."""
    return float(2 * step @ point.downhill - step @ point.curvature @ step)


def _step(problem: _Problem, point: _Point, damping: float) -> Floats:
    """Return the damped step, within the allowed ranges; what is pressed against an end stays there."""
    outwards = ((point.deviates <= problem.lowest) & (point.downhill < 0)) | (
        (point.deviates >= problem.highest) & (point.downhill > 0)
    )
    free = np.flatnonzero(~outwards)
    curvature = point.curvature[np.ix_(free, free)]
    step = np.zeros(len(point.deviates))
    step[free] = np.linalg.solve(curvature + damping * np.diag(np.diag(curvature)), point.downhill[free])
    return np.clip(point.deviates + step, problem.lowest, problem.highest) - point.deviates


def _spread(parameter: Parameter) -> float:
    return 0.0 if parameter.law is Law.FIXED else parameter.sd


def _slope(parameter: Parameter, value: float) -> float:
    """Return how a parameter's value moves with its deviate, also at an end of its range: inside it."""
    return parameter.sd * (value if parameter.law is Law.LOGNORMAL else 1.0)
