"""How amounts that people typed are read: the number as written, the unit named, nothing guessed.

Every refusal names the field, the value, what was expected and an example. The mu sign is understood when
read (people paste it) and never written. What could mean two things is refused: ``1,000`` (a thousand, or
one), ``.5`` and ``5.`` (a lost point makes five), a number without its unit (hours taken for minutes killed
two people in 2004), ``m`` (minutes, or months).
"""

from __future__ import annotations

import re
from datetime import time, timedelta
from decimal import Decimal

from thecal.quantities.amounts import Concentration, DoseRate, Mass, QuantityError, Volume, exactly

_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_NUMBER_AND_UNIT = re.compile(r"([0-9.,+-]+(?:[eE][+-]?[0-9]+)?)\s*([^0-9.,+-].*)?", re.DOTALL)
_TIME_OF_DAY = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_PART_OF_DURATION = re.compile(r"([0-9.]+)\s*([a-zA-Z]+)\s*")
_LONGEST = 64
_MASS = {
    "ug": 1,
    "mcg": 1,
    "microgram": 1,
    "micrograms": 1,
    "\N{MICRO SIGN}g": 1,
    "\N{GREEK SMALL LETTER MU}g": 1,
}
_MASS_WITH_MG = {**_MASS, "mg": 1000}
_PER_DAY = ("/day", "/d", " per day")
_PER_ML = ("/ml", " per ml")
_DURATION = {
    **dict.fromkeys(("d", "day", "days"), 86_400),
    **dict.fromkeys(("h", "hour", "hours"), 3600),
    **dict.fromkeys(("min", "minute", "minutes"), 60),
    **dict.fromkeys(("s", "second", "seconds"), 1),
}
_LONGEST_DURATION_DAYS = 3650


def _cleaned(text: str, *, field: str) -> str:
    cleaned = text.strip()
    if len(cleaned) > _LONGEST:
        raise QuantityError(
            f"{field}: {cleaned[:_LONGEST]!r}... is {len(cleaned)} characters long; write 1 to {_LONGEST}"
        )
    return cleaned


def read_number(text: str, *, field: str) -> Decimal:
    """Read a plain non-negative decimal: digits, a point, digits. No sign, comma, exponent or bare point.

    Raises:
        QuantityError: anything else; ``5.0`` and ``05`` are read, ``.5``, ``5.``, ``1e3``, ``1,000`` are not.
    """
    cleaned = _cleaned(text, field=field)
    if not _NUMBER.fullmatch(cleaned):
        raise QuantityError(
            f"{field}: {cleaned!r} is not a number as doses are written; use 1 to 9 digits, and after "
            "a point up to 6 more, without sign, comma or exponent, for example 0.5 or 125.5"
        )
    return Decimal(cleaned)


def _read_amount(text: str, *, field: str, units: dict[str, int], example: str) -> Decimal:
    cleaned = _cleaned(text, field=field)
    parts = _NUMBER_AND_UNIT.fullmatch(cleaned)
    if parts is None or parts[2] is None:
        raise QuantityError(f"{field}: {cleaned!r} needs a number and a unit, for example {example!r}")
    number = read_number(parts[1], field=field)
    unit = re.sub(r"\s*/\s*", "/", " ".join(parts[2].lower().split()))
    if unit not in units:
        raise QuantityError(f"{field}: the unit of {cleaned!r} is not known here; write it as {example!r}")
    return exactly(number, Decimal(units[unit]))


def _with_suffix(masses: dict[str, int], suffixes: tuple[str, ...]) -> dict[str, int]:
    return {mass + suffix: scale for mass, scale in masses.items() for suffix in suffixes}


_DOSE_RATE_UNITS = _with_suffix(_MASS, _PER_DAY)
_CONCENTRATION_UNITS = _with_suffix(_MASS_WITH_MG, _PER_ML)


def read_mass(text: str, *, field: str) -> Mass:
    """Read ``50 mcg`` (also ug, mg)."""
    return Mass(ug=_read_amount(text, field=field, units=_MASS_WITH_MG, example="50 mcg"))


def read_volume(text: str, *, field: str) -> Volume:
    """Read ``18.6 mL``."""
    return Volume(mL=_read_amount(text, field=field, units={"ml": 1}, example="18.6 mL"))


def read_concentration(text: str, *, field: str) -> Concentration:
    """Read ``500 mcg/mL`` (also ug/mL, mg/mL); zero is refused."""
    value = _read_amount(text, field=field, units=_CONCENTRATION_UNITS, example="500 mcg/mL")
    if value == 0:
        raise QuantityError(
            f"{field}: a solution of 0 mcg/mL contains no drug; enter its concentration, "
            "for example '500 mcg/mL'"
        )
    return Concentration(ug_per_mL=value)


def read_dose_rate(text: str, *, field: str) -> DoseRate:
    """Read ``125.5 mcg/day`` (also ug/day, mcg/d). Milligrams a day are refused as no intrathecal dose."""
    return DoseRate(
        ug_per_day=_read_amount(text, field=field, units=_DOSE_RATE_UNITS, example="125.5 mcg/day")
    )


def read_duration(text: str, *, field: str) -> timedelta:
    """Read ``1 day 2 h 5 min``, ``90 min`` or ``1.5 h``: the larger unit first, each at most once (ITB-054).

    Raises:
        QuantityError: no unit, an unknown or ambiguous one, not whole seconds, or above 3650 days.
    """
    cleaned = _cleaned(text, field=field)
    total, at, smallest = Decimal(0), 0, 2 * 86_400
    while part := _PART_OF_DURATION.match(cleaned, at):
        size = _DURATION.get(part[2].lower(), smallest)
        if size >= smallest:
            break
        total += exactly(read_number(part[1], field=field), Decimal(size))
        at, smallest = part.end(), size
    if at == 0 or at < len(cleaned):
        raise QuantityError(
            f"{field}: {cleaned!r} is not a duration; write days, h, min or s, the larger first, "
            "for example '90 min' or '1 h 30 min'"
        )
    if total != int(total) or total > _LONGEST_DURATION_DAYS * 86_400:
        raise QuantityError(
            f"{field}: {cleaned!r} is outside what is allowed, whole seconds from 0 s "
            f"to {_LONGEST_DURATION_DAYS} days"
        )
    return timedelta(seconds=int(total))


def read_time_of_day(text: str, *, field: str) -> time:
    """Read a pump time of day on the 24-hour clock: ``06:30``, ``6:30`` or ``06:30:15``.

    Raises:
        QuantityError: anything else; midnight is ``00:00``, and ``24:00`` is refused.
    """
    cleaned = _cleaned(text, field=field)
    parts = _TIME_OF_DAY.fullmatch(cleaned)
    if parts is None:
        raise QuantityError(
            f"{field}: {cleaned!r} is not a time of day on the 24-hour clock, 00:00 to 23:59, "
            "for example '06:30'"
        )
    return time(int(parts[1]), int(parts[2]), int(parts[3] or 0))
