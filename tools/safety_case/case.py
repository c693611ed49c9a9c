"""The safety case as data: ``docs/safety/case.toml``, read strictly.

A row that claims too much is refused here, before any test runs: a row that needs people is never claimed
proven, a planned row says where, a row out of scope says why, and every id that is named exists.
"""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Row = TypeVar("Row")


class CaseError(ValueError):
    """The file does not hold together; the message names every place."""


class Status(StrEnum):
    """What is claimed of a requirement."""

    TEST = "test"
    ANALYSIS = "analysis"
    PLANNED = "planned"
    OUT_OF_SCOPE = "out of scope"


WHERE = ("pump", "programmer", "clinic")
"""Where a planned requirement will be met."""

TRANSFERS = ("carried over", "adapted", "new")
"""How a requirement came from its origin."""

_WORST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where requirements come from, under the name that their origins use."""

    name: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the list of requirements."""

    letter: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One requirement and what is claimed of it.

    Attributes:
        id: ITB-nnn.
        section: letter of its section.
        text: what must hold.
        origin: who asks for it.
        transfer: carried over, adapted to intrathecal baclofen, or new.
        status: what is claimed.
        where: of a planned row, the part that will meet it.
        half: of a planned row, what its tests prove already; empty where there are none.
        missing: of a planned row, what is not there yet.
        analysis: of an analysed row, the document, from the folder of the case.
        reason: of a row out of scope, why.
        needs_people: only people at work can show it; such a row is never claimed proven.
    """

    id: str
    section: str
    text: str
    origin: str
    transfer: str
    status: Status
    where: str = ""
    half: str = ""
    missing: str = ""
    analysis: str = ""
    reason: str = ""
    needs_people: bool = False

    def faults(self) -> Iterator[str]:
        """Say what this row lacks, has too much, or may not claim."""
        if not (self.text.strip() and self.origin.strip()):
            yield "without its text or its origin"
        if self.transfer not in TRANSFERS:
            yield f"transfer {self.transfer!r} is none of {', '.join(TRANSFERS)}"
        planned = self.status is Status.PLANNED
        said = (self.where in WHERE, bool(self.missing.strip()), planned and bool(self.half))
        if said != (planned, planned, bool(self.half)):
            yield f"a planned row, and no other, says where ({', '.join(WHERE)}) and what is missing"
        if bool(self.analysis.strip()) != (self.status is Status.ANALYSIS):
            yield "an analysed row, and no other, names its analysis"
        if bool(self.reason.strip()) != (self.status is Status.OUT_OF_SCOPE):
            yield "a row out of scope, and no other, says why"
        if self.needs_people and self.status in {Status.TEST, Status.ANALYSIS}:
            yield "needs people, and is never claimed proven"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """A way in which the therapy can hurt, and what is done against it.

    Attributes:
        id: H-nn.
        cause: the hazard and its cause.
        severity: from 1 to 5, where 5 is death; our own judgement.
        control: the design's answer.
        requirements: ids of the rows that hold the control.
    """

    id: str
    cause: str
    severity: int
    control: str
    requirements: list[str]

    def faults(self) -> Iterator[str]:
        """Say what this row lacks."""
        if not (self.cause.strip() and self.control.strip() and self.requirements):
            yield "without its cause, its control or its requirements"
        if not 1 <= self.severity <= _WORST:
            yield f"severity {self.severity} is outside what is allowed, 1 to {_WORST}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided where rows or their sources disagree."""

    id: str
    title: str
    rows: list[str]
    disagree: str
    decided: str
    reason: str

    def faults(self) -> Iterator[str]:
        """Say what this row lacks."""
        if not all(text.strip() for text in (self.title, self.disagree, self.decided, self.reason)):
            yield "without its title, what disagrees, what was decided or why"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A requirement that pumps as documented do not meet, kept in the legacy profile to teach by.

    Attributes:
        id: L-nn.
        requirement: the row that is violated.
        how: what the legacy pump does.
        source: who documents it.
    """

    id: str
    requirement: str
    how: str
    source: str

    def faults(self) -> Iterator[str]:
        """Say what this row lacks."""
        if not (self.how.strip() and self.source.strip()):
            yield "without what the legacy pump does, or its source"


@dataclass(frozen=True)
class Case:
    """The whole safety case."""

    sources: tuple[Source, ...]
    sections: tuple[Section, ...]
    requirements: tuple[Requirement, ...]
    hazards: tuple[Hazard, ...]
    decisions: tuple[Decision, ...]
    violations: tuple[Violation, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Requirement]:
        """The requirements by their ids."""
        return {row.id: row for row in self.requirements}

    @cached_property
    def ids(self) -> frozenset[str]:
        """Every id that a test may carry: of a requirement, or of a violation that it shows."""
        return frozenset(self.by_id) | {row.id for row in self.violations}


def read_case(path: Path) -> Case:
    """Read a safety case.

    Raises:
        CaseError: it does not hold together; every place is named.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CaseError(f"{path.name}: not TOML: {error}") from error
    found: list[str] = []
    case = Case(
        sources=tuple(_rows(Source, document.pop("source", []), found)),
        sections=tuple(_rows(Section, document.pop("section", []), found)),
        requirements=tuple(_rows(Requirement, document.pop("requirement", []), found)),
        hazards=tuple(_rows(Hazard, document.pop("hazard", []), found)),
        decisions=tuple(_rows(Decision, document.pop("decision", []), found)),
        violations=tuple(_rows(Violation, document.pop("violation", []), found)),
    )
    found += [f"{table}: not a table of a safety case" for table in document]
    found += _faults(case)
    if found:
        raise CaseError(f"{path.name}: " + "; ".join(found))
    return case


