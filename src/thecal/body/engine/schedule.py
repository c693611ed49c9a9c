"""A schedule as a matrix: what enters, and when, gathered at the contour's nodes for every sample.

What enters is exact: jumps of a rate and amounts given at once, at any times. At each node the past is one
complex number, q(t + h) = e^(s h) q(t) + (jump/s + amount), so a sample costs what its nodes cost however
long the history, and cutting a constant rate into pieces changes nothing. The recursion runs over blocks of
time side by side, which are then linked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from thecal.body.bounds import Floats
    from thecal.body.engine.contour import Complexes, Contour

NEAR_H = 1e-9
"""Lags below this, 4 microseconds, are the first term of their series: the contour need not reach them."""
_DIGITS = 12
"""Decimals of an hour to which steps of time are told apart."""


@dataclass(frozen=True, eq=False)
class Drive:
    """What enters at one place: jumps of the rate and amounts at once, in the order of their times.

    Args:
        at_h: moments, increasing; shape ``(n,)``.
        jumps_ug_h: change of the rate at each; shape ``(n,)``.
        amounts_ug: given at once at each; shape ``(n,)``.
    """

    at_h: Floats
    jumps_ug_h: Floats
    amounts_ug: Floats

    @classmethod
    def stepwise(cls, edges_h: Floats, rate_ug_h: Floats) -> Self:
        """Return a rate that is constant between edges and nothing outside them."""
        jumps = np.diff(rate_ug_h, prepend=0.0, append=0.0)
        real = jumps != 0
        return cls(edges_h[real], jumps[real], np.zeros(int(real.sum())))

    @classmethod
    def merged(cls, drives: list[Self]) -> Self:
        """Return several drives of one place as one."""
        at_h = np.concatenate([one.at_h for one in drives])
        order = np.argsort(at_h, kind="stable")
        jumps = np.concatenate([one.jumps_ug_h for one in drives])[order]
        return cls(at_h[order], jumps, np.concatenate([one.amounts_ug for one in drives])[order])

    def share(self, until_h: float) -> float:
        """Return the mean rate over the largest jump, at most 1: how far short boluses are from steady."""
        highest = float(np.max(np.abs(self.jumps_ug_h), initial=0.0))
        seen = self.at_h < until_h
        if not highest or not seen.any():
            return 1.0
        left_h = until_h - self.at_h[seen]
        given = float(self.jumps_ug_h[seen] @ left_h + self.amounts_ug[seen].sum())
        return min(1.0, given / (highest * float(left_h[0])))


def lags(drives: list[Drive], samples_h: Floats) -> tuple[float, float]:
    """Return the shortest lag from an event to a later sample beyond ``NEAR_H``, and the longest.

    Without any, both are 1 h.
    """
    shortest, longest = math.inf, 0.0
    for drive in drives:
        after = np.searchsorted(samples_h, drive.at_h + NEAR_H)
        seen = after < len(samples_h)
        if seen.any():
            shortest = min(shortest, float(np.min(samples_h[after[seen]] - drive.at_h[seen])))
            longest = max(longest, float(samples_h[-1] - drive.at_h[seen][0]))
    return (max(shortest, NEAR_H), longest) if longest else (1.0, 1.0)


def carry(contour: Contour, drive: Drive, samples_h: Floats) -> Floats:
    """Return what each sample sees of the drive at each node; shape ``(2 J, T)``, real over imaginary part.

    A transform F gives ``Re F, Im F`` side by side times this: the response at the samples, but for what
    came less than ``NEAR_H`` before one (``fresh``).
    """
    grid, jumps, amounts, extra = _grid(drive, samples_h, contour.nodes)
    before = _recursion(contour.nodes, grid, jumps, amounts, extra)
    at = np.searchsorted(grid, samples_h)
    weighed = (before[at] * contour.weights).T
    return np.concatenate((weighed.real, -weighed.imag))


def fresh(drive: Drive, samples_h: Floats) -> Floats:
    """Return the amount that came less than ``NEAR_H`` before each sample, ug; shape ``(T,)``."""
    place = np.searchsorted(samples_h, drive.at_h)
    seen = place < len(samples_h)
    place = np.minimum(place, len(samples_h) - 1)
    lag = samples_h[place] - drive.at_h
    near = seen & (lag < NEAR_H)
    out = np.zeros(len(samples_h))
    np.add.at(out, place[near], (drive.amounts_ug + lag * drive.jumps_ug_h)[near])
    return out


def _grid(
    drive: Drive, samples_h: Floats, nodes: Complexes
) -> tuple[Floats, Floats, Floats, dict[int, Complexes]]:
    """Return moments, with jumps and amounts at them; an event close before a sample is counted at it."""
    events = drive.at_h < samples_h[-1]
    at, jumps, amounts = drive.at_h[events], drive.jumps_ug_h[events], drive.amounts_ug[events]
    next_sample = samples_h[np.searchsorted(samples_h, at)]
    near = next_sample - at < NEAR_H
    moments = np.where(near, next_sample, at)
    grid = np.unique(np.concatenate((samples_h, moments)))
    place = np.searchsorted(grid, moments)
    late = near & (next_sample > at)
    extra: dict[int, Complexes] = {}
    for event in np.flatnonzero(late).tolist():
        aged = np.exp(nodes * (next_sample[event] - at[event])) * (jumps[event] / nodes + amounts[event])
        extra[int(place[event])] = extra.get(int(place[event]), 0) + aged
    there = place[~late]
    jumps_there, amounts_there = np.zeros((2, len(grid)))
    np.add.at(jumps_there, there, jumps[~late])
    np.add.at(amounts_there, there, amounts[~late])
    return grid, jumps_there, amounts_there, extra


def _recursion(
    nodes: Complexes, grid: Floats, jumps: Floats, amounts: Floats, extra: dict[int, Complexes]
) -> Complexes:
    """Return the past at each node just before each moment of the grid; shape ``(G, J)``."""
    length = max(1, math.isqrt(len(grid)))
    blocks = -(-len(grid) // length)
    padding = blocks * length - len(grid)
    steps, which = np.unique(np.round(np.diff(grid, prepend=grid[0]), _DIGITS), return_inverse=True)
    kept = np.exp(steps[:, np.newaxis] * nodes)[np.append(which, np.zeros(padding, dtype=np.intp))]
    entered = jumps[:, np.newaxis] / nodes + amounts[:, np.newaxis]
    for place, more in extra.items():
        entered[place] += more
    entered = np.concatenate((entered, np.zeros((padding, len(nodes)))))
    kept = kept.reshape(blocks, length, -1)
    entered = entered.reshape(blocks, length, -1)
    before = np.empty_like(kept)
    past = np.zeros_like(kept[:, 0])
    for step in range(length):
        np.multiply(kept[:, step], past, out=before[:, step])
        past = before[:, step] + entered[:, step]
    np.multiply.accumulate(kept, axis=1, out=kept)
    begun = np.zeros_like(past)
    for block in range(1, blocks):
        begun[block] = past[block - 1] + kept[block - 1, -1] * begun[block - 1]
    before += kept * begun[:, np.newaxis]
    return before.reshape(blocks * length, -1)[: len(grid)]
