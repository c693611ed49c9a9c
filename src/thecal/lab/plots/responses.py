"""Several responses in one figure (needs matplotlib): a panel for each quantity, a colour for each run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from thecal.body import LABEL, meaning_of, unit_of
from thecal.lab.plots.figures import (
    INK,
    SAME_FOR_ALL,
    WIDTH_IN,
    add_legend,
    as_svg,
    light_grid,
    plain_style,
    time_axis,
    value_axis,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from matplotlib.axes import Axes

    from thecal.body import Response

_MOST_BANDS = 3
_PANEL_IN, _MARGIN_IN = 1.9, 0.9
_HEADROOM = 1.08
_TOO_EXACT = re.compile(rb"(\d\.\d\d)\d+")


def plot(
    responses: Mapping[str, Response], quantities: Sequence[str], *, in_decades: Collection[str] = ()
) -> bytes:
    """Return responses as one SVG figure; the same responses always give the same bytes.

    Median and 5 to 95 % of the drawn patients, medians alone of more than 3 responses; or the typical
    patient's line where none is drawn.

    Args:
        responses: by what the legend calls them, 1 to 5; of the same length of time.
        quantities: curves of the responses, a panel for each.
        in_decades: those of them that are shown on a logarithmic axis.

    Raises:
        ValueError: no response or more than 5, no quantity, or one that was not reported.
        ModuleNotFoundError: matplotlib is not installed: it comes with ``thecal[lab]``.
    """
    if not 1 <= len(responses) <= len(INK):
        raise ValueError(f"responses is {len(responses)} responses; allowed: 1 to {len(INK)} in one figure")
    if not quantities:
        raise ValueError("quantities is 0 curves; allowed: 1 or more")
    with plain_style("plot"):
        from matplotlib.figure import Figure  # noqa: PLC0415 - the models run without it

        figure = Figure(figsize=(WIDTH_IN, _PANEL_IN * len(quantities) + _MARGIN_IN), layout="constrained")
        grid = figure.subplots(len(quantities), 1, sharex=True, squeeze=False)[:, 0]
        has_cohort = all(_has_cohort(one) for one in responses.values())
        hours, time_label = time_axis(max(float(one.sample_times_h[-1]) for one in responses.values()))
        labels = {f"response {number}": name for number, name in enumerate(responses)}
        for axes, quantity in zip(grid, quantities, strict=True):
            for label, response, (colour, dash) in zip(labels, responses.values(), INK, strict=False):
                times = response.sample_times_h / hours
                middle = response.typical(quantity)
                if has_cohort and quantity not in SAME_FOR_ALL:
                    band = response.band(quantity)
                    middle = band.median
                    if len(responses) <= _MOST_BANDS:
                        axes.fill_between(times, band.low, band.high, color=colour, alpha=0.18, linewidth=0)
                style = "steps-post" if quantity in SAME_FOR_ALL else "default"
                axes.plot(
                    times, middle, color=colour, linestyle=dash, linewidth=1.6, label=label, drawstyle=style
                )
            _finish(axes, quantity, in_decades=quantity in in_decades)
        if len(responses) > 1:
            add_legend(grid[0], labels, fontsize=8)
        grid[-1].set_xlabel(time_label)
        shown = "median and 5 to 95 %" if len(responses) <= _MOST_BANDS else "median"
        what = f"{shown} of the drawn patients" if has_cohort else "the typical patient"
        figure.supxlabel(f"{LABEL}: {what}", fontsize=8, color="#444444")
        # A hundredth of a point is finer than any screen, and half the size.
        return _TOO_EXACT.sub(rb"\1", as_svg(figure))


def _has_cohort(response: Response) -> bool:
    return len(next(iter(response.curves.values()))) > 1


def _finish(axes: Axes, quantity: str, *, in_decades: bool) -> None:
    unit = unit_of(quantity)
    axes.set_ylabel(f"{meaning_of(quantity)}\n{unit.replace('ug', 'mcg')}", fontsize=8)
    value_axis(axes, unit, headroom=_HEADROOM, in_decades=in_decades)
    light_grid(axes)
