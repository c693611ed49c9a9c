"""The virtual patient: what is known of one, and the spread of everything else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from thecal.body import load_parameters

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
        known: names of model parameters with the value known for this patient, in the parameter's own unit;
            they have no spread. All others are drawn.
    """

    origin: Origin
    known: tuple[tuple[str, float], ...] = ()

    def parameters(self) -> Parameters:
        """Return the shipped parameters with the known ones fixed.

        Raises:
            ValueError: an unknown parameter, or a value out of its range.
        """
        return load_parameters().knowing(**dict(self.known))
