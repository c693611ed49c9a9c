"""A page of the documentation has the title by which the navigation names it."""

from __future__ import annotations

import re

from architecture.repository import ROOT

TITLED = re.compile(r"^ *- ([^:\n]+): ([\w/.-]+\.md)$", re.MULTILINE)


def first_heading(page: str) -> str:
    """Return the first heading of a Markdown page, or nothing."""
    found = re.search(r"^# (.+)$", page, re.MULTILINE)
    return found[1] if found else ""


def titles_that_differ(navigation: str, pages: dict[str, str]) -> list[str]:
    """Return the titles of the navigation that are not the first heading of their page."""
    return [
        f"{name}: {title!r} in the navigation, {first_heading(pages[name])!r} on the page"
        for title, name in TITLED.findall(navigation)
        if name in pages and first_heading(pages[name]) != title
    ]


def test_every_page_begins_with_its_title_in_the_navigation() -> None:
    folder = ROOT / "docs"
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    # The reference is written from the docstrings when the documentation is built.
    pages = {
        name: (folder / name).read_text(encoding="utf-8")
        for _, name in TITLED.findall(navigation)
        if not name.startswith("reference/")
    }

    assert len(pages) > 30
    assert titles_that_differ(navigation, pages) == []


def test_a_title_that_differs_from_the_heading_is_found() -> None:
    assert titles_that_differ("  - Frames: frames.md\n", {"frames.md": "# Frames\n"}) == []
    assert titles_that_differ("  - Frames: frames.md\n", {"frames.md": "# A frame\n"}) == [
        "frames.md: 'Frames' in the navigation, 'A frame' on the page"
    ]
