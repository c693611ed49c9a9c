"""Groups: diseases, courses of treatment, oral populations, a molecule, a pig; each changes a few parameters.

The numbers are in ``groups.toml``. A group replaces whole parameters, with their spread and source; what is
known of a patient (``Parameters.knowing``) wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.body.bounds import Named, one_of, unknown
from thecal.body.population.parameters import Parameters, load_parameters, read_parameter, toml_of

if TYPE_CHECKING:
    from thecal.body.population.parameters import Parameter

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
    entries = toml_of(text).get("group", {})
    if not isinstance(entries, dict):
        raise ValueError(f"group is {entries!r}; allowed: tables, one for each group")  # noqa: TRY004 - one kind
    return MappingProxyType(Named("group", {name: _group(name, entry) for name, entry in entries.items()}))


def of_groups(parameters: Parameters, *names: str) -> Parameters:
    """Return the parameters of a patient who belongs to these groups.

    What is known of the patient is kept, whether it was said before or is said afterwards.

    >>> patient = of_groups(load_parameters(), "stroke").knowing(tone_arms_before=3)
    >>> patient["tone_arms_before"].value, patient["tone_arms_before"].sd
    (3, 0.0)

    Raises:
        ValueError: an unknown group, two of one kind, or one that comes too late: after a child's size, a
            posture or an hour.
    """
    groups = load_groups()
    one_of("parameters", parameters, Parameters, allowed="Parameters, as load_parameters returns them")
    for name in names:
        if one_of("group", name, str, allowed=f"a name: {', '.join(groups)}") not in groups:
            raise unknown("group", name, groups)
        parameters = parameters.changed(groups[name].kind, repr(name), groups[name].table)
    return parameters


# The values of a TOML table have any type; each is checked where it is taken.
def _group(name: str, entry: Mapping[str, object]) -> Group:
    one_of(f"group {name}", entry, Mapping, allowed=f"a table of {', '.join(sorted(_FIELDS))}")
    if missing := _FIELDS - {"notes", "parameter"} - set(entry):
        raise ValueError(f"group {name}: missing {', '.join(sorted(missing))}")
    if extra := set(entry) - _FIELDS:
        raise ValueError(f"group {name}: unknown {', '.join(sorted(extra))}")
    if entry["kind"] not in KINDS:
        raise ValueError(f"group {name}: kind {entry['kind']!r}; allowed: {', '.join(KINDS)}")
    rows, notes = entry.get("parameter", {}), entry.get("notes", [])
    if not isinstance(rows, dict) or not isinstance(notes, list):
        raise ValueError(f"group {name}: parameter must be tables and notes a list")  # noqa: TRY004 - one kind
    known = load_parameters()
    table = {one: read_parameter(one, row) for one, row in rows.items()}
    for one, parameter in table.items():
        if one in known.catheter:
            raise ValueError(f"group {name}: {one} is the catheter's; allowed: numbers of a patient")
        if parameter.unit != known[one].unit:
            raise ValueError(f"group {name}: {one} is in {parameter.unit}; allowed: {known[one].unit}")
    return Group(
        name=name,
        kind=str(entry["kind"]),
        what=str(entry["what"]),
        notes=tuple(str(note) for note in notes),
        table=MappingProxyType(Named(f"parameter of group {name}:", table)),
    )
