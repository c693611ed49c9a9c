"""Groups: diseases, courses of treatment, oral populations, a molecule, a pig; each changes a few parameters.

The numbers are in ``groups.toml``. A group replaces whole parameters, with their spread and source; what is
known of a patient is set afterwards (``Parameters.knowing``) and wins.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.body.parameters import load_parameters, read_parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thecal.body.parameters import Parameter, Parameters

KINDS = ("disease", "course", "oral population", "molecule", "animal")
_FIELDS = frozenset({"kind", "what", "notes", "parameter"})


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group and the parameters that it changes.

    Args:
        name: by which it is asked for.
        kind: of ``KINDS``; of each kind a patient has at most one.
        what: in words.
        notes: what was published and is not a number of the model.
        table: the parameters it changes.
    """

    name: str
    kind: str
    what: str
    notes: tuple[str, ...]
    table: Mapping[str, Parameter]


@lru_cache(maxsize=1)
def load_groups() -> Mapping[str, Group]:
    """Return the shipped groups by name.

    Raises:
        ValueError: a field missing or unknown, or a parameter that the model does not have.
    """
    from importlib.resources import files  # noqa: PLC0415 - slow to load, and not every import reads

    return read_groups(files("thecal.body").joinpath("groups.toml").read_text("utf-8"))


def read_groups(text: str) -> Mapping[str, Group]:
    """Return the groups written in ``text`` (TOML, as the shipped file).

    Raises:
        ValueError: not TOML, a field missing or unknown, or a parameter that the model does not have.
    """
    entries = tomllib.loads(text).get("group", {})
    return MappingProxyType({name: _group(name, entry) for name, entry in entries.items()})


def of_groups(parameters: Parameters, *names: str) -> Parameters:
    """Return the parameters of somebody who belongs to these groups.

    >>> somebody = of_groups(load_parameters(), "stroke").knowing(tone_arms_before=3)
    >>> somebody["tone_arms_before"].value, somebody["tone_arms_before"].sd
    (3, 0.0)

    Raises:
        ValueError: an unknown group, or two of one kind.
    """
    groups, table = load_groups(), dict(parameters.table)
    kinds: dict[str, str] = {}
    for name in names:
        if name not in groups:
            raise ValueError(f"group {name!r} is unknown; allowed: {', '.join(groups)}")
        kind = groups[name].kind
        if kind in kinds:
            raise ValueError(f"group {name!r} stands beside {kinds[kind]!r}; allowed: one {kind}")
        kinds[kind] = name
        table |= groups[name].table
    return replace(parameters, table=MappingProxyType(table))


# The values of a TOML table have any type; each is checked where it is taken.
def _group(name: str, entry: Mapping[str, object]) -> Group:
    if missing := _FIELDS - {"notes", "parameter"} - set(entry):
        raise ValueError(f"group {name}: missing {', '.join(sorted(missing))}")
    if unknown := set(entry) - _FIELDS:
        raise ValueError(f"group {name}: unknown {', '.join(sorted(unknown))}")
    if entry["kind"] not in KINDS:
        raise ValueError(f"group {name}: kind {entry['kind']!r}; allowed: {', '.join(KINDS)}")
    rows, notes = entry.get("parameter", {}), entry.get("notes", [])
    if not isinstance(rows, dict) or not isinstance(notes, list):
        raise ValueError(f"group {name}: parameter must be tables and notes a list")  # noqa: TRY004 - one kind
    known = load_parameters()
    table = {one: read_parameter(one, row) for one, row in rows.items()}
    for one, parameter in table.items():
        if parameter.unit != known[one].unit:
            raise ValueError(f"group {name}: {one} is in {parameter.unit}; allowed: {known[one].unit}")
    return Group(
        name=name,
        kind=str(entry["kind"]),
        what=str(entry["what"]),
        notes=tuple(str(note) for note in notes),
        table=MappingProxyType(table),
    )
