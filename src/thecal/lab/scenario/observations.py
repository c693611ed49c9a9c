"""What a scenario reports, and the published numbers that it is held against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from thecal.body import (
    CISTERNA,
    CORD_ARMS,
    CORD_LEGS,
    HM_LEGS,
    PLASMA,
    PUMP_RATE,
    READOUTS,
    REFLEXES_ARMS,
    REFLEXES_LEGS,
    SEDATION,
    SITES,
    SPASMS_LEGS,
    SUPRASPINAL,
    SURENESS,
    TIP_RATE,
    TONE_ARMS,
    TONE_LEGS,
    VERTEBRAE,
    WITHDRAWAL,
    csf_at,
)
from thecal.lab.validation import Judged, load_rows
from thecal.lab.validation.writing import write_amount
from thecal.quantities import DAY, MINUTE

if TYPE_CHECKING:
    from thecal.lab.scenario.events import Calendar
    from thecal.lab.scenario.table import Table

_NG_ML, _GRADE, _MCG_H, _SIGNAL, _SHARE = "ng/mL", "grade", "mcg/h", "of 1", "of before"
_CSF_PLACES = (*SITES, CISTERNA, *VERTEBRAE)
_CURVES = {
    **{("concentration", place): (csf_at(place), _NG_ML) for place in _CSF_PLACES},
    ("concentration", "plasma"): (PLASMA, _NG_ML),
    ("concentration", "cord of the legs"): (CORD_LEGS, _NG_ML),
    ("concentration", "cord of the arms"): (CORD_ARMS, _NG_ML),
    ("concentration", "brain"): (SUPRASPINAL, _NG_ML),
    ("tone", "legs"): (TONE_LEGS, _GRADE),
    ("tone", "arms"): (TONE_ARMS, _GRADE),
    ("spasms", "legs"): (SPASMS_LEGS, _GRADE),
    ("reflexes", "legs"): (REFLEXES_LEGS, _GRADE),
    ("reflexes", "arms"): (REFLEXES_ARMS, _GRADE),
    ("H/M ratio", "legs"): (HM_LEGS, _SHARE),
    ("signal", "sedation"): (SEDATION, _SIGNAL),
    ("signal", "withdrawal"): (WITHDRAWAL, _SIGNAL),
    ("dose rate", "pump"): (PUMP_RATE, _MCG_H),
    ("dose rate", "tip"): (TIP_RATE, _MCG_H),
}
_UNITS = {"Ashworth 1-5": _GRADE}
"""How a unit of the validation is called in a scenario."""
_MOST_TIMES = 2000
_DEVELOPED = "range of the observed quantity"


class Metric(StrEnum):
    """What is made of a curve."""

    READING = "reading"
    HIGHEST = "highest"
    LOWEST = "lowest"
    TIME_OF_HIGHEST = "time of highest"
    TIME_OF_LOWEST = "time of lowest"
    FALL = "fall"
    FIRST_ABOVE = "first above"
    FIRST_BELOW = "first below"
    TIME_ABOVE = "time above"
    TIME_BELOW = "time below"
    STEADY_STATE = "steady state"
    HALF_LIFE = "half-life"

    @property
    def is_time(self) -> bool:
        """Whether its unit is hours."""
        return self in {
            Metric.TIME_OF_HIGHEST,
            Metric.TIME_OF_LOWEST,
            Metric.FIRST_ABOVE,
            Metric.FIRST_BELOW,
            Metric.TIME_ABOVE,
            Metric.TIME_BELOW,
            Metric.HALF_LIFE,
        }

    @property
    def has_threshold(self) -> bool:
        """Whether it is counted against a threshold."""
        return self in {Metric.FIRST_ABOVE, Metric.FIRST_BELOW, Metric.TIME_ABOVE, Metric.TIME_BELOW}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A published finding that an observation is held against.

    Attributes:
        published: as published, in words.
        low, high: accepted range of the cohort's median, in the observation's unit; both allowed.
        why: how the range follows from what was published.
        source: who published it.
        sureness: V, V2, M, D or assumed, as in the body's parameters.
        judged: what of the drawn patients is held against the range.
        row: the row of the validation that holds the same number; empty without one.
    """

    published: str
    low: float
    high: float
    why: str
    source: str
    sureness: str
    judged: Judged = Judged.MEDIAN
    row: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One thing to report.

    Attributes:
        name: its heading in tables.
        quantity, site: what is measured, and where.
        curve: name of the body's curve.
        unit: of the result.
        metric: what is made of the curve.
        at: when it is read, for readings.
        start, end: the window of every other metric.
        threshold: in the curve's unit, where the metric has one.
        expected: what was published, or None.
    """

    name: str
    quantity: str
    site: str
    curve: str
    unit: str
    metric: Metric
    at: tuple[timedelta, ...]
    start: timedelta
    end: timedelta
    threshold: float | None
    expected: Expected | None

    @property
    def csf_site(self) -> str | None:
        """The place of spinal fluid it needs, if any."""
        return self.site if self.quantity == "concentration" and self.site in _CSF_PLACES else None

    @property
    def is_effect(self) -> bool:
        """Whether it is what the drug does, not where it is."""
        return self.quantity not in {"concentration", "dose rate"}

    @property
    def readout(self) -> str | None:
        """What it needs beyond the usual curves, by the body's name for it; None for nothing."""
        return self.curve if self.curve in READOUTS else None


