"""Two programs side by side, in words: every setting, changed or not (ITB-122)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.quantities import write_concentration, write_dose_rate, write_percent_change
from thecal.therapy.bolus import describe_once
from thecal.therapy.modes import describe_base

if TYPE_CHECKING:
    from thecal.therapy.program import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One setting in the old program and in the new one.

    Attributes:
        what: the setting.
        before: its old value in words.
        after: its new value in words.
        change: what the difference amounts to; ``unchanged`` where there is none.
    """

    what: str
    before: str
    after: str
    change: str

    @property
    def changed(self) -> bool:
        """Whether the setting differs."""
        return self.before != self.after


def compare_programs(before: Program, after: Program) -> tuple[Comparison, ...]:
    """Compare every setting of two programs, unchanged ones too."""
    rows = [
        _row("drug", before.drug.name, after.drug.name),
        _row(
            "concentration",
            write_concentration(before.concentration),
            write_concentration(after.concentration),
        ),
        _dose_row(before, after),
        _row("base program", "; ".join(describe_base(before.base)), "; ".join(describe_base(after.base))),
        _row("runs once first", _once(before), _once(after)),
    ]
    return tuple(rows)


def _row(what: str, before: str, after: str) -> Comparison:
    return Comparison(
        what=what, before=before, after=after, change="unchanged" if before == after else "changed"
    )


def _once(program: Program) -> str:
    return "nothing" if program.once is None else describe_once(program.once)


def _dose_row(before: Program, after: Program) -> Comparison:
    old, new = before.mean_daily_dose, after.mean_daily_dose
    if old is None or new is None:
        return _row("24-hour dose", _dose(before), _dose(after))
    change = "unchanged" if old == new else write_percent_change(old, new)
    return Comparison(what="24-hour dose", before=_dose(before), after=_dose(after), change=change)


def _dose(program: Program) -> str:
    dose = program.mean_daily_dose
    return "the device's minimum, no therapy" if dose is None else write_dose_rate(dose)
