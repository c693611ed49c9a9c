"""Several responses in one figure (needs matplotlib): a panel for each quantity, a colour for each run."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from thecal.body import ASHWORTH_1_5, LABEL, PUMP_RATE, TIP_RATE, meaning_of, unit_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from matplotlib.axes import Axes

    from thecal.body import Response

# Okabe and Ito, told apart by colour-blind readers; each with its own dash.
_INK = (("#0072b2", "-"), ("#d55e00", "--"), ("#009e73", "-."), ("#cc79a7", ":"), ("#56b4e9", (0, (5, 1))))
_MOST_BANDS = 3
_SAME_FOR_ALL = frozenset({PUMP_RATE, TIP_RATE})
_DAYS_FROM_H = 72.0
_WIDTH_IN, _PANEL_IN, _MARGIN_IN = 8.0, 1.9, 0.9
_HEADROOM = 1.08
_LEAST_SHOWN = 0.03
_TOO_EXACT = re.compile(rb"(\d\.\d\d)\d+")


def draw(
    responses: Mapping[str, Response], quantities: Sequence[str], *, in_decades: Collection[str] = ()
) -> bytes:
    """Return responses as one SVG figure; the same responses always give the same bytes.

    Median and 5 to 95 % of the drawn patients, medians alone of more than 3 responses; or the typical
    patient's line where none is drawn.

    Args:
        responses: by what the legend calls them, 1 to 5; of the same length of time.
        quantities: curves of the responses, a panel for each.
        in_decades: those of them that are drawn on a logarithmic axis.

    Raises:
        ValueError: no response or more than 5, no quantity, or one that was not reported.
        ModuleNotFoundError: matplotlib is not installed: it comes with ``thecal[lab]``.
    """
    import matplotlib as mpl  # noqa: PLC0415 - the models run without it
    from matplotlib.figure import Figure  # noqa: PLC0415

    if not 1 <= len(responses) <= len(_INK):
        raise ValueError(f"responses is {len(responses)} responses; allowed: 1 to {len(_INK)} in one figure")
    if not quantities:
        raise ValueError("quantities is 0 curves; allowed: 1 or more")
    with mpl.rc_context({"svg.hashsalt": "draw", "svg.fonttype": "none", "font.size": 9.0}):
        figure = Figure(figsize=(_WIDTH_IN, _PANEL_IN * len(quantities) + _MARGIN_IN), layout="constrained")
        grid = figure.subplots(len(quantities), 1, sharex=True, squeeze=False)[:, 0]
        drawn = all(_drawn(one) for one in responses.values())
        in_days = max(float(one.sample_times_h[-1]) for one in responses.values()) > _DAYS_FROM_H
        for axes, quantity in zip(grid, quantities, strict=True):
            for (label, response), (colour, dash) in zip(responses.items(), _INK, strict=False):
                times = response.sample_times_h / (24.0 if in_days else 1.0)
                middle = response.typical(quantity)
                if drawn and quantity not in _SAME_FOR_ALL:
                    band = response.band(quantity)
                    middle = band.median
                    if len(responses) <= _MOST_BANDS:
                        axes.fill_between(times, band.low, band.high, color=colour, alpha=0.18, linewidth=0)
                style = "steps-post" if quantity in _SAME_FOR_ALL else "default"
                axes.plot(
                    times, middle, color=colour, linestyle=dash, linewidth=1.6, label=label, drawstyle=style
                )
            _dress(axes, quantity, in_decades=quantity in in_decades)
        if len(responses) > 1:
            grid[0].legend(frameon=False, fontsize=8)
        grid[-1].set_xlabel("days since the start" if in_days else "hours since the start")
        shown = "median and 5 to 95 %" if len(responses) <= _MOST_BANDS else "median"
        what = f"{shown} of the drawn patients" if drawn else "the typical patient"
        figure.supxlabel(f"{LABEL}: {what}", fontsize=8, color="#444444")
        written = io.BytesIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": "Thecal"})
    # A hundredth of a point is finer than any screen, and half the size.
    return _TOO_EXACT.sub(rb"\1", written.getvalue())


def _drawn(response: Response) -> bool:
    return len(next(iter(response.curves.values()))) > 1


def _dress(axes: Axes, quantity: str, *, in_decades: bool) -> None:
    unit = unit_of(quantity)
    axes.set_ylabel(f"{meaning_of(quantity)}\n{unit.replace('ug', 'mcg')}", fontsize=8)
    if in_decades:
        axes.set_yscale("log")
        axes.set_ylim(bottom=_LEAST_SHOWN)
    elif unit == ASHWORTH_1_5.name:
        axes.set_ylim(ASHWORTH_1_5.lowest - 0.1, ASHWORTH_1_5.highest + 0.1)
    elif unit.startswith("signal"):
        axes.set_ylim(0, 1)
    else:
        axes.set_ylim(0, axes.get_ylim()[1] * _HEADROOM)
    plainly(axes)


def plainly(axes: Axes) -> None:
    """Give a panel a light grid, no margin in time and no frame."""
    axes.grid(visible=True, color="#dddddd", linewidth=0.6)
    axes.margins(x=0)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
