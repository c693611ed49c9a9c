"""A stranger can find and read the tests: their names are short, and no test module imports another."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from architecture.repository import ROOT, name_of, ours

LONGEST_NAME = 79
#: Folders that still have long names. Remove a line when its names are short.
LONG_NAMES_IN = ("tests/exact/pump", "tests/pump", "tests/safety")


def long_names(path: Path) -> Iterator[str]:
    """Return the names of tests that are longer than allowed."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if name.startswith("test_") and len(name) > LONGEST_NAME:
                    yield name


def imported_tests(path: Path) -> Iterator[str]:
    """Return the test modules that a module imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.ImportFrom(module=module):
                names = [module or "", *(f"{module}.{alias.name}" for alias in node.names)]
            case ast.Import():
                names = [alias.name for alias in node.names]
            case _:
                names = []
        yield from (name for name in names if name.rpartition(".")[2].startswith("test_"))


def files_under(folder: str, *, but_not: tuple[str, ...] = ()) -> list[Path]:
    """Return the Python files under a folder, but not under some others."""
    return [
        path
        for path in ours(".py", under=folder)
        if not any(path.is_relative_to(ROOT / left_out) for left_out in but_not)
    ]


def test_no_name_of_a_test_is_too_long() -> None:
    paths = files_under("tests", but_not=LONG_NAMES_IN)
    found = {name_of(path): names for path in paths if (names := list(long_names(path)))}

    assert not found, f"at most {LONGEST_NAME} characters"


def test_no_test_module_imports_another() -> None:
    paths = files_under("tests")
    found = {name_of(path): names for path in paths if (names := list(imported_tests(path)))}

    assert not found, "move what both need to tests/builders"


@pytest.mark.parametrize("folder", LONG_NAMES_IN)
def test_an_exception_for_long_names_is_still_needed(folder: str) -> None:
    assert any(name for path in files_under(folder) for name in long_names(path))


def test_a_long_name_is_found(tmp_path: Path) -> None:
    short, long = tmp_path / "short.py", tmp_path / "long.py"
    name = "test_".ljust(LONGEST_NAME, "x")
    short.write_text(f"def {name}() -> None: ...", encoding="utf-8")
    long.write_text(f"def {name}x() -> None: ...", encoding="utf-8")

    assert list(long_names(short)) == []
    assert list(long_names(long)) == [f"{name}x"]


@pytest.mark.parametrize(
    "line",
    [
        "from pump.test_commit import written",
        "from pump import test_commit",
        "import pump.test_commit as commit",
        "from test_commit import written",
    ],
)
def test_an_import_of_a_test_module_is_found(line: str, tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(line, encoding="utf-8")

    assert list(imported_tests(path))


def test_an_import_of_a_builder_is_no_finding(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text("from builders.pumps import running\nimport pytest", encoding="utf-8")

    assert list(imported_tests(path)) == []
