"""The validation as figures (needs matplotlib): distinguished by shape as well as by colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from thecal.body import ASHWORTH_1_5, LABEL, TONE_LEGS, csf_at
from thecal.lab.plots.figures import (
    GREY,
    INK,
    WIDTH_IN,
    add_legend,
    as_svg,
    legible,
    plain_style,
    value_axis,
)
from thecal.lab.validation.experiments.kinds import bolus_response, level_at_rest
from thecal.lab.validation.rows import Use, load_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from thecal.lab.validation.run import Validation, Verdict

_BLUE, _ORANGE, _GREEN = (colour for colour, _ in INK[:3])
_MARKS = {Use.CALIBRATION: "s", Use.TEST: "o", Use.CHECK: "^"}
_FARTHEST = 4.0
_DOSES_UG_DAY = np.geomspace(50, 1200, 9)


def as_figures(validation: Validation) -> dict[str, bytes]:
    """Return each figure as SVG by its file's name; the same run always gives the same bytes."""
    answered = [one for one in validation.verdicts if one.middle is not None]
    kept = [one for one in answered if one.row.use is not Use.CHECK]
    further = [one for one in answered if one.row.use is Use.CHECK and not one.row.wiring]
    return {
        "validation-rows.svg": _all_rows("Published numbers and the model", kept),
        "validation-further.svg": _all_rows("Further numbers and the model", further),
        "validation-levels.svg": _figure("Lumbar fluid at rest", 4.0, _levels),
        "validation-bolus.svg": _figure("Leg tone after 50 mcg by lumbar puncture", 4.0, _bolus),
    }


def _all_rows(title: str, answered: list[Verdict]) -> bytes:
    return _figure(title, 1.2 + 0.27 * len(answered), lambda axes: _rows(axes, answered))


def _figure(title: str, height_in: float, fill: Callable[[Axes], None]) -> bytes:
    with plain_style(title):
        from matplotlib.figure import Figure  # noqa: PLC0415 - the models run without it

        figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
        axes = figure.subplots()
        fill(axes)
        figure.suptitle(title)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        cohort = load_rows().cohort
        figure.supxlabel(
            f"{LABEL}; {cohort.patients} drawn patients, seed {cohort.seed}", fontsize=8, color=GREY
        )
        return as_svg(figure, title)


def _rows(axes: Axes, answered: list[Verdict]) -> None:
    """Draw how far each answer lies from the middle of what is accepted, in half-widths of it."""
    axes.axvspan(-1, 1, color=_GREEN, alpha=0.15, linewidth=0, label="accepted")
    for height, one in enumerate(reversed(answered)):
        low, high = one.row.accepted
        centre, half = (low + high) / 2, (high - low) / 2
        ends = [float(np.clip((end - centre) / half, -_FARTHEST, _FARTHEST)) for end in one.predicted or ()]
        at = float(np.clip(((one.middle or 0.0) - centre) / half, -_FARTHEST, _FARTHEST))
        colour = _BLUE if one.ok else _ORANGE
        axes.plot(ends, [height] * len(ends), color=colour, linewidth=1.2)
        axes.plot(
            at,
            height,
            _MARKS[one.row.use],
            color=colour,
            markerfacecolor=colour if one.ok else "white",
            clip_on=False,
        )
    axes.set_yticks(
        range(len(answered)), [legible(f"{one.row.row_id}: {one.row.what}") for one in reversed(answered)]
    )
    axes.tick_params(axis="y", labelsize=7.5)
    axes.set_ylim(-1, len(answered))
    axes.set_xlim(-_FARTHEST - 0.1, _FARTHEST + 0.1)
    axes.set_xlabel("half-widths of the accepted range\n(what lies farther stands at the edge)", fontsize=8)
    for use in dict.fromkeys(one.row.use for one in answered):
        axes.plot([], [], _MARKS[use], color=GREY, label="further" if use is Use.CHECK else use.value)
    axes.plot([], [], "o", color=_BLUE, label="met")
    axes.plot([], [], "o", color=_ORANGE, markerfacecolor="white", label="missed")
    add_legend(axes, loc="lower right", bbox_to_anchor=(1.0, 1.03), ncols=6, fontsize=7.5)


def _levels(axes: Axes) -> None:
    """Draw lumbar fluid against daily dose, with the two ends of the Swiss label."""
    cohort = load_rows().cohort
    # The model is linear: one dose gives all.
    per_ug_day = level_at_rest(cohort, dose_ug_day=100.0, where="lumbar") / 100.0
    low, middle, high = np.percentile(per_ug_day, [5, 50, 95])
    axes.fill_between(
        _DOSES_UG_DAY, low * _DOSES_UG_DAY, high * _DOSES_UG_DAY, color=_BLUE, alpha=0.18, linewidth=0
    )
    axes.plot(_DOSES_UG_DAY, middle * _DOSES_UG_DAY, color=_BLUE, label="model, median and 5 to 95 %")
    ends = [one for one in load_rows().rows if one.row_id in {"1a", "1b"}]
    doses = [float(one.settings["dose_ug_day"]) for one in ends]
    observed = [one.observed[0] for one in ends]
    reach = [
        [one.observed[0] - one.accepted[0] for one in ends],
        [one.accepted[1] - one.observed[0] for one in ends],
    ]
    axes.errorbar(
        doses, observed, yerr=reach, fmt="s", color=_ORANGE, capsize=4, label="Swiss label, factor 2"
    )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks([50, 100, 200, 400, 800, 1200], ["50", "100", "200", "400", "800", "1200"])
    axes.minorticks_off()
    axes.set_yticks([100, 300, 1000, 3000], ["100", "300", "1000", "3000"])
    axes.set_xlabel("mcg/day")
    axes.set_ylabel("ng/mL")
    axes.grid(visible=True, color="#dddddd", linewidth=0.6)
    add_legend(axes, loc="upper left", fontsize=8)


def _bolus(axes: Axes) -> None:
    """Draw leg tone after a screening bolus, with the label's onset, peak and duration."""
    response = bolus_response(load_rows().cohort, dose_ug=50.0)
    band = response.band(TONE_LEGS)
    axes.fill_between(response.sample_times_h, band.low, band.high, color=_BLUE, alpha=0.18, linewidth=0)
    axes.plot(response.sample_times_h, band.median, color=_BLUE, label="model, median and 5 to 95 %")
    axes.axvspan(0.5, 1.0, color=_ORANGE, alpha=0.25, linewidth=0, label="label: onset 0.5 to 1 h")
    axes.axvline(4.0, color=_GREEN, linestyle="--", label="label: peak about 4 h")
    axes.set_xlim(0, 16)
    value_axis(axes, ASHWORTH_1_5.name, headroom=1.0)
    axes.set_xlabel("hours since the bolus")
    axes.set_ylabel("Ashworth 1-5")
    axes.grid(visible=True, color="#dddddd", linewidth=0.6)
    add_legend(axes, loc="upper right", fontsize=8)
    lumbar = axes.twinx()
    lumbar.plot(
        response.sample_times_h,
        response.band(csf_at("lumbar")).median / 1000,
        color=GREY,
        linestyle=":",
        label="lumbar fluid, median",
    )
    lumbar.set_ylabel("lumbar fluid, mcg/mL (dotted)")
    lumbar.set_ylim(0, None)
    lumbar.spines["top"].set_visible(False)
