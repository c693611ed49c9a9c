"""How amounts that people typed are read: the number as written, the unit named, nothing guessed.

Every refusal names the field, the value, what was expected and an example. The mu sign is understood when
read (people paste it) and never written.
"""

from __future__ import annotations

import re
from decimal import Decimal

from thecal.quantities.amounts import Concentration, DoseRate, Mass, QuantityError, Volume

_NUMBER = re.compile(r"\d{1,9}(\.\d{1,6})?")
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


def read_number(text: str, *, field: str) -> Decimal:
    """Read a plain non-negative decimal: digits, a point, digits. No sign, comma, exponent or bare point.

    Raises:
        QuantityError: anything else; ``5.0`` and ``05`` are read, ``.5``, ``1e3``, ``1,000`` are not.
    """
    cleaned = text.strip()[:_LONGEST]
    if not _NUMBER.fullmatch(cleaned):
        message = (
            f"{field}: {cleaned!r} is not a number as doses are written; "
            "use digits with a leading zero, for example 0.5 or 125.5"
        )
        raise QuantityError(message)
    return Decimal(cleaned)


def _split(text: str, *, field: str, units: dict[str, int], example: str) -> Decimal:
    cleaned = text.strip()[:_LONGEST]
    parts = re.match(r"([0-9.,]+)\s*(.*)", cleaned)
    unit = parts[2].strip().lower() if parts else ""
    if parts is None or not unit:
        raise QuantityError(f"{field}: {cleaned!r} needs a number and a unit, for example {example!r}")
    if unit not in units:
        raise QuantityError(f"{field}: the unit of {cleaned!r} is not known here; write it as {example!r}")
    return read_number(parts[1], field=field) * units[unit]


def _with_suffix(masses: dict[str, int], suffixes: tuple[str, ...]) -> dict[str, int]:
    return {mass + suffix: scale for mass, scale in masses.items() for suffix in suffixes}


_DOSE_RATE_UNITS = _with_suffix(_MASS, _PER_DAY)
_CONCENTRATION_UNITS = _with_suffix(_MASS_WITH_MG, _PER_ML)


def read_mass(text: str, *, field: str) -> Mass:
    """Read ``50 mcg`` (also ug, mg)."""
    return Mass(ug=_split(text, field=field, units=_MASS_WITH_MG, example="50 mcg"))


def read_volume(text: str, *, field: str) -> Volume:
    """Read ``18.6 mL``."""
    return Volume(mL=_split(text, field=field, units={"ml": 1}, example="18.6 mL"))


def read_concentration(text: str, *, field: str) -> Concentration:
    """Read ``500 mcg/mL`` (also ug/mL, mg/mL); zero is refused."""
    value = _split(text, field=field, units=_CONCENTRATION_UNITS, example="500 mcg/mL")
    if value == 0:
        raise QuantityError(
            f"{field}: a solution of 0 mcg/mL holds no drug; write its strength, for example '500 mcg/mL'"
        )
    return Concentration(ug_per_mL=value)


def read_dose_rate(text: str, *, field: str) -> DoseRate:
    """Read ``125.5 mcg/day`` (also ug/day, mcg/d). Milligrams a day are refused as no intrathecal dose."""
    return DoseRate(ug_per_day=_split(text, field=field, units=_DOSE_RATE_UNITS, example="125.5 mcg/day"))
