"""The curves as a browser draws them and as a table says them: a few figures, no more than a model knows."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone
from ninja import Schema

from thecal.quantities import DAY, elapsed, plain
from thecal.web.ui.templatetags.written import estimate, moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from thecal.clinic.orders.forecast import Curves, DoseEvent, Series

_PERIODS = (
    ("a week ago, 24 h", -7 * DAY, -6 * DAY),
    ("now", 0 * DAY, 0 * DAY),
    ("next 24 h", 0 * DAY, DAY),
    ("day 7", 6 * DAY, 7 * DAY),
)
"""From and to, counted from now: over a day, for the value at one moment of it may be any."""


class Line(Schema):
    """One quantity under one program; null where the line is not drawn, no band for what a pump does.

    ``day_7`` says what it ranges over on the seventh day from now.
    """

    low: list[float | None] | None
    mid: list[float | None]
    high: list[float | None] | None
    day_7: str


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


class Event(Schema):
    """A dose that was changed: when, in seconds since 1970 and in words, and what happened."""

    time: float
    when: str
    what: str


class CurvesOut(Schema):
    """Two weeks around now; times are seconds since 1970, UTC."""

    label: str
    now: float
    zone: str
    times: list[float]
    panels: list[Panel]
    table: Table
    events: list[Event]


def curves_out(curves: Curves, events: Sequence[DoseEvent]) -> CurvesOut:
    """Write the clinic's curves for a browser."""
    proposed = curves.proposed or (None,) * len(curves.current)
    now = curves.times.index(curves.now) if curves.now in curves.times else 0
    return CurvesOut(
        label=curves.label,
        now=curves.now.timestamp(),
        zone=timezone.get_current_timezone_name(),
        times=[time.timestamp() for time in curves.times],
        panels=[
            Panel(
                key=series.key,
                title=titled(series),
                unit=series.unit,
                group=series.group,
                today=_line(series, curves, shown_from=0),
                proposed=None if other is None else _line(other, curves, shown_from=now),
            )
            for series, other in zip(curves.current, proposed, strict=True)
        ],
        table=table_of(curves),
        events=[Event(time=event.at.timestamp(), when=moment(event.at), what=event.what) for event in events],
    )


def table_of(curves: Curves) -> Table:
    """Say the curves now and over a few days."""
    periods = [
        (name, curves.now + start, curves.now + end)
        for name, start, end in _PERIODS
        if _reaches(curves.times, curves.now + start, curves.now + end)
    ]

    def cells(series: Series) -> list[str]:
        return [said(series, curves.times, start, end) for _, start, end in periods]

    rows = []
    for series, other in zip(curves.current, curves.proposed or (None,) * len(curves.current), strict=True):
        what = f"{titled(series)}, {series.unit}"
        rows.append(Row(what=what, cells=cells(series)))
        if other is not None:
            rows.append(Row(what=f"{what}, proposed", cells=cells(other)))
    return Table(columns=["quantity", *(name for name, _, _ in periods)], rows=rows)


def titled(series: Series) -> str:
    """Return a quantity's name as a title."""
    return series.label[:1].upper() + series.label[1:]


def _line(series: Series, curves: Curves, *, shown_from: int) -> Line:
    def drawn(values: tuple[float, ...] | None) -> list[float | None] | None:
        if values is None:
            return None
        return [None] * shown_from + [float(f"{value:.4g}") for value in values[shown_from:]]

    day_7 = series.between(curves.times, curves.now + 6 * DAY, curves.now + 7 * DAY)
    return Line(
        low=drawn(series.low),
        mid=drawn(series.mid) or [],
        high=drawn(series.high),
        day_7=_low_to_high(series, day_7.lowest, day_7.highest),
    )


def index_of(times: Sequence[datetime], wanted: datetime) -> int:
    """Return where the time nearest to the wanted one is."""
    return min(range(len(times)), key=lambda at: abs(elapsed(wanted, times[at])))


def _reaches(times: Sequence[datetime], start: datetime, end: datetime) -> bool:
    """Say whether the curves hold most of a period."""
    return times[0] < end - DAY / 2 and start + DAY / 2 < times[-1] if start < end else True


def said(series: Series, times: Sequence[datetime], start: datetime, end: datetime) -> str:
    """Write the lowest and the highest value of a period, with the band, where there is one."""
    found = series.between(times, start, end)
    mid = _low_to_high(series, found.lowest, found.highest)
    if found.low is None or found.high is None:
        return mid
    return f"{mid} ({number(series, found.low)} to {number(series, found.high)})"


def _low_to_high(series: Series, lowest: float, highest: float) -> str:
    low, high = number(series, lowest), number(series, highest)
    return low if low == high else f"{low} to {high}"


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
            return estimate(value)
