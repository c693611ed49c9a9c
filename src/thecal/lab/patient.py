"""The virtual patient: what is known of one, and the spread of everything else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from thecal.body import load_parameters, of_groups

if TYPE_CHECKING:
    from thecal.body import Parameters


class Origin(StrEnum):
    """Where the damage lies that makes the muscles stiff."""

    SPINAL = "spinal"
    CEREBRAL = "cerebral"


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualPatient:
    """One patient of the model.

    Attributes:
        origin: of the spasticity; reported, and without influence on the model.
        groups: of the body's ``groups.toml``, whose numbers take the place of the usual ones.
        known: names of model parameters with the value known for this patient, in the parameter's own unit;
            they have no spread. All others are drawn.
    """

    origin: Origin
    groups: tuple[str, ...] = ()
    known: tuple[tuple[str, float], ...] = ()

    def parameters(self) -> Parameters:
        """Return the shipped parameters, those of the groups in their place, with the known ones fixed.

        Raises:
            ValueError: an unknown group or parameter, or a value out of its range.
        """
        return of_groups(load_parameters(), *self.groups).knowing(**dict(self.known))
