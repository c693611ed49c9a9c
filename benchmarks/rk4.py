"""The strongest classical competitor: Runge-Kutta 4 written by hand for this network, sixteen patients abreast."""

from __future__ import annotations

import numba
import numpy as np
from reference import Problem

from thecal.body import SITES

LANES = 16
STABLE = 2.7
"""Of the interval on the negative real axis on which the method is stable, 2.785."""


@numba.njit(cache=True, fastmath=True)
def slope(up, down, loss, to_cord, from_cord, first, source, rate, clear, delay, legs, arms, x, dx):
    """Return dx/dt; states by row, patients by column: spinal cells, cranium, cord, plasma, legs, arms."""
    cells, cords = up.shape[0], to_cord.shape[0]
    plasma = cells + 1 + cords
    for p in range(LANES):
        dx[plasma, p] = -clear[p] * x[plasma, p]
        dx[plasma + 1, p] = -delay[p] * x[plasma + 1, p]
        dx[plasma + 2, p] = -delay[p] * x[plasma + 2, p]
        dx[cells, p] = -(loss[cells, p] + down[cells - 1, p]) * x[cells, p]
        dx[cells, p] += up[cells - 1, p] * x[cells - 1, p] + source[cells] * rate
        dx[plasma, p] += loss[cells, p] * x[cells, p]
    for i in range(cells):
        for p in range(LANES):
            here = source[i] * rate + down[i, p] * x[i + 1, p] - (up[i, p] + loss[i, p]) * x[i, p]
            dx[plasma, p] += loss[i, p] * x[i, p]
            dx[i, p] = here
        if i > 0:
            for p in range(LANES):
                dx[i, p] += up[i - 1, p] * x[i - 1, p] - down[i - 1, p] * x[i, p]
        if first <= i < first + cords:
            c = i - first
            row = cells + 1 + c
            for p in range(LANES):
                net = to_cord[c, p] * x[i, p] - from_cord[c, p] * x[row, p]
                dx[i, p] -= net
                dx[row, p] = net
                dx[plasma + 1, p] += legs[c, p] * x[row, p]
                dx[plasma + 2, p] += arms[c, p] * x[row, p]


@numba.njit(cache=True, fastmath=True)
def march(
    up,
    down,
    loss,
    to_cord,
    from_cord,
    first,
    source,
    clear,
    delay,
    legs,
    arms,
    readout,
    grid,
    rates,
    wanted,
    longest,
    out,
):
    """Step from moment to moment of the grid in equal steps no longer than ``longest``."""
    states = up.shape[0] + 1 + to_cord.shape[0] + 3
    x, at = np.zeros((states, LANES)), np.empty((states, LANES))
    a, b, c, d = (
        np.empty((states, LANES)),
        np.empty((states, LANES)),
        np.empty((states, LANES)),
        np.empty((states, LANES)),
    )
    row = 0
    for moment in range(1, len(grid)):
        rate = rates[moment - 1]
        steps = int(np.ceil((grid[moment] - grid[moment - 1]) / longest))
        h = (grid[moment] - grid[moment - 1]) / steps
        for _ in range(steps):
            slope(up, down, loss, to_cord, from_cord, first, source, rate, clear, delay, legs, arms, x, a)
            at[:] = x + h / 2 * a
            slope(up, down, loss, to_cord, from_cord, first, source, rate, clear, delay, legs, arms, at, b)
            at[:] = x + h / 2 * b
            slope(up, down, loss, to_cord, from_cord, first, source, rate, clear, delay, legs, arms, at, c)
            at[:] = x + h * c
            slope(up, down, loss, to_cord, from_cord, first, source, rate, clear, delay, legs, arms, at, d)
            for i in range(states):
                for p in range(LANES):
                    x[i, p] += h / 6 * (a[i, p] + 2 * b[i, p] + 2 * c[i, p] + d[i, p])
        if wanted[moment]:
            for k in range(readout.shape[0]):
                for p in range(LANES):
                    total = 0.0
                    for i in range(states):
                        if readout[k, i, p] != 0:
                            total += readout[k, i, p] * x[i, p]
                    out[k, row, p] = total
            row += 1


def solve(problem: Problem) -> np.ndarray:
    """Return the seven outputs of sixteen patients; shape ``(7, T, 16)``."""
    body, net, patients = problem.ensemble, problem.ensemble.network, problem.patients
    drive, samples = problem.drive, problem.samples_h
    cells, cords = net.cells, net.to_cord.shape[1]
    states = cells + 1 + cords + 3
    delay = patients["effect_delay_per_h"]
    legs, arms = (np.ascontiguousarray((tap.cord * delay[:, np.newaxis]).T) for tap in body.effect_taps)
    readout = np.zeros((7, states, LANES))
    for row, site in enumerate(SITES):
        readout[row, : cells + 1] = body.csf_tap(site).csf.T
    readout[4, states - 3] = 1 / patients["plasma_volume_L"]
    readout[5, states - 2] = readout[6, states - 1] = 1.0
    grid = np.unique(np.concatenate((samples, drive.at_h[drive.at_h < samples[-1]])))
    rates = np.cumsum(drive.jumps_ug_h)[np.searchsorted(drive.at_h, grid, side="right") - 1]
    fastest = float(np.max(net.up[:, 1:] + net.down[:, :-1] + net.up[:, :-1].max(axis=1, keepdims=True)))
    longest = STABLE / (2 * fastest)
    out = np.empty((7, len(samples), LANES))
    march(
        *(np.ascontiguousarray(of.T) for of in (net.up, net.down, net.loss, net.to_cord, net.from_cord)),
        net.first_cord_cell, np.ascontiguousarray(body.tip_shares("T10")[0]), body.plasma_leaving, delay, legs, arms,
        readout, grid, rates, np.isin(grid, samples), longest, out,
    )  # fmt: skip
    return out
