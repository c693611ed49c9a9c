"""A decision table: rows with a condition and an outcome, both in words and in code.

In a table of kind FIRST the first row that holds decides. In one of kind ALL every row that holds adds its
outcome. A row that needs a fact nobody knows asks for it: in a FIRST table nothing is decided before it is
answered; in an ALL table the other rows still speak.

TableError (a ValueError)    a table whose rows share an id, or in which no row holds
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from thecal.dosing.findings.finding import fill, names_in
from thecal.dosing.tables.facts import Question, questions_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import DataclassInstance

    from thecal.dosing.limits import Limits

F = TypeVar("F", bound="DataclassInstance")
R = TypeVar("R")


class TableError(ValueError):
    """A decision table that is wrong in itself."""


class Hit(StrEnum):
    """Which rows speak: the first that holds, or all that hold."""

    FIRST = "first"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Generic[F, R]):
    """One row of a decision table.

    Attributes:
        id: stable within its table.
        when: the condition in words, a template with ids of limits in braces.
        then: the outcome in words, a template likewise.
        holds: the condition in code.
        gives: the outcome in code.
        needs: the facts without which the row cannot be judged.
        uses: ids of limits that the outcome uses and no template shows.
    """

    id: str
    when: str
    then: str
    holds: Callable[[F, Limits], bool]
    gives: Callable[[F, Limits], R]
    needs: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()

    @property
    def limit_ids(self) -> frozenset[str]:
        """The ids of the limits that the row uses."""
        return names_in(self.when) | names_in(self.then) | frozenset(self.uses)

    def when_here(self, limits: Limits) -> str:
        """Return the condition in words, with the numbers that apply at this place."""
        return _with_numbers(self.when, limits)

    def then_here(self, limits: Limits) -> str:
        """Return the outcome in words, with the numbers that apply at this place."""
        return _with_numbers(self.then, limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Generic[R]):
    """What a table decided.

    Attributes:
        table: the id of the table.
        rows: the ids of the rows that spoke.
        results: their outcomes, in the order of the rows.
        asks: the facts that are missing.
    """

    table: str
    rows: tuple[str, ...]
    results: tuple[R, ...]
    asks: tuple[Question, ...]

    @property
    def is_complete(self) -> bool:
        """Whether no fact is missing."""
        return not self.asks


@dataclass(frozen=True, kw_only=True)
class Table(Generic[F, R]):
    """A decision table.

    Attributes:
        id: stable; the rulebook and its pages are ordered by it.
        title: for people.
        about: one or two sentences on what it decides, and who decides what it does not.
        hit: whether the first row that holds decides, or all rows that hold speak.
        rows: in their order.
        sources: sources of what is no number; numbers carry their own.
    """

    id: str
    title: str
    about: str
    hit: Hit
    rows: tuple[Row[F, R], ...]
    sources: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        """Refuse rows that share an id.

        Raises:
            TableError: naming the table and the id.
        """
        ids = [row.id for row in self.rows]
        doubled = sorted({one for one in ids if ids.count(one) > 1})
        if doubled:
            raise TableError(f"{self.id}: more than one row is called {', '.join(doubled)}")

    def decide(self, facts: F, limits: Limits) -> Decision[R]:
        """Apply the table to the facts.

        Raises:
            TableError: the table is of kind FIRST, nothing is missing, and no row holds.
        """
        rows: list[str] = []
        results: list[R] = []
        asks: dict[str, Question] = {}
        for row in self.rows:
            missing = questions_of(facts, row.needs)
            asks.update({question.fact: question for question in missing})
            if missing and self.hit is Hit.FIRST:
                break
            if missing or not row.holds(facts, limits):
                continue
            rows.append(row.id)
            results.append(row.gives(facts, limits))
            if self.hit is Hit.FIRST:
                break
        if self.hit is Hit.FIRST and not rows and not asks:
            raise TableError(f"{self.id}: no row holds for {facts}")
        return Decision(table=self.id, rows=tuple(rows), results=tuple(results), asks=tuple(asks.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """A calculation of the rulebook, for its pages: what it computes, by which formula and limits.

    Attributes:
        id: stable; the rulebook and its pages are ordered by it.
        title: for people.
        formula: in words and symbols, with ids of limits in braces.
        sources: who says so.
    """

    id: str
    title: str
    formula: str
    sources: tuple[str, ...]

    @property
    def limit_ids(self) -> frozenset[str]:
        """The ids of the limits that it uses."""
        return names_in(self.formula)

    def formula_here(self, limits: Limits) -> str:
        """Return the formula with the numbers that apply at this place."""
        return _with_numbers(self.formula, limits)


def _with_numbers(template: str, limits: Limits) -> str:
    return fill(template, {name: _written(limits, name) for name in names_in(template)})


def _written(limits: Limits, name: str) -> str:
    return limits.find(name).write()
