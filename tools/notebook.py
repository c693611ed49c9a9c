"""Pages whose Python runs: every ```python block of a page in order, in one namespace.

A ```text block right behind a ```python block is what that block prints; a picture that its code writes to
``figures/`` stands beside the page. ``make pages`` runs the pages and draws both anew; a test runs them and
compares. A page runs in an empty folder, so that what it writes harms nobody.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("docs/guides", "docs/science")
_BLOCK = re.compile(
    r"^```python\n(?P<code>.*?)^```\n(?:\n```text\n(?P<printed>.*?)^```\n)?", re.MULTILINE | re.DOTALL
)
_PICTURE = re.compile(r"!\[[^\]]*\]\((figures/[^)]+)\)")
_WRITTEN = re.compile(r"\"(figures/[^\"]+)\"")


@dataclass(frozen=True)
class Block:
    """One block of code.

    Attributes:
        line: of the page, on which the code begins.
        code: as it stands.
        printed: what the page says it prints; empty for nothing.
    """

    line: int
    code: str
    printed: str


def pages() -> list[Path]:
    """Return every page that has Python on it."""
    found = [
        ROOT / "README.md",
        *(page for folder in FOLDERS for page in sorted((ROOT / folder).glob("*.md"))),
    ]
    return [page for page in found if blocks(page.read_text(encoding="utf-8"))]


def blocks(text: str) -> list[Block]:
    """Return the blocks of a page, in order."""
    return [
        Block(text.count("\n", 0, found.start("code")) + 1, found["code"], found["printed"] or "")
        for found in _BLOCK.finditer(text)
    ]


def run(page: Path, text: str) -> list[str]:
    """Run a page's blocks in the working folder and return what each prints."""
    namespace: dict[str, object] = {"__name__": page.stem}
    printed = []
    for block in blocks(text):
        # Empty lines before the code, so that an error names the page's own line.
        program = compile("\n" * (block.line - 1) + block.code, str(page), "exec")
        with contextlib.redirect_stdout(io.StringIO()) as said:
            exec(program, namespace)  # noqa: S102 - our own pages
        printed.append(said.getvalue())
    return printed


def pictures(text: str) -> set[str]:
    """Return the pictures that the code of a page writes."""
    return {name for block in blocks(text) for name in _WRITTEN.findall(block.code)}


def shown(text: str) -> set[str]:
    """Return the pictures of its own folder that a page shows."""
    return set(_PICTURE.findall(text))


def with_printed(text: str, printed: list[str]) -> str:
    """Return the page with what its blocks print."""
    said = iter(printed)

    def renewed(found: re.Match[str]) -> str:
        block, output = f"```python\n{found['code']}```\n", next(said)
        return f"{block}\n```text\n{output}```\n" if output else block

    return _BLOCK.sub(renewed, text)


def main() -> None:
    """Run the pages named, or all, and write what they print and draw."""
    wanted = [Path(name).resolve() for name in sys.argv[1:]] or pages()
    for page in wanted:
        text = page.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            Path("figures").mkdir()
            printed = run(page, text)
            for name in sorted(pictures(text)):
                (page.parent / name).parent.mkdir(exist_ok=True)
                shutil.copyfile(name, page.parent / name)
            os.chdir(ROOT)
        page.write_text(with_printed(text, printed), encoding="utf-8")


if __name__ == "__main__":
    main()
