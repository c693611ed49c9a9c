"""What leaves the pump: flow and concentration over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from thecal.body.bounds import LONGEST_H, explains_arguments, increasing, number, one_of, series

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.body.bounds import Floats

_MOST_FLOW_ML_H = 60.0
_MOST_UG_DAY = 100_000.0
_HOURS_PER_DAY = 24.0
MOST_UG_ML = 10_000.0
_ROUNDING_H = 1e-6


@explains_arguments
@dataclass(frozen=True, eq=False)
class Inflow:
    """What leaves the pump: flow and concentration, constant between edges, nothing before.

    It must reach the last sample of a run: ``stopped`` says that the pump stands still after its end.

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
        edges = increasing("edges_h", series("edges_h", edges_h, "h", low=0, high=LONGEST_H), "h")
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

    @classmethod
    def of_doses(
        cls, doses_ug_day: Mapping[float, float], *, concentration_ug_mL: float, until_h: float
    ) -> Self:
        """Return daily doses, each from its hour until the next one's, of one solution.

        >>> Inflow.of_doses({0: 120, 48: 240}, concentration_ug_mL=500, until_h=72).rate_ug_h
        array([ 5., 10.])

        Args:
            doses_ug_day: the dose, ug/day, by the hour from which it runs; hours increase, 0 stops the pump.
            concentration_ug_mL: of the solution; above 0.
            until_h: when the last one ends, hours since the start.

        Raises:
            ValueError: a solution without drug, hours that go backwards, a dose or flow out of range.
        """
        one_of("doses_ug_day", doses_ug_day, Mapping, allowed="doses by the hour, as in {0: 120, 48: 240}")
        number("concentration_ug_mL", concentration_ug_mL, "ug/mL", low=0.001, high=MOST_UG_ML)
        hours = series("hours", [*doses_ug_day, until_h], "h", low=0, high=LONGEST_H)
        edges = increasing("hours", hours, "h")
        doses = series("doses_ug_day", list(doses_ug_day.values()), "ug/day", low=0, high=_MOST_UG_DAY)
        return cls(
            edges, doses / _HOURS_PER_DAY / concentration_ug_mL, np.full(len(doses), concentration_ug_mL)
        )

    def stopped(self, *, until_h: float) -> Self:
        """Return the inflow with the pump stopped from where it ends until a later time.

        >>> Inflow.of_doses({0: 120}, concentration_ug_mL=500, until_h=48).stopped(until_h=72).rate_ug_h
        array([5., 0.])

        Raises:
            ValueError: a time before the end.
        """
        end_h = float(self.edges_h[-1])
        number("until_h", until_h, "h", low=end_h, high=LONGEST_H, source="from where the inflow ends")
        if until_h == end_h:
            return self
        last = self.concentration_ug_mL[-1:] if len(self.concentration_ug_mL) else np.zeros(1)
        return type(self)(
            np.append(self.edges_h, until_h),
            np.append(self.flow_mL_h, 0.0),
            np.append(self.concentration_ug_mL, last),
        )

    def check_reaches(self, last_sample_h: float) -> None:
        """Refuse an inflow that ends before the last sample: what the pump does then is not known.

        Raises:
            ValueError: with both times, and how to say that the pump stops.
        """
        if len(self.flow_mL_h) and self.edges_h[-1] < last_sample_h - _ROUNDING_H:
            raise ValueError(
                f"inflow ends at {self.edges_h[-1]:g} h, before the last sample at {last_sample_h:g} h; "
                f"allowed: up to {last_sample_h:g} h or later. If the pump stops there, say so: "
                f"inflow.stopped(until_h={last_sample_h:g})"
            )

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
