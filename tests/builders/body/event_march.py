"""Modes driven by piecewise-constant inputs, advanced exactly from event to event.

Between events every mode obeys a' = f - l a with constant f, so a step of any length is exact:
a(t + h) = e^(-lh) a(t) + f (1 - e^(-lh)) / l. There is no time-step error and no cost for quiet times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from thecal.body.bounds import Floats

_KEPT_STEPS = 64
_CHUNK = 256


@dataclass(frozen=True, eq=False)
class Port:
    """One way in: mode amplitudes per ug, a rate constant between edges, and amounts given at once.

    Args:
        entry: shape ``(P, M)``, per ug.
        edges_h: shape ``(n + 1,)``.
        rate_ug_h: shape ``(n,)``.
        at_once: moments in h and amounts in ug.
    """

    entry: Floats
    edges_h: Floats
    rate_ug_h: Floats
    at_once: tuple[tuple[float, float], ...] = ()

    def rate_during(self, start_h: float, end_h: float) -> float:
        """Return the rate between two neighbouring events."""
        step = int(np.searchsorted(self.edges_h, (start_h + end_h) / 2, side="right")) - 1
        return float(self.rate_ug_h[step]) if 0 <= step < len(self.rate_ug_h) else 0.0


def march(rates: Floats, ports: Sequence[Port], sample_times_h: Floats, readout: Floats) -> Floats:
    """Return linear outputs at each sample time.

    A sample at the very moment of an amount given at once sees it; the state before time 0 is empty.

    Args:
        rates: shape ``(P, M)``.
        ports: what comes in.
        sample_times_h: increasing, from 0 up; shape ``(T,)``.
        readout: mode amplitudes to outputs; shape ``(P, K, M)``.

    Returns:
        Shape ``(P, K, T)``.
    """
    outputs = np.empty((*readout.shape[:2], len(sample_times_h)))
    waiting: list[Floats] = []
    done = 0
    for amplitudes in _states(rates, ports, sample_times_h):
        waiting.append(amplitudes)
        if len(waiting) == _CHUNK or done + len(waiting) == len(sample_times_h):
            outputs[:, :, done : done + len(waiting)] = readout @ np.stack(waiting, axis=2)
            done += len(waiting)
            waiting = []
    return outputs


def _states(rates: Floats, ports: Sequence[Port], sample_times_h: Floats) -> Iterator[Floats]:
    """Yield the amplitudes at each sample time."""
    if not len(sample_times_h):
        return
    given = sorted((at, amount, port) for port in range(len(ports)) for at, amount in ports[port].at_once)
    marks = [port.edges_h for port in ports] + [np.array([at for at, _, _ in given])]
    last = sample_times_h[-1]
    events = np.unique(np.concatenate([*marks, sample_times_h, [0.0]]))
    samples = set(sample_times_h.tolist())
    steps: dict[float, tuple[Floats, Floats]] = {}
    drive: tuple[float, ...] = ()
    force = np.zeros_like(rates)
    amplitudes = np.zeros_like(rates)
    before = 0.0
    for moment in events[(events >= 0) & (events <= last)].tolist():
        if moment > before:
            now = tuple(port.rate_during(before, moment) for port in ports)
            if now != drive:
                drive = now
                force = sum(
                    (rate * port.entry for rate, port in zip(now, ports, strict=True)), np.zeros_like(rates)
                )
            length = moment - before
            if length not in steps:
                if len(steps) >= _KEPT_STEPS:
                    steps.clear()
                steps[length] = _step(rates, length)
            kept, gained = steps[length]
            amplitudes = kept * amplitudes + gained * force
            before = moment
        while given and given[0][0] <= moment:
            _, amount, port = given.pop(0)
            amplitudes = amplitudes + amount * ports[port].entry
        if moment in samples:
            yield amplitudes


def _step(rates: Floats, length_h: float) -> tuple[Floats, Floats]:
    """Return what is kept of an amplitude over a step, and what a unit force gains."""
    change = np.expm1(-rates * length_h)
    gained = np.divide(-change, rates, out=np.full_like(rates, length_h), where=rates > 0)
    return change + 1.0, gained
