"""Trumpet curves in one figure (needs matplotlib): how far a drive is off over windows of each length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.lab.plots.figures import INK, WIDTH_IN, add_legend, as_svg, light_grid, plain_decades, plain_style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.pump.accuracy import Trumpet

_MOST = 4
_HOUR_MIN = 60


def plot_trumpets(curves: Sequence[Trumpet]) -> bytes:
    """Return trumpet curves as one SVG figure; points are what was found, lines what cannot be exceeded.

    Args:
        curves: 1 to 4, each with windows in quanta.

    Raises:
        ValueError: none, or more than 4.
        ModuleNotFoundError: matplotlib is not installed: it comes with ``thecal[lab]``.
    """
    if not 1 <= len(curves) <= _MOST:
        raise ValueError(f"curves is {len(curves)} trumpet curves; allowed: 1 to {_MOST} in one figure")
    with plain_style("trumpets"):
        from matplotlib.figure import Figure  # noqa: PLC0415 - the models run without it

        figure = Figure(figsize=(WIDTH_IN, 3.4), layout="constrained")
        axes = figure.subplots()
        labels = {}
        for number, (curve, (colour, _)) in enumerate(zip(curves, INK, strict=False)):
            hours = [window.length * curve.quantum_min / _HOUR_MIN for window in curve.windows]
            label = f"curve {number}"
            labels[label] = f"{curve.model}, {curve.flow.mL_per_day} mL/day"
            for side in ("high", "low"):
                bounds = [getattr(window, f"bound_{side}") for window in curve.windows]
                axes.plot(hours, bounds, color=colour, linewidth=1.0, alpha=0.6)
            found = [(window.highest, window.lowest) for window in curve.windows]
            axes.plot(hours, [high for high, _ in found], "o", color=colour, markersize=4, label=label)
            axes.plot(hours, [low for _, low in found], "o", color=colour, markersize=4)
        axes.set_xscale("log")
        plain_decades(axes, "x")
        axes.set_xlabel("length of the observation, hours")
        axes.set_ylabel("error, % of the flow")
        add_legend(axes, labels, fontsize=8)
        light_grid(axes)
        return as_svg(figure)
