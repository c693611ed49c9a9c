"""The posterior of one patient: parameters, their uncertainty, and predictions.

Laplace's covariance is the shape of the most probable patient's surroundings and no more: where the model
bends, its bands are too narrow. So possible patients are drawn from a wider one and resampled by
how probable the observations are for them (importance resampling; Rubin 1987, J Am Stat Assoc 82:543, by name
[M]). That costs a few batches of patients, here, and the fit nothing.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

import numpy as np

from thecal.body.bounds import LONGEST_H, increasing, series, whole
from thecal.body.cohort.ensemble import Ensemble
from thecal.body.fitting.likelihood import Likelihood
from thecal.body.fitting.observations import (
    anchors_of,
    check_error,
    examination_error,
    predicted,
    range_of,
    response_to,
)
from thecal.body.population.parameters import Law
from thecal.body.population.patients import MOST_PATIENTS, Patients
from thecal.body.scales.examiner import written
from thecal.body.simulation.response import HIGH_PERCENT, LOW_PERCENT, MIDDLE_PERCENT, SCALES, Band

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from thecal.body.bounds import Floats
    from thecal.body.canal.anatomy import Anatomy
    from thecal.body.fitting.observations import Observation, Treatment
    from thecal.body.population.parameters import Parameter, Parameters
    from thecal.body.scales.scale import Scale

_UNKNOWN = 0.9
"""Variance of a deviate, of 1 before, from which on the data are said to tell nothing of it."""
_STRONG = 0.6
"""Correlation from which on two parameters are known together rather than each for itself."""
_WIDER = (1.3, 2.5)
"""By how much the two halves of the proposed patients are wider than Laplace's covariance, never beyond the
population: one near it, one that reaches where it falls short."""
_EACH, _MOST_BATCHES = 400, 12
"""Proposed of each part in one batch, and batches."""
_NEAR = 4.0
"""SDs from the end of its range, within which a parameter is near it."""
_ENOUGH = 400.0
"""Effective number of independent patients at which no further batch is proposed."""
_TOO_FEW = 50.0
"""The same, below which bands are not to be trusted."""
_TOLERANCE = 1e-6
_NO_TRACE = 1e-9
"""Change of a deviate's variance or covariance that is rounding."""
_COVERAGE = (HIGH_PERCENT - LOW_PERCENT) / 100
_EXAMINED_EACH = 8
"""Measurements drawn of each patient, that a band of them is no rougher than that of the patients."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Prediction:
    """A prediction of one curve: 5, 50 and 95 % of its true value, and of a measurement of it.

    Args:
        curve: by its name.
        at_h: hours since the start; shape ``(T,)``.
        true: what is uncertain in the parameters.
        measured: that and the measurement's own error; of grades the range that contains nearest to 90 %.
        coverage: what share of the measurements lies in ``measured``: 0.9, or of grades as near as they come;
            shape ``(T,)``.
    """

    curve: str
    at_h: Floats
    true: Band
    measured: Band
    coverage: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Posterior:
    """The posterior of one patient: what data and population together say.

    Args:
        parameters: the population's.
        names: the parameters that were fitted; p of them.
        deviates: from the population's centre, in its standard deviations; shape ``(p,)``.
        covariance: of the deviates, Laplace's; shape ``(p, p)``.
        misfit: -2 log likelihood over the best there could be: the sum of squared errors, in SDs, of numbers.
        at_bound: the parameters that stand at an end of their allowed range.
        failure: why the descent did not converge; empty when it did.
        observations: in order of time.
        treatment: of the patient, during the observations.
        anatomy: the grid.
    """

    parameters: Parameters
    names: tuple[str, ...]
    deviates: Floats
    covariance: Floats
    misfit: float
    at_bound: tuple[str, ...]
    failure: str
    observations: tuple[Observation, ...]
    treatment: Treatment
    anatomy: Anatomy

    @property
    def converged(self) -> bool:
        """Whether this is the most probable patient; ``failure`` says why not."""
        return not self.failure

    @property
    def values(self) -> dict[str, float]:
        """The most probable value of each fitted parameter, in its unit."""
        rows = values_at(self.parameters, self.names, self.deviates[np.newaxis])
        return {name: float(rows[name][0]) for name in self.names}

    @property
    def unidentified(self) -> tuple[str, ...]:
        """Parameters about which the data say nothing: their values are the population's."""
        return tuple(
            name for name, left in zip(self.names, np.diag(self.covariance), strict=True) if left > _UNKNOWN
        )

    @property
    def entangled(self) -> tuple[tuple[str, str, float], ...]:
        """Pairs the data know only together, with their correlation: strongest first, from 0.6 on.

        Of such a pair the data hold fast a combination (below 0: that both rise, above 0: that they part),
        and leave open by how much each.
        """
        spread = np.sqrt(np.diag(self.covariance))
        correlation = self.covariance / np.outer(spread, spread)
        first, second = np.nonzero(np.triu(np.abs(correlation) >= _STRONG, k=1))
        pairs = [
            (self.names[one], self.names[other], float(correlation[one, other]))
            for one, other in zip(first, second, strict=True)
        ]
        return tuple(sorted(pairs, key=lambda pair: -abs(pair[2])))

    @property
    def information(self) -> float:
        """How many parameters the data determine: p less what is left of the population's variances."""
        return float(len(self.names) - np.trace(self.covariance))

    def patients(self, count: int, seed: int) -> Patients:
        """Return the most probable patient (row 0) and ``count`` ones who could be this patient too.

        They are as probable as the data and the population make them, not only as Laplace's covariance does.
        What the data do not touch is drawn from the population. Patient n is the same for every count.

        Raises:
            ValueError: a count or seed below 0, or a count beyond a million.
        """
        count = whole("count", count, "patients", low=0, high=MOST_PATIENTS)
        seed = whole("seed", seed, "1", low=0, high=2**63)
        touched = _touched(self.covariance)
        drawn = _stream(seed, 0).standard_normal((count, len(self.names)))
        if count and touched.any():
            proposed, weights = _proposed(self, int(seed))
            chosen = np.searchsorted(np.cumsum(weights)[:-1], _stream(seed, 1).random(count), side="right")
            drawn[:, touched] = proposed[chosen]
        every = np.concatenate((self.deviates[np.newaxis], drawn))
        return Patients(MappingProxyType(values_at(self.parameters, self.names, every)))

    def predict(
        self,
        curve: str,
        at_h: Sequence[float] | Floats,
        treatment: Treatment,
        *,
        seed: int,
        sd: float | None = None,
        law: Law = Law.NORMAL,
        in_grades: bool = False,
        count: int = 1000,
    ) -> Prediction:
        """Return a prediction of a curve: the band of its true value, and that of a measurement.

        Args:
            curve: by its name, as in ``Observation``.
            at_h: when, hours since the start of ``treatment``, increasing; shape ``(T,)``.
            treatment: from then on, starting without drug.
            seed: of the patients and of the errors.
            sd: of one measurement, as in ``Observation``; by default that of one examination, where it was
                measured.
            law: of its error.
            in_grades: whether an examiner writes the nearest grade.
            count: of patients who could be this one.

        Raises:
            ValueError: an unknown curve, times that go backwards, an error the curve cannot have.
        """
        low, high = range_of(curve)
        sd = examination_error(curve) if sd is None else sd
        check_error(curve, curve, sd=sd, law=law, in_grades=in_grades)
        count = whole("count", count, "patients", low=1, high=MOST_PATIENTS)
        times = increasing("at_h", series("at_h", at_h, "h", low=0, high=LONGEST_H), "h")
        could_be = Ensemble(self.patients(count, seed), self.anatomy)
        true = response_to(could_be, treatment, [curve], times, tolerance=_TOLERANCE).patients(curve)
        errors = sd * _stream(seed, 2).standard_normal((_EXAMINED_EACH, *true.shape))
        found = (true * np.exp(errors) if law is Law.LOGNORMAL else true + errors).reshape(-1, len(times))
        if in_grades:
            measured, coverage = _grade_range(written(found, SCALES[curve]), SCALES[curve])
        else:
            measured, coverage = _band(np.clip(found, low, high)), np.full(len(times), _COVERAGE)
        return Prediction(curve=curve, at_h=times, true=_band(true), measured=measured, coverage=coverage)