def read_observation(table: Table, calendar: Calendar) -> Observation | None:
    """Read one observation; None where something was wrong with it, which is noted."""
    name = table.text("name")
    quantity = table.choice("quantity", tuple(dict.fromkeys(quantity for quantity, _ in _CURVES)))
    site = table.text("site")
    metric_name = table.choice("metric", tuple(metric.value for metric in Metric), default="reading")
    metric = Metric(metric_name or "reading")
    curve, unit = _CURVES.get((quantity, site), ("", ""))
    if quantity and site and not curve:
        places = ", ".join(place for known, place in _CURVES if known == quantity)
        table.refuse("site", f"{site!r} is no place for a {quantity}", allowed=places)
    at = _reading_times(table, calendar) if metric is Metric.READING else ()
    start, end = timedelta(0), calendar.lasts
    if metric is not Metric.READING:
        start, end = _window(table, calendar)
    if metric is Metric.STEADY_STATE and table.is_sound and end - start < 2 * DAY:
        table.refuse("until", "the window is shorter than two days", allowed="at least 48 h after 'from'")
    threshold = _threshold(table, unit) if metric.has_threshold and unit else None
    result_unit = "h" if metric.is_time else unit
    expected = _expected(table.table("expected"), result_unit)
    table.close("name, quantity, site, metric, at, every, from, until, threshold, expected")
    if not table.is_sound:
        return None
    return Observation(
        name=name,
        quantity=quantity,
        site=site,
        curve=curve,
        unit=result_unit,
        metric=metric,
        at=at,
        start=start,
        end=end,
        threshold=threshold,
        expected=expected,
    )


def _window(table: Table, calendar: Calendar) -> tuple[timedelta, timedelta]:
    def moment(name: str, default: timedelta) -> timedelta:
        return table.moment(name, starts_at=calendar.starts_at, lasts=calendar.lasts, default=default)

    start, end = moment("from", timedelta(0)), moment("until", calendar.lasts)
    if table.is_sound and not start < end:
        table.refuse("until", "does not come after 'from'", allowed="later than 'from'")
    return start, end


def _reading_times(table: Table, calendar: Calendar) -> tuple[timedelta, ...]:
    """Read ``at``, a list of times, or ``every``, a pace from ``from`` to ``until``."""
    if "every" in table:
        every = table.span("every", low=MINUTE, high=calendar.lasts)
        start, end = _window(table, calendar)
        if (end - start) // max(every, MINUTE) >= _MOST_TIMES:
            table.refuse(
                "every", f"gives more than {_MOST_TIMES} readings", allowed=f"1 to {_MOST_TIMES} readings"
            )
            return ()
        return tuple(start + number * every for number in range((end - start) // every + 1)) if every else ()
    return table.moments("at", starts_at=calendar.starts_at, lasts=calendar.lasts)


def _threshold(table: Table, unit: str) -> float:
    return float(table.number("threshold", unit, low=Decimal(0), high=Decimal(1_000_000), source=_DEVELOPED))


def _expected(table: Table | None, unit: str) -> Expected | None:
    if table is None:
        return None
    if "row" in table:
        return _of_a_row(table, unit)

    def bound(name: str) -> float:
        return float(table.number(name, unit, low=Decimal(0), high=Decimal(1_000_000), source=_DEVELOPED))

    expected = Expected(
        published=table.text("published"),
        low=bound("low"),
        high=bound("high"),
        why=table.text("why", default="the published range"),
        source=table.text("source"),
        sureness=table.choice("sureness", tuple(SURENESS)),
    )
    if table.is_sound and expected.low > expected.high:
        table.refuse(
            "high", f"is below low ({expected.low:g} {unit})", allowed=f"at least {expected.low:g} {unit}"
        )
    table.close("published, low, high, why, source, sureness")
    return expected


def _of_a_row(table: Table, unit: str) -> Expected | None:
    """Read an expectation that stands in the validation, so that both judge it by one criterion."""
    rows = {row.row_id: row for row in load_rows().rows if _UNITS.get(row.unit, row.unit) == unit}
    row = rows.get(table.choice("row", tuple(rows)))
    table.close("row alone, or published, low, high, why, source, sureness")
    if row is None:
        return None
    low, high = row.accepted
    return Expected(
        published=write_amount(row.observed, unit),
        low=low,
        high=high,
        why=row.spread,
        source=row.source,
        sureness=row.sureness,
        judged=row.judged,
        row=row.row_id,
    )
