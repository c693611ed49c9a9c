"""A flex program as a table: for each group of days that are alike, its steps with their share of the day."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.clinic.orders.dose_form import PATTERNS, pattern_of
from thecal.quantities import DAY, DoseRate, Mass, since_midnight
from thecal.therapy import Flex

if TYPE_CHECKING:
    from datetime import time, timedelta

    from thecal.therapy import DaySchedule, Program


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step of a day.

    Attributes:
        start: time of day, by the pump's clock.
        lasts: how long.
        dose: given in the step as a whole.
        rate: while it runs.
        begins, width: where it lies in the day, as fractions of 24 hours.
        height: its rate as a fraction of the highest of all days; 0 where nothing flows.
    """

    start: time
    lasts: timedelta
    dose: Mass
    rate: DoseRate
    begins: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysView:
    """Days that have the same steps: their name, the steps, and the dose of such a day."""

    label: str
    steps: tuple[StepView, ...]
    dose: Mass


def flex_table(program: Program) -> tuple[DaysView, ...]:
    """Return a flex program as a table; nothing for a program of another kind."""
    if not isinstance(program.base, Flex):
        return ()
    days = program.base.days
    highest = max(float(step.rate.ug_per_day) for day in days for step in day.steps)
    return tuple(_view(label, days[weekdays[0]], highest) for label, weekdays in PATTERNS[pattern_of(days)])


def _view(label: str, day: DaySchedule, highest: float) -> DaysView:
    steps = tuple(
        StepView(
            start=step.start,
            lasts=lasts,
            dose=step.rate.over(lasts),
            rate=step.rate,
            begins=since_midnight(step.start) / DAY,
            width=lasts / DAY,
            height=float(step.rate.ug_per_day) / highest if highest else 0.0,
        )
        for step, lasts in zip(day.steps, day.lengths(), strict=True)
    )
    return DaysView(label=label, steps=steps, dose=Mass(ug=sum(step.dose.ug for step in steps) or Decimal(0)))
