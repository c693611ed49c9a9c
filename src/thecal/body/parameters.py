"""The model's numbers: read from ``parameters.toml`` and checked, each with its source and how sure it is."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.bounds import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thecal.body.bounds import Floats

_SURENESS = frozenset({"V", "V2", "M", "D", "assumed"})
_FIELDS = frozenset({"value", "unit", "law", "sd", "range", "sureness", "source", "how"})
_SLOT_FIELDS = frozenset({"name", "what", "source", "fills"})
NEEDED = frozenset(
    {
        "canal_length_cm",
        "spinal_csf_mL",
        "cranial_csf_mL",
        "cord_volume_mL",
        "dispersion_cm2_h",
        "bulk_flow_mL_h",
        "density_drift_mL_h_per_mg_mL",
        "stirring_flow_mL_h",
        "spinal_loss_per_h",
        "csf_turnover_mL_h",
        "cord_exchange_per_h",
        "cord_partition",
        "tubing_mL",
        "catheter_bore_mL_per_cm",
        "catheter_diffusion_cm2_h",
        "stirred_volumes",
        "plasma_clearance_L_h",
        "plasma_volume_L",
        "effect_delay_per_h",
        "ec50_ng_mL",
        "effect_steepness",
        "tone_legs_before",
        "tone_arms_before",
        "oral_absorption_per_h",
        "oral_bioavailability",
        "creatinine_clearance_mL_min",
        "renal_share",
        "csf_plasma_ratio",
        "plasma_to_csf_per_h",
        "brain_delay_per_h",
        "sedation_ec50_ng_mL",
        "sedation_steepness",
        "tolerance_gain",
        "tolerance_per_day",
        "adaptation_per_day",
        "withdrawal_delay_per_h",
        "rebound_grades",
        "spasms_before",
        "spasms_ec50_ng_mL",
        "reflexes_before",
        "reflexes_arms_before",
        "hm_ec50_ng_mL",
        "hm_steepness",
    }
)


class Law(Enum):
    """How a parameter differs between patients."""

    FIXED = "fixed"
    NORMAL = "normal"
    LOGNORMAL = "lognormal"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One number of the model, with where it comes from.

    ``sd`` is in the value's unit for a normal law and of the natural logarithm for a log-normal one.
    """

    name: str
    value: float
    unit: str
    law: Law
    sd: float
    low: float
    high: float
    sureness: str
    source: str
    how: str = ""

    def __post_init__(self) -> None:
        """Refuse a number out of its own range, without a source, or assumed without saying how."""
        number(self.name, self.value, self.unit, low=self.low, high=self.high, source=self.source)
        number(
            f"sd of {self.name}", self.sd, "1" if self.law is Law.LOGNORMAL else self.unit, low=0, high=1e6
        )
        if self.sureness not in _SURENESS:
            raise ValueError(
                f"{self.name}: sureness {self.sureness!r}; allowed: {', '.join(sorted(_SURENESS))}"
            )
        if not self.source or not self.unit:
            raise ValueError(f"{self.name} needs a unit and a source")
        if self.sureness == "assumed" and not self.how:
            raise ValueError(f"{self.name} is assumed: say how it was chosen")

    def at(self, deviates: Floats) -> Floats:
        """Return the values so many standard deviations from the centre, cut off at the allowed range."""
        if self.law is Law.LOGNORMAL:
            drawn = self.value * np.exp(self.sd * deviates)
        else:
            drawn = self.value + self.sd * deviates
        return np.clip(drawn, self.low, self.high)


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A place kept for something published that could not be read.

    ``fills`` names the parameters that would be set by it.
    """

    name: str
    what: str
    source: str
    fills: tuple[str, ...]


@dataclass(frozen=True)
class Parameters:
    """A complete, checked set of parameters, and what could not be read for it."""

    version: str
    table: Mapping[str, Parameter]
    slots: tuple[Slot, ...] = ()

    def __getitem__(self, name: str) -> Parameter:
        """Return one parameter.

        Raises:
            ValueError: no such parameter.
        """
        try:
            return self.table[name]
        except KeyError:
            raise ValueError(f"parameter {name!r} is unknown; allowed: {', '.join(self.table)}") from None

    def knowing(self, **values: float) -> Parameters:
        """Return these parameters with some known for the patient at hand: fixed, without spread.

        >>> load_parameters().knowing(tone_legs_before=4)["tone_legs_before"].value
        4
        >>> load_parameters().knowing(tone_legs_before=9)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        ValueError: tone_legs_before is 9 Ashworth 1-5; allowed: 1 to 5 Ashworth 1-5 (...)

        Raises:
            ValueError: an unknown name, or a value out of the parameter's range.
        """
        known = {
            name: replace(self[name], value=value, law=Law.FIXED, sd=0.0) for name, value in values.items()
        }
        return replace(self, table=MappingProxyType({**self.table, **known}))


@lru_cache(maxsize=1)
def load_parameters() -> Parameters:
    """Return the shipped parameters.

    Raises:
        ValueError: the file lacks a field, has an unknown one, or a value is out of its range.
    """
    from importlib.resources import files  # noqa: PLC0415 - slow to load, and not every import reads

    return read_parameters(files("thecal.body").joinpath("parameters.toml").read_text("utf-8"))


def read_parameters(text: str) -> Parameters:
    """Return the parameters written in ``text`` (TOML, as the shipped file).

    Raises:
        ValueError: not TOML, a field missing or unknown, or a value out of its range.
    """
    document = tomllib.loads(text)
    table = {name: read_parameter(name, row) for name, row in document.get("parameter", {}).items()}
    if missing := NEEDED - set(table):
        raise ValueError(f"parameters are missing: {', '.join(sorted(missing))}")
    if unknown := set(table) - NEEDED:
        raise ValueError(f"parameters are unknown: {', '.join(sorted(unknown))}")
    slots = tuple(_slot(row, table) for row in document.get("slot", []))
    return Parameters(version=str(document.get("version", "")), table=MappingProxyType(table), slots=slots)


def read_parameter(name: str, row: Mapping[str, object]) -> Parameter:
    """Return one row of a file as a parameter.

    Raises:
        ValueError: a field missing or unknown, or a value out of its range.
    """
    if unknown := set(row) - _FIELDS:
        raise ValueError(f"{name}: unknown field {', '.join(sorted(unknown))}")
    if missing := _FIELDS - {"how", "sd"} - set(row):
        raise ValueError(f"{name}: missing field {', '.join(sorted(missing))}")
    laws = {law.value: law for law in Law}
    if row["law"] not in laws:
        raise ValueError(f"{name}: law {row['law']!r}; allowed: {', '.join(laws)}")
    bounds = row["range"]
    if not isinstance(bounds, list) or len(bounds) != len(("low", "high")):
        raise ValueError(f"{name}: range must be two numbers, got {bounds!r}")
    return Parameter(
        name=name,
        value=_plain_number(name, row["value"]),
        unit=str(row["unit"]),
        law=laws[str(row["law"])],
        sd=_plain_number(name, row.get("sd", 0.0)),
        low=_plain_number(name, bounds[0]),
        high=_plain_number(name, bounds[1]),
        sureness=str(row["sureness"]),
        source=str(row["source"]),
        how=str(row.get("how", "")),
    )


def _slot(row: Mapping[str, object], table: Mapping[str, Parameter]) -> Slot:
    """Check one slot and return it."""
    name, fills = str(row.get("name", "?")), row.get("fills")
    if set(row) != _SLOT_FIELDS or not isinstance(fills, list):
        raise ValueError(f"slot {name}: needs {', '.join(sorted(_SLOT_FIELDS))}, fills as a list")
    if unknown := [one for one in fills if one not in table]:
        raise ValueError(f"slot {name}: fills {unknown[0]!r}, which is no parameter")
    return Slot(name=name, what=str(row["what"]), source=str(row["source"]), fills=tuple(fills))


def _plain_number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{name} must be written as a number, got {value!r}")  # noqa: TRY004 - one kind of error
    return float(value)
