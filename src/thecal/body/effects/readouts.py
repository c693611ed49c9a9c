"""What can be reported beside tone: exposure of cord and brain, a sedation signal, withdrawal, other signs.

Each is a few places of the body and a formula over what is there (docs/science/effect.md). A *signal* runs
from 0 to 1 and ranks situations; it is not a probability.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.cohort.places import adapted_level, brain, cord_of, effect_share, level_withdrawn_to

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from thecal.body.bounds import Floats
    from thecal.body.cohort.ensemble import Ensemble
    from thecal.body.cohort.places import Place
    from thecal.body.population.patients import Patients

CORD_LEGS, CORD_ARMS = "cord_legs_ng_mL", "cord_arms_ng_mL"
SUPRASPINAL = "supraspinal_ng_mL"
SEDATION = "sedation"
WITHDRAWAL = "withdrawal"
SPASMS_LEGS = "spasms_legs"
REFLEXES_LEGS, REFLEXES_ARMS = "reflexes_legs", "reflexes_arms"
HM_LEGS = "hm_legs"


@dataclass(frozen=True, eq=False)
class Readout:
    """One thing that can be reported.

    Args:
        unit: of its values.
        meaning: in words.
        places: where concentrations count.
        read: makes it of the patients, the levels at those places, shape ``(K, P, T)``, and the levels that
            legs and arms feel, ng/mL of baclofen's potency, shape ``(2, P, T)``.
    """

    unit: str
    meaning: str
    places: Callable[[Ensemble], tuple[Place, ...]]
    read: Callable[[Patients, Floats, Floats], Floats]


def sedation(patients: Patients, brain_ng_mL: Floats) -> Floats:
    """Return the signal of sedation and overdose, 0 to 1, for a patient not used to the drug."""
    acting = brain_ng_mL * patients["potency"][:, np.newaxis]
    return effect_share(acting, patients["sedation_ec50_ng_mL"], patients["sedation_steepness"])


def withdrawal(patients: Patients, adapted_ng_mL: Floats, fallen_to_ng_mL: Floats) -> Floats:
    """Return the withdrawal signal, 0 to 1: how far the level is below what the patient is used to.

    The shortfall counts against the EC50 and the level the patient is used to: losing all of a level far
    above the EC50 makes 1, losing all of a level far below it nothing.
    """
    potency = patients["potency"][:, np.newaxis]
    missing = potency * np.maximum(adapted_ng_mL - fallen_to_ng_mL, 0.0)
    used_to = potency * adapted_ng_mL + patients["ec50_ng_mL"][:, np.newaxis]
    return np.asarray(missing / used_to, dtype=np.float64)


def _only(_: Patients, levels: Floats, __: Floats) -> Floats:
    return np.asarray(levels[0])


def _nowhere(_: Ensemble) -> tuple[Place, ...]:
    return ()


def _spasms(patients: Patients, _: Floats, effective: Floats) -> Floats:
    share = effect_share(effective[0], patients["spasms_ec50_ng_mL"], patients["effect_steepness"])
    return patients["spasms_before"][:, np.newaxis] * (1.0 - share)


def _reflexes(before: str, limb: int) -> Callable[[Patients, Floats, Floats], Floats]:
    """Return how reflexes of legs (0) or arms (1) are read: they fall as tone does, but to 0."""

    def read(patients: Patients, _: Floats, effective: Floats) -> Floats:
        share = effect_share(effective[limb], patients["ec50_ng_mL"], patients["effect_steepness"])
        return patients[before][:, np.newaxis] * (1.0 - share)

    return read


def _hm(patients: Patients, _: Floats, effective: Floats) -> Floats:
    return 1.0 - effect_share(effective[0], patients["hm_ec50_ng_mL"], patients["hm_steepness"])


READOUTS: Mapping[str, Readout] = MappingProxyType(
    {
        CORD_LEGS: Readout(
            "ng/mL", "cord that serves the legs", lambda one: (cord_of(one, legs=True),), _only
        ),
        CORD_ARMS: Readout(
            "ng/mL", "cord that serves the arms", lambda one: (cord_of(one, legs=False),), _only
        ),
        SUPRASPINAL: Readout("ng/mL", "supraspinal exposure", lambda one: (brain(one),), _only),
        SEDATION: Readout(
            "signal 0-1",
            "sedation and overdose",
            lambda one: (brain(one),),
            lambda patients, levels, _: sedation(patients, levels[0]),
        ),
        WITHDRAWAL: Readout(
            "signal 0-1",
            "withdrawal",
            lambda one: (adapted_level(one), level_withdrawn_to(one)),
            lambda patients, levels, _: withdrawal(patients, levels[0], levels[1]),
        ),
        SPASMS_LEGS: Readout("Penn 0-4", "spasm frequency, legs", _nowhere, _spasms),
        REFLEXES_LEGS: Readout(
            "reflex 0-5", "tendon reflexes, legs", _nowhere, _reflexes("reflexes_before", 0)
        ),
        REFLEXES_ARMS: Readout(
            "reflex 0-5", "tendon reflexes, arms", _nowhere, _reflexes("reflexes_arms_before", 1)
        ),
        HM_LEGS: Readout("share of before", "H/M ratio, legs, over that before the drug", _nowhere, _hm),
    }
)
"""By the name of the curve."""
