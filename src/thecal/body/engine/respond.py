"""What enters, through the body, to what is looked at: transfer functions times schedules.

The response of every patient at every sample is one matrix product: transforms of each (``transfer``) side by
side for each way in, times what each way in has gathered (``carry``). Many patients share so few independent
columns of it that it pays to find them first, by a singular value decomposition (Eckart and Young 1936).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.engine.drive import Drive
from thecal.body.engine.ladder import Tap, transfer
from thecal.body.engine.schedule import NEAR_H, carry, suited, told_apart
from thecal.body.engine.speed import answer_fast, sweep_fast, worth_compiling

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from thecal.body.bounds import Floats
    from thecal.body.canal.network import Network
    from thecal.body.engine.contour import Complexes, Contour

_BLOCK = 256
"""Patients whose transforms meet a schedule at once."""
_AT_ONCE = 2000
"""Patients times nodes that a processor's cache holds while they are swept."""
_WORTH_A_MATRIX = 3
"""Patients from which compiled code keeps the past of all nodes, not only what is asked of it."""
_WORTH_THINNING = 768
"""Patients from which finding the independent columns, a few milliseconds, pays for itself."""
_THINNER = 0.01
"""What thinning may add to the error, as a share of the tolerance."""
_SMALLEST = 1e-30
"""Below this, products in single precision leave the range that processors handle at full speed."""


@dataclass(frozen=True, eq=False)
class Way:
    """A way in.

    Args:
        source: where it spreads, as shares of spinal cells and cranium; shape ``(P, N + 1)``.
        drive: what enters, and when: the same for all, or one for each patient.
        cord: where it spreads in the cord, shape ``(P, C)``; None for not at all.
    """

    source: Floats
    drive: Drive | Sequence[Drive]
    cord: Floats | None = None

    def rows(self, rows: slice) -> Way:
        """Return the way into some of the patients."""
        drive = self.drive if isinstance(self.drive, Drive) else self.drive[rows]
        return Way(self.source[rows], drive, None if self.cord is None else self.cord[rows])

    @property
    def drives(self) -> Sequence[Drive]:
        """Every schedule there is: one, or one for each patient."""
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
    out: Floats | None = None,
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
        fast: sweep by compiled code; where it is installed and worth its loading, unless said.
        dtype: of the last product and the result; single precision is good to about 1e-6.
        out: where the result goes, for whoever has a place for it.

    Raises:
        ValueError: an accuracy out of reach; the message says what is in reach.
    """
    patients = len(network.up)
    if out is None:
        out = np.zeros((len(taps), patients, len(samples_h)), dtype)
    if not out.size or not ways:
        return out
    fast = worth_compiling(patients) if fast is None else fast
    times = told_apart(samples_h)
    given = [[drive.settled(times, NEAR_H) for drive in way.drives] for way in ways]
    shared = suited([drive for drives in given for drive in drives], times, tolerance, more_nodes=more_nodes)
    alike = all(len(drives) == 1 for drives in given) and (patients >= _WORTH_A_MATRIX or not fast)
    past, basis = _gathered(shared, given, times, fast=fast) if alike else np.zeros(0), None
    for first in range(0, patients, _BLOCK):
        rows = slice(first, min(first + _BLOCK, patients))
        part, seen = network.rows(rows), [tap.rows(rows) for tap in taps]
        transforms = [_transforms(part, way.rows(rows), seen, shared.nodes, fast=fast) for way in ways]
        asked = np.concatenate(transforms, axis=2) if len(ways) > 1 else transforms[0]
        for row in range(0 if alike else len(part.up)):
            own = [drives[first + row : first + row + 1] or drives for drives in given]
            out[:, first + row] = (
                answer_fast(shared, own, times, asked[:, row])
                if fast
                else asked[:, row] @ _gathered(shared, own, times, fast=False)
            )
        if alike and not first:
            if patients >= _WORTH_THINNING:
                basis, past = _thinned(asked, past, tolerance * _THINNER)
            if np.dtype(dtype) != past.dtype:
                past = np.where(np.abs(past) < _SMALLEST, 0.0, past).astype(dtype)
        if alike:
            asked = asked if basis is None else asked @ basis
            np.matmul(asked.astype(dtype, copy=False), past, out=out[:, rows])
    _add_since(out, ways, taps, times, samples_h)
    return out


def _add_since(out: Floats, ways: list[Way], taps: list[Tap], times_h: Floats, samples_h: Floats) -> None:
    """Add to each sample that was taken as one with an earlier one what has entered since that one."""
    late = np.flatnonzero(samples_h > times_h)
    if not len(late):
        return
    for way in ways:
        entered = np.stack([drive.entered_ug(times_h[late], samples_h[late]) for drive in way.drives])
        for row, tap in enumerate(taps):
            out[row][:, late] += (_at_once(tap, way)[:, np.newaxis] * entered).astype(out.dtype, copy=False)


def _at_once(tap: Tap, way: Way) -> Floats:
    """Return what a tap shows of each unit that enters, at the moment it enters; shape ``(P,)``."""
    if tap.cascade:
        return np.zeros(len(way.source))
    seen = np.sum(tap.csf * way.source, axis=1)
    if way.cord is not None and tap.cord is not None:
        seen += np.sum(tap.cord * way.cord, axis=1)
    return np.asarray(seen)


def _transforms(network: Network, way: Way, taps: list[Tap], nodes: Complexes, *, fast: bool) -> Floats:
    """Return what ``carry``'s rows are to be multiplied by for each tap; shape ``(K, P, 2 J + 1)``."""
    out = np.zeros((len(taps), len(network.up), 2 * len(nodes) + 1))
    for seen, tap in zip(out, taps, strict=True):
        seen[:, -1] = _at_once(tap, way)
    if fast and way.cord is None:
        sweep_fast(network, way.source, taps, nodes, out)
        return out
    size = max(1, _AT_ONCE // len(nodes))
    for first in range(0, len(network.up), size):
        rows = slice(first, first + size)
        few, entering = [tap.rows(rows) for tap in taps], way.rows(rows)
        found = transfer(network.rows(rows), entering.source, few, nodes, entering.cord)
        out[:, rows, :-1] = np.concatenate((found.real, found.imag), axis=2)
    return out


def _gathered(contour: Contour, given: list[list[Drive]], times_h: Floats, *, fast: bool) -> Floats:
    pasts = [carry(contour, drive, times_h, fast=fast) for (drive,) in given]
    return np.concatenate(pasts) if len(pasts) > 1 else pasts[0]


def _thinned(asked: Floats, past: Floats, error: float) -> tuple[Floats, Floats]:
    """Return a basis and the past in it, so that asked times basis times that is asked times past."""
    highest = np.max(np.abs(asked), axis=2, keepdims=True) + _SMALLEST
    weight = np.max(np.abs(asked) / highest, axis=(0, 1))[:, np.newaxis] + _SMALLEST
    left, size, right = np.linalg.svd(weight * past, full_matrices=False)
    kept = size > error * size[0]
    return left[:, kept] / weight, size[kept, np.newaxis] * right[kept]
