"""A validation as JSON, and the first scores, kept for ever beside the present one."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

from thecal.lab.validation.run import counted

if TYPE_CHECKING:
    from thecal.lab.validation.judging import Range
    from thecal.lab.validation.run import Validation, Verdict

_FIRST, _ANSWERS = "first_score.json", "first_answers.json"
_DIGITS = 4


def as_json(validation: Validation) -> str:
    """Return the verdicts as JSON: what is answered in ``rows``, the rest in ``waiting``; nothing is null.

    ``test_rows`` and ``test_rows_met`` count the rows kept for testing alone, wherever they stand;
    ``further_rows`` and ``further_rows_met`` those asked beside them.
    """
    met, count = validation.score()
    further_met, further = counted(validation.further)
    document = {
        "model": validation.model,
        "test_rows": count,
        "test_rows_met": met,
        "further_rows": further,
        "further_rows_met": further_met,
        "rows": [_entry(one) for one in validation.verdicts if one.predicted is not None],
        "waiting": [_entry(one) for one in validation.verdicts if one.predicted is None],
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
    """Return a verdict as JSON has it; what there is no answer to has no field."""
    row = verdict.row
    return {
        "id": row.row_id,
        "use": row.use.value,
        "wiring": row.wiring,
        "what": row.what,
        **_answer(verdict),
        "judged": row.judged.value,
        "observed": _ends(row.observed),
        "accepted": _ends(row.accepted),
        "unit": row.unit,
        "spread": row.spread,
        "needs": row.needs,
        "assumed": list(row.assumed),
        "variants": [
            {"choice": one.row.what, **_answer(one), "accepted": _ends(one.row.accepted)}
            for one in verdict.variants
        ],
        "source": row.source,
        "sureness": row.sureness,
    }


def _answer(verdict: Verdict) -> dict[str, object]:
    answer: dict[str, object] = {}
    if verdict.predicted is not None and verdict.middle is not None:
        answer = {"predicted": _ends(verdict.predicted), "middle": rounded(verdict.middle)}
    return answer if verdict.ok is None else {**answer, "ok": verdict.ok}


def _ends(ends: Range) -> list[float]:
    return [rounded(end) for end in ends]
