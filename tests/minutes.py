"""How many minutes the tests of each folder took, printed at the end of a long run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import pytest

LONG_RUN_S = 60.0
"""Shorter runs print nothing, s."""


def folder_of(test: str) -> str:
    """Return the folder that a test's time counts for.

    Args:
        test: the test's id, such as ``tests/body/canal/test_drive.py::test_it``.

    Returns:
        ``tests/<room>``; for the examples in docstrings, ``src``.
    """
    file = test.split("::", maxsplit=1)[0].split("/")
    return "/".join(file[:2]) if file[0] == "tests" and len(file) > 2 else file[0]


def table(seconds: Mapping[str, float]) -> list[str]:
    """Return one line for each folder, the longest first, with its share of all."""
    whole = sum(seconds.values())
    width = max(len(folder) for folder in seconds)
    longest_first = sorted(seconds.items(), key=lambda one: -one[1])
    return [
        f"{folder:<{width}}  {taken / 60:5.1f} min  {taken / whole:4.0%}" for folder, taken in longest_first
    ]


class Minutes:
    """A pytest plugin that adds up what the tests report; the reports of parallel workers arrive here too."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count set-up, test and clean-up."""
        self._seconds[folder_of(report.nodeid)] += report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table."""
        if sum(self._seconds.values()) >= LONG_RUN_S:
            terminalreporter.section("minutes for each folder, added up over parallel workers")
            terminalreporter.write("\n".join(table(self._seconds)) + "\n")
