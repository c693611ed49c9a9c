"""How amounts are written for people: mcg, a leading zero, never a trailing one, never the mu sign.

The one place that formats doses (ITB-172; ISMP's list of error-prone abbreviations). A template or a
script that formats its own is a defect. Amounts are shown to at most four decimal places (flows five),
rounded half to even; ``places`` shows more where two amounts must differ in writing.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING

from thecal.quantities.amounts import quotient

if TYPE_CHECKING:
    from datetime import time

    from thecal.quantities.amounts import Concentration, DoseRate, FlowRate, Mass, Volume

_WIDE = Context(prec=400)
_HOURS_A_DAY = Decimal(24)


def plain(number: Decimal) -> str:
    """Write a decimal in full, without exponent or trailing zero.

    >>> plain(Decimal("5.0")), plain(Decimal("0.50")), plain(Decimal("1E+3")), plain(Decimal("-0"))
    ('5', '0.5', '1000', '0')
    """
    if number == 0:
        return "0"
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def write_rounded(number: Decimal, *, places: int = 4) -> str:
    """Write a decimal to at most ``places`` decimal places, half to even, without trailing zeros.

    >>> write_rounded(Decimal("2.3456"), places=2), write_rounded(Decimal("2.999"), places=2)
    ('2.35', '3')
    """
    return plain(number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN, _WIDE))


def _amount(number: Decimal, unit: str, places: int) -> str:
    if 0 < number < (least := Decimal(1).scaleb(-places)):
        return f"less than {plain(least)} {unit}"
    return f"{write_rounded(number, places=places)} {unit}"


def write_mass(mass: Mass, *, places: int = 4) -> str:
    """Write an amount of drug: ``50 mcg``. Something too small to show is not written as nothing."""
    return _amount(mass.ug, "mcg", places)


def write_milligrams(mass: Mass, *, places: int = 4) -> str:
    """Write an amount of drug taken by mouth: ``20 mg``. An intrathecal dose is never written so."""
    return _amount(mass.ug.scaleb(-3, _WIDE), "mg", places)


def write_volume(volume: Volume, *, places: int = 4) -> str:
    """Write an amount of fluid: ``18.6 mL``."""
    return _amount(volume.mL, "mL", places)


def write_concentration(concentration: Concentration, *, places: int = 4) -> str:
    """Write a concentration: ``500 mcg/mL``."""
    return _amount(concentration.ug_per_mL, "mcg/mL", places)


def write_dose_rate(rate: DoseRate, *, places: int = 4) -> str:
    """Write a daily dose: ``125.5 mcg/day``."""
    return _amount(rate.ug_per_day, "mcg/day", places)


def write_hourly_rate(rate: DoseRate, *, places: int = 2) -> str:
    """Write a dose as it flows, by the hour: ``8.33 mcg/h``."""
    return _amount(quotient(rate.ug_per_day, _HOURS_A_DAY), "mcg/h", places)


def write_flow(flow: FlowRate, *, places: int = 5) -> str:
    """Write a flow: ``0.4 mL/day``."""
    return _amount(flow.mL_per_day, "mL/day", places)


def write_percent_change(before: DoseRate, after: DoseRate) -> str:
    """Write the relative change of a daily dose: ``+20 %``, ``-12.5 %``, ``no change``, ``from zero``."""
    if before == after:
        return "no change"
    if before.is_zero:
        return "from zero"
    rises = after > before
    difference = after - before if rises else before - after
    percent = quotient(difference.scaled(Decimal(100)).ug_per_day, before.ug_per_day)
    shown = write_rounded(percent, places=1)
    if shown == "0":
        return f"{'rises' if rises else 'falls'} by less than 0.1 %"
    return f"{'+' if rises else '-'}{shown} %"


def write_time_of_day(moment: time) -> str:
    """Write a pump time of day on the 24-hour clock: ``06:30``; seconds only where there are any."""
    return moment.isoformat(timespec="seconds" if moment.second or moment.microsecond else "minutes")


def write_duration(span: timedelta) -> str:
    """Write a duration in whole days, hours, minutes and seconds: ``1 day 2 h 5 min``; fractions are cut."""
    if span < timedelta(0):
        return f"minus {write_duration(-span)}"
    hours, rest = divmod(span.seconds, 3600)
    minutes, secs = divmod(rest, 60)
    parts = [f"{span.days} day{'s' if span.days != 1 else ''}"] if span.days else []
    parts += [f"{count} {unit}" for count, unit in ((hours, "h"), (minutes, "min"), (secs, "s")) if count]
    return " ".join(parts) or ("less than 1 s" if span else "0 min")
