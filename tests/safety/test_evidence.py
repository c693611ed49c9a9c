"""``make safety`` bites: a claim without passing evidence fails it, whatever the evidence lacks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from architecture.repository import ROOT
from builders.safety.case import SMALL, VIOLATION
from safety_case.case import read_case
from safety_case.evidence import Evidence, Outcome, Verdict, judge

ANALYSED = SMALL.replace('status = "test"', 'status = "analysis"\nanalysis = "why.md"')


def judged(folder: Path, case: str = SMALL, row: str = "ITB-001", **outcomes: Outcome) -> Verdict:
    """Judge a case whose row is carried by tests that came to these outcomes."""
    (folder / "case.toml").write_text(case, encoding="utf-8")
    read = read_case(folder / "case.toml")
    evidence = Evidence(known=read.ids)
    for test, outcome in outcomes.items():
        evidence.carried[row].add(test)
        evidence.outcomes[test] = outcome
    return judge(read, evidence, folder=folder)


def test_a_claim_that_passing_tests_carry_is_proven(tmp_path: Path) -> None:
    verdict = judged(tmp_path, one=Outcome.PASSED, other=Outcome.PASSED)

    assert verdict == Verdict(proven=frozenset({"ITB-001"}), findings=())


def test_a_claim_that_no_test_carries_is_not(tmp_path: Path) -> None:
    verdict = judged(tmp_path)

    assert verdict.proven == frozenset()
    assert verdict.findings == ("ITB-001: claimed proven by test, and no test carries it",)


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.SKIPPED, Outcome.NOT_RUN])
def test_one_test_that_did_not_pass_takes_a_claim_down(tmp_path: Path, outcome: Outcome) -> None:
    verdict = judged(tmp_path, one=Outcome.PASSED, other=outcome)

    assert verdict.proven == frozenset()
    assert verdict.findings == (f"ITB-001: other {outcome.name.lower().replace('_', ' ')}",)


def test_an_analysis_must_be_there_and_name_its_row(tmp_path: Path) -> None:
    missing = judged(tmp_path, ANALYSED)
    (tmp_path / "why.md").write_text("# Something else\n", encoding="utf-8")
    silent = judged(tmp_path, ANALYSED)
    (tmp_path / "why.md").write_text("# ITB-001\n", encoding="utf-8")
    there = judged(tmp_path, ANALYSED)

    assert missing.findings == ("ITB-001: claimed proven by an analysis that is missing, why.md",)
    assert silent.findings == ("ITB-001: its analysis does not name it, why.md",)
    assert there == Verdict(proven=frozenset({"ITB-001"}), findings=())


@pytest.mark.parametrize(("half", "carried", "stands"), [("", 1, 0), ("x", 1, 1), ("x", 0, 0), ("", 0, 1)])
def test_a_planned_row_says_what_its_tests_show_and_nothing_else(
    tmp_path: Path, half: str, carried: int, stands: int
) -> None:
    planned = f'status = "planned"\nwhere = "pump"\nmissing = "it"\nhalf = "{half}"'
    tests = {"one": Outcome.PASSED} if carried else {}

    verdict = judged(tmp_path, SMALL.replace('status = "test"', planned), **tests)

    assert verdict.proven == frozenset()
    assert (verdict.findings == ()) == bool(stands)


def test_a_violation_of_the_legacy_profile_is_shown_by_a_passing_test(tmp_path: Path) -> None:
    unshown = judged(tmp_path, SMALL + VIOLATION, one=Outcome.PASSED)
    failing = judged(tmp_path, SMALL + VIOLATION, row="L-01", one=Outcome.FAILED)
    shown = judged(tmp_path, SMALL + VIOLATION, row="L-01", one=Outcome.PASSED)

    assert unshown.findings == ("L-01: a violation of the legacy profile that no test shows",)
    assert "L-01: one failed" in failing.findings
    assert not [said for said in shown.findings if said.startswith("L-01")]


def test_no_test_carries_what_is_out_of_scope(tmp_path: Path) -> None:
    verdict = judged(tmp_path, row="ITB-002", one=Outcome.PASSED)

    assert "ITB-002: out of scope, and yet a test carries it" in verdict.findings


# --- the whole command, on a repository of its own -------------------------------------------------------

PROJECT = """[tool.pytest.ini_options]
markers = ["requirement(id): evidence"]
addopts = ["--strict-markers", "--import-mode=importlib"]
"""
PASSES = 'import pytest\n\n@pytest.mark.requirement("ITB-001")\ndef test_it_delivers() -> None:\n    pass\n'
ENDS = """import pytest

