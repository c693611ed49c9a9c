"""What enters, through the body, to what is looked at: transfer functions times schedules.

The response of every patient at every sample is one matrix product: transforms of each (``transfer``) side by
side for each way in, times what each way in has gathered (``carry``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.engine.contour import contour
from thecal.body.engine.ladder import Start, Tap, transfer
from thecal.body.engine.schedule import NEAR_H, Drive, carry, fresh, lags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.body.bounds import Floats
    from thecal.body.network import Network

_AT_ONCE = 2000
"""Patients times nodes that a processor's cache holds."""


@dataclass(frozen=True, eq=False)
class Way:
    """A way in.

    Args:
        source: where it spreads, as shares of spinal cells and cranium, ``(P, N + 1)``; or a start.
        drive: what enters, and when.
    """

    source: Floats | Start
    drive: Drive


def respond(
    network: Network,
    ways: list[Way],
    taps: list[Tap],
    samples_h: Floats,
    *,
    tolerance: float,
    more_nodes: int = 0,
) -> Floats:
    """Return each tap of each patient at each sample; shape ``(K, P, T)``.

    A sample at the very moment of an amount given at once sees it; the body before the first event is empty.

    Args:
        network: P patients.
        ways: what enters where.
        taps: what to look at.
        samples_h: increasing; shape ``(T,)``.
        tolerance: error asked for, relative to the largest value of a tap.
        more_nodes: nodes beyond those the tolerance asks for.

    Raises:
        ValueError: an accuracy out of reach; the message says what is in reach.
    """
    patients = len(network.up)
    out = np.zeros((len(taps), patients, len(samples_h)))
    if not len(samples_h) or not ways:
        return out
    kept = np.append(np.diff(samples_h) >= NEAR_H, True)
    if not kept.all():
        few = respond(network, ways, taps, samples_h[kept], tolerance=tolerance, more_nodes=more_nodes)
        return few[:, :, np.cumsum(np.append(0, kept[:-1]))]
    drives = [way.drive for way in ways]
    share = min(drive.share(samples_h[-1]) for drive in drives)
    shared = contour(*lags(drives, samples_h), tolerance, share=share, more_nodes=more_nodes)
    gathered = np.concatenate([carry(shared, drive, samples_h) for drive in drives])
    for rows in _blocks(patients, len(shared.nodes)):
        part = network.rows(rows)
        seen = [tap.rows(rows) for tap in taps]
        sources = [
            way.source.rows(rows) if isinstance(way.source, Start) else way.source[rows] for way in ways
        ]
        transforms = [transfer(part, source, seen, shared.nodes) for source in sources]
        sides = [side for one in transforms for side in (one.real, one.imag)]
        np.matmul(np.concatenate(sides, axis=2), gathered, out=out[:, rows])
        for source, drive in zip(sources, drives, strict=True):
            _add_fresh(out[:, rows], seen, source, fresh(drive, samples_h))
    return out


def _blocks(patients: int, nodes: int) -> Iterator[slice]:
    size = max(1, _AT_ONCE // nodes)
    for first in range(0, patients, size):
        yield slice(first, min(first + size, patients))


def _add_fresh(out: Floats, taps: list[Tap], source: Floats | Start, amount_ug: Floats) -> None:
    """Add what entered so shortly before a sample that it still lies where it entered."""
    at = np.flatnonzero(amount_ug)
    if not at.size:
        return
    for tap, seen in zip(taps, out, strict=True):
        if not tap.cascade:
            shares = source.csf if isinstance(source, Start) else source
            seen[:, at] += np.sum(tap.csf * shares, axis=1)[:, np.newaxis] * amount_ug[at]
            if isinstance(source, Start) and tap.cord is not None:
                seen[:, at] += np.sum(tap.cord * source.cord, axis=1)[:, np.newaxis] * amount_ug[at]
