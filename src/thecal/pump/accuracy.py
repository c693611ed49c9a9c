"""How even a drive is over short times: the trumpet curve, with an oracle for each kind of drive.

The method is that of infusion pumps (IEC 60601-2-24, as makers' manuals apply it: samples of half a minute,
windows of 2, 5, 11, 19 and 31 minutes). Implants lie outside that standard's scope, and at their rates half a
minute is less than a balance can weigh, so windows are scaled to quanta here and said to be.

The samples are the twin's: a pump of the model is implanted, runs at the flow, and is asked again and again
what its drive has truly moved. The bounds are not: they are the sine that the ripple is, and the steps that
whole quanta are, in closed form.

Floats: these are measures of a drive, and no dose is reckoned from them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from thecal.pump.handle import Pump
from thecal.pump.models import DriveKind
from thecal.pump.motor import pace
from thecal.pump.truth import moved
from thecal.quantities import Concentration, PumpClock
from thecal.therapy import BACLOFEN, CommandId, Program, PumpSerial, SimpleContinuous

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from thecal.pump.models import PumpModel
    from thecal.quantities import FlowRate

MINUTE_WINDOWS = (2.0, 5.0, 11.0, 19.0, 31.0)
"""Minutes, as for bedside pumps."""
QUANTUM_WINDOWS = (2.5, 5.0, 11.0, 11.5, 31.0, 71.0, 71.5, 301.0)
"""Quanta, as scaled for an implant; what is not whole catches one more of them or one less."""
SAMPLES_A_QUANTUM = 4
TURNS = 3
"""Sampled of the longest window, or of a turn of the rotor where that is longer."""
_STRENGTH = Decimal(500)
_DAY_MIN, _HOUR_MIN, _DAY_H = 1440.0, 60.0, 24.0
_SHOWN = 0.005
"""Percent; less is shown as none."""
_PLACES = 9


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
        model: of the pump.
        flow: at which it ran.
        quantum_min: how long a quantum takes there, in minutes.
        unit: of the windows, ``min`` or ``quanta``.
        windows: one for each length, shortest first.
        mean_error: over everything analysed, in percent.
    """

    model: str
    flow: FlowRate
    quantum_min: float
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


def samples_of(model: PumpModel, flow: FlowRate, step: float, number: int) -> list[float]:
    """Return what a pump of a model truly moves in each of so many stretches, in quanta of its label.

    Args:
        model: it is built of that, with a gain of 1.
        flow: at which it runs, by a simple continuous program.
        step: length of a stretch, in quanta at that flow.
        number: of stretches.

    Raises:
        RefusedError: a flow that the model does not run at.
    """
    strength, start = Concentration(ug_per_mL=_STRENGTH), datetime(2026, 1, 1, tzinfo=UTC)
    pump = Pump.implanted(
        serial=PumpSerial("accuracy"),
        capability=model.capability,
        model=model,
        drug=BACLOFEN,
        fill=model.capability.reservoir,
        concentration=strength,
        clock=PumpClock(timedelta(0)),
        now=start,
    )
    program = Program(
        drug=BACLOFEN, concentration=strength, base=SimpleContinuous(dose=flow.as_dose(strength))
    )
    pump.set_program(
        CommandId("accuracy"),
        base_revision=0,
        base_digest=pump.memory.plan.digest,
        program=program,
        now=start,
    )
    stretch_us = Fraction(step) / pace(Fraction(flow.mL_per_day), model.capability.quantum)
    seen = [Fraction(0)]
    for at in range(1, number + 1):
        pump.advance(start + timedelta(microseconds=round(stretch_us * at)))
        seen.append(moved(pump.hardware, pump.memory.drive))
    return [float(later - earlier) for earlier, later in pairwise(seen)]


def trumpet(model: PumpModel, flow: FlowRate, windows: Sequence[float] | None = None) -> Trumpet:
    """Return the trumpet curve of a model's drive at a flow, of what its twin truly moves.

    Args:
        model: a rotor ripples with its rollers, a valve gives whole quanta.
        flow: above 0, at which it can run.
        windows: in minutes; None for the windows scaled to quanta.

    Raises:
        ValueError: a drive at rest.
        RefusedError: a flow that the model does not run at.
    """
    quanta_a_minute = float(flow.mL_per_day / model.capability.quantum.mL) / _DAY_MIN
    if quanta_a_minute <= 0:
        raise ValueError("a drive at rest has no trumpet curve")
    scale = 1.0 if windows is None else quanta_a_minute
    lengths = [length * scale for length in (QUANTUM_WINDOWS if windows is None else windows)]
    step = min(1 / SAMPLES_A_QUANTUM, min(lengths) / SAMPLES_A_QUANTUM)
    turn = float(model.number("ripple_quanta"))
    number = TURNS * math.ceil(max(*lengths, turn) / step)
    samples = samples_of(model, flow, step, number)
    return Trumpet(
        model=model.name,
        flow=flow,
        quantum_min=1 / quanta_a_minute,
        unit="quanta" if windows is None else "min",
        windows=tuple(_window(model, samples, step, length, scale) for length in lengths),
        mean_error=_mean_error(samples, step, turn),
    )


def as_table(curves: Iterable[Trumpet]) -> str:
    """Return trumpet curves as a table of plain text, a line for each window."""
    lines = [
        f"{'pump':<22}{'mL/day':>7}{'window':>15}{'lasts':>10}{'found':>20}{'bound':>20}{'mean':>8}",
    ]
    for curve in curves:
        for window in curve.windows:
            minutes = window.length * (curve.quantum_min if curve.unit == "quanta" else 1)
            lines.append(
                f"{curve.model:<22}{curve.flow.mL_per_day:>7}{window.length:>8g} {curve.unit:<6}"
                f"{_lasting(minutes):>10}"
                f"{_between(window.lowest, window.highest):>20}"
                f"{_between(window.bound_low, window.bound_high):>20}{_percent(curve.mean_error):>8}"
            )
    return "\n".join(lines)


def _lasting(minutes: float) -> str:
    hours = minutes / _HOUR_MIN
    return (
        f"{minutes:.3g} min" if hours < 1 else f"{hours:.3g} h" if hours < _DAY_H else f"{hours / 24:.3g} d"
    )


def _between(low: float, high: float) -> str:
    return f"{_percent(low)} to {_percent(high)}"


def _percent(error: float) -> str:
    """Return an error in percent, with one way to write none."""
    return f"{error:+.2f}" if abs(error) >= _SHOWN else "0.00"


def _mean_error(samples: Sequence[float], step: float, turn: float) -> float:
    """Return the error over all whole turns of the samples, in percent."""
    a_turn = round(turn / step)
    whole = len(samples) // a_turn * a_turn
    return 100 * (sum(samples[:whole]) / (whole * step) - 1)


def _window(model: PumpModel, samples: Sequence[float], step: float, length: float, scale: float) -> Window:
    whole = max(1, round(length / step))
    highest, lowest = errors(samples, step, whole)
    if model.drive is DriveKind.ROTOR:
        bound = ripple_bound(
            float(model.number("ripple")), whole * step, float(model.number("ripple_quanta"))
        )
        return Window(length / scale, highest, lowest, bound, -bound)
    return Window(length / scale, highest, lowest, *quantum_bound(round(whole * step, _PLACES)))
