"""Accident files, in TOML: their source, the intended dose, and the steps that people took."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from thecal.body import SURENESS
from thecal.pump import PROFILES, load_models

if TYPE_CHECKING:
    from collections.abc import Mapping

ACTS = MappingProxyType(
    {
        "program": {"ug_per_day", "bolus_ug", "minutes", "every_minutes", "at_hour", "meant"},
        "prime": {"ug_per_day", "tubing_mL", "catheter_mL", "minutes"},
        "begin update": set(),
        "arm refill": {"fill_mL", "label_ug_per_mL", "ug_per_day", "bridge"},
        "confirm refill": {"left_mL"},
        "fill": {"left_mL", "fill_mL", "product_ug_per_mL"},
        "refill": {
            "left_mL",
            "fill_mL",
            "label_ug_per_mL",
            "product_ug_per_mL",
            "ug_per_day",
            "scanned_mg",
            "scanned_mL",
        },
        "stop": set(),
        "draw out": {"found_mL"},
        "condition": {"cause", "lasts_h", "size", "lingers_h", "until_seen"},
        "interrogate": set(),
    }
)
"""The acts and the keys of each. A bolus repeats at an interval, or once a day at an hour."""

_TEXTS = ("title", "source", "sureness", "when", "story", "learn", "model")
_NUMBERS = (
    "fill_mL",
    "concentration_ug_per_mL",
    "dead_volume_ug_per_mL",
    "dead_volume_mL",
    "lasts_h",
    "reference_daily_dose_most_ug",
    "meant_ug_per_day",
)
_OPTIONAL = {"assumes", "goes_wrong_h"}
_RENAMED = MappingProxyType({"tube_ug_per_mL": "dead_volume_ug_per_mL"})
"""Keys of earlier versions, with their new names."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an accident, for the pump profiles that it names; ``after`` is since the beginning."""

    after: timedelta
    act: str
    profiles: tuple[str, ...]
    parameters: Mapping[str, Any]  # Any: text, number or boolean, by the keys in ``ACTS``

    def number(self, name: str) -> Decimal:
        """Return one numeric parameter."""
        return Decimal(self.parameters[name])


@dataclass(frozen=True, slots=True, kw_only=True)
class Accident:
    """One accident.

    Attributes:
        name: the file's name without its ending.
        title, story: what happened.
        source: who reported it.
        sureness: how reliable the source is, a key of ``SURENESS``.
        when: the year, or why none is known.
        learn: the lesson.
        hazards: numbers from the hazard list.
        model: the pump model.
        fill_mL, concentration_ug_per_mL: the reservoir's contents at the beginning.
        dead_volume_ug_per_mL: the concentration in pump tubing and catheter at the beginning; 0
            for spinal fluid.
        dead_volume_mL: the volume of pump tubing and catheter.
        reference_daily_dose_most_ug: the 24-hour dose limit that the clinic set for this patient on the
            reference pump; the legacy pump has no limit.
        meant_ug_per_day: the intended dose.
        lasts: the duration of the simulation.
        steps: the steps, in order of time.
        assumes: assumptions of the reconstruction that no source supports; may be empty.
        wrong_after: when the error takes effect; None if that is the first step after the pump was started.
    """

    name: str
    title: str
    source: str
    sureness: str
    when: str
    story: str
    learn: str
    hazards: tuple[str, ...]
    model: str
    fill_mL: Decimal
    concentration_ug_per_mL: Decimal
    dead_volume_ug_per_mL: Decimal
    dead_volume_mL: Decimal
    reference_daily_dose_most_ug: Decimal
    meant_ug_per_day: Decimal
    lasts: timedelta
    steps: tuple[Step, ...]
    assumes: str = ""
    wrong_after: timedelta | None = None

    @property
    def source_reliability(self) -> str:
        """How reliable the source is, in words."""
        return SURENESS[self.sureness]

    @property
    def measures_level(self) -> bool:
        """Whether the pump model measures the level of its reservoir."""
        return load_models()[self.model].number("level_error") > 0

    @property
    def goes_wrong(self) -> timedelta:
        """When the error takes effect: as the file says, else at the first step after the beginning."""
        if self.wrong_after is not None:
            return self.wrong_after
        return next((step.after for step in self.steps if step.after), timedelta(0))


