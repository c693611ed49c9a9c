"""A schedule as a matrix: what enters, and when, gathered at the contour's nodes for every sample.

What enters is exact: jumps of a rate and amounts given at once, at any times. At each node the past is one
complex number, q(t + h) = e^(s h) q(t) + (jump/s + amount), so a sample costs what its nodes cost however
long the history, and cutting a constant rate into pieces changes nothing: superposition, made causal
(docs/science/body.md, eq. 12).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from thecal.body.engine.contour import contour
from thecal.body.engine.speed import carry_fast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from thecal.body.bounds import Floats
    from thecal.body.engine.contour import Contour
    from thecal.body.engine.drive import Drive

NEAR_H = 1e-9
"""Lags below this, 4 microseconds, are the first term of their series: the contour need not reach them."""
_DIGITS = 12
"""Decimals of an hour to which steps of time are told apart."""


def merge_near(samples_h: Floats) -> Floats:
    """Return the samples' times, each that is too close to the last one taken replaced by that one."""
    if (np.diff(samples_h) >= NEAR_H).all():
        return samples_h
    times = samples_h.copy()
    for row in range(1, len(times)):
        if times[row] - times[row - 1] < NEAR_H:
            times[row] = times[row - 1]
    return times


def choose_contour(
    drives: Iterable[Drive], samples_h: Floats, tolerance: float, *, more_nodes: int = 0
) -> Contour:
    """Return the smallest contour that serves every lag from an event to a later sample.

    What is given over the largest jump held for ever says how far short boluses are from steady, and so by
    how much the tolerance has to be lowered.

    Raises:
        ValueError: an accuracy out of reach; the message says what is in reach.
    """
    shortest_h, longest_h, share = np.inf, 0.0, 1.0
    for drive in (one for one in drives if len(one.at_h) and one.at_h[0] < samples_h[-1]):
        before_end = drive.at_h < samples_h[-1]
        at_h, jumps = drive.at_h[before_end], drive.jumps_ug_h[before_end]
        left_h = samples_h[-1] - at_h
        after = samples_h[np.searchsorted(samples_h, at_h, side="right")]
        shortest_h, longest_h = min(shortest_h, float(np.min(after - at_h))), max(longest_h, float(left_h[0]))
        if full := float(np.max(np.abs(jumps)) * left_h[0]):
            share = min(share, float(jumps @ left_h + drive.amounts_ug[before_end].sum()) / full)
    longest_h = longest_h or 1.0
    return contour(min(shortest_h, longest_h), longest_h, tolerance, share=share, more_nodes=more_nodes)


def carry(contour: Contour, drive: Drive, samples_h: Floats, *, fast: bool = False) -> Floats:
    """Return what each sample sees of the drive: at each node, and fresh; shape ``(2 J + 1, T)``.

    A transform F gives ``Re F, Im F``, and what is seen of a mass where it enters, side by side times this:
    the response. Fresh, ug, is what is given at the very moment of a sample.

    Args:
        contour: nodes and weights.
        drive: what enters, moved to the samples.
        samples_h: merged where they are near; shape ``(T,)``.
        fast: by compiled code.
    """
    if fast:
        return carry_fast(contour, drive, samples_h).T
    events = drive.at_h <= samples_h[-1]
    grid, place = np.unique(np.concatenate((samples_h, drive.at_h[events])), return_inverse=True)
    at, place = place[: len(samples_h)], place[len(samples_h) :]
    entries = np.zeros((len(grid), 2))
    np.add.at(entries, place, np.stack((drive.jumps_ug_h[events], drive.amounts_ug[events]), axis=1))
    entered = entries @ np.stack((contour.weights / contour.nodes, contour.weights))
    # Before the first event there is nothing to carry, over any time: what the nodes are not made for.
    since_h = np.maximum(grid - np.min(drive.at_h, initial=samples_h[-1]), 0.0)
    steps, which = np.unique(np.round(np.diff(since_h, prepend=0.0), _DIGITS), return_inverse=True)
    before = np.exp(steps[:, np.newaxis] * contour.nodes)[which]
    past = np.zeros_like(contour.nodes)
    for moment, entering in zip(before, entered, strict=True):
        moment *= past  # noqa: PLW2901 - in place: the row now holds what is left just before its moment
        past = moment + entering
    factors = before[at].T
    return np.concatenate((factors.real, -factors.imag, entries[np.newaxis, at, 1]))
