"""A what-if in numbers: from lowest to highest, and at a few moments with the bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.quantities import DAY
from thecal.web.demo.curves import index_of, number, said, titled

if TYPE_CHECKING:
    from datetime import timedelta

    from thecal.clinic.orders.whatif import Series, WhatIf

_MOMENTS = (
    ("now", 0 * DAY),
    ("in 6 h", DAY / 4),
    ("in a day", DAY),
    ("in 2 days", 2 * DAY),
    ("in 4 days", 4 * DAY),
    ("in a week", 7 * DAY),
)


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


def at_moments(found: WhatIf) -> Table:
    """Return every quantity at a few moments, with its band."""
    moments = [
        (name, index_of(found.times, found.now + shift)) for name, shift in _MOMENTS if _shown(found, shift)
    ]
    rows = []
    for place, first in enumerate(found.cases[0].series):
        for case in found.cases:
            series = case.series[place]
            which = f", {case.label}" if len(found.cases) > 1 else ""
            rows.append(
                Row(f"{titled(first)}, {first.unit}{which}", tuple(said(series, at) for _, at in moments))
            )
            if case.measured:
                wider = case.measured[place]
                rows.append(Row(f"{titled(first)}, as measured", tuple(said(wider, at) for _, at in moments)))
    return Table(("quantity", *(name for name, _ in moments)), tuple(rows))


def _shown(found: WhatIf, shift: timedelta) -> bool:
    return found.now + shift <= found.times[-1]


def _range(series: Series, start: int) -> str:
    low, high = (number(series, edge(series.mid[start:])) for edge in (min, max))
    return low if low == high else f"{low} to {high}"
