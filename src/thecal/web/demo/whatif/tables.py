"""A what-if in numbers: from lowest to highest, all in all and over a few days, with the bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.quantities import DAY
from thecal.web.demo.charts.curves import index_of, number, said, titled

if TYPE_CHECKING:
    from datetime import timedelta

    from thecal.clinic.orders.whatif import Series, WhatIf

_PERIODS = (
    ("now", 0 * DAY, 0 * DAY),
    ("next 6 h", 0 * DAY, DAY / 4),
    ("next 24 h", 0 * DAY, DAY),
    ("day 2", DAY, 2 * DAY),
    ("day 4", 3 * DAY, 4 * DAY),
    ("day 7", 6 * DAY, 7 * DAY),
)
"""From and to, counted from now."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table."""

    what: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows, all in words."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def extremes(found: WhatIf) -> Table:
    """Return the lowest and highest middle estimate from now on, a column for each case."""
    start = index_of(found.times, found.now)
    rows = [
        Row(
            f"{titled(first)}, {first.unit}",
            tuple(_range(case.series[place], start) for case in found.cases),
        )
        for place, first in enumerate(found.cases[0].series)
    ]
    return Table(("quantity", *(case.label for case in found.cases)), tuple(rows))


def over_days(found: WhatIf) -> Table:
    """Return the lowest and the highest of every quantity now and over a few days, with its band."""
    periods = [
        (name, found.now + start, found.now + end) for name, start, end in _PERIODS if _shown(found, end)
    ]

    def cells(series: Series) -> tuple[str, ...]:
        return tuple(said(series, found.times, start, end) for _, start, end in periods)

    rows = []
    for place, first in enumerate(found.cases[0].series):
        for case in found.cases:
            series = case.series[place]
            which = f", {case.label}" if len(found.cases) > 1 else ""
            rows.append(Row(f"{titled(first)}, {first.unit}{which}", cells(series)))
            if case.measured:
                wider = case.measured[place]
                rows.append(Row(f"{titled(first)}, as measured", cells(wider)))
    return Table(("quantity", *(name for name, _, _ in periods)), tuple(rows))


def _shown(found: WhatIf, shift: timedelta) -> bool:
    return found.now + shift <= found.times[-1]


def _range(series: Series, start: int) -> str:
    low, high = (number(series, edge(series.mid[start:])) for edge in (min, max))
    return low if low == high else f"{low} to {high}"
