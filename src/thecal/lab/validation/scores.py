"""The scores that stand side by side: the first, the present one, the fixed list's and the wider one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.lab.validation.report import first_answers, first_score
from thecal.lab.validation.rows import IN_A_MAN, Use
from thecal.lab.validation.run import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.lab.validation.run import Validation, Verdict

_NOT_READ = "M"


@dataclass(frozen=True, kw_only=True)
class Score:
    """How many numbers of a list are met.

    Attributes:
        name: of the list, and when it was asked.
        model: version of the parameters.
        met, of: numbers met, and numbers in all; no answer is not met.
        met_in_a_man: the same with human parameters for the pig rows.
    """

    name: str
    model: str
    met: int
    of: int
    met_in_a_man: int


def scores(validation: Validation) -> tuple[Score, ...]:
    """Return every score: the first, the present one, and the one that includes every further number."""
    first = json.loads(first_score())
    fixed = [one for one in validation.verdicts if one.row.use is Use.TEST]
    known = {one["id"] for one in first["rows"]}
    wider = [*fixed, *validation.further]
    lists = {
        "present, the numbers of the first score": [one for one in fixed if one.row.row_id in known],
        "present": fixed,
        "present, with every further number": wider,
        "the same without commonly quoted, unread numbers [M]": [
            one for one in wider if one.row.sureness != _NOT_READ
        ],
    }
    return (
        _kept("first", first),
        _kept("first, with every row answered", json.loads(first_answers())),
        *(_counted(name, validation.model, verdicts) for name, verdicts in lists.items()),
    )


def _kept(name: str, score: dict[str, object]) -> Score:
    """Return a score that is kept: the pig rows then used human parameters."""
    met, of = int(str(score["test_rows_met"])), int(str(score["test_rows"]))
    return Score(name=name, model=str(score["model"]), met=met, of=of, met_in_a_man=met)


def _counted(name: str, model: str, verdicts: Sequence[Verdict]) -> Score:
    met, of = counted(verdicts)
    in_a_man, _ = counted(one.with_choice(IN_A_MAN) for one in verdicts)
    return Score(name=name, model=model, met=met, of=of, met_in_a_man=in_a_man)
