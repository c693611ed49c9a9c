"""This patient's own model: fitted to the scores, or the population where there is none."""

from __future__ import annotations

import warnings
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from thecal.body import Anatomy, Ensemble, Patients, Posterior, fit, simulate
from thecal.body.population.parameters import Law
from thecal.lab.advice.choices import GAP_SHARES, MODEL_ERROR_GRADES, PATIENTS, POPULATION_ERROR_GRADES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from thecal.lab.advice.doses import Doses, Stretch
    from thecal.lab.advice.evidence import Evidence

    Floats = NDArray[np.float64]

_CELLS_PER_CM = 1
_TOLERANCE = 1e-4
_SHARES = len(GAP_SHARES)


class PatientModel:
    """One patient's posterior, and the patients drawn from it who could be this one."""

    def __init__(self, evidence: Evidence, seed: int) -> None:
        """Fit the patient and draw.

        Args:
            evidence: of the history.
            seed: of the draw.
        """
        self.evidence = evidence
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            self.posterior = _posterior(evidence)
            self.drawn = self.posterior.patients(PATIENTS, seed)
        self.error = MODEL_ERROR_GRADES if evidence.observations else POPULATION_ERROR_GRADES
        """SD of the real patient around the model's, grades."""
        self.notes = tuple(f"{str(one.message).capitalize()}." for one in heard)
        self._groups = _groups_of(self.drawn, self.posterior.anatomy, sampled=evidence.doses.is_sampled)

    def curves(
        self, future: Sequence[Stretch], hours: Floats, curves: Sequence[str], also: Sequence[str]
    ) -> Mapping[str, Floats]:
        """Return curves of the drawn patients; shape of each ``(P, T)``.

        Args:
            future: what flows from now on.
            hours: from now.
            curves: of tone.
            also: of readouts.
        """
        doses: Doses = self.evidence.doses
        found = {name: np.empty((PATIENTS, len(hours))) for name in (*curves, *also)}
        for share, rows, ensemble in self._groups:
            treatment = doses.treatment(share, future)
            response = simulate(
                ensemble,
                sample_times_h=doses.now_h + hours,
                inflow=treatment.inflow,
                implant=treatment.implant,
                boluses=treatment.boluses,
                sites=[],
                also=also,
                tolerance=_TOLERANCE,
            )
            for name, whole in found.items():
                whole[rows] = response.patients(name)
        return found

    def before(self, name: str) -> Floats:
        """Return a parameter of the drawn patients; shape ``(P,)``."""
        return self.drawn[name][1:]


def _groups_of(
    drawn: Patients, anatomy: Anatomy, *, sampled: bool
) -> list[tuple[float, NDArray[np.intp], Ensemble]]:
    """Return the drawn patients, in as many groups as a dose that is not known is tried at."""
    if not sampled:
        return [(0.5, np.arange(PATIENTS), Ensemble(drawn, anatomy))]
    groups = []
    for place, share in enumerate(GAP_SHARES):
        rows = np.arange(place, PATIENTS, _SHARES)
        chosen = np.concatenate(([0], rows + 1))
        part = Patients(MappingProxyType({name: of[chosen] for name, of in drawn.values.items()}))
        groups.append((share, rows, Ensemble(part, anatomy)))
    return groups


def _posterior(evidence: Evidence) -> Posterior:
    treatment = evidence.doses.treatment()
    if evidence.observations:
        return fit(evidence.parameters, evidence.observations, treatment, anatomy=Anatomy(_CELLS_PER_CM))
    names = tuple(
        name for name, one in evidence.parameters.table.items() if one.law is not Law.FIXED and one.sd
    )
    return Posterior(
        parameters=evidence.parameters,
        names=names,
        deviates=np.zeros(len(names)),
        covariance=np.eye(len(names)),
        misfit=0.0,
        at_bound=(),
        failure="",
        observations=(),
        treatment=treatment,
        anatomy=Anatomy(_CELLS_PER_CM),
    )
