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
from thecal.body.engine.schedule import NEAR_H, Drive, carry, lags
from thecal.body.engine.speed import sweep_fast, worth_compiling

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from thecal.body.bounds import Floats
    from thecal.body.engine.contour import Complexes
    from thecal.body.network import Network

_AT_ONCE = 2000
"""Patients times nodes that a processor's cache holds."""
_MORE = 16


@dataclass(frozen=True, eq=False)
class Way:
    """A way in.

    Args:
        source: where it spreads, as shares of spinal cells and cranium, ``(P, N + 1)``; or a start.
        drive: what enters, and when: the same for all, or one for each patient.
    """

    source: Floats | Start
    drive: Drive | Sequence[Drive]

    def rows(self, rows: slice) -> Way:
        """Return the way into some of the patients."""
        drive = self.drive if isinstance(self.drive, Drive) else self.drive[rows]
        return Way(self.source.rows(rows) if isinstance(self.source, Start) else self.source[rows], drive)

    @property
    def drives(self) -> Sequence[Drive]:
        """Every schedule there is."""
        return [self.drive] if isinstance(self.drive, Drive) else self.drive


def respond(
    network: Network,
    ways: list[Way],
    taps: list[Tap],
    samples_h: Floats,
    *,
    tolerance: float,
    more_nodes: int = 0,
    fast: bool | None = None,
    dtype: npt.DTypeLike = np.float64,
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
        fast: by compiled code, which needs Numba; None: where it is installed and worth its loading.
        dtype: of the last product and the result; single precision is good to about 1e-6.

    Raises:
        ValueError: an accuracy out of reach; the message says what is in reach.
    """
    patients = len(network.up)
    if not len(samples_h) or not ways or not taps:
        return np.zeros((len(taps), patients, len(samples_h)), dtype)
    kept = np.append(np.diff(samples_h) >= NEAR_H, True)
    again = slice(None) if kept.all() else np.cumsum(np.append(0, kept[:-1]))
    samples_h = samples_h[kept]
    drives = [drive for way in ways for drive in way.drives]
    share = min(drive.share(samples_h[-1]) for drive in drives)
    shared = contour(*lags(drives, samples_h), tolerance, share=share, more_nodes=more_nodes)
    fast = worth_compiling(patients) if fast is None else fast
    common = all(isinstance(way.drive, Drive) for way in ways)
    carried = [carry(shared, drive, samples_h, fast=fast) for drive in drives] if common else []
    gathered = np.concatenate([past for past, _ in carried]).astype(dtype) if common else np.zeros(0)
    out = np.empty((len(taps), patients, len(samples_h)), dtype)
    for rows in _blocks(patients, len(shared.nodes)):
        part, seen = network.rows(rows), [tap.rows(rows) for tap in taps]
        here = [way.rows(rows) for way in ways]
        asked = [_transforms(part, way.source, seen, shared.nodes, fast=fast) for way in here]
        transforms = np.concatenate(asked, axis=2).astype(dtype, copy=False)
        if common:
            np.matmul(transforms, gathered, out=out[:, rows])
            for way, (_, fresh_ug) in zip(here, carried, strict=True):
                _add_fresh(out[:, rows], seen, way.source, fresh_ug)
            continue
        for row in range(len(part.up)):
            alone = slice(row, row + 1)
            own = [way.rows(alone) for way in here]
            carried = [carry(shared, way.drives[0], samples_h, fast=fast) for way in own]
            past = np.concatenate([past for past, _ in carried]).astype(dtype, copy=False)
            result = out[:, rows.start + row]
            np.matmul(transforms[:, row], past, out=result)
            for way, (_, fresh_ug) in zip(own, carried, strict=True):
                if fresh_ug.any():
                    _add_fresh(result[:, np.newaxis], [tap.rows(alone) for tap in seen], way.source, fresh_ug)
    return out[:, :, again]


def self_check(
    network: Network,
    ways: list[Way],
    taps: list[Tap],
    samples_h: Floats,
    *,
    tolerance: float,
    patients: int = 3,
) -> float:
    """Return what more nodes would change, relative to each tap's largest value, in the first patients."""
    few = slice(0, patients)
    part, here, seen = network.rows(few), [way.rows(few) for way in ways], [tap.rows(few) for tap in taps]
    plain = respond(part, here, seen, samples_h, tolerance=tolerance)
    finer = respond(part, here, seen, samples_h, tolerance=tolerance, more_nodes=_MORE)
    highest = np.max(np.abs(finer), axis=2, keepdims=True, initial=0)
    return float(np.max(np.abs(finer - plain) / np.where(highest > 0, highest, 1.0), initial=0))


def _transforms(
    network: Network, source: Floats | Start, taps: list[Tap], nodes: Complexes, *, fast: bool
) -> Floats:
    """Return each tap's transform, real parts beside imaginary ones; shape ``(K, P, 2 J)``."""
    if fast and not isinstance(source, Start):
        return sweep_fast(network, source, taps, nodes)
    answers = transfer(network, source, taps, nodes)
    return np.concatenate((answers.real, answers.imag), axis=2)


def _blocks(patients: int, nodes: int) -> Iterator[slice]:
    size = max(1, _AT_ONCE // nodes)
    for first in range(0, patients, size):
        yield slice(first, min(first + size, patients))


def _add_fresh(out: Floats, taps: list[Tap], source: Floats | Start, amount_ug: Floats) -> None:
    """Add what was given at the moment of a sample, which still lies where it entered."""
    at = np.flatnonzero(amount_ug)
    for tap, seen in zip(taps, out, strict=True):
        if at.size and not tap.cascade:
            shares = source.csf if isinstance(source, Start) else source
            seen[:, at] += np.sum(tap.csf * shares, axis=1)[:, np.newaxis] * amount_ug[at]
            if isinstance(source, Start) and tap.cord is not None:
                seen[:, at] += np.sum(tap.cord * source.cord, axis=1)[:, np.newaxis] * amount_ug[at]
