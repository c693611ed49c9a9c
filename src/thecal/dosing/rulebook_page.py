"""The rulebook as plain values, for its pages: every table and calculation with the numbers of one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.dosing.limits import Limit
from thecal.dosing.rulebook import CALCULATIONS, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from thecal.dosing.limits import Limits, Undecided


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One table or calculation.

    Attributes:
        id: stable; an anchor of the page.
        title, about: for people.
        rows: condition and outcome of each row, with the numbers of the place; none for a calculation.
        formula: of a calculation; empty for a table.
        limits: the numbers that it uses, each with its source.
        undecided: what it uses and no source gives a number for.
        sources: of what is no number.
    """

    id: str
    title: str
    about: str
    rows: tuple[tuple[str, str], ...]
    formula: str
    limits: tuple[Limit, ...]
    undecided: tuple[Undecided, ...]
    sources: tuple[str, ...]

    @property
    def last_reviewed(self) -> date | None:
        """When its oldest number was last compared with its source; None where it has no number."""
        return min((limit.reviewed for limit in self.limits), default=None)


def sections(limits: Limits) -> tuple[Section, ...]:
    """Return every table and calculation, in the order of the therapy."""
    tables = [
        _section(
            table.id,
            table.title,
            limits,
            {name for row in table.rows for name in row.limit_ids},
            about=table.about,
            rows=tuple((row.when_here(limits), row.then_here(limits)) for row in table.rows),
            sources=table.sources,
        )
        for table in TABLES
    ]
    calculations = [
        _section(
            one.id,
            one.title,
            limits,
            one.limit_ids,
            formula=one.formula_here(limits),
            sources=one.sources,
        )
        for one in CALCULATIONS
    ]
    return (*tables, *calculations)


def _section(
    section: str,
    title: str,
    limits: Limits,
    names: Iterable[str],
    *,
    sources: tuple[str, ...],
    about: str = "",
    rows: tuple[tuple[str, str], ...] = (),
    formula: str = "",
) -> Section:
    found = [limits.find(name) for name in sorted(names)]
    return Section(
        id=section,
        title=title,
        about=about,
        rows=rows,
        formula=formula,
        limits=tuple(one for one in found if isinstance(one, Limit)),
        undecided=tuple(one for one in found if not isinstance(one, Limit)),
        sources=sources,
    )
