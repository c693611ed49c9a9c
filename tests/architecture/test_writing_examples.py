"""What docs/writing.md shows as rewritten is what our pages say."""

from __future__ import annotations

import re

from architecture.repository import ROOT, ours

PAGE = ROOT / "docs" / "writing.md"
HEADING = "| before | after |\n|---|---|\n"


def rewritten(page: str) -> list[str]:
    """Return the texts of the column "after"."""
    rows = page.partition(HEADING)[2].splitlines()
    return [row.strip("| ").split(" | ")[1] for row in rows if row.startswith("| ")]


def plain(text: str) -> str:
    """Return a text without marks, capitals or line breaks."""
    return " ".join(re.sub(r"[*`|:]", " ", text).split()).rstrip(".").casefold()


def missing(texts: list[str], pages: list[str]) -> list[str]:
    """Return the texts that no page says."""
    said = [plain(page) for page in pages]
    return [text for text in texts if not any(plain(text) in page for page in said)]


def test_every_rewritten_sentence_is_on_a_page() -> None:
    texts = rewritten(PAGE.read_text(encoding="utf-8"))
    pages = [path.read_text(encoding="utf-8") for path in ours(".md") if path != PAGE]

    assert len(texts) == 10
    assert missing(texts, pages) == []


def test_a_sentence_that_no_page_says_is_found() -> None:
    texts = rewritten(f"{HEADING}| it | **it**: the pump. |\n| so | `thus` |\n")

    assert texts == ["**it**: the pump.", "`thus`"]
    assert missing(texts, ["| **It** | the\npump; |", "words"]) == ["`thus`"]
