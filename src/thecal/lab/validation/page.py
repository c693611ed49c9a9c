"""The validation as parts of a Markdown page, between the marks that the page carries for them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from thecal.lab.validation.report import first_answers, first_score
from thecal.lab.validation.rows import Use
from thecal.lab.validation.scores import scores
from thecal.lab.validation.writing import write_amount, write_middle, write_number, write_range, write_verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from thecal.lab.validation.run import Validation, Verdict

NAMES = (
    "score",
    "choices",
    "calibration rows",
    "test rows",
    "further rows",
    "wiring rows",
    "misses",
    "notes",
    "assumed",
)
_HEADS = ("row", "what", "observed", "accepted", "model (5 to 95 %)", "verdict", "source")


def parts(validation: Validation) -> dict[str, str]:
    """Return each generated part of the page by its name."""
    by_use = {use: [one for one in validation.verdicts if one.row.use is use] for use in Use}
    texts = (
        _score(validation),
        _choices(validation.verdicts),
        _table(by_use[Use.CALIBRATION]),
        _table(by_use[Use.TEST], first=_first_answers()),
        _table(validation.further),
        _table(validation.unscored),
        _misses(validation.verdicts),
        _notes(validation.verdicts),
        _assumed(validation),
    )
    return dict(zip(NAMES, texts, strict=True))


def insert(page: str, generated: Mapping[str, str]) -> str:
    """Return a page with each generated part between ``<!-- name -->`` and ``<!-- end name -->``.

    Raises:
        ValueError: the page lacks the marks of a part.
    """
    check_marks(page, generated)
    for name, text in generated.items():
        begin, end = _marks(name)
        before, _, rest = page.partition(begin)
        _, _, after = rest.partition(end)
        page = f"{before}{begin}\n\n{text}\n\n{end}{after}"
    return page


def check_marks(page: str, names: Iterable[str] = NAMES) -> None:
    """Refuse a page without the marks of each part.

    Raises:
        ValueError: they are not there, once each and in order.
    """
    for name in names:
        begin, end = _marks(name)
        if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
            raise ValueError(f"the page needs {begin} and {end}, once each and in this order")


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- {name} -->", f"<!-- end {name} -->"


def _score(validation: Validation) -> str:
    heads = [
        "score",
        "model",
        "test-only numbers met",
        "of",
        "share",
        "met with human parameters for the pig rows",
    ]
    lines = [_line(heads), "|" + "---|" * len(heads)]
    for one in scores(validation):
        man = f"{one.met_in_a_man} ({one.met_in_a_man / one.of:.0%})"
        lines.append(_line([one.name, one.model, str(one.met), str(one.of), f"{one.met / one.of:.0%}", man]))
    met, count = validation.score(Use.CALIBRATION)
    answered = [one for one in validation.verdicts if one.row.use is Use.CALIBRATION and one.ok is not None]
    lines.append(
        f"\nCalibration numbers within their spread: {met} of {len(answered)} answered, {count} in all."
    )
    return "\n".join(lines)


def _choices(verdicts: Iterable[Verdict]) -> str:
    """Show each row that was asked with another choice too."""
    heads = ["row", "asked", "accepted", "model", "verdict"]
    lines = [_line(heads), "|" + "---|" * len(heads)]
    for one in verdicts:
        for choice in (one, *one.variants) if one.variants else ():
            row = choice.row
            accepted = write_amount(row.accepted, row.unit)
            lines.append(_line([row.row_id, row.what, accepted, write_middle(choice), write_verdict(choice)]))
    return "\n".join(lines)


def _first_answers() -> dict[str, str]:
    """Return the first answer to each row, before anything was changed by what it showed."""
    answers = {}
    for row in (*json.loads(first_answers())["rows"], *json.loads(first_score())["rows"]):
        if row["middle"] is not None or row["id"] not in answers:
            middle = "no answer" if row["middle"] is None else write_number(row["middle"])
            answers[row["id"]] = f"{middle}: {'met' if row['ok'] else 'missed'}"
    return answers


def _table(verdicts: Sequence[Verdict], first: Mapping[str, str] | None = None) -> str:
    heads = [*_HEADS[:4], *(["first answer"] if first else []), *_HEADS[4:]]
    lines = [_line(heads), "|" + "---|" * len(heads)]
    for one in verdicts:
        row = one.row
        cells = [
            row.row_id,
            row.what,
            write_amount(row.observed, row.unit),
            f"{write_range(row.accepted)} ({row.spread})",
            *([first.get(row.row_id, "not asked")] if first else []),
            write_middle(one),
            write_verdict(one),
            f"{row.source} [{row.sureness}]",
        ]
        lines.append(_line(cells))
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def _misses(verdicts: Sequence[Verdict]) -> str:
    """Explain each row that is missed; rows without an answer for the same reason share a line."""
    lines = [
        f"- **{one.row.row_id}**, {one.row.what}: {_flowing(one.row.miss)}"
        for one in verdicts
        if one.ok is False and one.row.kind
    ]
    lacking: dict[str, list[str]] = {}
    for one in verdicts:
        if one.row.needs:
            lacking.setdefault(one.row.needs, []).append(one.row.row_id)
    lines += [
        f"- **{', '.join(names)}**: not answered yet; needs {needs}." for needs, names in lacking.items()
    ]
    return "\n".join(lines)


def _notes(verdicts: Iterable[Verdict]) -> str:
    noted = [f"- **{one.row.row_id}**: {_flowing(one.row.note)}" for one in verdicts if one.row.note]
    return "\n".join(noted)


def _assumed(validation: Validation) -> str:
    everywhere = f"- every row: {'; '.join(validation.assumed)}."
    chosen = [
        f"- {one.row.row_id}: {'; '.join(one.row.assumed)}." for one in validation.verdicts if one.row.assumed
    ]
    return "\n".join([everywhere, *chosen])


def _flowing(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
