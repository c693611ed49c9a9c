"""Two programs side by side, in words: every setting, changed or not (ITB-122)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from thecal.quantities import write_concentration, write_dose_rate, write_percent_change
from thecal.therapy.bolus import Bridge, describe_once, describe_patient_bolus
from thecal.therapy.modes import describe_base

if TYPE_CHECKING:
    from collections.abc import Callable

    from thecal.quantities import DoseRate
    from thecal.therapy.bolus import Once, PatientBolus
    from thecal.therapy.modes import Base
    from thecal.therapy.program import Program

T = TypeVar("T")
UNCHANGED = "unchanged"
CHANGED = "changed"
CHANGED_UNSEEN = "changed, by less than is shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One setting in the old program and in the new one.

    Attributes:
        what: the setting.
        before: its old value in words.
        after: its new value in words.
        change: what the difference amounts to; ``unchanged`` where there is none, however small.
    """

    what: str
    before: str
    after: str
    change: str

    @property
    def changed(self) -> bool:
        """Whether the setting differs."""
        return self.change != UNCHANGED


def compare_programs(before: Program, after: Program) -> tuple[Comparison, ...]:
    """Compare every setting of two programs, unchanged ones too; a row has changed exactly if they differ."""
    return (
        _row("drug", before, after, lambda program: program.drug, lambda drug: drug.name),
        _concentration_row(before, after),
        _dose_row(before, after),
        _row("base program", before, after, lambda program: program.base, _base),
        _row("runs once first", before, after, lambda program: program.once, _once),
        _row("patient bolus", before, after, lambda program: program.patient_bolus, _patient_bolus),
    )


def _row(
    what: str, before: Program, after: Program, part: Callable[[Program], T], words: Callable[[T], str]
) -> Comparison:
    """The values are compared, not the words: what is too small to show has changed all the same."""
    old, new = words(part(before)), words(part(after))
    change = UNCHANGED if part(before) == part(after) else CHANGED if old != new else CHANGED_UNSEEN
    return Comparison(what=what, before=old, after=new, change=change)


def _concentration_row(before: Program, after: Program) -> Comparison:
    row = _row("concentration", before, after, lambda program: program.concentration, write_concentration)
    if not row.changed or isinstance(after.once, Bridge):
        return row
    return replace(row, change=f"{row.change}; the tube still holds the old solution: decide on a bridge")


def _base(base: Base) -> str:
    return "; ".join(describe_base(base))


def _once(once: Once | None) -> str:
    return "nothing" if once is None else describe_once(once)


def _patient_bolus(allowed: PatientBolus | None) -> str:
    return "none" if allowed is None else describe_patient_bolus(allowed)


def _dose_row(before: Program, after: Program) -> Comparison:
    row = _row("24-hour dose", before, after, lambda program: program.mean_daily_dose, _dose)
    old, new = before.mean_daily_dose, after.mean_daily_dose
    if not row.changed or old is None or new is None:
        return row
    return replace(row, change=write_percent_change(old, new))


def _dose(dose: DoseRate | None) -> str:
    return "the device's minimum, no therapy" if dose is None else write_dose_rate(dose)
