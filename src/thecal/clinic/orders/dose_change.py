"""What changes of the dose between two programs, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.quantities import plain, write_dose_rate, write_percent_change
from thecal.therapy import SimpleContinuous

if TYPE_CHECKING:
    from thecal.therapy import Comparison, Program


def describe_change(running: Program, programmed: Program, compared: tuple[Comparison, ...]) -> str:
    """Return the change of the dose in one line: ``150 → 175 mcg/day (+25, +16.7 %)``."""
    row = next(one for one in compared if one.what == "24-hour dose")
    if not row.changed:
        return f"24-hour dose {row.before}, unchanged"
    match running.base, programmed.base:
        case SimpleContinuous(dose=old), SimpleContinuous(dose=new) if programmed.once is None:
            sign, by = ("+", new - old) if new > old else ("-", old - new)
            return (
                f"{plain(old.ug_per_day)} → {write_dose_rate(new)} "
                f"({sign}{plain(by.ug_per_day)}, {write_percent_change(old, new)})"
            )
        case _:
            return f"{row.before} → {row.after} ({row.change})"
