"""How a row's numbers are written for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.lab.validation.judging import Judged
from thecal.lab.validation.report import rounded

if TYPE_CHECKING:
    from thecal.lab.validation.judging import Range
    from thecal.lab.validation.run import Verdict


def write_number(number: float) -> str:
    """Write a number to three significant digits, as it reads once it is stored with four."""
    return f"{float(f'{rounded(number):.3g}'):g}"


def write_amount(ends: Range, unit: str) -> str:
    """Write a number or a range with its unit; a ratio has none."""
    return write_range(ends) if unit == "1" else f"{write_range(ends)} {unit}"


def write_range(ends: Range) -> str:
    """Write one number, or a range as ``low to high``."""
    low, high = (write_number(end) for end in ends)
    return low if low == high else f"{low} to {high}"


def write_middle(verdict: Verdict) -> str:
    """Write what the model says: the number that is judged, and the patients' range."""
    if verdict.middle is None or verdict.predicted is None:
        return "-"
    middle, ends = write_number(verdict.middle), write_range(verdict.predicted)
    alone = verdict.row.judged is Judged.SHARE or middle == ends
    return middle if alone else f"{middle} ({ends})"


def write_verdict(verdict: Verdict) -> str:
    """Write whether a row is met."""
    if verdict.row.needs:
        return "missed: no answer yet" if verdict.ok is False else "no answer yet"
    return "met" if verdict.ok else "missed"
