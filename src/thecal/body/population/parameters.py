"""The model's numbers: read from ``parameters.toml`` and checked, each with its source and how sure it is."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.bounds import Named, explains_arguments, number, one_of, unknown
from thecal.quantities import Sureness

if TYPE_CHECKING:
    from collections.abc import Iterable

    from thecal.body.bounds import Floats

SURENESS: Mapping[str, str] = MappingProxyType({mark.value: mark.meaning for mark in Sureness})
"""How sure a number or a source is, by its mark, and in words."""
_FIELDS = frozenset({"value", "unit", "law", "sd", "range", "sureness", "source", "how"})
_SLOT_FIELDS = frozenset({"name", "what", "source", "fills"})
PATIENT_PARAMETERS = frozenset(
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
        "potency",
    }
)
CATHETER_PARAMETERS: Mapping[str, str] = MappingProxyType(
    {
        "tubing_mL": "tubing_mL",
        "catheter_bore_mL_per_cm": "bore_mL_per_cm",
        "catheter_diffusion_cm2_h": "diffusion_cm2_h",
    }
)
"""The numbers of the file that an implant begins with, and what the implant calls each."""
STEPS: Mapping[str, int] = MappingProxyType(
    {
        "disease": 0,
        "course": 0,
        "oral population": 0,
        "molecule": 0,
        "animal": 0,
        "child": 1,
        "conditions": 2,
        "hour": 2,
    }
)
"""What can be changed of a patient's parameters, each once, and in which order."""
_ONCE: Mapping[str, str] = MappingProxyType({"conditions": "all conditions at once"})
_APART: Mapping[frozenset[str], str] = MappingProxyType(
    {
        frozenset({"child", "oral population"}): "these are adults, and a child's plasma goes by weight",
        frozenset({"child", "molecule"}): "a child's plasma is known for baclofen alone",
        frozenset({"child", "animal"}): "a child's proportions are a human being's",
        frozenset({"hour", "animal"}): "the hours were measured in human beings",
    }
)


class Law(Enum):
    """How a parameter differs between patients."""

    FIXED = "fixed"
    NORMAL = "normal"
    LOGNORMAL = "lognormal"


