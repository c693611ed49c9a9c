"""How a peer gets the problem and hands back its answer."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

BAND = 2
REPEATS = 2


@dataclass(frozen=True, eq=False)
class PeerProblem:
    """dx/dt = matrix x + source u, y = readout x; u is ``rates[k]`` from ``events[k]`` on."""

    matrix: np.ndarray
    source: np.ndarray
    readout: np.ndarray
    events: np.ndarray
    rates: np.ndarray
    samples: np.ndarray

    def pieces(self) -> list[tuple[float, float, float, np.ndarray]]:
        """Return start, end, rate and the samples in (start, end] of every piece of constant input."""
        edges = np.append(self.events[self.events < self.samples[-1]], self.samples[-1])
        return [
            (
                float(low),
                float(high),
                float(rate),
                self.samples[(self.samples > low) & (self.samples <= high)],
            )
            for low, high, rate in zip(edges[:-1], edges[1:], self.rates, strict=False)
        ]


def peer_problem() -> PeerProblem:
    """Return the problem in the folder this was started with."""
    with np.load(Path(sys.argv[1]) / "problem.npz") as blocks:
        return PeerProblem(**{name: blocks[name] for name in blocks.files})


def answer(peer: str, what: str, solve: Callable[[], np.ndarray], readout: np.ndarray | None = None) -> None:
    """Time a solve that returns states ``(n, T)``, or outputs where no readout is given; report both."""
    solve()
    best = 1e30
    for _ in range(REPEATS):
        begun = time.process_time()
        states = solve()
        best = min(best, time.process_time() - begun)
    outputs = states if readout is None else readout @ states
    np.savetxt(Path(sys.argv[1]) / "out.txt", outputs, fmt="%.17g")
    print(json.dumps({"peer": peer, "what": what, "seconds": best}))
