"""The door from Decimal to float: what a pump delivered becomes an inflow; nothing comes back through it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from thecal.body.inflow import Inflow
from thecal.quantities import aware, microseconds

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.therapy import Delivery

_MICROSECONDS_PER_HOUR = microseconds(timedelta(hours=1))
_HOURS_PER_DAY = 24


def hours_since(start: datetime, moment: datetime) -> float:
    """Return simulation time: hours from ``start`` to ``moment``, both aware."""
    return microseconds(aware(moment) - aware(start)) / _MICROSECONDS_PER_HOUR


def inflow_from_delivery(delivery: Delivery, start: datetime) -> Inflow:
    """Return a delivery as an inflow in hours since ``start``.

    Neighbouring segments of the same flow and concentration become one.

    Raises:
        ValueError: the delivery begins before ``start``, or ``start`` names no time zone.
    """
    edges: list[float] = []
    flow_mL_h: list[float] = []
    concentration_ug_mL: list[float] = []
    for segment in delivery.segments:
        begins, ends = (
            hours_since(start, moment) for moment in (segment.interval.start, segment.interval.end)
        )
        if begins < 0:
            raise ValueError(
                f"the delivery begins {-begins:g} h before the start; allowed: from {start.isoformat()} on"
            )
        flow = float(segment.flow.mL_per_day) / _HOURS_PER_DAY
        concentration = float(segment.concentration.ug_per_mL)
        if ends == begins:
            continue
        if not edges:
            edges.append(begins)
        if flow_mL_h and (flow_mL_h[-1], concentration_ug_mL[-1]) == (flow, concentration):
            edges[-1] = ends
            continue
        edges.append(ends)
        flow_mL_h.append(flow)
        concentration_ug_mL.append(concentration)
    return Inflow(edges, flow_mL_h, concentration_ug_mL) if edges else Inflow.nothing()
