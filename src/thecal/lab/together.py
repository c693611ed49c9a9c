"""Several responses in one figure (needs matplotlib): by mouth beside from a pump, panel by panel."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from thecal.body import (
    ASHWORTH_1_5,
    CORD_LEGS,
    LABEL,
    PLASMA,
    SEDATION,
    TONE_LEGS,
    Implant,
    Inflow,
    OralDose,
)
from thecal.lab.cohort import respond
from thecal.lab.patient import Origin, VirtualPatient

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from thecal.body import Response

# Okabe and Ito, each with its own dash.
_INK = (("#0072b2", "-"), ("#d55e00", "--"), ("#009e73", "-."))
_PANELS = (
    (CORD_LEGS, "cord of the legs, ng/mL", True),
    (PLASMA, "plasma, ng/mL", True),
    (TONE_LEGS, "tone, legs, Ashworth 1-5", False),
    (SEDATION, "sedation signal, 0-1", False),
)
_HOURS = 96
_PATIENTS, _SEED = 64, 60
_DOSE_MG, _EVERY_H = 20.0, 8.0
_DOSE_UG_DAY, _STRENGTH_UG_ML = 200.0, 500.0
_LEAST_SHOWN = 0.03


def oral_against_intrathecal() -> Mapping[str, Response]:
    """Return four days of the same patients by mouth and from a pump."""
    patient = VirtualPatient(origin=Origin.SPINAL, known=(("tone_legs_before", 4.0),))
    times = [0.25 * step for step in range(4 * _HOURS + 1)]
    pump = Inflow([0.0, _HOURS], [_DOSE_UG_DAY / 24 / _STRENGTH_UG_ML], [_STRENGTH_UG_ML])
    doses = OralDose.repeated(_DOSE_MG, every_h=_EVERY_H, doses=int(_HOURS / _EVERY_H))
    implant = Implant(primed_with_ug_mL=_STRENGTH_UG_ML)
    also = (CORD_LEGS, SEDATION)
    return {
        "20 mg by mouth every 8 h": respond(
            patient,
            patients=_PATIENTS,
            seed=_SEED,
            sample_times_h=times,
            sites=(),
            oral=doses,
            also=also,
        ),
        "200 mcg/day from a pump, tip T10": respond(
            patient,
            patients=_PATIENTS,
            seed=_SEED,
            sample_times_h=times,
            sites=(),
            inflow=pump,
            implant=implant,
            also=also,
        ),
    }


def as_svg(responses: Mapping[str, Response]) -> bytes:
    """Return responses as one figure: cord, plasma, tone and sedation; the same runs give the same bytes."""
    import matplotlib as mpl  # noqa: PLC0415 - the models run without it
    from matplotlib.figure import Figure  # noqa: PLC0415

    with mpl.rc_context({"svg.hashsalt": "together", "svg.fonttype": "none", "font.size": 9.0}):
        figure = Figure(figsize=(8.0, 8.6), layout="constrained")
        grid = figure.subplots(len(_PANELS), 1, sharex=True)
        for axes, (quantity, name, in_decades) in zip(grid, _PANELS, strict=True):
            for (label, response), (colour, dash) in zip(responses.items(), _INK, strict=False):
                band = response.band(quantity)
                hours = response.sample_times_h
                axes.fill_between(hours, band.low, band.high, color=colour, alpha=0.18, linewidth=0)
                axes.plot(hours, band.median, color=colour, linestyle=dash, linewidth=1.6, label=label)
            _dress(axes, name, in_decades=in_decades)
        grid[0].legend(loc="lower right", frameon=False, fontsize=8)
        grid[-1].set_xlabel("hours since the start")
        figure.supxlabel(f"{LABEL}: median and 5 to 95 % of the drawn patients", fontsize=8, color="#444444")
        written = io.BytesIO()
        about = {"Date": None, "Creator": "Thecal", "Title": "By mouth against from a pump"}
        figure.savefig(written, format="svg", metadata=about)
        return written.getvalue()


def _dress(axes: Axes, name: str, *, in_decades: bool) -> None:
    axes.set_ylabel(name, fontsize=8)
    if in_decades:
        axes.set_yscale("log")
        axes.set_ylim(bottom=_LEAST_SHOWN)
    elif "Ashworth" in name:
        axes.set_ylim(ASHWORTH_1_5.lowest - 0.1, ASHWORTH_1_5.highest + 0.1)
    else:
        axes.set_ylim(0, 1)
    axes.grid(visible=True, color="#dddddd", linewidth=0.6)
    axes.margins(x=0)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
