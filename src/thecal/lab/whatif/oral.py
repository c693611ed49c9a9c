"""By mouth against from the pump: the same patients, on tablets alone and as they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.body import OralDose, hours_since
from thecal.lab.cohort import Dosing
from thecal.lab.whatif.cases import WhatIf, estimate, from_pump
from thecal.quantities import DAY, HOUR, MINUTE, Mass, write_milligrams
from thecal.therapy import dose_in_any_24_hours

if TYPE_CHECKING:
    from thecal.lab.forecast import Subject

_CURVES = ("lumbar", "cord_legs", "plasma", "tone_legs", "sedation")
_SHOWN = 2 * DAY
_TAKEN_BEFORE = 5 * DAY
"""How long tablets have been taken: a steady state, half-lives of plasma being hours."""
_STEP = 30 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Tablets:
    """A dose by mouth, taken evenly through day and night.

    Attributes:
        dose: each time.
        times_a_day: how often.
        creatinine_clearance_mL_min: how well the kidneys work; both cases have it.
    """

    dose: Mass
    times_a_day: int
    creatinine_clearance_mL_min: Decimal

    @property
    def a_day(self) -> Mass:
        """What a day comes to."""
        return self.dose.scaled(Decimal(self.times_a_day))


def compare_tablets(subject: Subject, tablets: Tablets) -> WhatIf:
    """Return two days of the patient from the pump, and of the same on tablets alone.

    The pump's patient goes on as known. On tablets the same patient has no pump, and has taken them for five
    days.
    """
    every = DAY / tablets.times_a_day
    taken_h = [
        hours_since(subject.record_start, subject.now + number * every)
        for number in range(-int(_TAKEN_BEFORE / every), int(_SHOWN / every) + 1)
    ]
    doses = [OralDose(at_h=at_h, dose_mg=float(tablets.dose.ug) / 1000) for at_h in taken_h if at_h >= 0]
    times = tuple(subject.now + number * _STEP for number in range(_SHOWN // _STEP + 1))
    known = dict(subject.patient.known)
    known["creatinine_clearance_mL_min"] = float(tablets.creatinine_clearance_mL_min)
    patient = replace(subject.patient, known=tuple(known.items()))
    pump = estimate(
        subject,
        times,
        key="pump",
        label=f"from the pump, {_pump_dose(subject)}",
        wanted=_CURVES,
        dosing=from_pump(subject, subject.unchanged()),
        patient=patient,
    )
    mouth = estimate(
        subject,
        times,
        key="mouth",
        label=f"by mouth alone, {write_milligrams(tablets.dose)} every {every / HOUR:g} h",
        wanted=_CURVES,
        dosing=Dosing(oral=doses),
        patient=patient,
    )
    return WhatIf(times=times, now=subject.now, cases=(pump, mouth))


def _pump_dose(subject: Subject) -> str:
    program = subject.reading.interrogation.program
    if program.is_stopped:
        return "stopped"
    if program.is_minimum_rate:
        return "at its minimum rate"
    least = subject.reading.interrogation.capability.minimum_rate
    return dose_in_any_24_hours(program, minimum_rate=least).write_daily()
