"""The virtual patient: what is known of one, and the spread of everything else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from thecal.body import Posture, child, load_parameters, of_groups, under_conditions

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
    """

    origin: Origin
    groups: tuple[str, ...] = ()
    known: tuple[tuple[str, float], ...] = ()
    child: Child | None = None
    posture: Posture = Posture.FLAT

    def parameters(self) -> Parameters:
        """Return the shipped parameters as groups, measures and posture change them, the known ones fixed.

        Raises:
            ValueError: an unknown group or parameter, or a value out of its range.
        """
        parameters = of_groups(load_parameters(), *self.groups)
        if self.child is not None:
            young = self.child
            parameters = child(
                parameters,
                age_years=young.age_years,
                height_cm=young.height_cm,
                weight_kg=young.weight_kg,
            )
        return under_conditions(parameters, posture=self.posture).knowing(**dict(self.known))
