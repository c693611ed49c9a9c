"""What tests share comes from ``builders``: no helper stands among tests."""

from __future__ import annotations

from pathlib import PurePosixPath

from architecture.repository import name_of, ours

SHARED = {"tests/architecture/repository.py", "tests/database.py", "tests/minutes.py"}
"""Helpers outside ``builders``: the repository, fixtures of the database, a plugin of pytest."""
NOT_OF_ROOMS = {"builders", "conformance", "upgrades"}


def is_out_of_place(name: str) -> bool:
    """Say whether a file is a helper that stands among tests."""
    path = PurePosixPath(name)
    is_test = path.name == "conftest.py" or path.name.startswith("test_")
    return not is_test and path.parts[1] not in NOT_OF_ROOMS and name not in SHARED


def test_a_helper_among_tests_is_found() -> None:
    assert is_out_of_place("tests/pump/tip.py")
    assert is_out_of_place("tests/strategies.py")
    assert not is_out_of_place("tests/pump/conftest.py")


def test_no_helper_stands_among_tests() -> None:
    assert [name for path in ours(".py", under="tests") if is_out_of_place(name := name_of(path))] == []
