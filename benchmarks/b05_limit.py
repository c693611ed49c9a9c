"""B5: what the processor could do at best, summed over the parts, over what we take."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from ours import cohort, room
from reference import Problem
from row import Row, ms
from timing import each, fastest

from thecal.body.engine.schedule import carry, choose_contour

PATIENTS = 4096
FLOPS_PER_CELL_AND_NODE = 54
"""Counted in the loop: pivot, cord, source, way down, taps, and a division that is taken as ten."""
ENOUGH = 1e-10
"""Columns of the schedule beyond this share of the largest singular value do not count: no product needs them."""


def run() -> Iterator[Row]:
    problem = Problem.of(PATIENTS)
    drive, samples = problem.drive, problem.samples_h
    shared = choose_contour([drive], samples, 1e-8)
    nodes = len(shared.nodes)
    sizes = np.linalg.svd(carry(shared, drive, samples), compute_uv=False)
    columns = int(np.sum(sizes > ENOUGH * sizes[0]))
    square = np.random.default_rng(1).random((1500, 1500))
    flops_per_s = 2 * 1500**3 / fastest(lambda: square @ square, 5)
    target = np.empty(4_000_000)
    bytes_per_s = target.nbytes / fastest(lambda: target.fill(1.0), 20)
    some = np.random.default_rng(2).random(10_000) + 0.5
    place = np.empty_like(some)
    sigmoid_s = sum(
        fastest(lambda of=of: [of(some, out=place) for _ in range(100)], 10) / 100 / len(some)
        for of in (np.log, np.exp, np.reciprocal)
    )
    floors = {
        "product": 2 * 7 * columns * (len(samples) + 2 * nodes) / flops_per_s,
        "store": 9 * len(samples) * 8 / bytes_per_s,
        "sigmoid": 2 * len(samples) * sigmoid_s,
        "sweep": FLOPS_PER_CELL_AND_NODE * problem.cells * nodes / (flops_per_s / 2),
    }
    out = room(problem)
    took = min(each(lambda: cohort(problem, tolerance=1e-8, out=out), 6)) / PATIENTS
    floor = sum(floors.values())
    yield Row(
        id="B5", claim="floor of the processor over time, double precision", cells=60, ratio=floor / took,
        target=">= 0.6", ours=ms(took), theirs=ms(floor), our_error=None, peer_error=None, peer="measured peaks",
        note=", ".join(f"{name} {1e6 * value:.1f} us" for name, value in floors.items()) + f"; {nodes} nodes, {columns} columns",
    )  # fmt: skip
