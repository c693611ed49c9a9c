"""The rows of ``rows.toml``: what was observed, what is accepted, and the experiment that asks the model."""

from __future__ import annotations

import inspect
import tomllib
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from thecal.body import SURENESS, Posture
from thecal.lab.validation.cohort import Cohort, Who
from thecal.lab.validation.experiments.kinds import KINDS
from thecal.lab.validation.judging import Judged, Range

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEEDED = frozenset({"id", "use", "what", "observed", "unit", "accept", "judged", "source", "sureness"})
_ALLOWED = _NEEDED | {
    "sd",
    "sd_assumed",
    "kind",
    "patients",
    "experiment",
    "needs",
    "assumed",
    "miss",
    "note",
    "wiring",
    "variants",
}
_RENAMED = {"otherwise": "variants"}
_OWN = frozenset({"needs", "assumed", "miss", "note", "variants"})
"""What a row says of itself and not of the same question with another choice."""
_ENDS = 2
_WHOLE = 100.0

IN_A_MAN = "with human parameters"
"""The choice, by name, under which every row of a pig is fields too."""


class Use(StrEnum):
    """What a row may be used for."""

    CALIBRATION = "calibration"
    TEST = "test"
    CHECK = "check"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One published number.

    Attributes:
        row_id: number in the table of experiments, with a letter where it holds several numbers.
        use: what it may be used for.
        what: the observation in words.
        observed: as published, in ``unit``.
        accepted: within which the model's number counts as the same, in ``unit``.
        spread: how the accepted range follows from what was published.
        judged: what of the patients is held against it.
        source, sureness: who published it, and how sure the reading is (as in the body's parameters).
        who: whom it asks.
        kind, settings: the experiment; empty where the model lacks something.
        needs: what the model lacks.
        assumed: what the publication does not say and was chosen.
        miss: why the model misses, where it is known to.
        note: what a verdict rests on that the numbers do not show.
        wiring: whether the model was given the number, so that meeting it says nothing; never scored.
        variants: the same question with another choice where the source leaves one; ``what`` names it.
    """

    row_id: str
    use: Use
    what: str
    observed: Range
    unit: str
    accepted: Range
    spread: str
    judged: Judged
    source: str
    sureness: str
    who: Who
    kind: str
    settings: Mapping[str, float | str]
    needs: str
    assumed: tuple[str, ...]
    miss: str
    note: str = ""
    wiring: bool = False
    variants: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Table:
    """All rows, and whom they ask."""

    cohort: Cohort
    assumed: tuple[str, ...]
    rows: tuple[Row, ...]


@lru_cache(maxsize=1)
def load_rows() -> Table:
    """Return the shipped rows.

    Raises:
        ValueError: a field is missing or unknown, or an experiment lacks a setting.
    """
    return read_rows(files("thecal.lab.validation").joinpath("rows.toml").read_text("utf-8"))


def read_rows(text: str) -> Table:
    """Return the rows written in ``text`` (TOML, as the shipped file).

    Raises:
        ValueError: not TOML, a field missing or unknown, or an experiment without a setting it needs.
    """
    document = tomllib.loads(text)
    about = document["cohort"]
    cohort = Cohort(patients=int(about["patients"]), seed=int(about["seed"]), tip=str(about["tip"]))
    rows = tuple(_row(one) for one in document["row"])
    names = [row.row_id for row in rows]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"rows stand twice: {', '.join(sorted(twice))}")
    return Table(cohort, tuple(about["assumed"]), rows)


# The values of a TOML table have any type; each is checked where it is taken.
def _row(entry: Mapping[str, object]) -> Row:
    name = str(entry.get("id", "?"))
    if missing := _NEEDED - set(entry):
        raise ValueError(f"row {name}: missing {', '.join(sorted(missing))}")
    if former := set(entry) & set(_RENAMED):
        raise ValueError(f"row {name}: {'; '.join(f'{old} is now called {_RENAMED[old]}' for old in former)}")
    if unknown := set(entry) - _ALLOWED:
        raise ValueError(f"row {name}: unknown {', '.join(sorted(unknown))}")
    if entry["sureness"] not in SURENESS:
        raise ValueError(f"row {name}: sureness is {entry['sureness']!r}; allowed: {', '.join(SURENESS)}")
    if ("kind" in entry) == ("needs" in entry):
        raise ValueError(f"row {name}: give either a kind of experiment or what it needs")
    observed = _range(name, entry["observed"])
    accepted, spread = _accepted(name, observed, entry)
    settings = entry.get("experiment", {})
    assumed = entry.get("assumed", [])
    if not isinstance(settings, dict) or not isinstance(assumed, list):
        raise ValueError(f"row {name}: experiment must be a table and assumed a list")  # noqa: TRY004
    kind = str(entry.get("kind", ""))
    if kind:
        _check_settings(name, kind, settings)
    return Row(
        row_id=name,
        use=Use(str(entry["use"])),
        what=str(entry["what"]),
        observed=observed,
        unit=str(entry["unit"]),
        accepted=accepted,
        spread=spread,
        judged=Judged(str(entry["judged"])),
        source=str(entry["source"]),
        sureness=str(entry["sureness"]),
        who=_who(name, entry.get("patients", {})),
        kind=kind,
        settings=MappingProxyType(settings),
        needs=str(entry.get("needs", "")),
        assumed=tuple(str(one) for one in assumed),
        miss=str(entry.get("miss", "")),
        note=str(entry.get("note", "")),
        wiring=_wiring(name, entry),
        variants=_variants(name, entry),
    )


def _wiring(name: str, entry: Mapping[str, object]) -> bool:
    wiring = entry.get("wiring", False)
    if not isinstance(wiring, bool):
        raise ValueError(f"row {name}: wiring is {wiring!r}; allowed: true, false")  # noqa: TRY004
    if wiring and entry["use"] != Use.CHECK:
        raise ValueError(f"row {name}: only a check can be wiring")
    return wiring


def _variants(name: str, entry: Mapping[str, object]) -> tuple[Row, ...]:
    """Return the same row with each of its other choices; tables are taken over field by field."""
    entered = entry.get("variants", [])
    if not isinstance(entered, list) or not all(isinstance(one, dict) and "choice" in one for one in entered):
        raise ValueError(f"row {name}: variants must be tables, each with a choice")
    rows = []
    for one in entered:
        fields = {key: value for key, value in entry.items() if key not in _OWN}
        for key, value in one.items():
            table = fields.get(key)
            fields[key] = {**table, **value} if isinstance(table, dict) and isinstance(value, dict) else value
        fields["what"] = fields.pop("choice")
        rows.append(_row(fields))
    return tuple(rows)


def _accepted(name: str, observed: Range, entry: Mapping[str, object]) -> tuple[Range, str]:
    """Return the accepted range and its name."""
    low, high = observed
    match str(entry["accept"]).split():
        case ["range"]:
            return observed, "stated range"
        case ["factor", by]:
            return (low / float(by), high * float(by)), f"within a factor of {by}"
        case ["factor", by, "left"]:
            left_low, left_high = _WHOLE - high, _WHOLE - low
            ends = (max(low / float(by), _WHOLE - left_high * float(by)), _WHOLE - left_low / float(by))
            return ends, f"within a factor of {by} of the fall and of the remainder"
        case [_, "SD"] if isinstance(entry.get("sd"), (int, float)):
            sd = float(str(entry["sd"]))
            note = " assumed" if entry.get("sd_assumed") else ""
            return (low - sd, high + sd), f"SD {sd:g}{note}"
        case [percent, "%"]:
            part = float(percent) / 100
            return (low * (1 - part), high * (1 + part)), f"within {percent} %"
        case _:
            raise ValueError(
                f"row {name}: accept is {entry['accept']!r}; "
                "allowed: range, factor N, factor N left, 1 SD (with sd), N %"
            )


def _who(name: str, entered: object) -> Who:
    if not isinstance(entered, dict):
        raise ValueError(f"row {name}: patients must be a table, got {entered!r}")  # noqa: TRY004
    if unknown := set(entered) - {field.name for field in fields(Who)}:
        raise ValueError(f"row {name}: patients: unknown {', '.join(sorted(unknown))}")
    # As the values of any TOML table: of any type, and checked by what takes them.
    who: dict[str, Any] = {key: tuple(value) if key == "groups" else value for key, value in entered.items()}
    try:
        if "posture" in who:
            who["posture"] = Posture(who["posture"])
        return Who(**who)
    except (TypeError, ValueError) as error:
        raise ValueError(f"row {name}: patients: {error}") from None


def _check_settings(name: str, kind: str, settings: Mapping[str, object]) -> None:
    if kind not in KINDS:
        raise ValueError(f"row {name}: kind is {kind!r}; allowed: {', '.join(KINDS)}")
    try:
        inspect.signature(KINDS[kind]).bind(None, **settings)
    except TypeError as error:
        raise ValueError(f"row {name}: experiment {kind!r}: {error}") from None


def _range(name: str, entered: object) -> Range:
    if not isinstance(entered, list) or len(entered) != _ENDS:
        raise ValueError(f"row {name}: observed must be [low, high], got {entered!r}")
    low, high = (float(one) for one in entered)
    if not low <= high:
        raise ValueError(f"row {name}: observed runs from {low:g} down to {high:g}")
    return low, high
