"""Settings are read in one place, and each is documented."""

from __future__ import annotations

import ast
import re

from architecture.repository import ROOT, name_of, ours

PAGE = ROOT / "docs" / "operate" / "settings.md"


def settings_read(source: str) -> set[str]:
    """Return the environment variables of ours that Python ``source`` names."""
    return {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"THECAL_[A-Z0-9_]+", node.value)
    }


def settings_documented(page: str) -> set[str]:
    """Return the environment variables that have a row on the settings page."""
    return set(re.findall(r"^\| `(THECAL_[A-Z0-9_]+)` \|", page, re.MULTILINE))


def reads_environment(source: str) -> bool:
    """Say whether Python ``source`` looks at the environment."""
    return bool(re.search(r"\bos\.environ\b|\bos\.getenv\b|from os import .*\b(environ|getenv)\b", source))


def test_every_setting_is_documented_and_every_documented_setting_is_read() -> None:
    read: set[str] = set()
    for path in ours(".py", under="src"):
        read |= settings_read(path.read_text(encoding="utf-8"))

    assert read == settings_documented(PAGE.read_text(encoding="utf-8"))


def test_only_main_looks_at_the_environment() -> None:
    findings = [
        name_of(path)
        for path in ours(".py", under="src/thecal")
        if not name_of(path).startswith("src/thecal/main/")
        and reads_environment(path.read_text(encoding="utf-8"))
    ]

    assert not findings, "take the value as an argument: " + ", ".join(findings)


def test_an_undocumented_setting_is_found() -> None:
    assert settings_read('import os\nx = os.environ["THECAL_PORT"]') == {"THECAL_PORT"}
    assert settings_documented("| `THECAL_PORT` | 8000 | where |\n") == {"THECAL_PORT"}
    assert settings_documented("See THECAL_PORT.") == set()


def test_a_look_at_the_environment_is_found() -> None:
    assert reads_environment("import os\nx = os.environ.get('HOME')")
    assert reads_environment("from os import environ")
    assert not reads_environment("x = environment")