carries = pytest.mark.requirement("ITB-001")

@pytest.fixture
def pump() -> None:
    raise OSError("no pump")

@carries
def test_fails() -> None:
    raise ValueError

@carries
@pytest.mark.parametrize("n", [1, 2, 3])
def test_fails_once(n: int) -> None:
    assert n != 2

@carries
@pytest.mark.skip
def test_is_skipped() -> None:
    pass

@carries
@pytest.mark.xfail
def test_is_expected_to_fail() -> None:
    raise ValueError

@carries
@pytest.mark.xfail
def test_passes_unexpectedly() -> None:
    pass

@carries
def test_has_no_pump(pump: None) -> None:
    pass

@carries
def test_passes() -> None:
    pass
"""


def repository(root: Path, test: str) -> Path:
    """Make a repository with a case of two rows and one file of tests; return the folder of its case."""
    folder = root / "docs" / "safety"
    folder.mkdir(parents=True)
    (root / "tests").mkdir()
    (root / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    (folder / "case.toml").write_text(SMALL, encoding="utf-8")
    (root / "tests" / "test_drive.py").write_text(test, encoding="utf-8")
    return folder


def safety(root: Path, *options: str) -> tuple[int, list[str]]:
    """Run the command; return how it ended, and its lines."""
    places = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tools")])
    done = subprocess.run(
        [sys.executable, "-m", "safety_case", "--root", str(root), *options],
        env={**os.environ, "PYTHONPATH": places},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.splitlines()


def test_the_command_ends_with_its_verdict_and_draws_what_it_found(tmp_path: Path) -> None:
    folder = repository(tmp_path, PASSES)

    code, lines = safety(tmp_path)

    assert (code, lines[-1]) == (0, "proven 1, planned 0, out of scope 1, of 2")
    matrix = (folder / "matrix.md").read_text(encoding="utf-8")
    assert "| ITB-001 | It delivers | proven | `test_drive`: it delivers |" in matrix

    (folder / "hazards.md").write_text("# No hazards\n", encoding="utf-8")
    assert safety(tmp_path, "--check") == (
        1,
        ["hazards.md is not what the data and the tests say: run make safety", lines[-1]],
    )


def test_every_way_in_which_a_test_does_not_pass_is_named(tmp_path: Path) -> None:
    repository(tmp_path, ENDS)

    code, lines = safety(tmp_path)

    assert code == 1
    assert [line.rpartition("::")[2] for line in lines if line.startswith("ITB-001: ")] == [
        "test_fails failed",
        "test_fails_once failed",
        "test_has_no_pump failed",
        "test_is_expected_to_fail skipped",
        "test_is_skipped skipped",
        "test_passes_unexpectedly failed",
    ]
    assert lines[-1] == "proven 0, planned 0, out of scope 1, of 2"


def test_a_test_that_carries_an_unknown_id_stops_everything(tmp_path: Path) -> None:
    repository(tmp_path, PASSES.replace("ITB-001", "ITB-999"))

    code, lines = safety(tmp_path)

    assert code == 1
    assert any("could not be run to their end" in line for line in lines)


def test_a_case_that_does_not_hold_together_fails_before_any_test(tmp_path: Path) -> None:
    folder = repository(tmp_path, PASSES)
    (folder / "case.toml").write_text(SMALL.replace('id = "H-01"', 'id = "H-07"'), encoding="utf-8")

    assert safety(tmp_path) == (1, ["case.toml: H-07: stands where H-01 is expected"])


def test_our_claims_are_carried_and_our_pages_are_drawn() -> None:
    code, lines = safety(ROOT, "--check")

    assert code == 0, lines
    assert lines[-1].endswith(", of 174")
