"""The sweep of ``ladder`` and the recursion of ``schedule``, compiled where Numba is installed (``kernels``).

Numba is an optional extra (``pip install 'thecal[speed]'``); it is called for cohorts, or wherever it
has been loaded already, and the results are those of NumPy to rounding.
"""

from __future__ import annotations

import importlib.util
import sys
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.engine import kernels

if TYPE_CHECKING:
    from collections.abc import Callable

    from thecal.body.bounds import Floats
    from thecal.body.canal.network import Network
    from thecal.body.engine.contour import Complexes, Contour
    from thecal.body.engine.drive import Drive
    from thecal.body.engine.ladder import Tap

WORTH_IT = 256
"""Patients from which loading the compiler, about a second, pays for itself."""
_NOTHING = 1e-30
"""What is left of less than this is dropped: smaller still, processors calculate a hundred times slower."""


def worth_compiling(patients: int) -> bool:
    """Say whether this many patients are to be swept by compiled code."""
    if "numba" in sys.modules:
        return True
    return patients >= WORTH_IT and importlib.util.find_spec("numba") is not None


def sweep_fast(network: Network, source: Floats, taps: list[Tap], nodes: Complexes, out: Floats) -> None:
    """Add what ``transfer`` returns, real parts beside imaginary ones, to ``(K, P, 2 J)`` or more of it."""
    depth = max(len(tap.cascade) for tap in taps)
    patients = len(network.up)
    gains, rates = np.zeros((2, len(taps), depth, patients))
    steps = np.array([len(tap.cascade) for tap in taps])
    for row, tap in enumerate(taps):
        for below, (gain, rate) in enumerate(tap.cascade):
            gains[row, below], rates[row, below] = gain, rate
    no_cord = np.zeros_like(network.to_cord)
    _compile(kernels.sweep)(
        np.ascontiguousarray(nodes.real),
        np.ascontiguousarray(nodes.imag),
        network.up,
        network.down,
        network.loss,
        network.to_cord,
        np.ascontiguousarray(network.from_cord),
        network.first_cord_cell,
        np.ascontiguousarray(source),
        np.stack([tap.csf for tap in taps]),
        np.stack([no_cord if tap.cord is None else tap.cord for tap in taps]),
        steps,
        gains,
        rates,
        out,
    )


def carry_fast(contour: Contour, drive: Drive, samples_h: Floats) -> Floats:
    """Return what ``schedule.carry`` returns, with its axes the other way round."""
    past = np.zeros((len(samples_h), 2 * len(contour.nodes) + 1))
    events = drive.at_h, drive.jumps_ug_h, drive.amounts_ug
    _compile(kernels.recur)(*_kept(contour), *events, samples_h, past, past[:0], past[:0])
    return past


def answer_fast(
    contour: Contour, drives_by_route: list[list[Drive]], samples_h: Floats, transforms: Floats
) -> Floats:
    """Return one patient's transforms, ``(K, W (2 J + 1))``, times what ``carry`` returns of W drives."""
    answers, none = np.zeros((len(transforms), len(samples_h))), np.zeros((0, 0))
    for (drive,), its in zip(
        drives_by_route, np.split(transforms, len(drives_by_route), axis=1), strict=True
    ):
        events = drive.at_h, drive.jumps_ug_h, drive.amounts_ug
        its_own = np.ascontiguousarray(its)
        _compile(kernels.recur)(*_kept(contour), *events, samples_h, none, its_own, answers)
    return answers


@lru_cache(maxsize=16)
def _kept(contour: Contour) -> tuple[Floats, ...]:
    """Return nodes, weights of a jump and an amount, and what is kept over hours, minutes, seconds."""
    weights = np.stack((contour.weights / contour.nodes, contour.weights))
    spans_h = np.concatenate((np.arange(kernels.HOURS), np.arange(60) / 60, np.arange(60) / 3600))
    # Spans beyond the contour's longest lag may be beyond any number; they are never looked up.
    with np.errstate(over="ignore", invalid="ignore"):
        kept = np.exp(spans_h[:, np.newaxis] * contour.nodes)
    kept[np.abs(kept) < _NOTHING] = 0.0
    return tuple(part.copy() for of in (contour.nodes, weights, kept) for part in (of.real, of.imag))


@lru_cache(maxsize=2)
def _compile(kernel: Callable[..., None]) -> Callable[..., None]:
    import numba  # noqa: PLC0415 - an optional extra, and slow to load

    fast: Callable[..., None] = numba.njit(
        cache=True, fastmath={"contract", "reassoc", "nsz"}, error_model="numpy"
    )(kernel)
    return fast
