"""Trumpet curves in one figure (needs matplotlib): how far a drive is off over windows of each length."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from thecal.lab.draw import plainly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.pump.accuracy import Trumpet

_INK = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
_HOUR_MIN = 60


def draw_trumpets(curves: Sequence[Trumpet]) -> bytes:
    """Return trumpet curves as one SVG figure; points are what was found, lines what cannot be exceeded.

    Args:
        curves: 1 to 4, each with windows in quanta.

    Raises:
        ValueError: none, or more than 4.
        ModuleNotFoundError: matplotlib is not installed: it comes with ``thecal[lab]``.
    """
    import matplotlib as mpl  # noqa: PLC0415 - the models run without it
    from matplotlib.figure import Figure  # noqa: PLC0415

    if not 1 <= len(curves) <= len(_INK):
        raise ValueError(f"curves is {len(curves)} trumpet curves; allowed: 1 to {len(_INK)} in one figure")
    with mpl.rc_context({"svg.hashsalt": "trumpets", "svg.fonttype": "none", "font.size": 9.0}):
        figure = Figure(figsize=(8.0, 3.4), layout="constrained")
        axes = figure.subplots()
        for curve, colour in zip(curves, _INK, strict=False):
            hours = [window.length * curve.quantum_min / _HOUR_MIN for window in curve.windows]
            label = f"{curve.model}, {curve.flow.mL_per_day} mL/day"
            for side in ("high", "low"):
                bounds = [getattr(window, f"bound_{side}") for window in curve.windows]
                axes.plot(hours, bounds, color=colour, linewidth=1.0, alpha=0.6)
            found = [(window.highest, window.lowest) for window in curve.windows]
            axes.plot(hours, [high for high, _ in found], "o", color=colour, markersize=4, label=label)
            axes.plot(hours, [low for _, low in found], "o", color=colour, markersize=4)
        axes.set_xscale("log")
        axes.set_xlabel("length of the window, hours")
        axes.set_ylabel("error, % of the flow")
        axes.legend(frameon=False, fontsize=8)
        plainly(axes)
        written = io.BytesIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": "Thecal"})
    return written.getvalue()
