"""The reference says of every public name how it is called and what it is."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

import api_reference as reference
from architecture.repository import ROOT


@pytest.mark.parametrize("room", reference.ROOMS)
def test_every_public_name_of_a_room_is_on_its_page_with_words(room: str) -> None:
    drawn = reference.page(room)

    entries = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", drawn, re.MULTILINE | re.DOTALL))
    assert list(entries) == sorted(import_module(f"thecal.{room}").__all__)
    silent = [name for name, text in entries.items() if not re.search(r"\w{3}", without_code(text))]
    assert not silent


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def test_every_page_is_in_the_contents() -> None:
    contents = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")

    assert set(re.findall(r"reference/(\w+)\.md", contents)) == set(reference.ROOMS)


def test_a_docstring_becomes_lists_and_code() -> None:
    doc = """Do it.

    So:

        a = b

    >>> do(1)
    2

    Args:
        one: the first ``thing``,
            over two lines.
        other: the second.

    Raises:
        ValueError: it cannot be done.
    """

    assert reference.as_markdown(doc) == (
        "Do it.\n\nSo:\n\n```text\na = b\n```\n\n```pycon\n>>> do(1)\n2\n```\n\n"
        "**Args**\n\n- `one`: the first `thing`, over two lines.\n- `other`: the second.\n\n"
        "**Raises**\n\n- `ValueError`: it cannot be done."
    )


def test_a_call_is_shown_with_its_units_and_defaults() -> None:
    drawn = reference.page("body")

    assert (
        "simulate(\n    ensemble: Ensemble,\n    *,\n    sample_times_h: Sequence[float] | Floats,\n" in drawn
    )
    assert "### Inflow.of_doses" in drawn
    assert "PLASMA = 'plasma_ng_mL'" in drawn
