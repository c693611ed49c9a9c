"""A validation as JSON, and the first scores, kept for ever beside the present one."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thecal.lab.validation.rows import Range
    from thecal.lab.validation.run import Validation, Verdict

_FIRST, _ANSWERS = "first_score.json", "first_answers.json"
_DIGITS = 4


def as_json(validation: Validation) -> str:
    """Return the verdicts as JSON: a list ``rows``, the score on the test rows, the model's version."""
    met, count = validation.score()
    document = {
        "model": validation.model,
        "test_rows": count,
        "test_rows_met": met,
        "rows": [_entry(one) for one in validation.verdicts],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def first_score() -> str:
    """Return the score of the first model, before it was changed: as ``as_json`` wrote it then."""
    return files("thecal.lab.validation").joinpath(_FIRST).read_text("utf-8")


def first_answers() -> str:
    """Return the score of the same model when every row could be asked."""
    return files("thecal.lab.validation").joinpath(_ANSWERS).read_text("utf-8")


def rounded(number: float) -> float:
    """Return a number to four significant digits: more would be rounding of the machine."""
    return float(f"{number:.{_DIGITS}g}")


def _entry(verdict: Verdict) -> dict[str, object]:
    row = verdict.row
    return {
        "id": row.row_id,
        "use": row.use.value,
        "what": row.what,
        "predicted": _ends(verdict.predicted),
        "middle": None if verdict.middle is None else rounded(verdict.middle),
        "judged": row.judged.value,
        "observed": _ends(row.observed),
        "accepted": _ends(row.accepted),
        "unit": row.unit,
        "spread": row.spread,
        "ok": verdict.ok,
        "needs": row.needs,
        "assumed": list(row.assumed),
        "source": row.source,
        "sureness": row.sureness,
    }


def _ends(given: Range | None) -> list[float] | None:
    return None if given is None else [rounded(end) for end in given]
