"""A second way to the same numbers: the body as one dense matrix, written out compartment by compartment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import expm

from thecal.body.canal.anatomy import ARMS_CM, LEGS_CM

if TYPE_CHECKING:
    from thecal.body import Ensemble


def dense_matrix(ensemble: Ensemble, patient: int) -> np.ndarray:
    """Return dx/dt = A x for the tree's masses, then legs, arms (ng/mL), plasma and eliminated (ug)."""
    network = ensemble.network
    value = {name: float(values[patient]) for name, values in ensemble.patients.values.items()}
    n, cells = network.states, network.cells
    legs, arms, plasma, gone = range(n, n + 4)
    matrix = np.zeros((n + 4, n + 4))

    def flow(source: int, target: int, rate: float) -> None:
        matrix[target, source] += rate
        matrix[source, source] -= rate

    for cell in range(cells):
        flow(cell, cell + 1, network.up[patient, cell])
        flow(cell + 1, cell, network.down[patient, cell])
        flow(cell, plasma, value["spinal_loss_per_h"])
    flow(cells, plasma, value["csf_turnover_mL_h"] / value["cranial_csf_mL"])
    for piece in range(n - cells - 1):
        beside = network.first_cord_cell + piece
        cord_mL = network.cord_mL[patient, piece]
        flow(
            beside,
            cells + 1 + piece,
            value["cord_exchange_per_h"] * cord_mL / network.csf_mL[patient, beside],
        )
        flow(cells + 1 + piece, beside, value["cord_exchange_per_h"])
    flow(plasma, gone, value["plasma_clearance_L_h"] / value["plasma_volume_L"])
    for site, span in ((legs, LEGS_CM), (arms, ARMS_CM)):
        seen = ensemble.anatomy.cord_weights(span) / network.cord_mL[patient] * 1000
        matrix[site, cells + 1 : n] = value["effect_delay_per_h"] * seen
        matrix[site, site] = -value["effect_delay_per_h"]
    return matrix


def propagate(matrix: np.ndarray, state: np.ndarray, inflow: np.ndarray, hours: float) -> np.ndarray:
    """Return the state after ``hours`` of constant inflow, by one dense matrix exponential."""
    n = len(matrix)
    wide = np.zeros((n + 1, n + 1))
    wide[:n, :n], wide[:n, n] = matrix, inflow
    return (expm(wide * hours) @ np.append(state, 1.0))[:n]
