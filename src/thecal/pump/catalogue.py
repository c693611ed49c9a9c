"""Pump models as data: each figure with its unit, its source and how sure we are of it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.pump.errors import CatalogueError
from thecal.quantities import DoseRate, FlowRate, Mass, Volume
from thecal.therapy import Capability

if TYPE_CHECKING:
    from collections.abc import Mapping

UNITS = {
    "reservoir": "mL",
    "unusable": "mL",
    "low_reservoir": "mL",
    "quantum": "mL",
    "flow_step": "mL/day",
    "flow_least": "mL/day",
    "flow_most": "mL/day",
    "minimum_rate": "mL/day",
    "flex_steps": "steps a day",
    "shortest_bolus": "s",
    "longest_bolus": "s",
    "daily_dose_most": "mcg/day",
    "single_bolus_most": "mcg",
    "accuracy": "fraction",
}
"""Every figure of a model, and the one unit it is given in."""

SURENESS = {
    "V": "read in its source",
    "V2": "read in a secondary source",
    "M": "commonly quoted, unverified",
    "D": "derived",
    "assumed": "assumed",
}

_WHOLE = {"s", "steps a day", "days", "quanta"}
_VERIFIED = {"V", "V2", "D"}
_NOT_FIGURES = {"family", "drive", "standing", "engineering"}
_DEEPEST = 4
_NEEDED = {"value", "unit", "source", "sureness"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the catalogue.

    Attributes:
        value, unit: the number.
        source: who says so, and how sure that is.
        verified: whether it was read in a source or derived from such; the rest stays configurable.
    """

    value: Decimal
    unit: str
    source: str
    verified: bool = field(kw_only=True)


@cache
def load_catalogue() -> Mapping[str, Capability]:
    """Return every model of the shipped catalogue by its name."""
    text = files("thecal.pump").joinpath("catalogue.toml").read_text(encoding="utf-8")
    return MappingProxyType(read_catalogue(text))


def capability(model: str) -> Capability:
    """Return what a model of the shipped catalogue can do.

    >>> from thecal.quantities import write_volume
    >>> write_volume(capability("reference design 20 mL").reservoir)
    '20 mL'

    Raises:
        CatalogueError: no such model; the message names those there are.
    """
    models = load_catalogue()
    if model not in models:
        raise CatalogueError(f"pump model {model!r} is not in the catalogue; known: {', '.join(models)}")
    return models[model]


def read_catalogue(text: str) -> dict[str, Capability]:
    """Read what the models of a catalogue can do.

    Raises:
        CatalogueError: not TOML, or a figure that is missing, unknown, not a number or without its unit,
            source or sureness.
    """
    models = read_tables(text, "model")
    return {name: _read_model(name, models) for name in models}


def read_tables(text: str, kind: str) -> Mapping[str, object]:
    """Return the tables of one kind, ``model`` or ``catheter``, as they stand in a catalogue.

    Raises:
        CatalogueError: not TOML, or none of that kind.
    """
    try:
        tables = tomllib.loads(text, parse_float=Decimal).get(kind)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"the catalogue is not TOML: {error}") from error
    if not isinstance(tables, dict) or not tables:
        raise CatalogueError(f"the catalogue holds no [{kind}]")
    return tables


def _read_model(name: str, models: Mapping[str, object]) -> Capability:
    given = inherited(name, models)
    given = {field: row for field, row in given.items() if field not in _NOT_FIGURES}
    if given.keys() != UNITS.keys():
        wrong = ", ".join(sorted(given.keys() ^ UNITS.keys()))
        raise CatalogueError(f"{name}: missing or unknown figures: {wrong}")
    figures = {figure: read_figure(f"{name}, {figure}", UNITS[figure], given[figure]) for figure in UNITS}
    numbers = {figure: read.value for figure, read in figures.items()}
    sources = {figure: read.source for figure, read in figures.items()}
    try:
        return capability_from_figures(name, numbers, sources)
    except ValueError as error:
        raise CatalogueError(str(error)) from error


def inherited(name: str, tables: Mapping[str, object], *, part: str | None = None) -> dict[str, object]:
    """Return a table with what it takes from the one it is like, and that from its own, at most four deep.

    What was read about one family of pumps is not known of another: across families figures come as assumed.

    Raises:
        CatalogueError: like nothing that is there, or like itself.
    """
    chain = [name]
    while (like := _table(tables.get(chain[-1]), f"{name}, like {chain[-1]}").get("like")) is not None:
        if str(like) in chain or len(chain) > _DEEPEST:
            raise CatalogueError(f"{name}: is like itself")
        chain.append(str(like))
    given: dict[str, object] = {}
    family, whose = None, ""
    for ancestor in reversed(chain):
        table = _table(tables[ancestor], ancestor)
        if table.get("family", family) != family:
            given = {figure: _taken_over(row, whose) for figure, row in given.items()}
        family, whose = table.get("family", family), ancestor
        given |= table if part is None else _table(table.get(part, {}), f"{ancestor}, {part}")
    given.pop("like", None)
    return given


