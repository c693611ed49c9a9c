"""No import of ours hides in a string: a reader and the import contracts see every one."""

from __future__ import annotations

import ast
import re

from architecture.repository import name_of, ours

_PATH_TO_RUN = re.compile(r"thecal(\.\w+)+:\w+")


def hidden_imports(source: str) -> list[str]:
    """Return each call that imports by name, and each string that a server would import."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called.rpartition(".")[2] in {"import_module", "__import__"}:
                found.append(called)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.extend([node.value] if _PATH_TO_RUN.fullmatch(node.value) else [])
    return found


def test_no_import_of_ours_hides_in_a_string() -> None:
    findings = {
        name_of(path): found
        for path in ours(".py", under="src/thecal")
        if (found := hidden_imports(path.read_text(encoding="utf-8")))
    }

    assert not findings


def test_a_hidden_import_is_found() -> None:
    assert hidden_imports("import_module('thecal.lab')") == ["import_module"]
    assert hidden_imports("importlib.import_module('thecal.lab')") == ["importlib.import_module"]
    assert hidden_imports("Config('thecal.main.asgi:application')") == ["thecal.main.asgi:application"]
    assert hidden_imports("from thecal.lab import draw; apps = ['thecal.clinic.ledger']") == []