@explains_arguments
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
        one_of(f"law of {self.name}", self.law, Law, allowed=", ".join(map(str, Law)))
        for end in (self.low, self.high):
            number(f"range of {self.name}", end, self.unit, low=-1e9, high=1e9)
        number(self.name, self.value, self.unit, low=self.low, high=self.high, source=self.source)
        number(
            f"sd of {self.name}", self.sd, "1" if self.law is Law.LOGNORMAL else self.unit, low=0, high=1e6
        )
        if self.sureness not in SURENESS:
            raise ValueError(
                f"{self.name}: sureness {self.sureness!r}; allowed: {', '.join(sorted(SURENESS))}"
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


@explains_arguments
@dataclass(frozen=True, kw_only=True)
class Slot:
    """A place kept for something published that could not be read.

    ``fills`` names the parameters that would be set by it.
    """

    name: str
    what: str
    source: str
    fills: tuple[str, ...]


@explains_arguments
@dataclass(frozen=True)
class Parameters:
    """A complete, checked set of parameters, and what could not be read for it.

    Args:
        version: of the file.
        table: the patient's numbers, by name.
        slots: what could not be read.
        catheter: the numbers an implant begins with, by name; they are no patient's.
        known: names of the parameters measured in this patient: no later change touches them.
        changes: what the numbers were changed for, and how, as ``STEPS`` names it.
        used: names of those that a change was worked out with.
    """

    version: str
    table: Mapping[str, Parameter]
    slots: tuple[Slot, ...] = ()
    catheter: Mapping[str, Parameter] = field(default_factory=lambda: MappingProxyType({}))
    known: frozenset[str] = frozenset()
    changes: tuple[tuple[str, str], ...] = ()
    used: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> Parameter:
        """Return one parameter, of the patient or of the catheter.

        Raises:
            ValueError: no such parameter.
        """
        one_of("parameter", name, str, allowed="its name")
        for table in (self.table, self.catheter):
            if name in table:
                return table[name]
        raise unknown("parameter", name, [*self.table, *self.catheter])

    def knowing(self, **values: float) -> Parameters:
        """Return these parameters with some measured in this patient: fixed, without spread.

        What is known stays so, whatever group, size or posture is said of the patient afterwards.

        >>> load_parameters().knowing(tone_legs_before=4)["tone_legs_before"].value
        4
        >>> load_parameters().knowing(tone_legs_before=9)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        ValueError: tone_legs_before is 9 Ashworth 1-5; allowed: 1 to 5 Ashworth 1-5 (...)

        Raises:
            ValueError: an unknown name, a value out of the parameter's range, a number of the catheter, or
                one that an earlier change was worked out with.
        """
        for name in values:
            if name in CATHETER_PARAMETERS:
                raise ValueError(
                    f"{name} is the catheter's and not known of a patient; "
                    f"allowed: Implant({CATHETER_PARAMETERS[name]}=...)"
                )
            if name in self.used:
                so_far = ", ".join(what for _, what in self.changes)
                raise ValueError(f"{name} is known too late; allowed: before what it is used for: {so_far}")
        known = {
            name: replace(self[name], value=value, law=Law.FIXED, sd=0.0) for name, value in values.items()
        }
        return replace(self, table=_by_name({**self.table, **known}), known=self.known | known.keys())

    def changed(
        self, step: str, what: str, table: Mapping[str, Parameter], *, uses: Iterable[str] = ()
    ) -> Parameters:
        """Return these parameters with some replaced, but for those that are known.

        Args:
            step: which of ``STEPS`` it is.
            what: in words.
            table: the parameters that take the place of others.
            uses: names of those it was worked out with.

        Raises:
            ValueError: no such step or parameter; the step was taken, comes too late, or does not go with
                another.
        """
        uses = tuple(uses)
        self.check_step(step, what)
        for name in (*table, *uses):
            if name not in self.table:
                raise unknown("parameter", name, self.table)
        open_to_change = {name: one for name, one in table.items() if name not in self.known}
        return replace(
            self,
            table=_by_name({**self.table, **open_to_change}),
            changes=(*self.changes, (step, what)),
            used=self.used.union(uses),
        )

    def check_step(self, step: str, what: str) -> None:
        """Refuse a step of ``STEPS`` that was taken, comes too late, or does not go with another.

        Raises:
            ValueError: no such step, or with the step that stands in its way.
        """
        one_of("step", step, str, allowed=f"a name: {', '.join(STEPS)}")
        if step not in STEPS:
            raise unknown("step", step, STEPS)
        change = f"group {what}" if STEPS[step] == 0 else what
        for earlier, there in self.changes:
            if earlier == step:
                raise ValueError(f"{change} stands beside {there}; allowed: {_ONCE.get(step, f'one {step}')}")
            if why := _APART.get(frozenset({step, earlier})):
                raise ValueError(f"{change} stands beside {there}; allowed: one of them, for {why}")
            if STEPS[earlier] > STEPS[step]:
                raise ValueError(f"{change} comes after {there}; allowed: before it")


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
    document = toml_of(text)
    table = _rows(document, "parameter", "parameters", PATIENT_PARAMETERS)
    catheter = _rows(document, "catheter", "numbers of the catheter", frozenset(CATHETER_PARAMETERS))
    rows = document.get("slot", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"slot is {rows!r}; allowed: tables [[slot]]")
    slots = tuple(_slot(row, {**table, **catheter}) for row in rows)
    return Parameters(
        version=str(document.get("version", "")),
        table=_by_name(table),
        slots=slots,
        catheter=_by_name(catheter),
    )


def _by_name(table: Mapping[str, Parameter]) -> Mapping[str, Parameter]:
    return MappingProxyType(Named("parameter", table))


def toml_of(text: str) -> dict[str, object]:
    """Return a file's text as tables.

    Raises:
        ValueError: no text, or not TOML; the message says where.
    """
    try:
        return tomllib.loads(one_of("text", text, str, allowed="the text of a TOML file"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"text: {error}; allowed: TOML") from error


def _rows(
    document: Mapping[str, object], name: str, label: str, needed: frozenset[str]
) -> dict[str, Parameter]:
    """Return one table of the file, complete."""
    rows = document.get(name, {})
    if not isinstance(rows, dict):
        raise ValueError(f"{name} must be tables, got {rows!r}")  # noqa: TRY004 - one kind of error
    table = {one: read_parameter(one, row) for one, row in rows.items()}
    if missing := needed - set(table):
        raise ValueError(f"{label} are missing: {', '.join(sorted(missing))}")
    if extra := set(table) - needed:
        raise ValueError(f"{label} are unknown: {', '.join(sorted(extra))}")
    return table


def read_parameter(name: str, row: Mapping[str, object]) -> Parameter:
    """Return one row of a file as a parameter.

    Raises:
        ValueError: a field missing or unknown, or a value out of its range.
    """
    one_of(name, row, Mapping, allowed=f"a table of {', '.join(sorted(_FIELDS))}")
    if extra := set(row) - _FIELDS:
        raise ValueError(f"{name}: unknown field {', '.join(sorted(extra))}")
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
    if strangers := [one for one in fills if one not in table]:
        raise unknown(f"slot {name}: parameter", strangers[0], table)
    return Slot(name=name, what=str(row["what"]), source=str(row["source"]), fills=tuple(fills))


def _plain_number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{name} must be written as a number, got {value!r}")  # noqa: TRY004 - one kind of error
    return float(value)
