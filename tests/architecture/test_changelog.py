"""A fragment of the changelog has one of the five types, so that none is left out of a release."""

from __future__ import annotations

from architecture.repository import PYPROJECT, ROOT, name_of, ours

TYPES = {kind["directory"] for kind in PYPROJECT["tool"]["towncrier"]["type"]}


def typed(name: str) -> bool:
    """Say whether a fragment's name is ``<something>.<type>.md``."""
    parts = name.split(".")
    return len(parts) == len(("name", "type", "md")) and parts[1] in TYPES


def test_every_fragment_has_a_type() -> None:
    fragments = ours(".md", under="changelog.d")

    assert [name_of(path) for path in fragments if not typed(path.name)] == []
    assert (ROOT / "CHANGELOG.md").is_file()


def test_a_fragment_of_no_type_is_found() -> None:
    assert typed("+stop.safety.md")
    assert not typed("+stop.md")
    assert not typed("+stop.misc.md")