def values_at(parameters: Parameters, names: Sequence[str], deviates: Floats) -> dict[str, Floats]:
    """Return every parameter of the patients at these deviates; shape of each ``(P,)``."""
    rows = {name: np.full(len(deviates), one.value) for name, one in parameters.table.items()}
    for column, name in enumerate(names):
        rows[name] = parameters[name].at(deviates[:, column])
    return rows


def ends_of(parameter: Parameter) -> tuple[float, float]:
    """Return the deviates at which a parameter's range ends."""
    if parameter.law is not Law.LOGNORMAL:
        return (
            (parameter.low - parameter.value) / parameter.sd,
            (parameter.high - parameter.value) / parameter.sd,
        )
    if not parameter.value:
        return -math.inf, math.inf
    # A value below 0 grows towards its lowest; an end on the other side of 0 is never reached.
    least, most = sorted((parameter.low / parameter.value, parameter.high / parameter.value))
    return (
        math.log(least) / parameter.sd if least > 0 else -math.inf,
        math.log(most) / parameter.sd if most > 0 else math.inf,
    )


@lru_cache(maxsize=4)
def _proposed(posterior: Posterior, seed: int) -> tuple[Floats, Floats]:
    """Return proposed deviates of what the data touch, and their weights; kept for the next curve."""
    touched = np.flatnonzero(_touched(posterior.covariance))
    parts = _proposal_components(posterior, touched)
    likelihood, stream = Likelihood.of(posterior.observations), _stream(seed, 3)
    proposed, logs, weights, effective = np.empty((0, len(touched))), np.empty(0), np.empty(0), 0.0
    for _ in range(_MOST_BATCHES):
        batch = np.concatenate([one.drawn(stream, _EACH) for one in parts])
        every = np.tile(posterior.deviates, (len(batch), 1))
        every[:, touched] = batch
        patients = Patients(MappingProxyType(values_at(posterior.parameters, posterior.names, every)))
        found = predicted(
            Ensemble(patients, posterior.anatomy),
            posterior.observations,
            posterior.treatment,
            tolerance=_TOLERANCE,
        )
        probable = -(likelihood.misfit(found) + np.sum(batch**2, axis=1)) / 2
        proposed = np.concatenate((proposed, batch))
        logs = np.concatenate(
            (logs, probable - np.logaddexp.reduce([one.log_density(batch) for one in parts]))
        )
        weights = np.exp(logs - logs.max())
        weights /= weights.sum()
        effective = 1 / float(np.sum(weights**2))
        if effective >= _ENOUGH:
            return proposed, weights
    if effective < _TOO_FEW:
        warnings.warn(
            f"{len(proposed)} proposed patients count as {effective:.0f}; allowed: {_TOO_FEW:g} or more, "
            "for bands of so few are chance: fit fewer parameters, or see whether an sd is too small",
            stacklevel=3,
        )
    return proposed, weights