@cache
def load_accidents() -> Mapping[str, Accident]:
    """Return the accidents of this package by name."""
    found = sorted((files("thecal.lab.accidents") / "cases").iterdir(), key=lambda file: file.name)
    texts = {
        file.name[:-5]: file.read_text(encoding="utf-8") for file in found if file.name.endswith(".toml")
    }
    return MappingProxyType({name: read_accident(name, text) for name, text in texts.items()})


def read_accident(name: str, text: str) -> Accident:
    """Read an accident file.

    Raises:
        ValueError: the text is not TOML, or a key is missing, unknown, renamed or has a wrong value.
    """
    content = tomllib.loads(text, parse_float=Decimal)
    for old, new in _RENAMED.items():
        if old in content:
            raise ValueError(f"{name}: {old} is now called {new}")
    known = {*_TEXTS, *_NUMBERS, "hazards", "step"}
    if content.keys() - _OPTIONAL != known:
        wrong_keys = sorted((content.keys() - _OPTIONAL) ^ known)
        raise ValueError(f"{name}: missing or unknown: {', '.join(wrong_keys)}")
    if content["model"] not in load_models():
        raise ValueError(f"{name}: pump model {content['model']!r} is not in the catalogue")
    texts = {field: str(content[field]).strip() for field in _TEXTS}
    if texts["sureness"] not in SURENESS:
        raise ValueError(f"{name}, sureness: {texts['sureness']!r} is none of {', '.join(SURENESS)}")
    numbers = {field: _number(f"{name}, {field}", content[field]) for field in _NUMBERS}
    wrong_h = content.get("goes_wrong_h")
    steps = tuple(_step(f"{name}, step {number}", row) for number, row in enumerate(content["step"], start=1))
    if [step.after for step in steps] != sorted(step.after for step in steps):
        raise ValueError(f"{name}: the steps must be in order of time")
    return Accident(
        name=name,
        title=texts["title"],
        source=texts["source"],
        sureness=texts["sureness"],
        when=texts["when"],
        story=texts["story"],
        learn=texts["learn"],
        hazards=tuple(content["hazards"]),
        model=texts["model"],
        fill_mL=numbers["fill_mL"],
        concentration_ug_per_mL=numbers["concentration_ug_per_mL"],
        dead_volume_ug_per_mL=numbers["dead_volume_ug_per_mL"],
        dead_volume_mL=numbers["dead_volume_mL"],
        reference_daily_dose_most_ug=numbers["reference_daily_dose_most_ug"],
        meant_ug_per_day=numbers["meant_ug_per_day"],
        lasts=timedelta(hours=float(numbers["lasts_h"])),
        steps=steps,
        assumes=str(content.get("assumes", "")).strip(),
        wrong_after=None if wrong_h is None else _hours(f"{name}, goes_wrong_h", wrong_h),
    )


def _step(where: str, row: dict[str, Any]) -> Step:  # Any: TOML, each value is checked here
    act = str(row.get("act"))
    if act not in ACTS:
        raise ValueError(f"{where}: {act!r} is none of {', '.join(ACTS)}")
    parameters = {key: value for key, value in row.items() if key not in ("at_h", "act", "profiles")}
    if not parameters.keys() <= ACTS[act]:
        raise ValueError(f"{where}: unknown: {', '.join(sorted(parameters.keys() - ACTS[act]))}")
    profiles = tuple(row.get("profiles", PROFILES))
    if not set(profiles) <= set(PROFILES):
        raise ValueError(f"{where}: profiles are {', '.join(PROFILES)}")
    return Step(_hours(where, row.get("at_h")), act, profiles, MappingProxyType(parameters))


def _hours(where: str, value: object) -> timedelta:
    return timedelta(hours=float(_number(where, value)))


def _number(where: str, value: object) -> Decimal:
    if not isinstance(value, int | Decimal) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{where}: {value!r} is not a number from 0")
    return Decimal(value)
