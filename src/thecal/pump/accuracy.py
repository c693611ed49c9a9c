"""How even a drive is over short times: the trumpet curve, with an oracle for each kind of drive.

The method is that of infusion pumps (IEC 60601-2-24, as makers' manuals apply it: samples of half a minute,
windows of 2, 5, 11, 19 and 31 minutes). Implants lie outside that standard's scope, and at their rates half a
minute is less than a balance can weigh, so windows are scaled to quanta here and said to be.

Floats: these are measures of a drive, and no dose is reckoned from them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from thecal.pump.models import DriveKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.pump.models import PumpModel
    from thecal.quantities import FlowRate

MINUTE_WINDOWS = (2.0, 5.0, 11.0, 19.0, 31.0)
"""Minutes, as for bedside pumps."""
QUANTUM_WINDOWS = (5.0, 11.0, 31.0, 71.0, 301.0)
"""Quanta, as scaled for an implant."""
SAMPLES_A_QUANTUM = 4
_DAY_MIN = 1440.0


@dataclass(frozen=True, slots=True)
class Window:
    """The largest errors over windows of one length, in percent of the rate, and what they cannot exceed."""

    length: float
    highest: float
    lowest: float
    bound_high: float
    bound_low: float


@dataclass(frozen=True, slots=True)
class Trumpet:
    """A trumpet curve.

    Attributes:
        unit: of the windows, ``min`` or ``quanta``.
        windows: one for each length, shortest first.
        mean_error: over everything analysed, in percent.
    """

    unit: str
    windows: tuple[Window, ...]
    mean_error: float


def errors(samples: Sequence[float], rate: float, window: int) -> tuple[float, float]:
    """Return the highest and the lowest error over all windows of so many samples, in percent of the rate.

    Args:
        samples: volume of each sample.
        rate: volume that each ought to be.
        window: samples in a window.

    Raises:
        ValueError: no window fits.
    """
    if not 1 <= window <= len(samples) or rate <= 0:
        raise ValueError(f"a window of {window} samples does not fit into {len(samples)}, or no rate")
    before = list(accumulate(samples, initial=0.0))
    sums = [before[at + window] - before[at] for at in range(len(samples) - window + 1)]
    expected = rate * window
    return 100 * (max(sums) / expected - 1), 100 * (min(sums) / expected - 1)


def ripple_bound(amplitude: float, window: float, period: float) -> float:
    """Return what the error of a sinusoidal ripple cannot exceed over a window, in percent."""
    turns = math.pi * window / period
    return abs(100 * amplitude * math.sin(turns) / turns)


def quantum_bound(quanta: float) -> tuple[float, float]:
    """Return between what the error of equal quanta lies over a window of so many of them, in percent."""
    return 100 * (math.ceil(quanta) / quanta - 1), 100 * (math.floor(quanta) / quanta - 1)


def rippled_samples(amplitude: float, period: float, step: float, number: int) -> list[float]:
    """Return the volumes of samples of a flow of 1 with a sinusoidal ripple, integrated exactly."""
    turn = 2 * math.pi / period

    def passed(moment: float) -> float:
        return moment + amplitude * (1 - math.cos(turn * moment)) / turn

    return [passed((at + 1) * step) - passed(at * step) for at in range(number)]


def quantum_samples(step: float, number: int) -> list[float]:
    """Return the volumes of samples of a flow of 1 that comes in whole quanta of 1."""
    return [float(math.floor((at + 1) * step + 1e-9) - math.floor(at * step + 1e-9)) for at in range(number)]


def trumpet(model: PumpModel, flow: FlowRate, windows: Sequence[float] | None = None) -> Trumpet:
    """Return the trumpet curve of a model's drive at a flow.

    Args:
        model: a rotor ripples with its rollers, a valve gives whole quanta.
        flow: above 0.
        windows: in minutes; None for the windows scaled to quanta.

    Raises:
        ValueError: a drive at rest.
    """
    quanta_a_minute = float(flow.mL_per_day / model.capability.quantum.mL) / _DAY_MIN
    if quanta_a_minute <= 0:
        raise ValueError("a drive at rest has no trumpet curve")
    scale = 1.0 if windows is None else quanta_a_minute
    lengths = [length * scale for length in (QUANTUM_WINDOWS if windows is None else windows)]
    step = min(1 / SAMPLES_A_QUANTUM, min(lengths) / SAMPLES_A_QUANTUM)
    number = 3 * math.ceil(max(*lengths, float(model.number("ripple_quanta"))) / step)
    if model.drive is DriveKind.ROTOR:
        samples = rippled_samples(
            float(model.number("ripple")), float(model.number("ripple_quanta")), step, number
        )
    else:
        samples = quantum_samples(step, number)
    return Trumpet(
        unit="quanta" if windows is None else "min",
        windows=tuple(_window(model, samples, step, length, scale) for length in lengths),
        mean_error=100 * (sum(samples) / (number * step) - 1),
    )


def _window(model: PumpModel, samples: Sequence[float], step: float, length: float, scale: float) -> Window:
    whole = max(1, round(length / step))
    highest, lowest = errors(samples, step, whole)
    if model.drive is DriveKind.ROTOR:
        bound = ripple_bound(
            float(model.number("ripple")), whole * step, float(model.number("ripple_quanta"))
        )
        return Window(length / scale, highest, lowest, bound, -bound)
    return Window(length / scale, highest, lowest, *quantum_bound(whole * step))
