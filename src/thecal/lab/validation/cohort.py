"""Whom the experiments ask: drawn patients as a study describes its own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.body import (
    CSF_DENSITY_MG_ML,
    REFLEXES_ARMS,
    REFLEXES_LEGS,
    SPASMS_LEGS,
    TONE_ARMS,
    TONE_LEGS,
    Ensemble,
    Law,
    Posture,
)
from thecal.lab.patient import Child, Origin, VirtualPatient

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thecal.body import Parameters

INFUSION_CELLS_PER_CM, BOLUS_CELLS_PER_CM = 1, 2
"""Grids on which infusions, and boluses, change by less than 1 % when made finer (docs/science/body.md)."""
PRIME_UG_ML = 500.0
_KEPT = 8
BEFORE: Mapping[str, str] = MappingProxyType(
    {
        TONE_LEGS: "tone_legs_before",
        TONE_ARMS: "tone_arms_before",
        SPASMS_LEGS: "spasms_before",
        REFLEXES_LEGS: "reflexes_before",
        REFLEXES_ARMS: "reflexes_arms_before",
    }
)
"""The parameter that holds what a sign was before treatment."""


@dataclass(frozen=True, kw_only=True)
class Who:
    """A study's patients.

    Args:
        sign: what its examiners scored, by the name of the curve.
        before, before_sd: that score before treatment, mean and SD.
        groups: of the body's groups, those they belong to.
        age_years, height_cm, weight_kg: of children; 0 for adults.
        posture: how they are placed.
        density_mg_mL, flow_mL_h: of what is infused.
    """

    sign: str = TONE_LEGS
    before: float = 4.0
    before_sd: float = 0.5
    groups: tuple[str, ...] = ()
    age_years: float = 0.0
    height_cm: float = 0.0
    weight_kg: float = 0.0
    posture: Posture = Posture.FLAT
    density_mg_mL: float = CSF_DENSITY_MG_ML
    flow_mL_h: float = 0.0

    def __post_init__(self) -> None:
        """Refuse patients who cannot be.

        Raises:
            ValueError: an unknown sign or group, or a number out of its range.
        """
        if self.sign not in BEFORE:
            raise ValueError(f"sign is {self.sign!r}; allowed: {', '.join(BEFORE)}")
        self.parameters()

    @property
    def patient(self) -> VirtualPatient:
        """One of them, without the score before treatment; where the damage lies changes no number."""
        measures = (self.age_years, self.height_cm, self.weight_kg)
        age_years, height_cm, weight_kg = measures
        young = Child(age_years=age_years, height_cm=height_cm, weight_kg=weight_kg)
        return VirtualPatient(
            origin=Origin.SPINAL,
            groups=self.groups,
            child=young if any(measures) else None,
            posture=self.posture,
            density_mg_mL=self.density_mg_mL,
            rate_mL_h=self.flow_mL_h,
        )

    def parameters(self) -> Parameters:
        """Return the numbers of the model for such patients.

        Raises:
            ValueError: an unknown group, or a number out of its range.
        """
        found = self.patient.parameters()
        name = BEFORE[self.sign]
        scored = replace(found[name], value=self.before, law=Law.NORMAL, sd=self.before_sd)
        return replace(found, table=MappingProxyType({**found.table, name: scored}))


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """Drawn patients, the same for every row but for what its study says of them.

    Args:
        patients: how many.
        seed: of the draw.
        tip: vertebral level of the catheter's tip.
        who: what the study says.
    """

    patients: int
    seed: int
    tip: str
    who: Who = field(default_factory=Who)

    def __post_init__(self) -> None:
        """Refuse a cohort that has no middle."""
        if self.patients < 1:
            raise ValueError(f"patients is {self.patients}; allowed: 1 or more")

    def ensemble(self, cells_per_cm: int, **known: float) -> Ensemble:
        """Return the patients on a grid, with some parameters known and the same for all."""
        return _drawn(self, cells_per_cm, tuple(sorted(known.items())))


@lru_cache(maxsize=_KEPT)
def _drawn(cohort: Cohort, cells_per_cm: int, known: tuple[tuple[str, float], ...]) -> Ensemble:
    parameters = cohort.who.parameters().knowing(**dict(known))
    return Ensemble.drawn(parameters, cohort.patients, cohort.seed, cells_per_cm=cells_per_cm)
