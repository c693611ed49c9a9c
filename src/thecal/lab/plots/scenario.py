"""A run's curves as a figure (needs matplotlib): a panel for the pump, spinal fluid, plasma and tone."""

from __future__ import annotations

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
from thecal.lab.plots.figures import (
    INK,
    SAME_FOR_ALL,
    WIDTH_IN,
    add_legend,
    as_svg,
    legible,
    light_grid,
    plain_style,
    saved,
    time_axis,
    value_axis,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from thecal.lab.run.outcome import Outcome

_PANEL_IN, _MARGIN_IN = 2.1, 1.1
_HEADROOM = 1.15


@dataclass(frozen=True, slots=True, kw_only=True)
class _Panel:
    """What shares one pair of axes: quantities with their names in the legend."""

    unit: str
    lines: tuple[tuple[str, str], ...]


def as_pictures(outcome: Outcome) -> dict[str, bytes]:
    """Return the figure as ``svg`` and ``png``; the same run always gives the same bytes."""
    title = outcome.scenario.title
    with plain_style(outcome.scenario.digest):
        from matplotlib.figure import Figure  # noqa: PLC0415 - the models run without it

        panels = _panels(outcome)
        height = _PANEL_IN * len(panels) + _MARGIN_IN
        figure = Figure(figsize=(WIDTH_IN, height))
        figure.subplots_adjust(left=0.1, right=0.97, top=1 - 0.4 / height, bottom=0.7 / height, hspace=0.12)
        _fill(figure, outcome, panels)
        png = saved(figure, "png", {"Software": "Thecal", "Title": legible(title)})
        return {"svg": as_svg(figure, title), "png": png}


def _fill(figure: Figure, outcome: Outcome, panels: tuple[_Panel, ...]) -> None:
    response, scenario = outcome.response, outcome.scenario
    hours, time_label = time_axis(float(response.sample_times_h[-1]))
    times = response.sample_times_h / hours
    grid = figure.subplots(len(panels), 1, sharex=True, squeeze=False)
    for axes, panel in zip(grid[:, 0], panels, strict=True):
        for (quantity, name), (colour, dash) in zip(panel.lines, INK, strict=False):
            if quantity in SAME_FOR_ALL:
                axes.step(
                    times, response.typical(quantity), where="post", color=colour, linestyle=dash, label=name
                )
                continue
            band = response.band(quantity)
            axes.fill_between(times, band.low, band.high, color=colour, alpha=0.18, linewidth=0)
            axes.plot(times, band.median, color=colour, linestyle=dash, linewidth=1.6, label=name)
        _finish(axes, panel)
    grid[-1, 0].set_xlabel(time_label)
    figure.suptitle(legible(scenario.title), y=1 - 0.12 / figure.get_figheight())
    note = f"{LABEL}: median and 5 to 95 % of {scenario.patients} drawn patients, seed {scenario.seed}"
    figure.supxlabel(note, y=0.12 / figure.get_figheight(), fontsize=8, color="#444444")


def _finish(axes: Axes, panel: _Panel) -> None:
    axes.set_ylabel(panel.unit)
    value_axis(axes, panel.unit, headroom=_HEADROOM)
    light_grid(axes)
    add_legend(axes, loc="upper right", ncols=len(panel.lines), fontsize=8)


def _panels(outcome: Outcome) -> tuple[_Panel, ...]:
    sites = dict.fromkeys(one.csf_site for one in outcome.scenario.observations if one.csf_site)
    panels = []
    if outcome.supply is not None:
        panels.append(_Panel(unit="mcg/h", lines=((PUMP_RATE, "pump"), (TIP_RATE, "catheter tip"))))
    if sites:
        lines = tuple((csf_at(site), f"spinal fluid, {site}") for site in list(sites)[: len(INK)])
        panels.append(_Panel(unit="ng/mL", lines=lines))
    panels.append(_Panel(unit="ng/mL", lines=((PLASMA, "plasma"),)))
    panels.append(
        _Panel(unit=ASHWORTH_1_5.name, lines=((TONE_LEGS, "tone, legs"), (TONE_ARMS, "tone, arms")))
    )
    wanted = [one.readout for one in outcome.scenario.observations if one.readout]
    by_unit: dict[str, list[tuple[str, str]]] = {}
    for name in dict.fromkeys(wanted):
        by_unit.setdefault(READOUTS[name].unit, []).append((name, READOUTS[name].meaning))
    panels += [_Panel(unit=unit, lines=tuple(lines[: len(INK)])) for unit, lines in by_unit.items()]
    return tuple(panels)
