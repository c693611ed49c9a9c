"""The body as a network of compartments: who passes drug to whom, how fast. Physiology, no solving.

Spinal cells form a chain from sac end to cranium, each with its piece of cord hanging on it: a tree. Flow
between spinal cells is dispersion and bulk flow, fitted exponentially (Scharfetter and Gummel 1969), so that
every rate is positive whatever the Peclet number (docs/science/body.md, eq. 2 to 5).

States are masses in ug, in the order: spinal cells from the sac end up, the cranial compartment, cord cells
from the conus up. Every array has the patients first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from thecal.body.bounds import Floats
    from thecal.body.canal.anatomy import Anatomy
    from thecal.body.population.patients import Patients

# Below this Peclet number the next term of the series, x squared over 12, is lost in rounding.
_NEGLIGIBLE = 1e-8
# Beyond it nothing comes back against the flow, and exp soon overflows.
_LARGEST = 500.0


@dataclass(frozen=True, eq=False)
class Network:
    """Rates, 1/h, and volumes, mL, of each patient's tree; P patients, N spinal cells, C cord cells.

    Args:
        csf_mL: spinal cells and, last, the cranial compartment; shape ``(P, N + 1)``.
        cord_mL: apparent volume of cord cells (times the partition); shape ``(P, C)``.
        first_cord_cell: the spinal cell beside the lowest cord cell.
        up: from each spinal cell to the next, the last to the cranium; shape ``(P, N)``.
        down: back again; shape ``(P, N)``.
        to_cord: from spinal fluid into the cord beside it; shape ``(P, C)``.
        from_cord: back again; shape ``(P, C)``.
        loss: from spinal cells and cranium to plasma; shape ``(P, N + 1)``.
    """

    csf_mL: Floats
    cord_mL: Floats
    first_cord_cell: int
    up: Floats
    down: Floats
    to_cord: Floats
    from_cord: Floats
    loss: Floats

    @property
    def cells(self) -> int:
        """Spinal cells, N."""
        return len(self.up[0])

    @property
    def states(self) -> int:
        """Compartments of the tree."""
        return self.cells + 1 + len(self.cord_mL[0])

    def rows(self, rows: slice) -> Network:
        """Return the network of some of the patients."""
        return Network(
            csf_mL=self.csf_mL[rows],
            cord_mL=self.cord_mL[rows],
            first_cord_cell=self.first_cord_cell,
            up=self.up[rows],
            down=self.down[rows],
            to_cord=self.to_cord[rows],
            from_cord=self.from_cord[rows],
            loss=self.loss[rows],
        )

    @property
    def losses(self) -> Floats:
        """Rate to plasma of every compartment; shape ``(P, states)``."""
        return np.concatenate((self.loss, np.zeros_like(self.cord_mL)), axis=1)


def build_network(patients: Patients, anatomy: Anatomy) -> Network:
    """Return the compartments of these patients on this grid."""
    spinal_mL = patients["spinal_csf_mL"][:, np.newaxis]
    length_cm = patients["canal_length_cm"][:, np.newaxis]
    cell_mL = spinal_mL * anatomy.csf_shares
    cranial_mL = patients["cranial_csf_mL"][:, np.newaxis]
    up, down = _fluxes(patients, anatomy, spinal_mL / length_cm, length_cm)
    shares = anatomy.cord_shares
    cord_mL = patients["cord_volume_mL"][:, np.newaxis] * shares * patients["cord_partition"][:, np.newaxis]
    exchange = patients["cord_exchange_per_h"][:, np.newaxis]
    beside_mL = cell_mL[:, anatomy.first_cord_cell :]
    return Network(
        csf_mL=np.concatenate((cell_mL, cranial_mL), axis=1),
        cord_mL=cord_mL,
        first_cord_cell=anatomy.first_cord_cell,
        up=up / cell_mL,
        down=down / np.concatenate((cell_mL[:, 1:], cranial_mL), axis=1),
        to_cord=exchange * cord_mL / beside_mL,
        from_cord=np.broadcast_to(exchange, cord_mL.shape),
        loss=np.concatenate(
            (
                np.broadcast_to(patients["spinal_loss_per_h"][:, np.newaxis], cell_mL.shape),
                patients["csf_turnover_mL_h"][:, np.newaxis] / cranial_mL,
            ),
            axis=1,
        ),
    )


def _fluxes(
    patients: Patients, anatomy: Anatomy, mean_cm2: Floats, length_cm: Floats
) -> tuple[Floats, Floats]:
    """Return clearances up and down through each face above a cell, mL/h; shapes ``(P, N)``.

    The top face is half a cell above the last centre and opens to the cranial compartment.
    """
    step_cm = length_cm / anatomy.cells * np.append(np.ones(anatomy.cells - 1), 0.5)
    spread = patients["dispersion_cm2_h"][:, np.newaxis] * mean_cm2 * anatomy.face_areas[1:] / step_cm
    peclet = patients["bulk_flow_mL_h"][:, np.newaxis] / spread
    return spread * _bernoulli(-peclet), spread * _bernoulli(peclet)


def _bernoulli(x: Floats) -> Floats:
    """Return x / (exp(x) - 1), which is 1 at 0 and positive everywhere."""
    grown = np.expm1(np.minimum(x, _LARGEST))
    return np.divide(x, grown, out=1.0 - x / 2, where=np.abs(x) >= _NEGLIGIBLE)
