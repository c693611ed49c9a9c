"""How amounts are written for people: mcg, a leading zero, never a trailing one, never the mu sign.

The one place that formats doses (ITB-172; ISMP's list of error-prone abbreviations). A template or a
script that formats its own is a defect.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING

from thecal.quantities.amounts import quotient

if TYPE_CHECKING:
    from datetime import time, timedelta

    from thecal.quantities.amounts import Concentration, DoseRate, FlowRate, Mass, Volume

_WIDE = Context(prec=60)


def plain(number: Decimal) -> str:
    """Write a decimal in full, without exponent or trailing zero.

    >>> plain(Decimal("5.0")), plain(Decimal("0.50")), plain(Decimal("1E+3")), plain(Decimal("-0"))
    ('5', '0.5', '1000', '0')
    """
    if number == 0:
        return "0"
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def write_rounded(number: Decimal, *, places: int) -> str:
    """Write a decimal to at most ``places`` decimal places, half to even, without trailing zeros.

    >>> write_rounded(Decimal("2.3456"), places=2), write_rounded(Decimal("2.999"), places=2)
    ('2.35', '3')
    """
    return plain(number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN, _WIDE))


def write_mass(mass: Mass) -> str:
    """Write an amount of drug: ``50 mcg``. At most four decimal places are shown."""
    return f"{write_rounded(mass.ug, places=4)} mcg"


def write_volume(volume: Volume) -> str:
    """Write an amount of fluid: ``18.6 mL``. At most four decimal places are shown."""
    return f"{write_rounded(volume.mL, places=4)} mL"


def write_concentration(concentration: Concentration) -> str:
    """Write a strength: ``500 mcg/mL``."""
    return f"{write_rounded(concentration.ug_per_mL, places=4)} mcg/mL"


def write_dose_rate(rate: DoseRate) -> str:
    """Write a daily dose: ``125.5 mcg/day``. At most four decimal places are shown."""
    return f"{write_rounded(rate.ug_per_day, places=4)} mcg/day"


def write_flow(flow: FlowRate) -> str:
    """Write a flow: ``0.4 mL/day``. At most five decimal places are shown."""
    return f"{write_rounded(flow.mL_per_day, places=5)} mL/day"


def write_percent_change(before: DoseRate, after: DoseRate) -> str:
    """Write the relative change of a daily dose: ``+20 %``, ``-12.5 %``, ``no change``, ``from zero``."""
    if before == after:
        return "no change"
    if before.is_zero:
        return "from zero"
    change = quotient((after.ug_per_day - before.ug_per_day) * 100, before.ug_per_day)
    sign = "+" if change > 0 else ""
    return f"{sign}{write_rounded(change, places=1)} %"


def write_time_of_day(moment: time) -> str:
    """Write a pump time of day on the 24-hour clock: ``06:30``; seconds only where there are any."""
    return moment.isoformat(timespec="seconds" if moment.second or moment.microsecond else "minutes")


def write_duration(span: timedelta) -> str:
    """Write a duration in whole days, hours, minutes and seconds: ``1 day 2 h 5 min``."""
    total = span.days * 86_400 + span.seconds
    days, rest = divmod(total, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, secs = divmod(rest, 60)
    parts = [f"{days} day{'s' if days != 1 else ''}"] if days else []
    parts += [f"{count} {unit}" for count, unit in ((hours, "h"), (minutes, "min"), (secs, "s")) if count]
    return " ".join(parts) or "0 min"
