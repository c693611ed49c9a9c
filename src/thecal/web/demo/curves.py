"""The curves as a browser draws them and as a table says them: a few figures, no more than a model knows."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone
from ninja import Schema

from thecal.quantities import DAY, elapsed, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from thecal.clinic.orders.forecast import Curves, Series

_MOMENTS = (("a week ago", -7 * DAY), ("now", 0 * DAY), ("in a day", DAY), ("in a week", 7 * DAY))
_LEAST = 0.001


class Line(Schema):
    """One quantity under one program; null where the line is not drawn, no band for what a pump does."""

    low: list[float | None] | None
    mid: list[float | None]
    high: list[float | None] | None


class Panel(Schema):
    """One quantity: today's program, and the proposed one from now on."""

    key: str
    title: str
    unit: str
    group: str
    today: Line
    proposed: Line | None


class Row(Schema):
    """One line of the table: a quantity under a program."""

    what: str
    cells: list[str]


class Table(Schema):
    """The curves in words, for whoever does not see or does not run scripts."""

    columns: list[str]
    rows: list[Row]


class CurvesOut(Schema):
    """Two weeks around now; times are seconds since 1970, UTC."""

    label: str
    now: float
    zone: str
    times: list[float]
    panels: list[Panel]
    table: Table


def curves_out(curves: Curves) -> CurvesOut:
    """Write the clinic's curves for a browser."""
    proposed = curves.proposed or (None,) * len(curves.current)
    now = curves.times.index(curves.now) if curves.now in curves.times else 0
    return CurvesOut(
        label=curves.label,
        now=curves.now.timestamp(),
        zone=timezone.get_current_timezone_name(),
        times=[moment.timestamp() for moment in curves.times],
        panels=[
            Panel(
                key=series.key,
                title=titled(series),
                unit=series.unit,
                group=series.group,
                today=_line(series, shown_from=0),
                proposed=None if other is None else _line(other, shown_from=now),
            )
            for series, other in zip(curves.current, proposed, strict=True)
        ],
        table=table_of(curves),
    )


def table_of(curves: Curves) -> Table:
    """Say the curves at a few moments."""
    moments = [
        (name, at) for name, shift in _MOMENTS if (at := _index(curves.times, curves.now, shift)) is not None
    ]
    rows = []
    for series, other in zip(curves.current, curves.proposed or (None,) * len(curves.current), strict=True):
        what = f"{titled(series)}, {series.unit}"
        rows.append(Row(what=what, cells=[said(series, at) for _, at in moments]))
        if other is not None:
            rows.append(Row(what=f"{what}, proposed", cells=[said(other, at) for _, at in moments]))
    return Table(columns=["quantity", *(name for name, _ in moments)], rows=rows)


def titled(series: Series) -> str:
    """Return a quantity's name as a title."""
    return series.label[:1].upper() + series.label[1:]


def _line(series: Series, *, shown_from: int) -> Line:
    def drawn(values: tuple[float, ...] | None) -> list[float | None] | None:
        if values is None:
            return None
        return [None] * shown_from + [float(f"{value:.4g}") for value in values[shown_from:]]

    return Line(low=drawn(series.low), mid=drawn(series.mid) or [], high=drawn(series.high))


def index_of(times: Sequence[datetime], moment: datetime) -> int:
    """Return where the time nearest to a moment is."""
    return min(range(len(times)), key=lambda at: abs(elapsed(moment, times[at])))


def _index(times: Sequence[datetime], now: datetime, shift: timedelta) -> int | None:
    """Return where the moment ``shift`` from now is, or None if the curves do not reach it."""
    wanted = now + shift
    if not times[0] - DAY < wanted < times[-1] + DAY:
        return None
    return index_of(times, wanted)


def said(series: Series, at: int) -> str:
    """Write a value with its band, where there is one."""
    mid = number(series, series.mid[at])
    if series.low is None or series.high is None:
        return mid
    return f"{mid} ({number(series, series.low[at])} to {number(series, series.high[at])})"


def number(series: Series, value: float) -> str:
    """Write a value: a grade whole, a signal to a hundredth, a rate to four figures, others to two."""
    match series.group:
        case "tone":
            return str(round(value))
        case "signal":
            return plain(Decimal(f"{value:.2f}"))
        case "pump rate" | "rate":
            return plain(Decimal(f"{value:.4g}"))
        case _:
            return two_figures(value)


def two_figures(value: float) -> str:
    """Write a modelled value to two figures: a model knows no more."""
    if 0 < value < _LEAST:
        return f"less than {_LEAST:g}"
    return plain(Decimal(f"{value:.2g}"))
