"""Read ``limits.toml`` strictly: every number of the rules, with its unit, source and sureness.

LimitError (a ValueError)    an entry without value, unit, source or sureness; a limit that does not exist;
                             a limit read in a unit that it does not have
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.quantities import (
    Concentration,
    DoseRate,
    Mass,
    Sureness,
    Volume,
    as_decimal,
    plain,
    quotient,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_DAYS = {"d": timedelta(days=1), "h": timedelta(hours=1), "min": timedelta(minutes=1)}
_PERCENT = Decimal(100)
UNITS = frozenset(
    {"d", "h", "min", "y", "month", "mcg", "mcg/day", "mcg/h", "mcg/mL", "mL", "mL/day", "mg", "mg/day"}
    | {"mg/h", "mL/min", "%", "1", "grade", "cm", "m", "kg", "mmHg", "degC", "mcg/year", "per min", "per h"}
)
"""The units that an entry may have; ``1`` is a plain number, such as a factor or a count."""
_ENTRY_FIELDS = frozenset({"what", "unit", "stricter", "policy", "decided_by"})
_VALUE_FIELDS = frozenset({"value", "sureness", "source", "reviewed", "note"})


class LimitError(ValueError):
    """A number of the rules that is missing, incomplete or read in another unit."""


class Jurisdiction(StrEnum):
    """Whose labels and rules apply."""

    US = "US"
    EU = "EU"
    JP = "JP"
    IN = "IN"

    @property
    def place(self) -> str:
        """The name in words."""
        return {"US": "United States", "EU": "European Union", "JP": "Japan", "IN": "India"}[self.value]


class Stricter(StrEnum):
    """Which of two values of a limit is the stricter."""

    LOWER = "lower"
    HIGHER = "higher"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One number as it applies here, with where it comes from.

    Attributes:
        id: its stable name in ``limits.toml``.
        what: what it limits, in words.
        value: the number.
        unit: its unit, one of ``UNITS``.
        sureness: whether anyone read it in its source.
        source: who says so.
        reviewed: when it was last compared with its source.
        applies: why this value applies: a jurisdiction, general practice, local policy, or the stricter of
            the known labels standing in for one that was not found.
        is_stand_in: whether it stands in for a value that was not found.
    """

    id: str
    what: str
    value: Decimal
    unit: str
    sureness: Sureness
    source: str
    reviewed: date
    applies: str
    is_stand_in: bool = False

    @property
    def duration(self) -> timedelta:
        """The value as a duration; of an entry in d, h or min."""
        self._of(*_DAYS)
        return _DAYS[self.unit] * float(self.value) if self.value % 1 else _DAYS[self.unit] * int(self.value)

    @property
    def mass(self) -> Mass:
        """The value as an amount of drug; of an entry in mcg."""
        self._of("mcg")
        return Mass(ug=self.value)

    @property
    def dose_rate(self) -> DoseRate:
        """The value as a dose rate; of an entry in mcg/day."""
        self._of("mcg/day")
        return DoseRate(ug_per_day=self.value)

    @property
    def volume(self) -> Volume:
        """The value as a volume; of an entry in mL."""
        self._of("mL")
        return Volume(mL=self.value)

    @property
    def concentration(self) -> Concentration:
        """The value as a concentration; of an entry in mcg/mL."""
        self._of("mcg/mL")
        return Concentration(ug_per_mL=self.value)

    @property
    def share(self) -> Decimal:
        """The value as a part of 1; of an entry in %."""
        self._of("%")
        return quotient(self.value, _PERCENT)

    def number(self, unit: str) -> Decimal:
        """Return the plain number, of an entry in exactly this unit."""
        self._of(unit)
        return self.value

    def write(self) -> str:
        """Write the value with its unit.

        >>> entries()["change_interval"].values["any"].write()
        '24 h'
        """
        if self.unit == "1":
            return plain(self.value)
        return f"{plain(self.value)} {self.unit}"

    def _of(self, *units: str) -> None:
        if self.unit not in units:
            raise LimitError(f"{self.id}: is in {self.unit}, it was read in {' or '.join(units)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One limit with all its known values.

    Attributes:
        id: its stable name.
        what: what it limits, in words.
        unit: one of ``UNITS``.
        stricter: which of two values is the stricter; None where every jurisdiction has the same value.
        may_be_policy: whether a hospital's signed policy may set it.
        decided_by: who decides where no value is known here.
        values: by jurisdiction, or ``any`` for what holds everywhere.
    """

    id: str
    what: str
    unit: str
    stricter: Stricter | None
    may_be_policy: bool
    decided_by: str
    values: Mapping[str, Limit]


@lru_cache(maxsize=1)
def entries() -> Mapping[str, Entry]:
    """Return every limit by its id, in the order of the file."""
    return _read(_text())


@lru_cache(maxsize=1)
def limits_version() -> str:
    """Return the version of the table."""
    return str(tomllib.loads(_text())["version"])


def limits_entry(name: str) -> Entry:
    """Return one limit with all its values.

    Raises:
        LimitError: no limit of that name.
    """
    if name not in entries():
        raise LimitError(f"{name}: there is no limit of that name in limits.toml")
    return entries()[name]


def read_entries(text: str) -> Mapping[str, Entry]:
    """Read a table of limits from its text.

    Raises:
        LimitError: an entry is incomplete or has a field that does not exist.
    """
    return _read(text)


def _text() -> str:
    return (files("thecal.dosing.limits") / "limits.toml").read_text(encoding="utf-8")


def _read(text: str) -> Mapping[str, Entry]:
    document = tomllib.loads(text)
    extra = sorted(document.keys() - {"version", "limit"})
    if extra:
        raise LimitError(f"limits.toml: {', '.join(extra)} is no part of it; use version and limit")
    return MappingProxyType({name: _entry(name, fields) for name, fields in document["limit"].items()})


def _entry(name: str, fields: dict[str, object]) -> Entry:
    places = {*Jurisdiction, "any"}
    _only(name, fields, _ENTRY_FIELDS | places, needed={"what", "unit"})
    unit, what = str(fields["unit"]), str(fields["what"])
    if unit not in UNITS:
        raise LimitError(f"{name}: unit {unit!r} is not one of {', '.join(sorted(UNITS))}")
    stricter = Stricter(str(fields["stricter"])) if "stricter" in fields else None
    values = {place: _value(name, what, unit, place, fields[place]) for place in fields if place in places}
    decided_by = str(fields.get("decided_by", ""))
    if not values and not decided_by:
        raise LimitError(f"{name}: has no value; say who decides in decided_by")
    if len({limit.value for limit in values.values()}) > 1 and stricter is None:
        raise LimitError(f"{name}: its values differ; say which is the stricter, lower or higher")
    may_be_policy = bool(fields.get("policy", False)) or not values
    return Entry(
        id=name,
        what=what,
        unit=unit,
        stricter=stricter,
        may_be_policy=may_be_policy,
        decided_by=decided_by,
        values=MappingProxyType(values),
    )


def _value(name: str, what: str, unit: str, place: str, fields: object) -> Limit:
    if not isinstance(fields, dict):
        raise LimitError(f"{name}, {place}: needs value, sureness, source and reviewed")
    _only(f"{name}, {place}", fields, _VALUE_FIELDS, needed={"value", "sureness", "source", "reviewed"})
    if not isinstance(fields["value"], str):
        raise LimitError(f"{name}, {place}: write the value as text, so that no digit is added or lost")
    if not isinstance(fields["reviewed"], date):
        raise LimitError(f"{name}, {place}: reviewed must be a date, got {fields['reviewed']!r}")
    source = str(fields["source"]).strip()
    if not source:
        raise LimitError(f"{name}, {place}: has no source")
    note = str(fields.get("note", "")).strip()
    return Limit(
        id=name,
        what=what,
        value=as_decimal(fields["value"]),
        unit=unit,
        sureness=Sureness(fields["sureness"]),
        source=f"{source}; {note}" if note else source,
        reviewed=fields["reviewed"],
        applies="everywhere" if place == "any" else Jurisdiction(place).place,
    )


def _only(name: str, fields: dict[str, object], allowed: set[str] | frozenset[str], needed: set[str]) -> None:
    extra, missing = sorted(fields.keys() - allowed), sorted(needed - fields.keys())
    if extra:
        raise LimitError(
            f"{name}: {', '.join(extra)} is no field of a limit; use {', '.join(sorted(allowed))}"
        )
    if missing:
        raise LimitError(f"{name}: {', '.join(missing)} is missing")
