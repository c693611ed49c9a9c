"""The minutes that a long run of the tests prints for each folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from minutes import folder_of, table

ROOT = Path(__file__).parents[2]
CONFTEST = """
import minutes

minutes.LONG_RUN_S = {long}


def pytest_configure(config):
    config.pluginmanager.register(minutes.Minutes(), "minutes")
"""


@pytest.mark.parametrize(
    ("test", "folder"),
    [
        ("tests/pump/test_window.py::test_it[1::2]", "tests/pump"),
        ("tests/body/canal/test_anatomy.py::test_it", "tests/body"),
        ("tests/test_alone.py::test_it", "tests"),
        ("src/thecal/journal/chain.py::thecal.journal.chain", "src"),
    ],
)
def test_the_time_of_a_test_counts_for_its_folder(test: str, folder: str) -> None:
    assert folder_of(test) == folder


def test_the_longest_folder_comes_first_with_its_share() -> None:
    assert table({"tests/web": 30.0, "tests/pump": 90.0}) == [
        "tests/pump    1.5 min   75%",
        "tests/web     0.5 min   25%",
    ]


def run_two_folders(folder: Path, *options: str, long: float = 0) -> str:
    for name in ("pump", "web"):
        file = folder / "tests" / name / f"test_{name}.py"
        file.parent.mkdir(parents=True)
        file.write_text("def test_it():\n    pass\n", encoding="utf-8")
    (folder / "conftest.py").write_text(CONFTEST.format(long=long), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:django", "-p", "no:cacheprovider", *options]
    ended = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.mark.parametrize("options", [[], ["-n", "2"]])
def test_a_long_run_prints_each_folder_once_also_in_parallel(tmp_path: Path, options: list[str]) -> None:
    printed = run_two_folders(tmp_path, *options)

    lines = [line.split() for line in printed.splitlines() if " min " in line]
    assert sorted(line[0] for line in lines) == ["tests/pump", "tests/web"]


def test_a_short_run_prints_no_minutes(tmp_path: Path) -> None:
    assert " min " not in run_two_folders(tmp_path, long=3600)
