"""What enters, through the body, to what is looked at: transfer functions times schedules.

The response of every patient at every sample is one matrix product: transforms of each (``transfer``) side by
side for each input route, times what each route has gathered (``carry``). Many patients share so few
independent columns of it that it pays to find them first, by a singular value decomposition (Eckart and Young
1936).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.engine.drive import Drive
from thecal.body.engine.ladder import Tap, transfer
from thecal.body.engine.schedule import NEAR_H, carry, choose_contour, merge_near
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
class InputRoute:
    """A route by which drug enters the body.

    Args:
        source: where the drug spreads, as shares of spinal cells and cranium; shape ``(P, N + 1)``.
        drive: what enters, and when: the same for all, or one for each patient.
        cord: where it spreads in the cord, shape ``(P, C)``; None for not at all.
    """

    source: Floats
    drive: Drive | Sequence[Drive]
    cord: Floats | None = None

    def rows(self, rows: slice) -> InputRoute:
        """Return the route into some of the patients."""
        drive = self.drive if isinstance(self.drive, Drive) else self.drive[rows]
        return InputRoute(self.source[rows], drive, None if self.cord is None else self.cord[rows])

    @property
    def drives(self) -> Sequence[Drive]:
        """Every schedule there is: one, or one for each patient."""
        return [self.drive] if isinstance(self.drive, Drive) else self.drive


def respond(
    network: Network,
    routes: list[InputRoute],
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
        routes: what enters where.
        taps: what to look at.
        samples_h: increasing; shape ``(T,)``.
        tolerance: error asked for, relative to the largest value of a tap.
        more_nodes: nodes beyond those the tolerance asks for.
        fast: sweep by compiled code; where it is installed and worth its loading, unless said.
        dtype: of the last product and the result; single precision is good to about 1e-6.
        out: array for the result.

    Raises:
        ValueError: an accuracy out of reach; the message says what is in reach.
    """
    patients = len(network.up)
    if out is None:
        out = np.zeros((len(taps), patients, len(samples_h)), dtype)
    if not out.size or not routes:
        return out
    fast = worth_compiling(patients) if fast is None else fast
    times = merge_near(samples_h)
    drives_by_route = [[drive.moved_to_samples(times, NEAR_H) for drive in route.drives] for route in routes]
    shared = choose_contour(
        [drive for drives in drives_by_route for drive in drives], times, tolerance, more_nodes=more_nodes
    )
    alike = all(len(drives) == 1 for drives in drives_by_route) and (patients >= _WORTH_A_MATRIX or not fast)
    past, basis = _gathered(shared, drives_by_route, times, fast=fast) if alike else np.zeros(0), None
    for first in range(0, patients, _BLOCK):
        rows = slice(first, min(first + _BLOCK, patients))
        part, tap_rows = network.rows(rows), [tap.rows(rows) for tap in taps]
        transforms = [
            _transforms(part, route.rows(rows), tap_rows, shared.nodes, fast=fast) for route in routes
        ]
        transforms_of_all = np.concatenate(transforms, axis=2) if len(routes) > 1 else transforms[0]
        for row in range(0 if alike else len(part.up)):
            own = [drives[first + row : first + row + 1] or drives for drives in drives_by_route]
            out[:, first + row] = (
                answer_fast(shared, own, times, transforms_of_all[:, row])
                if fast
                else transforms_of_all[:, row] @ _gathered(shared, own, times, fast=False)
            )
        if alike and not first:
            if patients >= _WORTH_THINNING:
                basis, past = _thinned(transforms_of_all, past, tolerance * _THINNER)
            if np.dtype(dtype) != past.dtype:
                past = np.where(np.abs(past) < _SMALLEST, 0.0, past).astype(dtype)
        if alike:
            transforms_of_all = transforms_of_all if basis is None else transforms_of_all @ basis
            np.matmul(transforms_of_all.astype(dtype, copy=False), past, out=out[:, rows])
    _add_since(out, routes, taps, times, samples_h)
    return out


def _add_since(
    out: Floats, routes: list[InputRoute], taps: list[Tap], times_h: Floats, samples_h: Floats
) -> None:
    """Add to each sample that was merged with an earlier one what has entered since then."""
    late = np.flatnonzero(samples_h > times_h)
    if not len(late):
        return
    for route in routes:
        entered = np.stack([drive.entered_ug(times_h[late], samples_h[late]) for drive in route.drives])
        for row, tap in enumerate(taps):
            out[row][:, late] += (_at_once(tap, route)[:, np.newaxis] * entered).astype(out.dtype, copy=False)


def _at_once(tap: Tap, route: InputRoute) -> Floats:
    """Return what a tap shows of each unit that enters, at the moment it enters; shape ``(P,)``."""
    if tap.cascade:
        return np.zeros(len(route.source))
    answer = np.sum(tap.csf * route.source, axis=1)
    if route.cord is not None and tap.cord is not None:
        answer += np.sum(tap.cord * route.cord, axis=1)
    return np.asarray(answer)


def _transforms(
    network: Network, route: InputRoute, taps: list[Tap], nodes: Complexes, *, fast: bool
) -> Floats:
    """Return what ``carry``'s rows are to be multiplied by for each tap; shape ``(K, P, 2 J + 1)``."""
    out = np.zeros((len(taps), len(network.up), 2 * len(nodes) + 1))
    for transform, tap in zip(out, taps, strict=True):
        transform[:, -1] = _at_once(tap, route)
    if fast and route.cord is None:
        sweep_fast(network, route.source, taps, nodes, out)
        return out
    size = max(1, _AT_ONCE // len(nodes))
    for first in range(0, len(network.up), size):
        rows = slice(first, first + size)
        few, entering = [tap.rows(rows) for tap in taps], route.rows(rows)
        found = transfer(network.rows(rows), entering.source, few, nodes, entering.cord)
        out[:, rows, :-1] = np.concatenate((found.real, found.imag), axis=2)
    return out


def _gathered(contour: Contour, drives_by_route: list[list[Drive]], times_h: Floats, *, fast: bool) -> Floats:
    pasts = [carry(contour, drive, times_h, fast=fast) for (drive,) in drives_by_route]
    return np.concatenate(pasts) if len(pasts) > 1 else pasts[0]


def _thinned(transforms_of_all: Floats, past: Floats, error: float) -> tuple[Floats, Floats]:
    """Return a basis and the past in it, so that transforms @ basis @ that is transforms @ past."""
    highest = np.max(np.abs(transforms_of_all), axis=2, keepdims=True) + _SMALLEST
    weight = np.max(np.abs(transforms_of_all) / highest, axis=(0, 1))[:, np.newaxis] + _SMALLEST
    left, size, right = np.linalg.svd(weight * past, full_matrices=False)
    kept = size > error * size[0]
    return left[:, kept] / weight, size[kept, np.newaxis] * right[kept]
