"""The network taken apart into modes: independent exponentials, solved once per patient.

A tree with positive rates both ways is similar to a symmetric matrix, so its modes are real and come from a
symmetric eigenproblem (eq. 8 of the first solver). What hangs downstream and gives nothing back (effect
sites, plasma, what plasma has eliminated) adds one mode each in closed form below: a compartment of rate k
fed by modes of rates l holds sum c a + x, with c = g / (k - l), where x decays at k alone.

Where k and a mode's rate agree to a part in a million the quotient would cost digits; k is then moved by a
few parts in a million, which changes a result by about as much.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from thecal.body.bounds import Floats
    from thecal.body.canal.network import Network

_CLOSEST = 1e-6


@dataclass(frozen=True, eq=False)
class Modes:
    """P patients, M modes; a mode's amplitude decays at its rate and grows with what enters it.

    Args:
        rates: 1/h, from 0 up; shape ``(P, M)``.
        entry: tree masses to mode amplitudes; shape ``(P, M, states)``.
        masses: mode amplitudes to tree masses; shape ``(P, states, M)``.
        downstream: mode amplitudes to each downstream compartment; shape ``(P, K, M)``.
    """

    rates: Floats
    entry: Floats
    masses: Floats
    downstream: Floats

    def amplitudes(self, masses_ug: Floats) -> Floats:
        """Return mode amplitudes of masses in the tree; ``(P, states)`` or ``(states,)`` to ``(P, M)``."""
        return np.asarray((self.entry @ masses_ug[..., np.newaxis])[..., 0], dtype=np.float64)


def tree_modes(network: Network) -> Modes:
    """Return the modes of the tree alone."""
    patients, n = len(network.up), network.states
    chain = np.arange(network.cells)
    cord = np.arange(network.cord_mL.shape[1])
    leaf, beside = cord + network.cells + 1, cord + network.first_cord_cell

    leaving = network.losses.copy()
    leaving[:, chain] += network.up
    leaving[:, chain + 1] += network.down
    leaving[:, beside] += network.to_cord
    leaving[:, leaf] += network.from_cord
    symmetric = np.zeros((patients, n, n))
    symmetric[:, np.arange(n), np.arange(n)] = leaving
    between = -np.sqrt(network.up * network.down)
    symmetric[:, chain, chain + 1] = symmetric[:, chain + 1, chain] = between
    across = -np.sqrt(network.to_cord * network.from_cord)
    symmetric[:, beside, leaf] = symmetric[:, leaf, beside] = across

    scale = np.ones((patients, n))
    scale[:, 1 : network.cells + 1] = np.exp(np.cumsum(np.log(network.up / network.down), axis=1) / 2)
    scale[:, leaf] = scale[:, beside] * np.sqrt(network.to_cord / network.from_cord)

    rates, vectors = np.linalg.eigh(symmetric)
    return Modes(
        rates=np.maximum(rates, 0.0),
        entry=np.swapaxes(vectors, 1, 2) / scale[:, np.newaxis, :],
        masses=vectors * scale[:, :, np.newaxis],
        downstream=np.zeros((patients, 0, n)),
    )


def with_downstream(modes: Modes, rate: Floats, feed: Floats) -> Modes:
    """Return the modes with one more compartment that drains at ``rate`` and gives nothing back.

    Args:
        modes: what there is so far.
        rate: 1/h of the new compartment, 0 for one that only gathers; shape ``(P,)``.
        feed: inflow per unit of each mode; shape ``(P, M)``.
    """
    own = _apart(rate, modes.rates)[:, np.newaxis]
    held = np.divide(feed, own - modes.rates, out=np.zeros_like(feed), where=feed != 0)
    fresh = -(held[:, np.newaxis, :] @ modes.entry)

    def wider(rows: Floats) -> Floats:
        return np.concatenate((rows, np.zeros((*rows.shape[:2], 1))), axis=2)

    newest = np.concatenate((held, np.ones((len(held), 1))), axis=1)[:, np.newaxis, :]
    return Modes(
        rates=np.concatenate((modes.rates, own), axis=1),
        entry=np.concatenate((modes.entry, fresh), axis=1),
        masses=wider(modes.masses),
        downstream=np.concatenate((wider(modes.downstream), newest), axis=1),
    )


def _apart(rate: Floats, rates: Floats) -> Floats:
    """Return ``rate`` moved up by millionths until no mode's rate is within a millionth of it."""
    for _ in range(rates.shape[1]):
        near = np.abs(rate[:, np.newaxis] - rates) < _CLOSEST * rate[:, np.newaxis]
        if not near.any():
            break
        rate = np.where(near.any(axis=1), rate * (1 + 4 * _CLOSEST), rate)
    return rate
