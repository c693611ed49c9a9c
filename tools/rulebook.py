"""Draw docs/rules/ from the dosing rules: every decision table, calculation, number and source."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from thecal.dosing.limits import limits_for
from thecal.dosing.rulebook import rulebook_version
from thecal.dosing.rulebook_page import Section, sections

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "rules" / "index.md"
_INTRODUCTION = """# The rulebook

What the adviser checks, drawn from its code by `make rules`. It proposes and warns; a person signs. The
numbers are those that stand where no jurisdiction is chosen: the stricter of the known labels. The rulebook
page of the clinic shows them for its own jurisdiction and local policy.

"""


def page() -> str:
    """Return the page."""
    lines = [_INTRODUCTION + f"Version {rulebook_version()}.", ""]
    for section in sections(limits_for()):
        lines.extend(_section(section))
    return "\n".join(lines).rstrip("\n") + "\n"


def _section(section: Section) -> Iterator[str]:
    yield from (f"## {section.title}", "")
    if section.about:
        yield from (section.about, "")
    if section.rows:
        yield from ("| if | then |", "|---|---|")
        yield from (f"| {_cell(when)} | {_cell(then)} |" for when, then in section.rows)
        yield ""
    if section.formula:
        yield from (f"{section.formula}.", "")
    if section.limits or section.undecided:
        yield from ("| number | what | source | how sure | reviewed |", "|---|---|---|---|---|")
        for limit in section.limits:
            cells = (limit.write(), f"{limit.what} ({limit.applies})", limit.source, limit.sureness.meaning)
            yield f"| {' | '.join(map(_cell, cells))} | {limit.reviewed.isoformat()} |"
        for one in section.undecided:
            yield f"| none | {_cell(one.what)} | {_cell(one.write())} | no source gives a number | |"
        yield ""
    if section.sources:
        yield from (f"Sources: {'; '.join(section.sources)}.", "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"rewrote {PAGE.relative_to(ROOT)}\n")
