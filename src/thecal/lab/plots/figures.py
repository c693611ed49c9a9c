"""What every figure has in common (needs matplotlib): ink, axes, bytes, and text shown as it is written.

No text is read as mathematics or as a command, no label is hidden, and nothing of a user's own matplotlib
settings counts: the same run always gives the same bytes.
"""

from __future__ import annotations

import io
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from thecal.body import ASHWORTH_1_5, PUMP_RATE, TIP_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito, which colour-blind readers can distinguish; each with its own dash.
INK = (("#0072b2", "-"), ("#d55e00", "--"), ("#009e73", "-."), ("#cc79a7", ":"), ("#56b4e9", (0, (5, 1))))
GREY = "#666666"
WIDTH_IN = 8.0
SAME_FOR_ALL = frozenset({PUMP_RATE, TIP_RATE})
"""What a pump and its catheter do is the same for every patient: it has no band."""
_DAYS_FROM_H = 72.0
_LEAST_SHOWN = 0.03
_NOT_SHOWABLE = "\N{REPLACEMENT CHARACTER}"


@contextmanager
def plain_style(salt: str) -> Iterator[None]:
    """Draw in the house's style: ``salt`` names the figure, and makes the ids in its SVG its own."""
    import matplotlib as mpl  # noqa: PLC0415 - the models run without it

    with mpl.rc_context(), warnings.catch_warnings():
        # A script that the drawing font lacks is whole in the SVG, and a row of boxes in the PNG alone.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        mpl.rcdefaults()
        mpl.rcParams.update(
            {
                "svg.hashsalt": salt,
                "svg.fonttype": "none",
                "font.size": 9.0,
                "text.parse_math": False,
                "text.usetex": False,
            }
        )
        yield


def legible(text: str) -> str:
    """Return a text with every character that cannot be shown, or may not stand in an SVG, replaced."""
    return "".join(one if one.isprintable() else " " if one.isspace() else _NOT_SHOWABLE for one in text)


def add_legend(
    axes: Axes,
    labels: Mapping[str, str] | None = None,
    **options: Any,  # noqa: ANN401 - handed on to matplotlib
) -> None:
    """Add a legend in which every label is shown, also one that begins with ``_``.

    Args:
        axes: of which each line was given a label.
        labels: what to write for each of these labels; the label itself where it is not there.
        options: of matplotlib's legend.
    """
    legend = axes.legend(frameon=False, **options)
    for text in legend.get_texts():
        text.set_text(legible((labels or {}).get(text.get_text(), text.get_text())))


def time_axis(hours: float) -> tuple[float, str]:
    """Return by what hours are divided, and what the axis of so many hours is called."""
    return (24.0, "days since the start") if hours > _DAYS_FROM_H else (1.0, "hours since the start")


def value_axis(axes: Axes, unit: str, *, headroom: float, in_decades: bool = False) -> None:
    """Set the range of a panel by the unit of what it shows."""
    if in_decades:
        axes.set_yscale("log")
        axes.set_ylim(bottom=_LEAST_SHOWN)
        plain_decades(axes, "y")
    elif unit == ASHWORTH_1_5.name:
        axes.set_ylim(ASHWORTH_1_5.lowest - 0.1, ASHWORTH_1_5.highest + 0.1)
        axes.set_yticks(range(ASHWORTH_1_5.lowest, ASHWORTH_1_5.highest + 1))
    elif unit.startswith("signal"):
        axes.set_ylim(0, 1)
    else:
        axes.set_ylim(0, axes.get_ylim()[1] * headroom)


def plain_decades(axes: Axes, which: str) -> None:
    """Write the numbers of a logarithmic axis in full: mathematics is switched off."""
    from matplotlib.ticker import FuncFormatter, NullFormatter  # noqa: PLC0415 - the models run without it

    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def light_grid(axes: Axes) -> None:
    """Give a panel a light grid, no margin in time and no frame."""
    axes.grid(visible=True, color="#dddddd", linewidth=0.6)
    axes.margins(x=0)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def as_svg(figure: Figure, title: str | None = None) -> bytes:
    """Return a figure as SVG, without the time at which it was made."""
    return saved(figure, "svg", {"Date": None, "Creator": "Thecal", "Title": title and legible(title)})


def saved(figure: Figure, kind: str, metadata: Mapping[str, str | None], *, dpi: int = 120) -> bytes:
    """Return a figure as bytes."""
    written = io.BytesIO()
    about = {key: value for key, value in metadata.items() if value is not None or key == "Date"}
    figure.savefig(written, format=kind, dpi=dpi, metadata=about)
    return written.getvalue()
