"""A run's curves as a figure (needs matplotlib): a panel for the pump, spinal fluid, plasma and tone."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.body import (
    ASHWORTH_1_5,
    LABEL,
    PLASMA,
    PUMP_RATE,
    READOUTS,
    TIP_RATE,
    TONE_ARMS,
    TONE_LEGS,
    csf_at,
)
from thecal.lab.draw import plainly

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from thecal.lab.run import Outcome

# Okabe and Ito: told apart by colour-blind readers; each also has its own dash.
_INK = (("#0072b2", "-"), ("#d55e00", "--"), ("#009e73", "-."), ("#cc79a7", ":"), ("#56b4e9", (0, (5, 1))))
_DAYS_FROM_H = 72.0
_WIDTH_IN, _PANEL_IN, _MARGIN_IN = 8.0, 2.1, 1.1
_DPI = 120
_HEADROOM = 1.15


@dataclass(frozen=True, slots=True, kw_only=True)
class _Panel:
    """What shares one pair of axes: quantities with their names in the legend."""

    unit: str
    lines: tuple[tuple[str, str], ...]


def as_pictures(outcome: Outcome) -> dict[str, bytes]:
    """Return the figure as ``svg`` and ``png``; the same run always gives the same bytes."""
    import matplotlib as mpl  # noqa: PLC0415 - the models run without it
    from matplotlib.figure import Figure  # noqa: PLC0415

    title = outcome.scenario.title
    about: dict[str, dict[str, str | None]] = {
        "svg": {"Date": None, "Creator": "Thecal", "Title": title},
        "png": {"Software": "Thecal", "Title": title},
    }
    with mpl.rc_context({"svg.hashsalt": outcome.scenario.digest, "svg.fonttype": "none", "font.size": 9.0}):
        panels = _panels(outcome)
        height = _PANEL_IN * len(panels) + _MARGIN_IN
        figure = Figure(figsize=(_WIDTH_IN, height))
        figure.subplots_adjust(left=0.1, right=0.97, top=1 - 0.4 / height, bottom=0.7 / height, hspace=0.12)
        _fill(figure, outcome, panels)
        return {kind: _saved(figure, kind, metadata) for kind, metadata in about.items()}


def _saved(figure: Figure, kind: str, metadata: Mapping[str, str | None]) -> bytes:
    written = io.BytesIO()
    figure.savefig(written, format=kind, dpi=_DPI, metadata=metadata)
    return written.getvalue()


def _fill(figure: Figure, outcome: Outcome, panels: tuple[_Panel, ...]) -> None:
    response, scenario = outcome.response, outcome.scenario
    in_days = float(response.sample_times_h[-1]) > _DAYS_FROM_H
    times = response.sample_times_h / (24.0 if in_days else 1.0)
    grid = figure.subplots(len(panels), 1, sharex=True, squeeze=False)
    for axes, panel in zip(grid[:, 0], panels, strict=True):
        for (quantity, name), (colour, dash) in zip(panel.lines, _INK, strict=False):
            if quantity in (PUMP_RATE, TIP_RATE):
                axes.step(
                    times, response.typical(quantity), where="post", color=colour, linestyle=dash, label=name
                )
                continue
            band = response.band(quantity)
            axes.fill_between(times, band.low, band.high, color=colour, alpha=0.18, linewidth=0)
            axes.plot(times, band.median, color=colour, linestyle=dash, linewidth=1.6, label=name)
        _dress(axes, panel)
    grid[-1, 0].set_xlabel("days since the start" if in_days else "hours since the start")
    figure.suptitle(scenario.title, y=1 - 0.12 / figure.get_figheight())
    note = f"{LABEL}: median and 5 to 95 % of {scenario.patients} drawn patients, seed {scenario.seed}"
    figure.supxlabel(note, y=0.12 / figure.get_figheight(), fontsize=8, color="#444444")


def _dress(axes: Axes, panel: _Panel) -> None:
    axes.set_ylabel(panel.unit)
    if panel.unit == ASHWORTH_1_5.name:
        axes.set_ylim(ASHWORTH_1_5.lowest - 0.1, ASHWORTH_1_5.highest + 0.1)
        axes.set_yticks(range(ASHWORTH_1_5.lowest, ASHWORTH_1_5.highest + 1))
    else:
        axes.set_ylim(0, axes.get_ylim()[1] * _HEADROOM)
    plainly(axes)
    axes.legend(loc="upper right", ncols=len(panel.lines), frameon=False, fontsize=8)


def _panels(outcome: Outcome) -> tuple[_Panel, ...]:
    sites = dict.fromkeys(one.csf_site for one in outcome.scenario.observations if one.csf_site)
    panels = []
    if outcome.supply is not None:
        panels.append(_Panel(unit="mcg/h", lines=((PUMP_RATE, "pump"), (TIP_RATE, "catheter tip"))))
    if sites:
        lines = tuple((csf_at(site), f"spinal fluid, {site}") for site in list(sites)[: len(_INK)])
        panels.append(_Panel(unit="ng/mL", lines=lines))
    panels.append(_Panel(unit="ng/mL", lines=((PLASMA, "plasma"),)))
    panels.append(
        _Panel(unit=ASHWORTH_1_5.name, lines=((TONE_LEGS, "tone, legs"), (TONE_ARMS, "tone, arms")))
    )
    wanted = [one.readout for one in outcome.scenario.observations if one.readout]
    by_unit: dict[str, list[tuple[str, str]]] = {}
    for name in dict.fromkeys(wanted):
        by_unit.setdefault(READOUTS[name].unit, []).append((name, READOUTS[name].meaning))
    panels += [_Panel(unit=unit, lines=tuple(lines[: len(_INK)])) for unit, lines in by_unit.items()]
    return tuple(panels)
