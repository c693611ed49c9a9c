"""An analysis is a checked document: what it names exists, and what it leans on is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from architecture.repository import ROOT
from architecture.test_one_dose_page import names_on, resolve
from safety_case.case import Case, Status, read_case

FOLDER = ROOT / "docs" / "safety"
CASE = read_case(FOLDER / "case.toml")
ANALYSES = sorted((FOLDER / "analyses").glob("*.md"))
ID = re.compile(r"ITB-\d+")


def leaning_on_nothing(text: str, case: Case) -> list[str]:
    """Return what an analysis says that the case does not bear out.

    In a table, a statement that names requirements leans on what their tests show; one that says *planned*
    must name a row that is.
    """
    found = [f"no requirement {name}" for name in ID.findall(text) if name not in case.by_id]
    cells = [line.rstrip("| ").rpartition("|")[2] for line in text.splitlines() if line.startswith("|")]
    for said in (said for cell in cells for said in cell.split(";")):
        rows = [case.by_id[name] for name in ID.findall(said) if name in case.by_id]
        if "planned" in said.lower():
            if rows and all(row.status is not Status.PLANNED for row in rows):
                found.append(f"no longer planned: {said.strip()}")
        else:
            found += [
                f"nothing shows {row.id} yet: {said.strip()}"
                for row in rows
                if row.status is Status.OUT_OF_SCOPE or (row.status is Status.PLANNED and not row.half)
            ]
    return found


@pytest.mark.parametrize("page", ANALYSES, ids=lambda page: page.stem)
def test_an_analysis_leans_on_nothing_that_is_not_shown(page: Path) -> None:
    assert leaning_on_nothing(page.read_text(encoding="utf-8"), CASE) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("| a | b (ITB-999) |", ["no requirement ITB-999"]),
        ("| a | shown (ITB-131) |", ["nothing shows ITB-131 yet: shown (ITB-131)"]),
        ("| a | shown (ITB-001); planned (ITB-131) |", ["no longer planned: planned (ITB-131)"]),
        ("| a | planned (ITB-001) |", ["no longer planned: planned (ITB-001)"]),
        ("| a | shown (ITB-001) |", []),
    ],
)
def test_an_analysis_that_leans_on_nothing_is_found(line: str, found: list[str]) -> None:
    assert leaning_on_nothing(line, CASE) == found


@pytest.mark.parametrize(
    "dotted", names_on((FOLDER / "analyses" / "algorithms.md").read_text(encoding="utf-8"))
)
def test_every_algorithm_stands_in_the_code(dotted: str) -> None:
    assert resolve(dotted) is not None


def test_every_analysis_is_one_that_a_requirement_names() -> None:
    named = {row.analysis for row in CASE.requirements if row.analysis}

    assert named == {page.relative_to(FOLDER).as_posix() for page in ANALYSES}
