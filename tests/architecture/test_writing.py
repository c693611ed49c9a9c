"""What people read has no mu sign, no trailing zero on a dose, and no naked decimal point."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from architecture.repository import name_of, ours
from builders.written import ill_written

# The reader of typed amounts understands the sign that people paste.
UNDERSTANDS_MU = "src/thecal/quantities/reading.py"


def spoken(source: str) -> str:
    """Return the string literals of Python ``source``, without its docstrings."""
    tree = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return "\n".join(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    )


def read_by_people(path: Path) -> str:
    """Return the part of a file that reaches a reader's eye."""
    text = path.read_text(encoding="utf-8")
    return spoken(text) if path.suffix == ".py" else text


@pytest.mark.requirement("ITB-172")
def test_nothing_that_people_read_can_be_misread() -> None:
    pages = [
        *ours(".html", ".js", ".css", ".svg", ".txt", ".toml", ".py", under="src"),
        *ours(".md", ".cff"),
    ]
    findings = [
        f"{name_of(path)}: {found!r}"
        for path in pages
        if name_of(path) != UNDERSTANDS_MU
        for found in ill_written(read_by_people(path))
    ]

    assert not findings, "write doses with thecal.quantities: " + "; ".join(findings)


@pytest.mark.parametrize(
    "text", ["5 \N{MICRO SIGN}g", "5 &micro;g", "5.0 mcg", "0.10 mg", ".5 mg", "12.50mcg/day"]
)
def test_what_could_be_misread_is_found(text: str) -> None:
    assert ill_written(text)
    assert ill_written(spoken(f"x = f'{{y}} {text}'"))


@pytest.mark.parametrize(
    "text", ["5 mcg", "0.5 mg", "10 mcg", "100 mcg/day", "0.05 mg", "version 1.10, 5 mcg"]
)
def test_what_is_well_written_passes(text: str) -> None:
    assert ill_written(text) == []


def test_a_docstring_may_speak_of_the_sign() -> None:
    assert spoken('"""Write \N{MICRO SIGN}g as mcg."""\nx = "mcg"') == "mcg"
