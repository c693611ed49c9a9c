"""Amounts and times as people read them; a template that formats its own is a defect.

Amounts are written by ``thecal.quantities``; times are wall time in the clinic's zone, and say so.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django import template
from django.utils import timezone

from thecal.quantities import (
    MINUTE,
    Concentration,
    DoseRate,
    FlowRate,
    Mass,
    Volume,
    plain,
    write_concentration,
    write_dose_rate,
    write_duration,
    write_flow,
    write_hourly_rate,
    write_mass,
    write_milligrams,
    write_rounded,
    write_time_of_day,
    write_volume,
)

if TYPE_CHECKING:
    from datetime import datetime, time, timedelta

    from thecal.therapy import DoseRange

register = template.Library()

LEAST = 0.1
"""Of a modelled concentration, the least that is worth a number (ng/mL)."""


@register.filter
def amount(value: Mass | Volume | Concentration | DoseRate | FlowRate) -> str:
    """Write an amount with its unit, by its type."""
    match value:
        case Mass():
            return write_mass(value)
        case Volume():
            return write_volume(value)
        case Concentration():
            return write_concentration(value)
        case DoseRate():
            return write_dose_rate(value)
        case FlowRate():
            return write_flow(value)


@register.filter
def milligrams(value: Mass) -> str:
    """Write an amount taken by mouth: ``60 mg``. Never an intrathecal one."""
    return write_milligrams(value)


@register.filter
def hourly(value: DoseRate) -> str:
    """Write a dose as it flows: ``8.33 mcg/h``."""
    return write_hourly_rate(value)


@register.filter
def estimate(value: float) -> str:
    """Write a model's number as far as it is worth: two figures, and nothing finer than a tenth."""
    return f"< {LEAST:g}" if 0 < value < LEAST else two_figures(value)


def two_figures(value: float) -> str:
    """Write a number to two figures, however small it is: for an axis."""
    return plain(Decimal(f"{value:.2g}"))


@register.filter
def moment(value: datetime) -> str:
    """Write a moment with its zone: ``Sun 22 Nov 2026, 09:31 UTC``."""
    local = timezone.localtime(value)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"


@register.filter
def day(value: datetime) -> str:
    """Write a date in words: ``Sun 22 Nov 2026``."""
    local = timezone.localtime(value)
    return f"{local:%a} {local.day} {local:%b %Y}"


@register.filter
def day_or(value: datetime | None, default: str) -> str:
    """Write a date in words, or what to say where there is none."""
    return default if value is None else day(value)


@register.filter
def rough_volume(value: Volume) -> str:
    """Write a computed content to a tenth of a millilitre: the pump does not measure it."""
    return f"{write_rounded(value.mL, places=1)} mL"


@register.filter
def rough_concentration(value: Concentration) -> str:
    """Write the concentration of a mixture to a whole microgram: the residual volume is not exact."""
    return f"{write_rounded(value.ug_per_mL, places=0)} mcg/mL"


@register.filter
def rough_dose(value: DoseRange) -> str:
    """Write the 24-hour dose that a mixture makes to a whole microgram."""
    return value.write_daily(places=0)


@register.filter
def rough_mass(value: Mass) -> str:
    """Write a dose of a step to a hundredth of a microgram: steps need not divide a day evenly."""
    return f"{write_rounded(value.ug, places=2)} mcg"


@register.filter
def time_of_day(value: time) -> str:
    """Write a time of day by the pump's clock: ``18:30``."""
    return write_time_of_day(value)


@register.filter
def readable_name(name: str) -> str:
    """Write a name from the record as words: ``program.verified`` as ``Program verified``."""
    text = name.replace(".", " ").replace("_", " ").replace("-", " ")
    return text[:1].upper() + text[1:]


@register.filter
def sentence(text: str) -> str:
    """Write what was noted as a sentence: a capital first and a full stop last."""
    said = text[:1].upper() + text[1:]
    return said if not said or said.endswith((".", "!", "?")) else f"{said}."


@register.filter
def machine(value: datetime) -> str:
    """Write a moment for a ``time`` element's ``datetime``."""
    return value.isoformat(timespec="seconds")


@register.filter
def span(value: timedelta) -> str:
    """Write a duration: ``1 day 2 h``."""
    return write_duration(value)


@register.filter
def minutes(value: timedelta) -> str:
    """Write a duration to the minute: ``1 day 1 h 17 min``."""
    return write_duration(round(value / MINUTE) * MINUTE)
