"""The catheter as a tube of plug flow: what leaves the tip is what entered one dead volume earlier.

With W(t) the volume pumped so far, fluid at the tip at time t entered when W was W(t) - V_dead, so the tip
delivers flow(t) x c(W(t) - V_dead) (docs/science/body.md, eq. 1). A change of concentration reaches the tip
exactly when V_dead has been pumped behind it, whatever the flow did meanwhile.

Neglected: mixing along the tube, diffusion at the tip while the pump stands still, compliance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from thecal.body.bounds import increasing, number, series
from thecal.body.levels import TIP_LEVELS, height_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.body.bounds import Floats

_LONGEST_H = 24 * 366 * 30.0
_MOST_FLOW_ML_H = 60.0
_MOST_UG_ML = 10_000.0
_LONGEST_CATHETER_CM = 150.0


@dataclass(frozen=True, eq=False)
class Inflow:
    """What leaves the pump: flow and concentration, constant between edges, nothing before or after.

    Args:
        edges_h: hours since the start, increasing, from 0 up; shape ``(n + 1,)``.
        flow_mL_h: flow in each half-open interval; shape ``(n,)``.
        concentration_ug_mL: concentration of what flows; shape ``(n,)``.

    Raises:
        ValueError: shapes that do not fit, times that do not increase, values out of range.
    """

    edges_h: Floats
    flow_mL_h: Floats
    concentration_ug_mL: Floats

    def __init__(
        self,
        edges_h: Sequence[float] | Floats,
        flow_mL_h: Sequence[float] | Floats,
        concentration_ug_mL: Sequence[float] | Floats,
    ) -> None:
        edges = increasing("edges_h", series("edges_h", edges_h, "h", low=0, high=_LONGEST_H), "h")
        flow = series("flow_mL_h", flow_mL_h, "mL/h", low=0, high=_MOST_FLOW_ML_H)
        concentration = series("concentration_ug_mL", concentration_ug_mL, "ug/mL", low=0, high=_MOST_UG_ML)
        if not len(flow) == len(concentration) == len(edges) - 1:
            raise ValueError(
                f"an inflow of {len(flow)} flows needs {len(flow) + 1} edges and {len(flow)} concentrations, "
                f"got {len(edges)} and {len(concentration)}"
            )
        object.__setattr__(self, "edges_h", edges)
        object.__setattr__(self, "flow_mL_h", flow)
        object.__setattr__(self, "concentration_ug_mL", concentration)

    @classmethod
    def nothing(cls) -> Self:
        """Return the inflow of a patient without a running pump."""
        return cls([0.0], [], [])

    @property
    def rate_ug_h(self) -> Floats:
        """Drug leaving the pump in each interval, ug/h; shape ``(n,)``."""
        return self.flow_mL_h * self.concentration_ug_mL

    @property
    def pumped_mL(self) -> Floats:  # noqa: N802 - the symbol's case is the unit
        """Volume pumped up to each edge; shape ``(n + 1,)``."""
        return _running_total(self.flow_mL_h * np.diff(self.edges_h))

    def infused_ug(self, times_h: Floats) -> Floats:
        """Return the drug that has left the pump by each time."""
        return np.interp(times_h, self.edges_h, _running_total(self.rate_ug_h * np.diff(self.edges_h)))


@dataclass(frozen=True, kw_only=True)
class Implant:
    """Where the catheter ends and what it holds when the story begins.

    Args:
        tip_level: vertebral level of the tip, C1 to L2.
        catheter_length_cm: implanted length.
        tubing_mL: volume of the pump's own tubing (0.140: SynchroMed II programmer since 2017, TGA recall
            RC-2017-RN-00065-1; whether it is the true geometry is open, 0.14 to 0.20).
        bore_mL_per_cm: catheter volume per length (0.0022: commonly quoted, not verified).
        primed_with_ug_mL: drug in the dead volume at the start; 0 when it is filled with spinal fluid.
    """

    tip_level: str = "T10"
    catheter_length_cm: float = 80.0
    tubing_mL: float = 0.140
    bore_mL_per_cm: float = 0.0022
    primed_with_ug_mL: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be implanted."""
        height_of(self.tip_level)
        if self.tip_level not in TIP_LEVELS:
            raise ValueError(
                f"tip_level is {self.tip_level!r}; allowed: vertebral level {TIP_LEVELS[-1]} to "
                f"{TIP_LEVELS[0]} (levels in clinical use)"
            )
        number("catheter_length_cm", self.catheter_length_cm, "cm", low=0, high=_LONGEST_CATHETER_CM)
        number("tubing_mL", self.tubing_mL, "mL", low=0, high=1)
        number("bore_mL_per_cm", self.bore_mL_per_cm, "mL/cm", low=0, high=0.05)
        number("primed_with_ug_mL", self.primed_with_ug_mL, "ug/mL", low=0, high=_MOST_UG_ML)

    @property
    def dead_volume_mL(self) -> float:  # noqa: N802 - the symbol's case is the unit
        """Tubing and catheter together."""
        return self.tubing_mL + self.catheter_length_cm * self.bore_mL_per_cm


