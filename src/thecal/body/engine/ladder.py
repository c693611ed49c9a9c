"""The body asked at a few complex frequencies: from what enters the spinal fluid to what is looked at.

Taking Laplace transforms, each piece of cord folds into the cell beside it, and what is left is a ladder of
spinal cells that ends in the cranium. One sweep up eliminates the cells, one sweep down gives them all:
O(cells) for any source, per frequency s; it is Gauss's elimination of a tridiagonal system. The
pivot of a cell is written as its coupling upwards plus a remainder, q = s + losses + down q'/(q' + up'), a
continued fraction in which nothing is ever subtracted, so no digits cancel however strong the coupling.
Compartments further down, which give nothing back, are factors gain/(s + rate). To solve pharmacokinetics by
inverting transforms is Yano 1989's idea, MULTI(FILT). Equations: docs/science/body.md, eq. 8 to 10.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from thecal.body.bounds import Floats
    from thecal.body.canal.network import Network
    from thecal.body.engine.contour import Complexes


@dataclass(frozen=True, eq=False)
class Tap:
    """One thing to look at: a weighted sum of compartments, passed down a cascade.

    Args:
        csf: weight of the mass in each spinal cell and the cranium, 1/ug; shape ``(P, N + 1)``.
        cord: weight of the mass in each cord cell, 1/ug; shape ``(P, C)``, or None for none.
        cascade: of each compartment further down, the gain, 1/h, and its own rate, 1/h; shapes ``(P,)``.
    """

    csf: Floats
    cord: Floats | None = None
    cascade: tuple[tuple[Floats, Floats], ...] = ()

    def rows(self, rows: slice) -> Tap:
        """Return the tap for some of the patients."""
        return Tap(
            self.csf[rows],
            None if self.cord is None else self.cord[rows],
            tuple((gain[rows], rate[rows]) for gain, rate in self.cascade),
        )


def transfer(
    network: Network, source: Floats, taps: list[Tap], nodes: Complexes, cord_source: Floats | None = None
) -> Complexes:
    """Return each tap's transform per unit of what enters; shape ``(K, P, J)``.

    Args:
        network: P patients.
        source: shares of what enters among spinal cells and cranium; shape ``(P, N + 1)``.
        taps: what to look at.
        nodes: frequencies s, 1/h; shape ``(J,)``.
        cord_source: what enters the cord cells; shape ``(P, C)``.
    """
    # Everything is scaled by a cell's rate upwards, so that a cell costs little; the cranium has none.
    scale = np.append(network.up, np.ones((len(network.up), 1)), axis=1)
    beside = slice(network.first_cord_cell, network.first_cord_cell + network.to_cord.shape[1])
    into, back = network.to_cord / scale[:, beside], _deep(network.from_cord)
    # Mostly all cord waits alike: then once is enough.
    waiting = 1.0 / ((back[:1] if (back == back[:1]).all() else back) + nodes)
    rest = _times(1 / scale, nodes[np.newaxis, np.newaxis])
    rest.real += _deep(network.loss / scale)
    rest[beside] += _times(into, nodes * waiting)
    mass = np.repeat(_deep(source), len(nodes), axis=2).astype(np.complex128)
    if cord_source is not None:
        mass[beside] += back * _deep(cord_source) * waiting
    _sweep(network.down / scale[:, 1:], rest, mass)
    out = np.empty((len(taps), len(network.up), len(nodes)), dtype=np.complex128)
    for row, tap in enumerate(taps):
        answer = _gather(tap.csf / scale, mass)
        if tap.cord is not None:
            inside = np.flatnonzero(tap.cord.any(axis=0))
            cord = _times(into[:, inside], mass[beside][inside])
            if cord_source is not None:
                cord += _deep(cord_source)[inside]
            answer += _gather(tap.cord[:, inside], cord * (waiting[inside] if len(waiting) > 1 else waiting))
        for gain, rate in tap.cascade:
            answer *= gain[:, np.newaxis] / (rate[:, np.newaxis] + nodes)
        out[row] = answer
    return out


def _sweep(ratio: Floats, rest: Complexes, mass: Complexes) -> None:
    """Turn what enters each cell into the scaled mass in it, in place; shapes ``(N + 1, P, J)``.

    Args:
        ratio: rate down into a cell over that cell's rate up, the last over 1; shape ``(P, N)``.
        rest: what leaves each cell but upwards, scaled; is used up.
        mass: what enters.
    """
    ratio = _deep(ratio)
    lowest = int(np.argmax(mass.reshape(len(mass), -1).any(axis=1)))
    # Real factors meet the same numbers seen as pairs of reals, at half the price.
    rest_pairs, mass_pairs = rest.view(np.float64), mass.view(np.float64)
    passed, shared = np.empty_like(rest[0]), np.empty_like(mass_pairs[0])
    for cell, down in enumerate(ratio):
        np.reciprocal(np.add(rest[cell], 1.0, out=passed), out=passed)
        rest[cell] *= passed
        rest_pairs[cell + 1] += np.multiply(rest_pairs[cell], down, out=shared)
        if cell >= lowest:
            mass[cell + 1] += np.multiply(passed, mass[cell], out=rest[cell])
        rest[cell] = passed
    mass[-1] /= rest[-1]
    for cell in range(len(ratio) - 1, -1, -1):
        mass_pairs[cell] += np.multiply(ratio[cell], mass_pairs[cell + 1], out=shared)
        mass[cell] *= rest[cell]


def _deep(rows: Floats) -> Floats:
    """Return ``(P, n)`` as ``(n, P, 1)``."""
    return rows.T[:, :, np.newaxis]


def _times(rows: Floats, transforms: Complexes) -> Complexes:
    """Return real ``(P, n)`` times complex ``(n, P, J)``, at the price of real numbers."""
    real: Floats = _deep(rows) * np.ascontiguousarray(transforms).view(np.float64)
    return real.view(np.complex128)


def _gather(weights: Floats, transforms: Complexes) -> Complexes:
    """Return the sum over cells of weights ``(P, n)`` times transforms ``(n, P, J)``; shape ``(P, J)``."""
    total: Floats = np.einsum("pi,ipj->pj", weights, transforms.view(np.float64))
    return total.view(np.complex128)
