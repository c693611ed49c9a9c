"""One patient's parameters from what was seen: the most probable ones, and how sure they are.

Each parameter is its population value moved by a standard normal deviate, so the prior is |deviates|^2 and
the fit the least of

    sum ((seen - predicted) / sd)^2 + sum deviates^2

by Gauss-Newton with Levenberg's damping; the Jacobian is one batch of patients (``gradient``). The covariance
is Laplace's, (J' J + 1)^-1 at the end. A parameter whose variance the data leave near 1 is known from the
population alone, and is named as such.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.anatomy import Anatomy
from thecal.body.bounds import number
from thecal.body.curves import PLASMA, TONE_ARMS, TONE_LEGS, csf_at
from thecal.body.ensemble import Ensemble
from thecal.body.gradient import differentiate
from thecal.body.parameters import Law
from thecal.body.patients import Patients
from thecal.body.readouts import READOUTS
from thecal.body.simulate import simulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.body.bolus import Bolus
    from thecal.body.bounds import Floats
    from thecal.body.catheter import Implant
    from thecal.body.faults import CatheterFault
    from thecal.body.inflow import Inflow
    from thecal.body.oral import OralDose
    from thecal.body.parameters import Parameter, Parameters

_MOST_STEPS = 60
_SMALL_STEP = 1e-5
_UNKNOWN = 0.9
"""Variance of a deviate, of 1 before, from which on the data are said to tell nothing of it."""
_LONGEST_H = 24 * 366 * 30.0
_TOLERANCE = 1e-9


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One thing seen of the patient.

    Args:
        curve: by the name of the response's curve: tone, spinal fluid at a site, plasma, a readout.
        at_h: when, hours since the start.
        value: in the curve's unit.
        sd: of the measurement, in the same unit.
    """

    curve: str
    at_h: float
    value: float
    sd: float

    def __post_init__(self) -> None:
        """Refuse what was not seen after the start, or is surer than sure."""
        number("at_h", self.at_h, "h", low=0, high=_LONGEST_H)
        number(f"{self.curve} at {self.at_h:g} h", self.value, "its unit", low=-1e9, high=1e9)
        number(f"sd of {self.curve} at {self.at_h:g} h", self.sd, "its unit", low=1e-9, high=1e9)


@dataclass(frozen=True, kw_only=True, eq=False)
class Given:
    """What the patient was given, as for ``simulate``."""

    inflow: Inflow | None = None
    implant: Implant | None = None
    faults: Sequence[CatheterFault] = ()
    boluses: Sequence[Bolus] = ()
    oral: Sequence[OralDose] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Fitted:
    """A patient as the data and the population together say.

    Args:
        parameters: the population's.
        names: the parameters that were fitted; p of them.
        deviates: from the population's centre, in its standard deviations; shape ``(p,)``.
        covariance: of the deviates; shape ``(p, p)``.
        misfit: sum of squared residuals, in standard deviations.
        converged: whether the last step was small.
    """

    parameters: Parameters
    names: tuple[str, ...]
    deviates: Floats
    covariance: Floats
    misfit: float
    converged: bool = field(default=True)

    @property
    def values(self) -> dict[str, float]:
        """The most probable value of each fitted parameter, in its unit."""
        rows = _values(self.parameters, self.names, self.deviates[np.newaxis])
        return {name: float(rows[name][0]) for name in self.names}

    @property
    def unidentified(self) -> tuple[str, ...]:
        """The parameters of which the data tell nothing: what stands for them is the population's."""
        return tuple(
            name for name, left in zip(self.names, np.diag(self.covariance), strict=True) if left > _UNKNOWN
        )

    def patients(self, count: int, seed: int) -> Patients:
        """Return the most probable patient (row 0) and ``count`` ones who could be this patient too."""
        number("count", count, "patients", low=0, high=1_000_000)
        number("seed", seed, "1", low=0, high=2**63)
        stream = np.random.Generator(np.random.Philox(key=[int(seed), 0]))
        root = np.linalg.cholesky(self.covariance)
        drawn = self.deviates + stream.standard_normal((int(count), len(self.names))) @ root.T
        return Patients(
            MappingProxyType(
                _values(self.parameters, self.names, np.concatenate((self.deviates[np.newaxis], drawn)))
            )
        )


