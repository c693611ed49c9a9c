"""Run the tests that carry a requirement's id, draw the pages, and say what is proven: ``make safety``.

``--check`` runs nothing: it takes every test as passed, and says which claims no test carries and which pages
are not as the data has them. It is quick, and stands in the suite.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from pathlib import Path

import pytest

from safety_case.case import CaseError, read_case
from safety_case.evidence import MARKER, Evidence, judge
from safety_case.pages import pages, totals

_REPEATABLE = ["--hypothesis-profile=ci", "--randomly-seed=1"]


def main(arguments: list[str]) -> int:
    """Return 0 only where every claim stands on evidence."""
    parser = argparse.ArgumentParser(prog="safety_case", description="Hold the safety case to its evidence.")
    parser.add_argument("--check", action="store_true", help="run nothing; see only claims and pages")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the repository (default: here)")
    asked = parser.parse_args(arguments)
    root: Path = asked.root.resolve()
    folder = root / "docs" / "safety"
    try:
        case = read_case(folder / "case.toml")
    except CaseError as error:
        _say(str(error))
        return 1
    evidence = Evidence(known=case.ids)
    code = _run(root, evidence, collect_only=asked.check)
    if asked.check:
        evidence.believe()
    verdict = judge(case, evidence, folder=folder)
    findings = list(verdict.findings)
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        findings.append(f"the tests could not be run to their end (pytest: {code})")
    elif code is pytest.ExitCode.TESTS_FAILED and not findings:
        findings.append("a test failed")
    for name, text in pages(case, evidence, verdict).items():
        page = folder / name
        if asked.check:
            if not page.is_file() or page.read_text(encoding="utf-8") != text:
                findings.append(f"{name} is not what the data and the tests say: run make safety")
        else:
            page.write_text(text, encoding="utf-8")
    for finding in findings:
        _say(finding)
    _say(totals(case, verdict))
    return 1 if findings else 0


def _run(root: Path, evidence: Evidence, *, collect_only: bool) -> int:
    """Run, or only collect, every test that carries an id; files that speak of none are not even read."""
    files = [
        str(file.relative_to(root))
        for file in sorted((root / "tests").rglob("test_*.py"))
        if f"mark.{MARKER}" in file.read_text(encoding="utf-8")
    ]
    if not files:
        return pytest.ExitCode.OK
    options = ["-q", "-m", MARKER, "-p", "no:cacheprovider", *_REPEATABLE]
    if collect_only:
        options += ["--collect-only", "-qq"]
    with contextlib.chdir(root), open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - a device
        quiet = contextlib.redirect_stdout(nowhere) if collect_only else contextlib.nullcontext()
        with quiet:
            return pytest.main([*options, *files], plugins=[evidence])


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