@dataclass(frozen=True, eq=False)
class TipFlow:
    """Drug leaving the catheter tip, constant between edges; shapes ``(n + 1,)`` and ``(n,)``."""

    edges_h: Floats
    rate_ug_h: Floats

    def delivered_ug(self, times_h: Floats) -> Floats:
        """Return the drug that has left the tip by each time."""
        return np.interp(times_h, self.edges_h, _running_total(self.rate_ug_h * np.diff(self.edges_h)))


def through_catheter(inflow: Inflow, implant: Implant) -> TipFlow:
    """Return what leaves the tip while the pump delivers ``inflow``.

    The new edges are the inflow's own and, exactly, the moments when a change of concentration arrives.
    """
    if not len(inflow.flow_mL_h):
        return TipFlow(edges_h=inflow.edges_h, rate_ug_h=np.zeros(0))
    pumped = inflow.pumped_mL
    changes = np.diff(inflow.concentration_ug_mL, prepend=implant.primed_with_ug_mL) != 0
    fronts = pumped[:-1][changes] + implant.dead_volume_mL
    fronts = fronts[fronts < pumped[-1]]
    moving = inflow.flow_mL_h > 0
    step = np.clip(np.searchsorted(pumped, fronts, side="left") - 1, 0, len(moving) - 1)
    arrivals = inflow.edges_h[step] + (fronts - pumped[step]) / np.where(
        moving[step], inflow.flow_mL_h[step], 1.0
    )
    edges = np.union1d(inflow.edges_h, arrivals)
    middles = (edges[:-1] + edges[1:]) / 2
    segment = np.clip(np.searchsorted(inflow.edges_h, middles, side="right") - 1, 0, len(moving) - 1)
    entered = np.interp(middles, inflow.edges_h, pumped) - implant.dead_volume_mL
    return TipFlow(edges_h=edges, rate_ug_h=inflow.flow_mL_h[segment] * _content(inflow, implant, entered))


def held_ug(inflow: Inflow, implant: Implant, times_h: Floats) -> Floats:
    """Return the drug inside tubing and catheter at each time, from the plugs that lie in it."""
    if not len(inflow.flow_mL_h):
        return np.full(len(times_h), implant.primed_with_ug_mL * implant.dead_volume_mL)
    pumped = inflow.pumped_mL
    volume = implant.dead_volume_mL
    edges = np.concatenate(([-volume], pumped))
    strengths = np.concatenate(([implant.primed_with_ug_mL], inflow.concentration_ug_mL))
    newest = np.interp(times_h, inflow.edges_h, pumped)[:, np.newaxis]
    inside = np.clip(edges, newest - volume, newest)
    return np.asarray(np.diff(inside, axis=1) @ strengths, dtype=np.float64)


def _content(inflow: Inflow, implant: Implant, entered_mL: Floats) -> Floats:
    """Return the concentration of fluid by the pumped volume at which it entered; negative: the prime."""
    pumped = inflow.pumped_mL
    segment = np.clip(np.searchsorted(pumped, entered_mL, side="right") - 1, 0, len(inflow.flow_mL_h) - 1)
    return np.where(entered_mL < 0, implant.primed_with_ug_mL, inflow.concentration_ug_mL[segment])


def _running_total(steps: Floats) -> Floats:
    return np.concatenate(([0.0], np.cumsum(steps)))
