"""Two programs side by side, in words: every setting, changed or not (ITB-122)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from thecal.quantities import FlowRate, PumpClock, write_concentration, write_percent_change
from thecal.therapy.bolus import Bridge, describe_once, describe_patient_bolus
from thecal.therapy.daily_dose import daily_dose, daily_dose_from, per_day
from thecal.therapy.modes import describe_base

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from thecal.quantities import Mass
    from thecal.therapy.bolus import Once, PatientBolus
    from thecal.therapy.daily_dose import DailyDose, DoseRange
    from thecal.therapy.modes import Base
    from thecal.therapy.program import Program
    from thecal.therapy.status import Interrogation

T = TypeVar("T")
UNCHANGED = "unchanged"
CHANGED = "changed"
NO_CHANGE = "no change"
CHANGED_TOO_LITTLE = "changed by less than is shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One setting in the old program and in the new one.

    Attributes:
        what: the setting.
        before: its old value in words.
        after: its new value in words.
        change: the size of the difference; ``unchanged`` only if there is none.
    """

    what: str
    before: str
    after: str
    change: str

    @property
    def changed(self) -> bool:
        """Whether the setting differs."""
        return self.change != UNCHANGED


def compare_programs(
    before: Program, after: Program, *, reading: Interrogation | None = None, now: datetime | None = None
) -> tuple[Comparison, ...]:
    """Compare every setting of two programs, unchanged ones too; a row has changed exactly if they differ.

    Args:
        before: the old program.
        after: the new program.
        reading: of the pump that runs ``before``. With it the next 24 hours are exact: the rest of the
            single run of ``before``, and ``after`` from ``now``. Without it the first 24 hours of both
            are compared, whenever they start.
        now: the moment from which the next 24 hours count; the time of the reading where it is None.
    """
    return (
        _row("drug", before, after, lambda program: program.drug, lambda drug: drug.name),
        _concentration_row(before, after),
        _dose_row(before, after, reading, now),
        _row("base program", before, after, lambda program: program.base, _base),
        _row("runs first, once", before, after, lambda program: program.once, _once),
        _row("patient bolus", before, after, lambda program: program.patient_bolus, _patient_bolus),
    )


def _row(
    what: str, before: Program, after: Program, part: Callable[[Program], T], describe: Callable[[T], str]
) -> Comparison:
    """Compare the values and not their texts: a difference that is too small to show is a change too."""
    old, new = describe(part(before)), describe(part(after))
    change = UNCHANGED if part(before) == part(after) else CHANGED if old != new else CHANGED_TOO_LITTLE
    return Comparison(what=what, before=old, after=new, change=change)


def _concentration_row(before: Program, after: Program) -> Comparison:
    row = _row("concentration", before, after, lambda program: program.concentration, write_concentration)
    if not row.changed or isinstance(after.once, Bridge):
        return row
    return replace(
        row, change=f"{row.change}; the catheter still contains the old solution: decide on a bridge"
    )


def _base(base: Base) -> str:
    return "; ".join(describe_base(base))


def _once(once: Once | None) -> str:
    return "nothing" if once is None else describe_once(once)


def _patient_bolus(allowed: PatientBolus | None) -> str:
    return "none" if allowed is None else describe_patient_bolus(allowed)


def _dose_row(
    before: Program, after: Program, reading: Interrogation | None, now: datetime | None
) -> Comparison:
    """Compare the 24-hour dose; it is unchanged only where lowest, highest and next 24 hours all are."""
    old, new = _doses(before, after, reading, now)
    label = "first 24 h" if reading is None else "next 24 h as programmed"
    if (before.is_minimum_rate, old) == (after.is_minimum_rate, new):
        change = UNCHANGED
    elif before.is_minimum_rate or after.is_minimum_rate:
        change = CHANGED
    else:
        change = _dose_change(old, new, label)
    return Comparison(
        what="24-hour dose",
        before=_dose(before, old, label),
        after=_dose(after, new, label),
        change=change,
    )


def _doses(
    before: Program, after: Program, reading: Interrogation | None, now: datetime | None
) -> tuple[DailyDose, DailyDose]:
    if reading is None:  # the minimum rate of an unknown pump counts as nothing; the row says so in words
        none = FlowRate(mL_per_day=Decimal(0))
        return daily_dose(before, minimum_rate=none), daily_dose(after, minimum_rate=none)
    at, clock = now or reading.status.at, PumpClock(reading.clock_offset)
    rate = reading.capability.minimum_rate
    return (
        daily_dose_from(before, now=at, started=reading.started, clock=clock, minimum_rate=rate),
        daily_dose_from(after, now=at, started=at, clock=clock, minimum_rate=rate),
    )


def _dose_change(old: DailyDose, new: DailyDose, label: str) -> str:
    """Return how much each dose changes; one change if all are equal."""
    pairs = _pairs("", old.any_24_hours, new.any_24_hours) + _pairs(
        label, old.next_24_hours, new.next_24_hours
    )
    changes = {name: write_percent_change(per_day(one), per_day(other)) for name, one, other in pairs}
    if len(set(changes.values())) == 1:
        return next(iter(changes.values()))
    return ", ".join(f"{name} {change}" for name, change in changes.items() if change != NO_CHANGE)


def _pairs(label: str, old: DoseRange, new: DoseRange) -> list[tuple[str, Mass, Mass]]:
    if old.is_single and new.is_single:
        return [(label or "later", old.lowest, new.lowest)]
    name = f" {label}" if label else ""
    return [
        (f"lowest{name}", old.lowest, new.lowest),
        (f"highest{name}", old.highest, new.highest),
    ]


def _dose(program: Program, dose: DailyDose, label: str) -> str:
    if not program.is_minimum_rate:
        return dose.write(next_label=label)
    minimum = "the device's minimum, not a therapy"
    return minimum if program.once is None else f"{minimum}; {label} {dose.next_24_hours}"
