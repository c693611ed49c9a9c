"""Names are the field's own words: none of the names that were replaced comes back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from architecture.repository import SOURCE, name_of, ours

#: Each replaced name, and what to write in its place.
REPLACED = {
    "asked": "requested",
    "astray": "the fault's own name",
    "course": "the quantity over time: cumulative_dose, response",
    "doing": "the act: steps",
    "fitted": "the result: posterior, compiled",
    "given": "programmed, delivered, or the value's own name",
    "habit": "tolerance",
    "held": "the contents: stored, covered",
    "look": "estimate, state",
    "otherwise": "counterfactual, or the default's own name",
    "play": "run",
    "played": "run",
    "put": "store",
    "seen": "observed, detected",
    "somebody": "the person's role",
    "strength": "concentration",
    "take": "read, accept",
    "telling": "comparison",
    "together": "what is combined",
    "told": "reported, ordered",
    "trouble": "problem, fault",
    "tube": "pump tubing, catheter",
    "way": "input route",
    "wish": "proposal",
    "words": "wording, text",
}
#: The inside of the pump keeps its names until it is rebuilt.
KEEPS_ITS_NAMES = SOURCE / "pump"


def defined(tree: ast.Module) -> Iterator[str]:
    """Return every name that a module defines: classes, functions, fields, parameters and variables."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case _:
                pass


def replaced_in(name: str) -> set[str]:
    """Return the replaced names of which a name is made: ``_told`` and ``TubeContents`` have one each."""
    separate = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return REPLACED.keys() & set(separate.casefold().split("_"))


def old_names(path: Path) -> set[str]:
    """Return the names in a file, and its own, that were replaced."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {path.stem, path.parent.name, *defined(tree)}
    return {name for name in names if replaced_in(name)}


def test_no_replaced_name_is_left_outside_the_pump() -> None:
    found = {
        name_of(path): names
        for path in ours(".py", under="src/thecal")
        if not path.is_relative_to(KEEPS_ITS_NAMES) and (names := old_names(path))
    }

    advice = {
        word: REPLACED[word] for names in found.values() for name in names for word in replaced_in(name)
    }
    assert not found, f"write instead: {advice}"


@pytest.mark.parametrize(
    "line",
    [
        "def told() -> None: ...",
        "class TubeContents: ...",
        "def compile_program(asked: Program) -> None: ...",
        "_STRENGTH = 500",
        "dose.given = 1",
        "class Row:\n    otherwise: str",
        "import numpy as play",
        "if (seen := read()): ...",
        "for held in range(2): ...",
        "try: ...\nexcept ValueError as trouble: ...",
        "match dose:\n    case int() as given: ...",
    ],
)
def test_a_replaced_name_is_found(line: str, tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(line, encoding="utf-8")

    assert len(old_names(path)) == 1


def test_a_module_with_a_replaced_name_is_found_and_a_plain_one_is_not(tmp_path: Path) -> None:
    old, plain = tmp_path / "telling.py", tmp_path / "lookup.py"
    old.write_text("", encoding="utf-8")
    plain.write_text("def output(always: int, inputs: int) -> None: ...", encoding="utf-8")

    assert old_names(old) == {"telling"}
    assert old_names(plain) == set()
