"""Convert the delivery of a pump, in Decimal, to an inflow in float; there is no way back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from thecal.body.bounds import LONGEST_H, increasing, list_of, one_of, series
from thecal.body.catheter.inflow import Inflow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.therapy import Capability, Delivery, Program

_MICROSECONDS_PER_HOUR = 3_600_000_000
_HOURS_PER_DAY = 24
_A_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)


def hours_since(start: datetime, moment: datetime) -> float:
    """Return simulation time: hours from ``start`` to ``moment``, both aware."""
    from thecal.quantities import elapsed, microseconds  # noqa: PLC0415 - who has no pump loads none

    for name, one in (("start", start), ("moment", moment)):
        one_of(name, one, datetime, allowed="a moment with its time zone")
    return microseconds(elapsed(start, moment)) / _MICROSECONDS_PER_HOUR


def inflow_from_delivery(delivery: Delivery, start: datetime) -> Inflow:
    """Return a delivery as an inflow in hours since ``start``.

    Neighbouring segments of the same flow and concentration become one.

    Raises:
        ValueError: the delivery begins before ``start``, or ``start`` names no time zone.
    """
    from thecal.therapy import Delivery  # noqa: PLC0415 - who has no pump loads none

    one_of("delivery", delivery, Delivery, allowed="a Delivery, as a pump's record holds it")
    one_of("start", start, datetime, allowed="a moment with its time zone")
    stretches = []
    for segment in delivery.segments:
        begins, ends = (
            hours_since(start, moment) for moment in (segment.interval.start, segment.interval.end)
        )
        if begins < 0:
            raise ValueError(
                f"the delivery begins {-begins:g} h before the start; allowed: from {start.isoformat()} on"
            )
        flow = float(segment.flow.mL_per_day) / _HOURS_PER_DAY
        stretches.append((begins, ends, flow, float(segment.concentration.ug_per_mL)))
    return _joined(stretches)


def inflow_from_programs(
    programs: Mapping[float, Program],
    *,
    until_h: float,
    starts_at: time = time(0),
    capability: Capability | None = None,
) -> Inflow:
    """Return what programs deliver, one after the other, as an inflow; flex days, boluses and bridges too.

    The pump is ideal: it holds enough, never errs, and before a program of another concentration the
    reservoir is emptied and filled with that concentration. For a pump that can run dry or alarm, run a
    scenario.

    >>> from decimal import Decimal
    >>> from thecal.quantities import Concentration, DoseRate
    >>> from thecal.therapy import BACLOFEN, Program, SimpleContinuous
    >>> simple = SimpleContinuous(dose=DoseRate(ug_per_day=Decimal(120)))
    >>> concentration = Concentration(ug_per_mL=Decimal(500))
    >>> program = Program(drug=BACLOFEN, concentration=concentration, base=simple)
    >>> inflow_from_programs({0: program}, until_h=48).rate_ug_h
    array([5.])

    Args:
        programs: by the hour since the start from which each runs; hours increase, from 0 up.
        until_h: when the last one ends, hours since the start.
        starts_at: the pump's time of day at hour 0, a Monday.
        capability: of the pump that compiles the programs and rounds each amount down; None for the exact
            amounts of the programs.

    Raises:
        ValueError: hours that go backwards, or a minimum rate without a pump to say what that is.
        UndeliverableError: the pump cannot do it; with every reason.
    """
    from thecal.quantities import FlowRate, Interval, PumpClock, since_midnight  # noqa: PLC0415 - as the next
    from thecal.therapy import (  # noqa: PLC0415 - who has no programs loads none
        Capability,
        Program,
        compile_program,
        pieces,
    )

    one_of("programs", programs, Mapping, allowed="programs by the hour from which each runs")
    list_of("programs", programs.values(), Program, allowed="a Program")
    one_of("starts_at", starts_at, time, allowed="a time of day")
    one_of("capability", capability, (Capability, type(None)), allowed="a pump's Capability, or None")
    hours = series("hours", [*programs, until_h], "h", low=0, high=LONGEST_H)
    increasing("hours", hours, "h")
    start = _A_MONDAY + since_midnight(starts_at)
    least = FlowRate(mL_per_day=Decimal(0)) if capability is None else capability.minimum_rate
    stretches = []
    for (begins, ends), program in zip(pairwise(hours), programs.values(), strict=True):
        if capability is None and program.is_minimum_rate:
            raise ValueError(
                f"program from {begins:g} h runs at the minimum rate; allowed: with a pump's capability"
            )
        runs = program if capability is None else compile_program(program, capability).program
        interval = Interval(start + timedelta(hours=begins), start + timedelta(hours=ends))
        concentration = float(runs.concentration.ug_per_mL)
        stretches += [
            (
                hours_since(start, piece.interval.start),
                hours_since(start, piece.interval.end),
                float(piece.mL_per_day) / _HOURS_PER_DAY,
                concentration,
            )
            for piece in pieces(runs, interval, started=interval.start, clock=PumpClock(), minimum_rate=least)
        ]
    return _joined(stretches)


def _joined(stretches: Sequence[tuple[float, float, float, float]]) -> Inflow:
    """Return adjoining stretches (start, end, flow, concentration) as an inflow; equal ones become one."""
    edges: list[float] = []
    flow_mL_h: list[float] = []
    concentration_ug_mL: list[float] = []
    for begins, ends, flow, concentration in stretches:
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