def fit(
    parameters: Parameters,
    seen: Sequence[Seen],
    given: Given,
    *,
    names: Sequence[str] | None = None,
    anatomy: Anatomy | None = None,
) -> Fitted:
    """Return the patient that fits what was seen and is not too strange for the population.

    >>> from thecal.body import TONE_LEGS, Bolus, load_parameters
    >>> grades = {0: 4, 2: 2, 4: 2, 8: 3}
    >>> seen = [Seen(curve=TONE_LEGS, at_h=hour, value=grade, sd=0.5) for hour, grade in grades.items()]
    >>> trial = Given(boluses=[Bolus(at_h=0, mass_ug=50)])
    >>> patient = fit(load_parameters(), seen, trial, names=["ec50_ng_mL", "tone_legs_before"])
    >>> patient.converged, patient.unidentified
    (True, ())

    Args:
        parameters: the population's, with what is known of the patient fixed.
        seen: everything seen.
        given: everything given.
        names: the parameters to fit; every one with a spread unless given.
        anatomy: the grid; 1 cell per cm unless given.

    Raises:
        ValueError: nothing seen, an unknown curve, or a parameter without a spread.
    """
    if not seen:
        raise ValueError("seen is 0 things; allowed: 1 or more")
    names = tuple(parameters.table) if names is None else tuple(names)
    if not names:
        raise ValueError("names is 0 parameters; allowed: 1 or more, or None for every one with a spread")
    fixed = [name for name in names if not _spread(parameters[name])]
    if fixed and len(names) < len(parameters.table):
        raise ValueError(f"{fixed[0]} is known, without spread; allowed: parameters that have one")
    names = tuple(name for name in names if name not in fixed)
    grid = anatomy or Anatomy(1)
    order = sorted(seen, key=lambda one: one.at_h)
    values = np.array([one.value for one in order])
    sds = np.array([one.sd for one in order])

    def predict(patients: Patients) -> Floats:
        found: Floats = predicted(Ensemble(patients, grid), order, given) / sds
        return found

    def look(deviates: Floats) -> tuple[Floats, Floats]:
        patient = Patients(MappingProxyType(_values(parameters, names, deviates[np.newaxis])))
        found, slopes = differentiate(patient, [names[column] for column in touched], predict)
        jacobian = np.zeros((len(order), len(names)))
        for column, slope in zip(touched, slopes, strict=True):
            parameter = parameters[names[column]]
            jacobian[:, column] = slope * _slope(parameter, float(patient[parameter.name][0]))
        return values / sds - found, jacobian

    deviates, touched = np.zeros(len(names)), list(range(len(names)))
    left, jacobian = look(deviates)
    touched = [column for column in touched if jacobian[:, column].any()]
    cost, damping, converged = float(left @ left), 1e-3, False
    for _ in range(_MOST_STEPS):
        curvature = jacobian.T @ jacobian + np.eye(len(names))
        damped = curvature + damping * np.diag(np.diag(curvature))
        step = np.linalg.solve(damped, jacobian.T @ left - deviates)
        trial_left, trial_jacobian = look(deviates + step)
        trial = float(trial_left @ trial_left + (deviates + step) @ (deviates + step))
        small = float(np.max(np.abs(step), initial=0.0)) < _SMALL_STEP
        if trial <= cost or small:
            deviates, left, jacobian, cost = deviates + step, trial_left, trial_jacobian, trial
            damping = max(damping / 5, 1e-9)
        else:
            damping *= 5
        if small:
            converged = True
            break
    covariance = np.linalg.inv(jacobian.T @ jacobian + np.eye(len(names)))
    return Fitted(
        parameters=parameters,
        names=names,
        deviates=deviates,
        covariance=(covariance + covariance.T) / 2,
        misfit=float(left @ left),
        converged=converged,
    )


def predicted(ensemble: Ensemble, seen: Sequence[Seen], given: Given) -> Floats:
    """Return what the model says of each thing seen, in order of time; shape ``(P, n)``.

    Raises:
        ValueError: an unknown curve.
    """
    curves = list(dict.fromkeys(one.curve for one in seen))
    plain = {PLASMA, TONE_LEGS, TONE_ARMS}
    sites = [one.removeprefix("csf_").removesuffix("_ng_mL") for one in curves if one.startswith("csf_")]
    also = [one for one in curves if one in READOUTS]
    known = plain | {csf_at(site) for site in sites} | set(also)
    if unknown := [one for one in curves if one not in known]:
        raise ValueError(
            f"curve {unknown[0]!r} is unknown; allowed: {', '.join([*sorted(plain), *READOUTS])}, "
            "csf_<site>_ng_mL"
        )
    times = np.unique([one.at_h for one in seen])
    response = simulate(
        ensemble,
        sample_times_h=times,
        inflow=given.inflow,
        implant=given.implant,
        faults=given.faults,
        boluses=given.boluses,
        oral=given.oral,
        sites=sites,
        also=also,
        tolerance=_TOLERANCE,
    )
    places = np.searchsorted(times, [one.at_h for one in seen])
    return np.stack([response.curves[one.curve][:, at] for one, at in zip(seen, places, strict=True)], axis=1)


def _spread(parameter: Parameter) -> float:
    return 0.0 if parameter.law is Law.FIXED else parameter.sd


def _values(parameters: Parameters, names: Sequence[str], deviates: Floats) -> dict[str, Floats]:
    """Return every parameter of the patients at these deviates; shape of each ``(P,)``."""
    rows = {name: np.full(len(deviates), one.value) for name, one in parameters.table.items()}
    for column, name in enumerate(names):
        rows[name] = parameters[name].at(deviates[:, column])
    return rows


def _slope(parameter: Parameter, value: float) -> float:
    """Return how a parameter's value moves with its deviate; 0 where its range ends."""
    if not parameter.low < value < parameter.high:
        return 0.0
    return parameter.sd * (value if parameter.law is Law.LOGNORMAL else 1.0)
