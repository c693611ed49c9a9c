"""Accidents as they are written down, in TOML: where they were told, what was meant, and what was done."""

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
"""What can be done, and what each act says of itself. A bolus comes every so often, or daily at an hour."""

_TEXTS = ("title", "source", "sureness", "when", "story", "learn", "model")
_NUMBERS = (
    "fill_mL",
    "concentration_ug_per_mL",
    "tube_ug_per_mL",
    "dead_volume_mL",
    "lasts_h",
    "reference_daily_dose_most_ug",
    "meant_ug_per_day",
)
_OPTIONAL = {"assumes", "goes_wrong_h"}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done: so long after the beginning, and on which profiles."""

    after: timedelta
    act: str
    profiles: tuple[str, ...]
    said: Mapping[str, Any]  # Any: text, number or yes and no, as ``ACTS`` names them

    def number(self, name: str) -> Decimal:
        """Return one number."""
        return Decimal(self.said[name])


@dataclass(frozen=True, slots=True, kw_only=True)
class Accident:
    """One accident.

    Attributes:
        name: of its file.
        title, story: what it was.
        source: where it was told.
        sureness: of the source, by the names of ``SURENESS``.
        when: the year, or why there is none.
        learn: what to take home.
        hazards: of the hazard list.
        model: of the pump.
        fill_mL, concentration_ug_per_mL: what is in it at the beginning.
        tube_ug_per_mL: what is in the tube; 0 for spinal fluid.
        dead_volume_mL: of tubing and catheter.
        reference_daily_dose_most_ug: what the clinic has set for this patient; a legacy pump has none.
        meant_ug_per_day: what the patient was meant to get.
        lasts: how long it is looked at.
        steps: what is done, in order.
        assumes: what the play takes as given though no source says so; may be empty.
        wrong_after: when it goes wrong; None for when the first thing is done after the pump was set to run.
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
    tube_ug_per_mL: Decimal
    dead_volume_mL: Decimal
    reference_daily_dose_most_ug: Decimal
    meant_ug_per_day: Decimal
    lasts: timedelta
    steps: tuple[Step, ...]
    assumes: str = ""
    wrong_after: timedelta | None = None

    @property
    def how_sure(self) -> str:
        """How sure the source is, in words."""
        return SURENESS[self.sureness]

    @property
    def measures_level(self) -> bool:
        """Whether its model of a pump has a gauge of the reservoir."""
        return load_models()[self.model].number("level_error") > 0

    @property
    def goes_wrong(self) -> timedelta:
        """When it goes wrong, if that is said; else when something is first done to the running pump."""
        if self.wrong_after is not None:
            return self.wrong_after
        return next((step.after for step in self.steps if step.after), timedelta(0))


@cache
def load_accidents() -> Mapping[str, Accident]:
    """Return the shipped accidents by name."""
    found = sorted(files("thecal.lab.accidents").iterdir(), key=lambda file: file.name)
    texts = {
        file.name[:-5]: file.read_text(encoding="utf-8") for file in found if file.name.endswith(".toml")
    }
    return MappingProxyType({name: read_accident(name, text) for name, text in texts.items()})


def read_accident(name: str, text: str) -> Accident:
    """Read an accident.

    Raises:
        ValueError: not TOML, or something is missing, unknown or of another kind than it must be.
    """
    given = tomllib.loads(text, parse_float=Decimal)
    known = {*_TEXTS, *_NUMBERS, "hazards", "step"}
    if given.keys() - _OPTIONAL != known:
        amiss = sorted((given.keys() - _OPTIONAL) ^ known)
        raise ValueError(f"{name}: missing or unknown: {', '.join(amiss)}")
    if given["model"] not in load_models():
        raise ValueError(f"{name}: pump model {given['model']!r} is not in the catalogue")
    texts = {field: str(given[field]).strip() for field in _TEXTS}
    if texts["sureness"] not in SURENESS:
        raise ValueError(f"{name}, sureness: {texts['sureness']!r} is none of {', '.join(SURENESS)}")
    numbers = {field: _number(f"{name}, {field}", given[field]) for field in _NUMBERS}
    wrong = given.get("goes_wrong_h")
    steps = tuple(_step(f"{name}, step {number}", row) for number, row in enumerate(given["step"], start=1))
    if [step.after for step in steps] != sorted(step.after for step in steps):
        raise ValueError(f"{name}: the steps stand in the order in which they are done")
    return Accident(
        name=name,
        title=texts["title"],
        source=texts["source"],
        sureness=texts["sureness"],
        when=texts["when"],
        story=texts["story"],
        learn=texts["learn"],
        hazards=tuple(given["hazards"]),
        model=texts["model"],
        fill_mL=numbers["fill_mL"],
        concentration_ug_per_mL=numbers["concentration_ug_per_mL"],
        tube_ug_per_mL=numbers["tube_ug_per_mL"],
        dead_volume_mL=numbers["dead_volume_mL"],
        reference_daily_dose_most_ug=numbers["reference_daily_dose_most_ug"],
        meant_ug_per_day=numbers["meant_ug_per_day"],
        lasts=timedelta(hours=float(numbers["lasts_h"])),
        steps=steps,
        assumes=str(given.get("assumes", "")).strip(),
        wrong_after=None if wrong is None else _hours(f"{name}, goes_wrong_h", wrong),
    )


def _step(where: str, row: dict[str, Any]) -> Step:  # Any: TOML, each value is checked here
    act = str(row.get("act"))
    if act not in ACTS:
        raise ValueError(f"{where}: {act!r} is none of {', '.join(ACTS)}")
    said = {key: value for key, value in row.items() if key not in ("at_h", "act", "profiles")}
    if not said.keys() <= ACTS[act]:
        raise ValueError(f"{where}: unknown: {', '.join(sorted(said.keys() - ACTS[act]))}")
    profiles = tuple(row.get("profiles", PROFILES))
    if not set(profiles) <= set(PROFILES):
        raise ValueError(f"{where}: profiles are {', '.join(PROFILES)}")
    return Step(_hours(where, row.get("at_h")), act, profiles, MappingProxyType(said))


def _hours(where: str, value: object) -> timedelta:
    return timedelta(hours=float(_number(where, value)))


def _number(where: str, value: object) -> Decimal:
    if not isinstance(value, int | Decimal) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{where}: {value!r} is not a number from 0")
    return Decimal(value)
