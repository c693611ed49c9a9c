"""The sweep of ``ladder`` and the recursion of ``schedule``, compiled where Numba is installed.

The same arithmetic, written out in real and imaginary parts so that the compiler can work on several nodes at
once. Numba is an optional extra (``pip install 'thecal[speed]'``); it is called for cohorts, or wherever it
has been loaded already, and the results are those of NumPy to rounding.
"""

from __future__ import annotations

import importlib.util
import sys
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from thecal.body.bounds import Floats
    from thecal.body.engine.contour import Complexes
    from thecal.body.engine.ladder import Tap
    from thecal.body.network import Network

    Ints = npt.NDArray[np.intp]

WORTH_IT = 256
"""Patients from which loading the compiler, about a second, pays for itself."""


def worth_compiling(patients: int) -> bool:
    """Say whether this many patients are to be swept by compiled code."""
    if "numba" in sys.modules:
        return True
    return patients >= WORTH_IT and importlib.util.find_spec("numba") is not None


def sweep_fast(network: Network, source: Floats, taps: list[Tap], nodes: Complexes) -> Floats:
    """Return what ``transfer`` returns, real parts beside imaginary ones; shape ``(K, P, 2 J)``."""
    depth = max(len(tap.cascade) for tap in taps)
    patients = len(network.up)
    gains, rates = np.zeros((2, len(taps), depth, patients))
    steps = np.array([len(tap.cascade) for tap in taps])
    for row, tap in enumerate(taps):
        for below, (gain, rate) in enumerate(tap.cascade):
            gains[row, below], rates[row, below] = gain, rate
    no_cord = np.zeros_like(network.to_cord)
    out = np.zeros((len(taps), patients, 2 * len(nodes)))
    _compile(_sweep)(
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
    return out


def past_fast(kept: Complexes, which: Ints, given: Floats, weights: Complexes, at: Ints) -> Floats:
    """Return the past at the moments ``at``, real beside minus imaginary parts; shape ``(T, 2 J)``."""
    out = np.empty((len(at), 2 * kept.shape[1]))
    _compile(_recur)(
        kept.real.copy(), kept.imag.copy(), which, given, weights.real.copy(), weights.imag.copy(), at, out
    )
    return out


@lru_cache(maxsize=2)
def _compile(kernel: Callable[..., None]) -> Callable[..., None]:
    import numba  # noqa: PLC0415 - an optional extra, and slow to load

    fast: Callable[..., None] = numba.njit(cache=True, fastmath={"contract"}, error_model="numpy")(kernel)
    return fast


def _recur(  # noqa: PLR0917 - the compiler takes arrays by place
    kept_re: Floats,
    kept_im: Floats,
    which: Ints,
    given: Floats,
    weight_re: Floats,
    weight_im: Floats,
    at: Ints,
    out: Floats,
) -> None:
    """Carry the past from moment to moment (``schedule.carry``)."""
    nodes = kept_re.shape[1]
    past_re, past_im = np.zeros(nodes), np.zeros(nodes)
    row = 0
    for moment in range(len(which)):
        step = which[moment]
        for j in range(nodes):
            old_re, old_im = past_re[j], past_im[j]
            past_re[j] = kept_re[step, j] * old_re - kept_im[step, j] * old_im
            past_im[j] = kept_re[step, j] * old_im + kept_im[step, j] * old_re
        if row < len(at) and at[row] == moment:
            for j in range(nodes):
                out[row, j], out[row, nodes + j] = past_re[j], -past_im[j]
            row += 1
        jump, amount = given[0, moment], given[1, moment]
        if jump != 0 or amount != 0:
            for j in range(nodes):
                past_re[j] += jump * weight_re[0, j] + amount * weight_re[1, j]
                past_im[j] += jump * weight_im[0, j] + amount * weight_im[1, j]


def _sweep(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one loop nest: nothing leaves the processor's cache
    node_re: Floats,
    node_im: Floats,
    up: Floats,
    down: Floats,
    loss: Floats,
    to_cord: Floats,
    from_cord: Floats,
    first: int,
    source: Floats,
    csf: Floats,
    cord: Floats,
    steps: Floats,
    gains: Floats,
    rates: Floats,
    out: Floats,
) -> None:
    """Sweep each patient: pivots upwards, masses downwards, taps on the way (``ladder.transfer``)."""
    patients, cells = up.shape
    nodes = len(node_re)
    last_cord = first + to_cord.shape[1]
    passed_re, passed_im = np.empty((cells, nodes)), np.empty((cells, nodes))
    enter_re, enter_im = np.empty((cells + 1, nodes)), np.empty((cells + 1, nodes))
    wait_re, wait_im = np.empty(nodes), np.empty(nodes)
    rest_re, rest_im = np.empty(nodes), np.empty(nodes)
    mass_re, mass_im = np.empty(nodes), np.empty(nodes)
    for p in range(patients):
        lowest = 0
        while source[p, lowest] == 0 and lowest < cells:
            lowest += 1
        back = -1.0
        for i in range(cells + 1):
            gone = loss[p, i]
            lower = down[p, i - 1] if i else 0.0
            for j in range(nodes):
                own_re, own_im = node_re[j] + gone, node_im[j]
                if i:
                    q_re, q_im = passed_re[i - 1, j], passed_im[i - 1, j]
                    own_re += lower * (rest_re[j] * q_re - rest_im[j] * q_im)
                    own_im += lower * (rest_re[j] * q_im + rest_im[j] * q_re)
                rest_re[j], rest_im[j] = own_re, own_im
            if first <= i < last_cord:
                there = to_cord[p, i - first]
                if from_cord[p, i - first] != back:
                    back = from_cord[p, i - first]
                    for j in range(nodes):
                        sum_re = node_re[j] + back
                        size = 1.0 / (sum_re * sum_re + node_im[j] * node_im[j])
                        wait_re[j], wait_im[j] = sum_re * size, -node_im[j] * size
                for j in range(nodes):
                    rest_re[j] += there * (node_re[j] * wait_re[j] - node_im[j] * wait_im[j])
                    rest_im[j] += there * (node_re[j] * wait_im[j] + node_im[j] * wait_re[j])
            above = up[p, i] if i < cells else 0.0
            if i < cells:
                for j in range(nodes):
                    sum_re = rest_re[j] + above
                    size = 1.0 / (sum_re * sum_re + rest_im[j] * rest_im[j])
                    passed_re[i, j], passed_im[i, j] = sum_re * size, -rest_im[j] * size
            given = source[p, i]
            if i > lowest:
                rise = up[p, i - 1]
                for j in range(nodes):
                    q_re, q_im = passed_re[i - 1, j], passed_im[i - 1, j]
                    y_re, y_im = enter_re[i - 1, j], enter_im[i - 1, j]
                    enter_re[i, j] = given + rise * (q_re * y_re - q_im * y_im)
                    enter_im[i, j] = rise * (q_re * y_im + q_im * y_re)
            elif i == lowest:
                for j in range(nodes):
                    enter_re[i, j], enter_im[i, j] = given, 0.0
        back = -1.0
        for i in range(cells, -1, -1):
            if i == cells:
                for j in range(nodes):
                    size = 1.0 / (rest_re[j] * rest_re[j] + rest_im[j] * rest_im[j])
                    y_re, y_im = enter_re[i, j], enter_im[i, j]
                    mass_re[j] = (y_re * rest_re[j] + y_im * rest_im[j]) * size
                    mass_im[j] = (y_im * rest_re[j] - y_re * rest_im[j]) * size
            else:
                lower = down[p, i]
                held = 1.0 if i >= lowest else 0.0
                row = max(i, lowest)
                for j in range(nodes):
                    y_re = held * enter_re[row, j] + lower * mass_re[j]
                    y_im = held * enter_im[row, j] + lower * mass_im[j]
                    q_re, q_im = passed_re[i, j], passed_im[i, j]
                    mass_re[j] = y_re * q_re - y_im * q_im
                    mass_im[j] = y_re * q_im + y_im * q_re
            inside = first <= i < last_cord
            if inside and from_cord[p, i - first] != back:
                back = from_cord[p, i - first]
                for j in range(nodes):
                    sum_re = node_re[j] + back
                    size = 1.0 / (sum_re * sum_re + node_im[j] * node_im[j])
                    wait_re[j], wait_im[j] = sum_re * size, -node_im[j] * size
            for k in range(len(steps)):
                weight = csf[k, p, i]
                if weight != 0:
                    for j in range(nodes):
                        out[k, p, j] += weight * mass_re[j]
                        out[k, p, nodes + j] += weight * mass_im[j]
                if inside and cord[k, p, i - first] != 0:
                    weight = cord[k, p, i - first] * to_cord[p, i - first]
                    for j in range(nodes):
                        out[k, p, j] += weight * (mass_re[j] * wait_re[j] - mass_im[j] * wait_im[j])
                        out[k, p, nodes + j] += weight * (mass_re[j] * wait_im[j] + mass_im[j] * wait_re[j])
        for k in range(len(steps)):
            for below in range(steps[k]):
                gain, rate = gains[k, below, p], rates[k, below, p]
                for j in range(nodes):
                    sum_re = node_re[j] + rate
                    size = gain / (sum_re * sum_re + node_im[j] * node_im[j])
                    q_re, q_im = sum_re * size, -node_im[j] * size
                    y_re, y_im = out[k, p, j], out[k, p, nodes + j]
                    out[k, p, j] = y_re * q_re - y_im * q_im
                    out[k, p, nodes + j] = y_re * q_im + y_im * q_re
