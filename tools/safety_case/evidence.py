"""What the tests that carry a requirement's id came to, and whether every claim stands on it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

import pytest

from safety_case.case import Status

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from pathlib import Path

    from safety_case.case import Case, Requirement

MARKER = "requirement"


class Outcome(IntEnum):
    """How a test ended, the worst last."""

    PASSED = 0
    NOT_RUN = 1
    SKIPPED = 2
    FAILED = 3


def ids_of(item: pytest.Item, known: Container[str]) -> list[str]:
    """Return the ids that a test carries, of requirements and of the legacy profile's violations.

    Raises:
        pytest.UsageError: a mark without an id, with a keyword, or with an id that is none; nothing is run.
    """
    ids: list[str] = []
    for mark in item.iter_markers(MARKER):
        if not mark.args or mark.kwargs or any(name not in known for name in mark.args):
            said = ", ".join(map(repr, mark.args)) or "nothing"
            raise pytest.UsageError(f"{item.nodeid} carries {said}, which is no id of case.toml")
        ids += mark.args
    return ids


@dataclass(eq=False)  # pytest keeps its plugins in sets
class Evidence:
    """A pytest plugin that notes what each test that carries an id came to.

    Attributes:
        carried: by requirement, the tests that carry its id, without their parameters.
        outcomes: by test, the worst of its outcomes.
    """

    known: Container[str]
    carried: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    _waiting: set[str] = field(default_factory=set)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note which tests carry which ids."""
        for item in session.items:
            for name in ids_of(item, self.known):
                self.carried[name].add(_test(item.nodeid))
            self.outcomes.setdefault(_test(item.nodeid), Outcome.PASSED)
            self._waiting.add(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what one phase of one test came to."""
        if report.when == "call" or not report.passed:
            self._waiting.discard(report.nodeid)
        now = Outcome.PASSED if report.passed else Outcome.SKIPPED if report.skipped else Outcome.FAILED
        if report.passed and hasattr(report, "wasxfail"):
            now = Outcome.FAILED
        test = _test(report.nodeid)
        self.outcomes[test] = max(now, self.outcomes.get(test, now))

    def pytest_sessionfinish(self) -> None:
        """Note which tests never came to their end."""
        for nodeid in self._waiting:
            test = _test(nodeid)
            self.outcomes[test] = max(Outcome.NOT_RUN, self.outcomes[test])

    def believe(self) -> None:
        """Take every test as passed: for drawing the pages without running anything."""
        self.outcomes = dict.fromkeys(self.outcomes, Outcome.PASSED)


@dataclass(frozen=True)
class Verdict:
    """What stands of the claims.

    Attributes:
        proven: the rows whose claim stands on passing evidence.
        findings: what does not stand, in sentences.
    """

    proven: frozenset[str]
    findings: tuple[str, ...]


def judge(case: Case, evidence: Evidence, *, folder: Path) -> Verdict:
    """Hold every claim against its evidence.

    Args:
        case: what is claimed.
        evidence: what the tests came to.
        folder: of the case, from which analyses are named.
    """
    findings = {row.id: tuple(_findings(row, evidence, folder)) for row in case.requirements}
    findings |= {row.id: tuple(_findings_of_violation(row.id, evidence)) for row in case.violations}
    claimed = {row.id for row in case.requirements if row.status in {Status.TEST, Status.ANALYSIS}}
    return Verdict(
        proven=frozenset(name for name in claimed if not findings[name]),
        findings=tuple(f"{name}: {said}" for name, found in findings.items() for said in found),
    )


def _findings_of_violation(name: str, evidence: Evidence) -> Iterator[str]:
    yield from _not_passed(name, evidence)
    if name not in evidence.carried:
        yield "a violation of the legacy profile that no test shows"


def _not_passed(name: str, evidence: Evidence) -> Iterator[str]:
    for test in sorted(evidence.carried.get(name, ())):
        if (outcome := evidence.outcomes[test]) is not Outcome.PASSED:
            yield f"{test} {outcome.name.lower().replace('_', ' ')}"


def _findings(row: Requirement, evidence: Evidence, folder: Path) -> Iterator[str]:
    tests = evidence.carried.get(row.id, ())
    yield from _not_passed(row.id, evidence)
    match row.status:
        case Status.TEST if not tests:
            yield "claimed proven by test, and no test carries it"
        case Status.ANALYSIS:
            document = folder / row.analysis
            if not document.is_file():
                yield f"claimed proven by an analysis that is missing, {row.analysis}"
            elif row.id not in document.read_text(encoding="utf-8"):
                yield f"its analysis does not name it, {row.analysis}"
        case Status.PLANNED if bool(tests) != bool(row.half):
            yield "planned: what its tests prove already is said exactly where tests carry it"
        case Status.OUT_OF_SCOPE if tests:
            yield "out of scope, and yet a test carries it"


def _test(nodeid: str) -> str:
    """Return a test's name without its parameters."""
    return nodeid.partition("[")[0]
