"""What enters, through the body, to what is looked at: transfer functions times schedules.

The response of every patient at every sample is one matrix product: transforms of each (``transfer``) side by
side for each way in, times what each way in has gathered (``carry``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.engine.contour import Contour, contour
from thecal.body.engine.drive import Drive
from thecal.body.engine.ladder import Start, Tap, transfer
from thecal.body.engine.schedule import NEAR_H, carry, reach
from thecal.body.engine.speed import past_fast, sweep_fast, worth_compiling

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from thecal.body.bounds import Floats
    from thecal.body.engine.contour import Complexes
    from thecal.body.network import Network

_AT_ONCE = 2000
"""Patients times nodes that a processor's cache holds."""
_SMALLEST = 1e-30
"""Below this, products in single precision leave the range that processors handle at full speed."""


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
        fast: by compiled code, which needs Numba; None: where it is installed and worth its loading.
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
    kept = np.append(np.diff(samples_h) >= NEAR_H, True)
    if not kept.all():
        few = respond(
            network, ways, taps, samples_h[kept],
            tolerance=tolerance, more_nodes=more_nodes, fast=fast, dtype=dtype,
        )  # fmt: skip
        out[:] = few[:, :, np.cumsum(np.append(0, kept[:-1]))]
        return out
    drives = [drive for way in ways for drive in way.drives]
    shortest_h, longest_h, share = reach(drives, samples_h)
    shared = contour(shortest_h, longest_h, tolerance, share=share, more_nodes=more_nodes)
    fast = worth_compiling(patients) if fast is None else fast
    common = all(isinstance(way.drive, Drive) for way in ways)
    carried = [carry(shared, drive, samples_h, fast=fast) for drive in drives] if common else []
    gathered = _cast(np.concatenate([past for past, _ in carried]), dtype) if common else np.zeros(0)
    for rows in _blocks(patients, len(shared.nodes)):
        part, seen = network.rows(rows), [tap.rows(rows) for tap in taps]
        here = [way.rows(rows) for way in ways]
        asked = [_transforms(part, way.source, seen, shared.nodes, fast=fast) for way in here]
        if common:
            np.matmul(_cast(np.concatenate(asked, axis=2), dtype), gathered, out=out[:, rows])
            for way, (_, fresh_ug) in zip(here, carried, strict=True):
                _add_fresh(out[:, rows], seen, way.source, fresh_ug)
            continue
        for row in range(len(part.up)):
            alone = slice(row, row + 1)
            own = [way.rows(alone) for way in here]
            answers = [of[:, row].copy() for of in asked]
            out[:, rows.start + row] = _alone(
                shared, own, [tap.rows(alone) for tap in seen], answers, samples_h, fast=fast
            )
    return out


def _alone(
    shared: Contour,
    ways: list[Way],
    taps: list[Tap],
    transforms: list[Floats],
    samples_h: Floats,
    *,
    fast: bool,
) -> Floats:
    """Return the response of one patient to a schedule of their own; shape ``(K, T)``."""
    result = np.zeros((len(taps), len(samples_h)))
    for way, answered in zip(ways, transforms, strict=True):
        if fast:
            _, fresh_ug = past_fast(shared, way.drives[0], samples_h, answered, result, near_h=NEAR_H)
        else:
            past, fresh_ug = carry(shared, way.drives[0], samples_h)
            result += answered @ past
        _add_fresh(result[:, np.newaxis], taps, way.source, fresh_ug)
    return result


def _transforms(
    network: Network, source: Floats | Start, taps: list[Tap], nodes: Complexes, *, fast: bool
) -> Floats:
    """Return each tap's transform, real parts beside imaginary ones; shape ``(K, P, 2 J)``."""
    if fast and not isinstance(source, Start):
        return sweep_fast(network, source, taps, nodes)
    answers = transfer(network, source, taps, nodes)
    return np.concatenate((answers.real, answers.imag), axis=2)


def _cast(numbers: Floats, dtype: npt.DTypeLike) -> Floats:
    """Return the numbers at another precision, without what is too small for it to handle at speed."""
    if numbers.dtype == dtype:
        return numbers
    return np.where(np.abs(numbers) < _SMALLEST, 0.0, numbers).astype(dtype, order="C")


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
