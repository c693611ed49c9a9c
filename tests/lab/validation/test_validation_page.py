"""The page of the validation is what a run gives."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from builders.validated import present
from thecal.lab.plots.validation import as_figures
from thecal.lab.validation.page import insert, parts
from thecal.lab.validation.scores import scores
from thecal.lab.validation.writing import write_amount, write_number, write_range

SCIENCE = Path(__file__).resolve().parents[3] / "docs" / "science"
PAGE = (SCIENCE / "validation.md").read_text(encoding="utf-8")
RENEW = "the model has changed: run `thecal validate --docs docs/science`"


def words(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_the_page_shows_what_a_run_gives() -> None:
    assert insert(PAGE, parts(present())) == PAGE, RENEW


def test_the_figures_speak_of_what_a_run_gives() -> None:
    for name, drawn in as_figures(present()).items():
        kept = (SCIENCE / "figures" / name).read_text(encoding="utf-8")
        assert words(kept) == words(drawn.decode()), f"{name}: {RENEW}"
        assert name in PAGE


def test_the_same_run_draws_the_same_bytes() -> None:
    assert as_figures(present()) == as_figures(present())


def test_every_row_and_both_scores_are_on_the_page() -> None:
    for one in present().verdicts:
        assert f"\n| {one.row.row_id} | {one.row.what} |" in PAGE
    assert "| first | 2026.1 | 5 | 23 | 22% |" in PAGE
    for score in scores(present()):
        assert f"\n| {score.name} | {score.model} | {score.met} | {score.of} |" in PAGE


def test_every_other_choice_and_every_note_is_on_the_page() -> None:
    _, _, choices = PAGE.partition("<!-- choices -->")
    _, _, notes = PAGE.partition("<!-- notes -->")
    for one in present().verdicts:
        for choice in one.variants:
            assert f"\n| {one.row.row_id} | {choice.row.what} |" in choices
        assert (f"\n- **{one.row.row_id}**: " in notes.partition("<!-- end")[0]) is bool(one.row.note)


def both(numbers: list[float]) -> str:
    return " and ".join(write_number(one) for one in numbers)


def test_what_the_pages_say_of_the_effect_is_what_the_rows_answer() -> None:
    effect = " ".join((SCIENCE / "effect.md").read_text(encoding="utf-8").split())
    found = {one.row.row_id: one for one in present().verdicts}
    naive = [found[name].variants[0].middle for name in ("Penn-a", "Penn-b")]
    tolerant = [found[name].middle for name in ("Penn-a", "Penn-b")]
    restarted = [found[name].middle for name in ("Restart-a", "Restart-b")]

    assert f"gives {both(tolerant)}, and without tolerance {both(naive)}" in effect
    assert f"it is {restarted[0]:.2f} and {restarted[1]:.2f}" in effect
    assert 4 * 24 < found["Withdrawal"].middle < 5 * 24


def test_every_miss_is_explained_on_the_page() -> None:
    _, _, explained = PAGE.partition("<!-- misses -->")
    for one in present().verdicts:
        if one.ok is not True:
            assert re.search(rf"\*\*[^*]*\b{one.row.row_id}\b[^*]*\*\*", explained), one.row.row_id


def test_renewing_twice_changes_nothing_more() -> None:
    once = insert("<!-- a -->old<!-- end a -->", {"a": "new"})

    assert once == "<!-- a -->\n\nnew\n\n<!-- end a -->"
    assert insert(once, {"a": "new"}) == once


@pytest.mark.parametrize(
    "page",
    ["", "<!-- a -->", "<!-- end a --><!-- a -->", "<!-- a --><!-- a --><!-- end a -->"],
)
def test_a_page_without_its_marks_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="<!-- a -->"):
        insert(page, {"a": "new"})


@pytest.mark.parametrize(
    ("number", "written"),
    [(0.2448, "0.245"), (1858.6, "1860"), (4.0, "4"), (-0.99, "-0.99"), (5.8749, "5.88")],
)
def test_numbers_are_written_with_three_digits(number: float, written: str) -> None:
    assert write_number(number) == written


def test_ranges_and_ratios_are_written_plainly() -> None:
    assert write_range((2, 4)) == "2 to 4"
    assert write_amount((4, 4), "1") == "4"
    assert write_amount((2, 4), "h") == "2 to 4 h"
