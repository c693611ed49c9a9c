"""A link from one of our pages to another arrives."""

from __future__ import annotations

import re
from pathlib import Path

from architecture.repository import name_of, ours

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def broken_links(page: Path) -> list[str]:
    """Return the relative links of a Markdown page that lead nowhere."""
    return [
        link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()
    ]


def test_every_link_arrives() -> None:
    findings = [f"{name_of(page)}: {link}" for page in ours(".md") for link in broken_links(page)]

    assert not findings, "; ".join(findings)


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[here](page.md#part) [there](nowhere.md) [out](https://example.org)", encoding="utf-8")

    assert broken_links(page) == ["nowhere.md"]
