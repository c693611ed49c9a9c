"""The rulebook: every table, calculation and kind of finding, in the order of the therapy, with its version.

The version is raised whenever a rule, a number or a wording changes; ``rulebook.toml`` holds it beside the
digest of what it stands for, and a test compares the two.
"""

from __future__ import annotations

import hashlib
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from thecal.dosing import (
    candidacy,
    choice,
    doses,
    drugs,
    emergencies,
    history,
    situations,
    supply,
    triage,
    trial,
    troubleshooting,
    weaning,
)
from thecal.dosing.emergencies import EMERGENCIES
from thecal.dosing.limits import entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.dosing.findings import Kind
    from thecal.dosing.tables import Calculation, Table

TABLES: tuple[Table[Any, Any], ...] = (
    *candidacy.TABLES,
    *choice.TABLES,
    *trial.TABLES,
    *doses.TABLES,
    *supply.TABLES,
    *troubleshooting.TABLES,
    *situations.TABLES,
    *triage.TABLES,
    *emergencies.TABLES,
)
"""Every decision table."""
CALCULATIONS: tuple[Calculation, ...] = (
    *choice.CALCULATIONS,
    *drugs.CALCULATIONS,
    *trial.CALCULATIONS,
    *doses.CALCULATIONS,
    *supply.CALCULATIONS,
    *weaning.CALCULATIONS,
)
"""Every calculation."""
KINDS: tuple[Kind, ...] = (
    *choice.KINDS,
    *drugs.KINDS,
    *doses.KINDS,
    *supply.KINDS,
    *history.KINDS,
)
"""Every kind of finding."""


@lru_cache(maxsize=1)
def rulebook_version() -> str:
    """Return the version of the rulebook, which every proposal records."""
    text = (files("thecal.dosing") / "rulebook.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["version"])


def rulebook_digest() -> str:
    """Return the SHA-256 of everything the rulebook says, rules, numbers and wordings, in hexadecimal."""
    return hashlib.sha256("\n".join(_lines()).encode()).hexdigest()


def _lines() -> Iterator[str]:
    for entry in entries().values():
        yield from (entry.id, entry.what, entry.unit, entry.decided_by)
        for place, limit in entry.values.items():
            yield from (place, limit.write(), limit.sureness.value, limit.source, limit.reviewed.isoformat())
    for table in TABLES:
        yield from (table.id, table.title, table.about, table.hit.value, *table.sources)
        for row in table.rows:
            yield from (row.id, row.when, row.then, *row.needs)
    for calculation in CALCULATIONS:
        yield from (calculation.id, calculation.title, calculation.formula, *calculation.sources)
    for kind in KINDS:
        yield from (kind.code, kind.weight.value, kind.severity.value, kind.lift.value)
        yield from (kind.says, kind.because, kind.lifted_by)
    for emergency in EMERGENCIES:
        yield from (
            emergency.id,
            emergency.title,
            *emergency.signs,
            *emergency.never,
            *emergency.also_consider,
        )
        for stage in emergency.stages:
            yield from (stage.id, stage.title, stage.who)
            for action in stage.actions:
                yield from (action.says, action.contested, action.source, action.sureness.value)
