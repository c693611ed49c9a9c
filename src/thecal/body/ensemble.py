"""Patients ready to simulate: networks taken apart once and run under as many schedules as one likes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from thecal.body.anatomy import ARMS_CM, DEFAULT_CELLS_PER_CM, LEGS_CM, Anatomy
from thecal.body.levels import height_of
from thecal.body.modes import Modes, tree_modes, with_downstream
from thecal.body.network import Network, build_network
from thecal.body.parameters import Parameters, Patients, draw_patients

if TYPE_CHECKING:
    from thecal.body.bounds import Floats

_NG_PER_UG = 1000.0
# Downstream compartments, in the order they are added.
LEGS, ARMS, PLASMA, ELIMINATED = range(4)


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Patients on a grid, ready to simulate: row 0 the typical patient, the others drawn.

    Args:
        patients: their parameters.
        anatomy: the grid and the shapes on it.
    """

    patients: Patients
    anatomy: Anatomy = field(default_factory=Anatomy)

    @classmethod
    def drawn(
        cls, parameters: Parameters, count: int, seed: int, *, cells_per_cm: int = DEFAULT_CELLS_PER_CM
    ) -> Self:
        """Return the typical patient and ``count`` drawn ones, solved at ``cells_per_cm``."""
        return cls(draw_patients(parameters, count, seed), Anatomy(cells_per_cm))

    def __len__(self) -> int:
        return len(self.patients)

    @cached_property
    def network(self) -> Network:
        """The compartments and their rates."""
        return build_network(self.patients, self.anatomy)

    @cached_property
    def modes(self) -> Modes:
        """The modes of the tree, the effect sites, plasma and what plasma eliminates."""
        modes = tree_modes(self.network)
        delay = self.patients["effect_delay_per_h"]
        for span in (LEGS_CM, ARMS_CM):
            seen = np.zeros((len(self), 1, self.network.states))
            weights = self.anatomy.cord_weights(span) / self.network.cord_mL
            seen[:, 0, self.network.cells + 1 :] = weights * delay[:, np.newaxis] * _NG_PER_UG
            modes = with_downstream(modes, delay, (seen @ modes.masses)[:, 0])
        lost = (self.network.losses[:, np.newaxis, :] @ modes.masses)[:, 0]
        leaving = self.patients["plasma_clearance_L_h"] / self.patients["plasma_volume_L"]
        modes = with_downstream(modes, leaving, lost)
        # The rate the plasma mode was given, which may lie a few millionths from the one asked for.
        drained = modes.rates[:, -1:] * modes.downstream[:, PLASMA]
        return with_downstream(modes, np.zeros(len(self)), drained)

    def csf_readout(self, level: str) -> Floats:
        """Return mode amplitudes to spinal fluid at a level or site, ng/mL; shape ``(P, M)``."""
        weights = self.anatomy.place(height_of(level)) / self.network.csf_mL * _NG_PER_UG
        return np.asarray((weights[:, np.newaxis, :] @ self.modes.masses[:, : weights.shape[1]])[:, 0])

    def plasma_readout(self) -> Floats:
        """Return mode amplitudes to plasma concentration, ng/mL (ug/L); shape ``(P, M)``."""
        return self.modes.downstream[:, PLASMA] / self.patients["plasma_volume_L"][:, np.newaxis]

    def tip_entry(self, level: str) -> Floats:
        """Return the mode amplitudes of 1 ug at a catheter tip; shape ``(P, M)``."""
        return self.entry(np.broadcast_to(self.anatomy.place(height_of(level)), self.network.csf_mL.shape))

    def entry(self, shares: Floats) -> Floats:
        """Return the mode amplitudes of 1 ug shared among spinal cells (and cranium); shape ``(P, M)``."""
        masses = np.zeros((len(self), self.network.states))
        masses[:, : shares.shape[1]] = shares
        return self.modes.amplitudes(masses)
