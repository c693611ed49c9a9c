"""Curves with bands as a picture: paths on stretched axes, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from thecal.web.demo.charts.axes import Tick, TimeAxis, ValueAxis
from thecal.web.demo.charts.curves import number, titled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from thecal.clinic.orders.whatif import Series, WhatIf

    Point = tuple[float, float]

_STYLES = ("today", "proposed")
_STEPPED = "rate"
_IN_DECADES = "fluid"
_LEAST_SHARE = 0.2
"""Of the lowest middle estimate, from which a band still counts for the height of an axis in decades."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One case of a quantity.

    Attributes:
        style: ``today`` or ``proposed``.
        path: the middle estimate.
        band: 5 to 95 % of the drawn patients, as a closed path; empty where all are alike.
        outer: the same of single measurements; empty where not asked.
    """

    style: str
    path: str
    band: str
    outer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One quantity in all cases."""

    key: str
    title: str
    unit: str
    description: str
    lines: tuple[Line, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    now: str


def charts_of(found: WhatIf, *, in_decades: bool = False) -> tuple[Chart, ...]:
    """Return a chart for each quantity; concentrations in decades where cases lie far apart."""
    axis = TimeAxis(found.times)
    now = f"{axis.x(found.now):.1f}"
    across = axis.ticks
    charts = []
    for place, first in enumerate(found.cases[0].series):
        group = [case.series[place] for case in found.cases]
        outer = [case.measured[place] if case.measured else None for case in found.cases]
        values = _axis_of(group, outer, in_decades=in_decades and first.group == _IN_DECADES)
        charts.append(
            Chart(
                key=first.key,
                title=titled(first),
                unit=first.unit,
                description=_describe(found, group),
                lines=tuple(
                    _line(axis, values, series, wider, style)
                    for series, wider, style in zip(group, outer, _STYLES, strict=False)
                ),
                across=across,
                up=values.ticks,
                now=now,
            )
        )
    return tuple(charts)


def _axis_of(group: Sequence[Series], outer: Sequence[Series | None], *, in_decades: bool) -> ValueAxis:
    if group[0].group == "tone":
        return ValueAxis.grades()
    if group[0].group == "signal":
        return ValueAxis.signal()
    drawn = [*group, *(one for one in outer if one is not None)]
    highest = max(max(one.mid if one.high is None else one.high) for one in drawn)
    lowest = min(min(one.mid) for one in group)
    if in_decades and lowest > 0:
        return ValueAxis.decades(lowest * _LEAST_SHARE, highest)
    return ValueAxis.from_zero(highest)


def _line(axis: TimeAxis, values: ValueAxis, series: Series, outer: Series | None, style: str) -> Line:
    across = [axis.x(moment) for moment in axis.times]

    def points(curve: Iterable[float]) -> list[Point]:
        return [(x, values.y(value)) for x, value in zip(across, curve, strict=True)]

    def closed(one: Series | None) -> str:
        if one is None or one.low is None or one.high is None:
            return ""
        return f"{_path(points(one.high))}L{_path(points(one.low)[::-1])[1:]}Z"

    middle = points(series.mid)
    if series.group == _STEPPED:
        middle = [middle[0], *(corner for pair in pairwise(middle) for corner in _step(*pair))]
    return Line(style=style, path=_path(middle), band=closed(series), outer=closed(outer))


def _step(left: Point, right: Point) -> tuple[Point, Point]:
    """Return the corner and the end of a step: a rate holds until the next."""
    return (right[0], left[1]), right


def _path(points: Sequence[Point]) -> str:
    """Return points as a path, those within a level stretch left out."""
    kept = [
        here
        for before, here, after in zip([None, *points], points, [*points[1:], None], strict=False)
        if before is None or after is None or not _level(before, here, after)
    ]
    return "M" + "L".join(f"{x:.1f} {y:.2f}" for x, y in kept)


def _level(before: Point, here: Point, after: Point) -> bool:
    return f"{before[1]:.2f}" == f"{here[1]:.2f}" == f"{after[1]:.2f}"


def _describe(found: WhatIf, group: Sequence[Series]) -> str:
    first = group[0]
    at = max(place for place, moment in enumerate(found.times) if moment <= found.now)
    said = [
        f"{case.label}: {number(series, series.mid[at])} now, {number(series, series.mid[-1])} at the end, "
        f"between {number(series, min(series.mid[at:]))} and {number(series, max(series.mid[at:]))}"
        for case, series in zip(found.cases, group, strict=True)
    ]
    return f"{titled(first)}, {first.unit}. {'; '.join(said)}."
