"""The Python of the README, the guides and the science pages runs, and prints and draws what they show."""

from __future__ import annotations

from pathlib import Path

import pytest

import notebook
from architecture.repository import name_of


@pytest.mark.parametrize("page", notebook.pages(), ids=name_of)
def test_a_page_runs_and_prints_and_draws_what_it_shows(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = page.read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "figures").mkdir()

    printed = notebook.run(page, text)

    assert notebook.with_printed(text, printed) == text, "redraw it: make pages"
    drawn = {f"figures/{path.name}" for path in (tmp_path / "figures").iterdir()}
    assert drawn == notebook.pictures(text)
    assert drawn <= notebook.shown(text)
    assert all((page.parent / name).is_file() for name in drawn)


def test_every_guide_and_science_page_with_code_is_run() -> None:
    assert {"README.md", "docs/guides/first-run.md", "docs/science/fit.md"} <= {
        name_of(page) for page in notebook.pages()
    }


def test_code_that_fails_is_named_by_its_line() -> None:
    page = Path("page.md")

    with pytest.raises(ZeroDivisionError) as failed:
        notebook.run(page, "words\n\n```python\nhalf = 1\nhalf / 0\n```\n")

    assert failed.traceback[-1].lineno == 4


def test_what_is_printed_stands_behind_the_block_and_names_live_on() -> None:
    text = "```python\ntwo = 2\n```\n\n```python\nprint(two)\n```\n\n```text\n3\n```\n\nwords\n"

    printed = notebook.run(Path("page.md"), text)

    assert printed == ["", "2\n"]
    assert notebook.with_printed(text, printed) == text.replace("3\n", "2\n")
    assert [block.printed for block in notebook.blocks(text)] == ["", "3\n"]
