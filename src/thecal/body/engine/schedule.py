"""A schedule as a matrix: what enters, and when, gathered at the contour's nodes for every sample.

What enters is exact: jumps of a rate and amounts given at once, at any times. At each node the past is one
complex number, q(t + h) = e^(s h) q(t) + (jump/s + amount), so a sample costs what its nodes cost however
long the history, and cutting a constant rate into pieces changes nothing. The recursion runs over blocks of
time side by side, which are then linked.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.engine.speed import past_fast

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from thecal.body.bounds import Floats
    from thecal.body.engine.contour import Complexes, Contour
    from thecal.body.engine.drive import Drive

    Ints = npt.NDArray[np.intp]

NEAR_H = 1e-9
"""Lags below this, 4 microseconds, are the first term of their series: the contour need not reach them."""
_DIGITS = 12
"""Decimals of an hour to which steps of time are told apart."""


def reach(drives: Sequence[Drive], samples_h: Floats) -> tuple[float, float, float]:
    """Return what a contour has to serve: the shortest lag, the longest, and the least share of steady.

    The shortest lag is that of an event to a later sample, beyond ``NEAR_H``. The share is a mean rate over
    the largest jump, at most 1: how far short boluses are from steady. Without events all are 1.
    """
    last = samples_h[-1]
    drives = [drive for drive in drives if len(drive.at_h) and drive.at_h[0] < last]
    if not drives:
        return 1.0, 1.0, 1.0
    at_h = np.concatenate([drive.at_h for drive in drives])
    jumps = np.concatenate([drive.jumps_ug_h for drive in drives])
    amounts = np.concatenate([drive.amounts_ug for drive in drives])
    starts = np.cumsum([0, *(len(drive.at_h) for drive in drives[:-1])])
    left_h = np.maximum(last - at_h, 0.0)
    given = np.add.reduceat(np.where(left_h > 0, jumps * left_h + amounts, 0.0), starts)
    full = np.maximum.reduceat(np.abs(jumps), starts) * left_h[starts]
    shares = np.divide(given, full, out=np.ones_like(full), where=full > 0)
    after = np.searchsorted(samples_h, at_h + NEAR_H)
    seen = after < len(samples_h)
    if not seen.any():
        return 1.0, 1.0, 1.0
    shortest = float(np.min(samples_h[after[seen]] - at_h[seen]))
    return max(shortest, NEAR_H), float(np.max(left_h)), min(1.0, float(np.min(shares)))


def carry(contour: Contour, drive: Drive, samples_h: Floats, *, fast: bool = False) -> tuple[Floats, Floats]:
    """Return what each sample sees of the drive, at each node and fresh.

    A transform F gives ``Re F, Im F`` side by side times the first: the response at the samples, but for
    what was given at that very moment, the second, which lies where it entered.

    Args:
        contour: nodes and weights.
        drive: what enters.
        samples_h: increasing by more than ``NEAR_H``; shape ``(T,)``.
        fast: by compiled code.

    Returns:
        Shapes ``(2 J, T)`` and, ug, ``(T,)``.
    """
    if fast:
        past, fresh = past_fast(contour, drive, samples_h, near_h=NEAR_H)
        return past.T, fresh
    grid, jumps, amounts = _grid(drive, samples_h)
    at = np.searchsorted(grid, samples_h)
    steps, which = np.unique(np.round(np.diff(grid, prepend=grid[0]), _DIGITS), return_inverse=True)
    kept = np.exp(steps[:, np.newaxis] * contour.nodes)
    weights = np.stack((contour.weights / contour.nodes, contour.weights))
    before = _past(kept, which, np.stack((jumps, amounts)), weights)[at].T
    return np.concatenate((before.real, -before.imag)), amounts[at]


def _grid(drive: Drive, samples_h: Floats) -> tuple[Floats, Floats, Floats]:
    """Return all moments, and the jumps and amounts at each; what comes close before a sample comes at it.

    A jump put off by a time makes good for it by an amount, so that no drug is lost.
    """
    events = drive.at_h <= samples_h[-1]
    at, jumps, amounts = drive.at_h[events], drive.jumps_ug_h[events], drive.amounts_ug[events]
    next_sample = samples_h[np.searchsorted(samples_h, at)]
    moments = np.where(next_sample - at < NEAR_H, next_sample, at)
    grid = np.unique(np.concatenate((samples_h, moments)))
    place = np.searchsorted(grid, moments)
    jumps_there, amounts_there = np.zeros((2, len(grid)))
    np.add.at(jumps_there, place, jumps)
    np.add.at(amounts_there, place, amounts + jumps * (moments - at))
    return grid, jumps_there, amounts_there


def _past(kept: Complexes, which: Ints, given: Floats, weights: Complexes) -> Complexes:
    """Return the past at each node just before each moment; shape ``(G, J)``.

    Args:
        kept: what a node keeps over each length of step; shape ``(U, J)``.
        which: the length of the step before each moment; shape ``(G,)``.
        given: jumps and amounts at each moment; shape ``(2, G)``.
        weights: what a node takes of a jump and of an amount; shape ``(2, J)``.
    """
    moments = len(which)
    length = max(1, math.isqrt(moments))
    padding = -moments % length
    still = np.ones((padding, kept.shape[1]), np.complex128)
    decay = np.concatenate((kept[which], still)).reshape(-1, length, kept.shape[1])
    entered = np.concatenate((given.T @ weights, 0 * still)).reshape(decay.shape)
    before: Complexes = np.empty_like(decay)
    past: Complexes = np.zeros_like(decay[:, 0])
    for step in range(length):
        np.multiply(decay[:, step], past, out=before[:, step])
        past = before[:, step] + entered[:, step]
    np.multiply.accumulate(decay, axis=1, out=decay)
    begun = np.zeros_like(past)
    for block in range(1, len(past)):
        begun[block] = past[block - 1] + decay[block - 1, -1] * begun[block - 1]
    before += decay * begun[:, np.newaxis]
    return before.reshape(-1, kept.shape[1])[:moments]