def _rows(kind: type[Row], tables: list[dict[str, object]], found: list[str]) -> Iterator[Row]:
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type] # every kind is a dataclass
    needed = {field.name for field in fields(kind) if field.default is MISSING}  # type: ignore[arg-type] # the same
    for number, table in enumerate(tables, start=1):
        label = str(table.get("id", f"{kind.__name__.lower()} {number}"))
        wrong = sorted((table.keys() - names) | (needed - table.keys()))
        if wrong:
            found.append(f"{label}: missing or unknown: {', '.join(wrong)}")
            continue
        if kind is Requirement:
            try:
                table = {**table, "status": Status(str(table["status"]))}  # noqa: PLW2901 - the same row, read
            except ValueError as error:
                found.append(f"{label}: {error}")
                continue
        yield kind(**table)


def _faults(case: Case) -> Iterator[str]:
    yield from _misnumbered("ITB-{:03}", [row.id for row in case.requirements])
    yield from _misnumbered("H-{:02}", [row.id for row in case.hazards])
    yield from _misnumbered("S-{:02}", [row.id for row in case.decisions])
    yield from _misnumbered("L-{:02}", [row.id for row in case.violations])
    letters = {section.letter for section in case.sections}
    rows: list[Requirement | Hazard | Decision | Violation] = [
        *case.requirements,
        *case.hazards,
        *case.decisions,
        *case.violations,
    ]
    for row in rows:
        yield from (f"{row.id}: {fault}" for fault in row.faults())
    for requirement in case.requirements:
        if requirement.section not in letters:
            yield f"{requirement.id}: no section {requirement.section!r}"
    named = [(hazard.id, hazard.requirements) for hazard in case.hazards]
    named += [(decision.id, decision.rows) for decision in case.decisions]
    named += [(violation.id, [violation.requirement]) for violation in case.violations]
    for label, names in named:
        yield from (f"{label}: no requirement {name!r}" for name in names if name not in case.by_id)


def _misnumbered(form: str, ids: list[str]) -> Iterator[str]:
    """Say where the ids do not count from one upwards, without gaps and without repeating."""
    for number, name in enumerate(ids, start=1):
        if name != (expected := form.format(number)):
            yield f"{name}: stands where {expected} is expected"
            return