def _taken_over(row: object, whose: str) -> object:
    """Return a figure of another family: assumed, whatever is known of it there."""
    if not isinstance(row, dict) or row.get("sureness") not in SURENESS.keys() - {"assumed"}:
        return row
    return row | {"sureness": "assumed", "source": f"taken over from {whose}: {row.get('source', '')}"}


def _table(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise CatalogueError(f"{where}: not a table of the catalogue")
    return value


def read_figure(where: str, unit: str, value: object, *, or_zero: bool = False) -> Figure:
    """Read one figure.

    Raises:
        CatalogueError: without its unit, source or sureness, or not a number above 0 (``or_zero``: from 0).
    """
    row = _table(value, where)
    if row.keys() != _NEEDED:
        wrong = ", ".join(sorted(row.keys() ^ _NEEDED))
        raise CatalogueError(
            f"{where}: missing or unknown: {wrong}; a figure has {', '.join(sorted(_NEEDED))}"
        )
    number, source, sureness = row["value"], str(row["source"]).strip(), row["sureness"]
    if row["unit"] != unit:
        raise CatalogueError(f"{where}: the unit is {row['unit']!r}; it is given in {unit}")
    if sureness not in SURENESS:
        raise CatalogueError(f"{where}: sureness {sureness!r} is none of {', '.join(SURENESS)}")
    if not source:
        raise CatalogueError(f"{where}: a figure without its source is refused")
    figure = Decimal(number) if isinstance(number, int | Decimal) and number is not True else Decimal(-1)
    if not figure.is_finite() or figure < 0 or (figure == 0 and not or_zero):
        raise CatalogueError(f"{where}: {number!r} is not a number {'from' if or_zero else 'above'} 0")
    if unit in _WHOLE and figure % 1:
        raise CatalogueError(f"{where}: {figure} {unit} is not whole")
    return Figure(figure, unit, f"{source}; {SURENESS[str(sureness)]}", verified=sureness in _VERIFIED)


def figures_of(capability: Capability) -> dict[str, Decimal]:
    """Return a capability's figures as bare numbers, each in the unit that ``UNITS`` gives it."""
    return {
        "reservoir": capability.reservoir.mL,
        "unusable": capability.unusable.mL,
        "low_reservoir": capability.low_reservoir.mL,
        "quantum": capability.quantum.mL,
        "flow_step": capability.flow_step.mL_per_day,
        "flow_least": capability.flow_least.mL_per_day,
        "flow_most": capability.flow_most.mL_per_day,
        "minimum_rate": capability.minimum_rate.mL_per_day,
        "flex_steps": Decimal(capability.flex_steps),
        "shortest_bolus": Decimal(capability.shortest_bolus // timedelta(seconds=1)),
        "longest_bolus": Decimal(capability.longest_bolus // timedelta(seconds=1)),
        "daily_dose_most": capability.daily_dose_most.ug_per_day,
        "single_bolus_most": capability.single_bolus_most.ug,
        "accuracy": capability.accuracy,
    }


def capability_from_figures(
    model: str, figures: Mapping[str, Decimal], sources: Mapping[str, str]
) -> Capability:
    """Return the capability that ``figures_of`` would write so.

    Raises:
        KeyError: a figure is missing.
        QuantityError: a figure that cannot be an amount.
    """
    return Capability(
        model=model,
        reservoir=Volume(mL=figures["reservoir"]),
        unusable=Volume(mL=figures["unusable"]),
        low_reservoir=Volume(mL=figures["low_reservoir"]),
        quantum=Volume(mL=figures["quantum"]),
        flow_step=FlowRate(mL_per_day=figures["flow_step"]),
        flow_least=FlowRate(mL_per_day=figures["flow_least"]),
        flow_most=FlowRate(mL_per_day=figures["flow_most"]),
        minimum_rate=FlowRate(mL_per_day=figures["minimum_rate"]),
        flex_steps=int(figures["flex_steps"]),
        shortest_bolus=timedelta(seconds=int(figures["shortest_bolus"])),
        longest_bolus=timedelta(seconds=int(figures["longest_bolus"])),
        daily_dose_most=DoseRate(ug_per_day=figures["daily_dose_most"]),
        single_bolus_most=Mass(ug=figures["single_bolus_most"]),
        accuracy=figures["accuracy"],
        sources=tuple(sorted(sources.items())),
    )