def _touched(covariance: Floats) -> npt.NDArray[np.bool_]:
    """Return which deviates the data tell anything of; shape ``(p,)``."""
    return np.asarray(np.any(np.abs(covariance - np.eye(len(covariance))) > _NO_TRACE, axis=1))


def _stream(seed: int, purpose: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=[int(seed), purpose]))


@dataclass(frozen=True, eq=False)
class _Part:
    """A normal law to propose from: its centre, the square root of its covariance, and that root's inverse.

    The root is the symmetric one, so that rounding, which turns axes of equal spread, turns no draw.
    """

    centre: Floats
    root: Floats
    inverse: Floats
    log_volume: float

    @classmethod
    def of(cls, centre: Floats, covariance: Floats, wider: float) -> Self:
        """Return the law of a covariance made wider, on no axis beyond the population."""
        spread, axes = np.linalg.eigh(covariance)
        lengths = np.sqrt(np.minimum(wider * spread, 1.0))
        return cls(
            centre, (axes * lengths) @ axes.T, (axes / lengths) @ axes.T, float(np.sum(np.log(lengths)))
        )

    def drawn(self, stream: np.random.Generator, count: int) -> Floats:
        """Return so many deviates; shape ``(count, p)``."""
        return self.centre + stream.standard_normal((count, len(self.centre))) @ self.root

    def log_density(self, deviates: Floats) -> Floats:
        """Return log density, but for a constant that all parts share."""
        normal = (deviates - self.centre) @ self.inverse
        return np.asarray(-np.sum(normal**2, axis=1) / 2 - self.log_volume, dtype=np.float64)


def _proposal_components(posterior: Posterior, touched: npt.NDArray[np.intp]) -> list[_Part]:
    """Return equal parts of a mixture: narrow, wide, and one for parameters near an end of their range.

    Beyond the end all deviates stand for the same value, and nothing but the population says how far they go.
    """
    centre, covariance = posterior.deviates[touched], posterior.covariance[np.ix_(touched, touched)]
    parts = [_Part.of(centre, covariance, wider) for wider in _WIDER]
    ends = np.array([ends_of(posterior.parameters[posterior.names[column]]) for column in touched])
    room = np.abs(ends - centre[:, np.newaxis]).min(axis=1)
    near = room < _NEAR * np.sqrt(np.diag(covariance))
    if near.any():
        apart = np.where(near[:, np.newaxis] | near, np.eye(len(touched)), covariance)
        parts.append(_Part.of(np.where(near, 0.0, centre), apart, _WIDER[-1]))
    return parts


def _band(drawn: Floats) -> Band:
    low, median, high = np.percentile(drawn, [LOW_PERCENT, MIDDLE_PERCENT, HIGH_PERCENT], axis=0)
    return Band(low=low, median=median, high=high)


def _grade_range(drawn: Floats, scale: Scale) -> tuple[Band, Floats]:
    """Return at each time the run of grades whose share of the drawn is nearest to 90 %, and that share.

    Percentiles of grades would hold more than they say: each takes the whole of the grade it falls on.
    Of two runs as near the fuller one is taken, and of two as full the shorter.
    """
    anchors = np.array(anchors_of(scale))
    share = np.array([np.mean(drawn == anchor, axis=0) for anchor in anchors])
    upto = np.concatenate((np.zeros((1, drawn.shape[1])), np.cumsum(share, axis=0)))
    first, last = np.triu_indices(len(anchors))
    # A share of some thousand measurements is no surer than this.
    covered = np.round(upto[last + 1] - upto[first], 3)
    longer = np.broadcast_to((last - first)[:, np.newaxis], covered.shape)
    best = np.lexsort((longer, -covered, np.round(np.abs(covered - _COVERAGE), 3)), axis=0)[0]
    band = Band(
        low=anchors[first[best]], median=written(np.median(drawn, axis=0), scale), high=anchors[last[best]]
    )
    return band, covered[best, np.arange(drawn.shape[1])]
