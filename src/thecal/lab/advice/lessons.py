"""Which observation would teach most of this patient: by how much it narrows the predicted tone.

Around the most probable patient the model is taken as linear in the deviates (Laplace): an observation with
slopes j and error sd takes (g' C j)^2 / (j' C j + sd^2) from the variance g' C g of a prediction with
slopes g.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from thecal.body import SPASMS_LEGS, Ensemble, Law, Patients, differentiate, simulate
from thecal.dosing.history import Limb
from thecal.dosing.propose import OptionKind
from thecal.lab.advice.advice import Lesson
from thecal.lab.advice.choices import (
    DECIMALS,
    MODEL_ERROR_GRADES,
    SPASM_COUNT_SD,
    TEACHING_HOURS,
    VISITS_DAYS,
)
from thecal.lab.advice.doses import future_of
from thecal.lab.advice.evidence import CURVES, examiner_sd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from thecal.dosing.propose import Option, Proposal
    from thecal.lab.advice.patient import PatientModel

    Floats = NDArray[np.float64]

_DAY_H = 24.0
_ROUNDING_VARIANCE = 1 / 12
_TOLERANCE = 1e-7


@dataclass(frozen=True, slots=True)
class _Candidate:
    what: str
    limb: Limb
    curve: str
    hours: float
    sd: float


def option_to_learn(proposal: Proposal) -> Option:
    """Return the option that observations are ranked for: the first change that can be signed."""
    changes = [one for one in proposal.options if one.kind is not OptionKind.NO_CHANGE and one.can_be_signed]
    return changes[0] if changes else proposal.options[0]


def lessons_of(proposal: Proposal, patient: PatientModel) -> tuple[Lesson, ...]:
    """Return observations that could be made after the change, the one that teaches most first."""
    option = option_to_learn(proposal)
    candidates = _candidates(patient)
    hours = np.array(sorted({one.hours for one in candidates} | {_DAY_H * VISITS_DAYS[-1]}))
    doses = patient.evidence.doses
    future = future_of(proposal.history, option.program, doses, float(hours[-1]) + 1)
    treatment = doses.treatment(future=future)
    curves = tuple(dict.fromkeys(one.curve for one in candidates))
    posterior = patient.posterior

    def predict(patients: Patients) -> Floats:
        response = simulate(
            Ensemble(patients, posterior.anatomy),
            sample_times_h=doses.now_h + hours,
            inflow=treatment.inflow,
            implant=treatment.implant,
            boluses=treatment.boluses,
            sites=[],
            also=[name for name in curves if name == SPASMS_LEGS],
            tolerance=_TOLERANCE,
        )
        return np.stack([response.curves[name] for name in curves], axis=1)

    most_probable = Patients(MappingProxyType({name: of[:1] for name, of in patient.drawn.values.items()}))
    _, slopes = differentiate(most_probable, posterior.names, predict)
    per_deviate = np.array(
        [
            one.sd * (float(most_probable[name][0]) if one.law is Law.LOGNORMAL else 1.0)
            for name in posterior.names
            for one in [posterior.parameters[name]]
        ]
    )
    jacobian = slopes * per_deviate[:, np.newaxis, np.newaxis]
    target = jacobian[:, curves.index(CURVES[patient.evidence.limbs[0]]), -1]
    pull = posterior.covariance @ target
    variance = float(target @ pull)
    found = []
    for one in candidates:
        slope = jacobian[:, curves.index(one.curve), int(np.searchsorted(hours, one.hours))]
        informative = float(slope @ posterior.covariance @ slope) + one.sd**2
        less = float(slope @ pull) ** 2 / informative / variance if variance > 0 else 0.0
        found.append(Lesson(what=one.what, limb=one.limb, hours=one.hours, less=round(less, DECIMALS)))
    return tuple(sorted(found, key=lambda one: (-one.less, one.hours, one.what)))


def _candidates(patient: PatientModel) -> list[_Candidate]:
    """Return scores of the predicted limb, one of the other limb, and a count of spasms."""
    limb = patient.evidence.limbs[0]
    other = Limb.ARMS if limb is Limb.LEGS else Limb.LEGS
    error = math.sqrt(
        examiner_sd(patient.evidence.scale_of(limb)) ** 2 + MODEL_ERROR_GRADES**2 + _ROUNDING_VARIANCE
    )
    counted = math.sqrt(SPASM_COUNT_SD**2 + MODEL_ERROR_GRADES**2 + _ROUNDING_VARIANCE)
    day = TEACHING_HOURS[1]
    return [
        *(
            _Candidate(
                f"a score of the {limb.value}, {hours:.0f} h after the change",
                limb,
                CURVES[limb],
                hours,
                error,
            )
            for hours in TEACHING_HOURS
        ),
        _Candidate(
            f"a score of the {other.value}, {day:.0f} h after the change", other, CURVES[other], day, error
        ),
        _Candidate(f"a count of spasms, {day:.0f} h after the change", Limb.LEGS, SPASMS_LEGS, day, counted),
    ]
