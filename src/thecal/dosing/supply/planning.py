"""Planning ahead: the volume at which the alarm is set, and the replacement of the pump."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.dosing.tables import Calculation

if TYPE_CHECKING:
    from datetime import date

    from thecal.dosing.limits import Limits
    from thecal.quantities import FlowRate, Volume

CALCULATIONS = (
    Calculation(
        id="supply.alarm-volume",
        title="Volume of the low-reservoir alarm",
        formula="what cannot be used, and {alarm_before_dry} at the highest flow of a day with all boluses, "
        "raised by {pump_accuracy}",
        sources=("ITB-168",),
    ),
    Calculation(
        id="supply.replacement",
        title="Replacement of the pump",
        formula="the service ends {replacement_to_stop} after the replacement notice or {pump_life} after "
        "the implant, whichever is first; plan {replacement_plan} before it, and schedule the operation "
        "{replacement_book} before it at the latest",
        sources=("medtronic.com/uk-en, drug pumps, replacement; Boster 2016, PMID 27433993",),
    ),
)
"""The calculations of planning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """When a pump must be replaced.

    Attributes:
        ends: the end of its service.
        plan_from: when the replacement is planned.
        book_by: the last day on which the operation is scheduled for.
    """

    ends: date
    plan_from: date
    book_by: date


def alarm_volume(flow: FlowRate, unusable: Volume, limits: Limits) -> Volume:
    """Return the lowest volume at which the low-reservoir alarm leaves enough time (ITB-168).

    Args:
        flow: the highest flow of any day, all boluses included.
        unusable: what the pump cannot deliver.
        limits: of this place.
    """
    fastest = flow.scaled(1 + limits["pump_accuracy"].share)
    return unusable + fastest.over(limits["alarm_before_dry"].duration)


def replacement(implanted: date, notice: date | None, limits: Limits) -> Replacement:
    """Return when a pump must be replaced.

    Args:
        implanted: the day of its implant.
        notice: the day of its replacement notice (ERI); None where there was none.
        limits: of this place.

    Raises:
        ValueError: the notice is before the implant.
    """
    if notice is not None and notice < implanted:
        raise ValueError(f"the replacement notice, {notice}, is before the implant, {implanted}")
    ends = _years_after(implanted, int(limits["pump_life"].number("y")))
    if notice is not None:
        ends = min(ends, notice + limits["replacement_to_stop"].duration)
    return Replacement(
        ends=ends,
        plan_from=ends - limits["replacement_plan"].duration,
        book_by=ends - limits["replacement_book"].duration,
    )


def _years_after(day: date, years: int) -> date:
    year = day.year + years
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February: the day before it, the earlier one
        return day.replace(year=year, day=day.day - 1)
