"""Curves of a play as pictures that need no script: lines on a ground of fixed size, and their figures."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.quantities import HOUR, plain, write_duration
from thecal.web.ui.templatetags.written import estimate, two_figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import timedelta

    from thecal.clinic.demonstration.training import Comparison, Side

WIDE, HIGH = 1000, 200
"""The ground's size, in its own units; a page stretches it."""
_PARTS = 4
_STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""Where an axis may end, times a power of ten."""
_HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Line:
    """One pump's line: its profile, its path, and what it comes to at its highest and at the end."""

    profile: str
    path: str
    highest: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One quantity on both pumps.

    Attributes:
        title, unit: for a person.
        lines: legacy, then reference.
        ticks: what stands beside the ground, from the top down.
        times: what stands below it, from the left.
        wrong_x: where it goes wrong.
    """

    title: str
    unit: str
    lines: tuple[Line, ...]
    ticks: tuple[str, ...]
    times: tuple[str, ...]
    wrong_x: float


def pictures_of(comparison: Comparison) -> tuple[Picture, ...]:
    """Draw what left the tip, the level in the lumbar spinal fluid, and what that may do to the patient."""
    lasts = comparison.accident.lasts
    sides = (comparison.legacy, comparison.reference)
    rates = [[float(rate.ug_per_day) / _HOURS_A_DAY for rate in side.tip_dose.rates] for side in sides]
    levels = [side.level_ng_mL for side in sides]
    times = tuple(_clock(lasts * part / _PARTS) for part in range(_PARTS + 1))
    wrong_x = _x(comparison.accident.goes_wrong, lasts)
    rate_top, level_top = (_top(max(map(max, values))) for values in (rates, levels))
    return (
        Picture(
            title="Leaves the catheter tip",
            unit="mcg/h",
            lines=tuple(
                _line(side, _stairs(side.tip_dose.edges, rate, lasts, rate_top), rate)
                for side, rate in zip(sides, rates, strict=True)
            ),
            ticks=_ticks(rate_top),
            times=times,
            wrong_x=wrong_x,
        ),
        Picture(
            title="Lumbar spinal fluid",
            unit="ng/mL",
            lines=tuple(
                _line(side, _slopes(comparison.samples, level, lasts, level_top), level)
                for side, level in zip(sides, levels, strict=True)
            ),
            ticks=_ticks(level_top),
            times=times,
            wrong_x=wrong_x,
        ),
        Picture(
            title=f"Signal of {comparison.signal}",
            unit="0 to 1; it ranks situations and is not a probability",
            lines=tuple(
                _line(side, _slopes(comparison.samples, signal, lasts, 1), signal, write=two_figures)
                for side, signal in zip(sides, comparison.signals, strict=True)
            ),
            ticks=_ticks(1),
            times=times,
            wrong_x=wrong_x,
        ),
    )


def _line(
    side: Side, path: str, values: Sequence[float], *, write: Callable[[float], str] = estimate
) -> Line:
    """Return a pump's line; the legacy pump's bounds an area, so that the two differ by more than colour."""
    if side.profile == "legacy":
        path = f"{path}L{WIDE} {HIGH}H0Z"
    return Line(side.profile, path, write(max(values)), write(values[-1]))


def _stairs(edges: Sequence[timedelta], values: Sequence[float], lasts: timedelta, top: float) -> str:
    """Draw values that hold from each edge up to the next."""
    parts = [f"M0 {_y(values[0], top)}"]
    for begin, end, value in zip(edges, edges[1:], values, strict=False):
        parts.append(f"H{_x(begin, lasts):g}V{_y(value, top)}H{_x(end, lasts):g}")
    return "".join(parts)


def _slopes(samples: Iterable[timedelta], values: Sequence[float], lasts: timedelta, top: float) -> str:
    """Draw values from point to point."""
    points = [f"{_x(at, lasts):g} {_y(value, top)}" for at, value in zip(samples, values, strict=True)]
    return f"M{'L'.join(points)}"


def _x(at: timedelta, lasts: timedelta) -> float:
    return round(WIDE * (at / lasts), 2)


def _y(value: float, top: float) -> str:
    return f"{HIGH * (1 - value / top):.1f}"


def _top(highest: float) -> float:
    """Return where an axis ends: a round number a little above the highest value."""
    power = 1.0
    while highest * 1.05 > 10 * power:
        power *= 10
    while 0 < highest * 1.05 <= power:
        power /= 10
    return next(step * power for step in _STEPS if step * power >= highest * 1.05)


def _ticks(top: float) -> tuple[str, ...]:
    return two_figures(top), two_figures(top / 2), "0"


def _clock(at: timedelta) -> str:
    """Write a time on the axis, shortly."""
    if at < HOUR:
        return write_duration(at) if at else "0"
    return f"{plain(Decimal(f'{at / HOUR:.4g}'))} h"
