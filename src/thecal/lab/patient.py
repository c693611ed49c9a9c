"""The virtual patient: what is known of one, and the spread of everything else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from thecal.body import CSF_DENSITY_MG_ML, Posture, child, load_parameters, of_groups, under_conditions

if TYPE_CHECKING:
    from thecal.body import Parameters


class Origin(StrEnum):
    """Where the damage lies that makes the muscles stiff."""

    SPINAL = "spinal"
    CEREBRAL = "cerebral"


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A child's measures (``thecal.body.child``)."""

    age_years: float
    height_cm: float
    weight_kg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualPatient:
    """One patient of the model.

    Attributes:
        origin: of the spasticity; reported, and without influence on the model.
        groups: of the body's ``groups.toml``, whose numbers take the place of the usual ones.
        known: names of model parameters with the value known for this patient, in the parameter's own unit;
            they have no spread. All others are drawn.
        child: measures of a child; None for an adult.
        posture: how the patient is placed.
        density_mg_mL: of what is infused or injected; spinal fluid's unless given.
        rate_mL_h: how fast it is infused, for how it stirs; 0 does not.
    """

    origin: Origin
    groups: tuple[str, ...] = ()
    known: tuple[tuple[str, float], ...] = ()
    child: Child | None = None
    posture: Posture = Posture.FLAT
    density_mg_mL: float = CSF_DENSITY_MG_ML
    rate_mL_h: float = 0.0

    @property
    def grouped(self) -> Parameters:
        """The shipped parameters as the groups change them, the known ones fixed.

        Raises:
            ValueError: an unknown group or parameter, or a value out of its range.
        """
        return of_groups(load_parameters(), *self.groups).knowing(**dict(self.known))

    @property
    def sized(self) -> Parameters:
        """The same in a body of this size.

        Raises:
            ValueError: as ``grouped``, or a child who cannot be, or not with these groups.
        """
        if self.child is None:
            return self.grouped
        young = self.child
        return child(
            self.grouped, age_years=young.age_years, height_cm=young.height_cm, weight_kg=young.weight_kg
        )

    def parameters(self) -> Parameters:
        """Return the shipped parameters as groups, measures and conditions change them, the known ones fixed.

        What is known is set first, so that conditions are worked out with it; none of them changes it.

        Raises:
            ValueError: as ``sized``, or conditions that cannot be, or all of whose work is known already.
        """
        return under_conditions(
            self.sized,
            posture=self.posture,
            density_mg_mL=self.density_mg_mL,
            infusion_mL_h=self.rate_mL_h,
        )
