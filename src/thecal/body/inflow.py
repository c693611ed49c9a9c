"""What leaves the pump: flow and concentration over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from thecal.body.bounds import increasing, series

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.body.bounds import Floats

_LONGEST_H = 24 * 366 * 30.0
_MOST_FLOW_ML_H = 60.0
MOST_UG_ML = 10_000.0


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
        concentration = series("concentration_ug_mL", concentration_ug_mL, "ug/mL", low=0, high=MOST_UG_ML)
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
        return running_total(self.flow_mL_h * np.diff(self.edges_h))

    def infused_ug(self, times_h: Floats) -> Floats:
        """Return the drug that has left the pump by each time."""
        return np.interp(times_h, self.edges_h, running_total(self.rate_ug_h * np.diff(self.edges_h)))


def running_total(steps: Floats) -> Floats:
    """Return the sum of all steps before each edge; one longer than ``steps``."""
    return np.concatenate(([0.0], np.cumsum(steps)))
