"""The spinal map as a picture: levels from the head down, time from left to right, shades for concentration.

Shades are classes of equal ratio; neighbours in time that share a class are one field. Lightness falls from
class to class, so that the map can be read in grey and with every kind of colour vision.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from thecal.quantities import DAY
from thecal.web.demo.charts.axes import WIDE, Tick, TimeAxis, nice
from thecal.web.ui.templatetags.written import estimate, two_figures

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.orders.whatif import Case, Map, ValueRange, WhatIf

SHADES = 16
_LEAST_SHARE = 1 / 300
"""Of the highest concentration, below which everything has the lightest shade."""
_NONE_LEFT = 0.01
"""ng/mL: far below anything the model sees act."""
_ROUND = (1.0, 2.0, 5.0)
_SITES = (("L3", "lumbar, L3"), ("C5", "neck, C5"), ("cisterna", "below the brain"))
_GROUPS = (("arms", "C4", "C7"), ("legs", "T11", "L1"))


@dataclass(frozen=True, slots=True)
class Field:
    """A stretch of time in one shade at one level; drawn to the end, the next one over it."""

    x: str
    width: str
    row: int
    shade: int
    title: str


@dataclass(frozen=True, slots=True)
class Level:
    """A row's name, and whether the tip lies there."""

    name: str
    middle: str
    tip: bool


@dataclass(frozen=True, slots=True)
class Bracket:
    """The levels whose cord serves a part of the body."""

    name: str
    top: int
    rows: int
    middle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One case's map."""

    label: str
    description: str
    fields: tuple[Field, ...]
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Maps:
    """The maps of all cases on one scale.

    Attributes:
        pictures: one a case.
        scale: names along the legend.
        across: names along time.
        now: where the present is.
        brackets: what the cord at some levels serves.
        rows: how many levels there are.
        columns, table: the same in numbers.
    """

    pictures: tuple[Picture, ...]
    scale: tuple[Tick, ...]
    across: tuple[Tick, ...]
    now: str
    brackets: tuple[Bracket, ...]
    rows: int
    columns: tuple[str, ...]
    table: tuple[tuple[str, tuple[str, ...]], ...]


def maps_of(found: WhatIf) -> Maps | None:
    """Return the maps of a what-if; None where it has none."""
    mapped = [(case, case.map) for case in found.cases if case.map is not None]
    if not mapped:
        return None
    axis = TimeAxis(found.times)
    scale = _Scale.over([one for _, one in mapped])
    levels = mapped[0][1].levels
    now, day_7 = (found.now, found.now), _day_7(found)
    columns = [f"{mapped[0][0].label}, now", *(f"{case.label}, day 7" for case, _ in mapped)]
    shown = [(mapped[0][1], now), *((one, day_7) for _, one in mapped)]
    return Maps(
        pictures=tuple(_picture(found, case, one, axis, scale) for case, one in mapped),
        scale=scale.ticks,
        across=axis.ticks,
        now=f"{axis.x(found.now):.1f}",
        brackets=tuple(_bracket(levels, *group) for group in _GROUPS),
        rows=len(levels),
        columns=tuple(columns),
        table=tuple(
            (level, tuple(_with_range(found, one, row, *period) for one, period in shown))
            for row, level in enumerate(levels)
        ),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float

    @classmethod
    def over(cls, maps: list[Map]) -> _Scale:
        """Return a scale that holds all maps, as far down as it makes sense."""
        every = [value for one in maps for row in one.middle for value in row]
        highest = max(every)
        if highest <= 0:
            return cls(1.0, 10.0)
        high = nice(highest)
        return cls(max(_round_down(min(every)) if min(every) > 0 else 0.0, high * _LEAST_SHARE), high)

    def shade(self, value: float) -> int:
        if value <= self.low:
            return 0
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return min(int(SHADES * share), SHADES - 1)

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """Round concentrations along the legend."""
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        found = []
        for power in range(first, last + 1):
            for step in _ROUND:
                value = step * 10.0**power
                if self.low <= value <= self.high * (1 + 1e-9):
                    share = math.log(value / self.low) / math.log(self.high / self.low)
                    found.append(Tick(f"{100 * share:.2f}%", two_figures(value)))
        return tuple(found)


def _round_down(value: float) -> float:
    decade = 10.0 ** math.floor(math.log10(value))
    return max(step * decade for step in _ROUND if step * decade <= value)


def _present(found: WhatIf) -> int:
    return max(place for place, moment in enumerate(found.times) if moment <= found.now)


def _picture(found: WhatIf, case: Case, one: Map, axis: TimeAxis, scale: _Scale) -> Picture:
    edges = [axis.x(moment) for moment in found.times]
    fields = []
    for row, (level, values) in enumerate(zip(one.levels, one.middle, strict=True)):
        shades = [scale.shade(value) for value in values[:-1]]
        for shade, run in groupby(range(len(shades)), key=shades.__getitem__):
            places = list(run)
            start = edges[places[0]]
            fields.append(
                Field(f"{start:.1f}", f"{WIDE - start:.1f}", row, shade, _title(level, values, places))
            )
    return Picture(
        label=case.label,
        description=_describe(found, one),
        fields=tuple(fields),
        levels=tuple(
            Level(level, f"{100 * (row + 0.5) / len(one.levels):.2f}%", level == one.tip)
            for row, level in enumerate(one.levels)
        ),
    )


def _title(level: str, values: tuple[float, ...], places: list[int]) -> str:
    low, high = (estimate(edge([values[place] for place in places])) for edge in (min, max))
    return f"{level}: {low if low == high else f'{low} to {high}'} ng/mL"


def _describe(found: WhatIf, one: Map) -> str:
    """Say the map: where it is highest at the end, and what stands at the sites people speak of."""
    start = _present(found)
    last = [one.between(row, found.times, *_day_7(found)).highest for row in range(len(one.levels))]
    top = max(range(len(last)), key=last.__getitem__)
    where = f"{one.levels[top]}{', at the catheter tip' if one.levels[top] == one.tip else ''}"
    if last[top] < _NONE_LEFT:
        return "No drug remains in the spinal fluid after one week."
    said = []
    for level, name in _SITES:
        row = one.levels.index(level)
        day_7 = one.between(row, found.times, *_day_7(found))
        before, after = estimate(one.middle[row][start]), _low_to_high(day_7)
        said.append(f"{name} {after if before == after else f'{before} now, {after} on day 7'}")
    return f"Highest at {where}: {estimate(last[top])} ng/mL on day 7. In ng/mL: {'; '.join(said)}."


def _bracket(levels: tuple[str, ...], name: str, top: str, bottom: str) -> Bracket:
    first, last = levels.index(top), levels.index(bottom)
    middle = (first + last + 1) / 2 / len(levels)
    return Bracket(name, first, last - first + 1, f"{100 * middle:.2f}%")


def _day_7(found: WhatIf) -> tuple[datetime, datetime]:
    """Return the last day that is shown."""
    return found.times[-1] - DAY, found.times[-1]


def _with_range(found: WhatIf, one: Map, row: int, start: datetime, end: datetime) -> str:
    values = one.between(row, found.times, start, end)
    return f"{_low_to_high(values)} ({estimate(values.low or 0)} to {estimate(values.high or 0)})"


def _low_to_high(values: ValueRange) -> str:
    low, high = estimate(values.lowest), estimate(values.highest)
    return low if low == high else f"{low} to {high}"
