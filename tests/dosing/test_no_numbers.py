"""No number of a rule stands in the code: every one is in limits.toml, with unit, source and sureness."""

import ast
from pathlib import Path

import pytest

import thecal.dosing

ROOT = Path(thecal.dosing.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
FACTORS = {0, 1, 100, 1000, 24, 60}
"""0, 1 and the factors between units."""


def _numbers(tree: ast.AST) -> list[str]:
    return [
        f"line {node.lineno}: {node.value!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, (int, float, complex))
        and not isinstance(node.value, bool)
        and node.value not in FACTORS
    ]


def _decimals_in_quotes(tree: ast.AST) -> list[str]:
    return [
        f"line {node.lineno}: {argument.value!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Decimal"
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_of_the_rules_holds_no_number_of_its_own(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))

    assert _numbers(tree) + _decimals_in_quotes(tree) == []


@pytest.mark.parametrize("text", ["x = 8", "x = 0.15", "Decimal('0.2')", "timedelta(hours=12)"])
def test_the_scan_finds_a_number(text: str) -> None:
    tree = ast.parse(text)

    assert _numbers(tree) + _decimals_in_quotes(tree)
