"""What the adviser is told of an implant: its last reading, the pump's record, the answers on the form.

What is not on record is not known, and the rules ask for it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.clinic.orders.forecast import refill_of
from thecal.dosing.history import Answers, BolusRecord, History, ProgramPeriod
from thecal.dosing.patient import Origin
from thecal.lab.patient import Origin as ModelOrigin
from thecal.quantities import DAY, PumpClock, elapsed, utc
from thecal.therapy import NO_DELIVERY, dose_in_any_24_hours, per_day, therapy_now

if TYPE_CHECKING:
    from thecal.clinic.orders.case import ImplantCase
    from thecal.clinic.orders.dose_form import DoseForm
    from thecal.dosing.limits import Limits
    from thecal.quantities import DoseRate
    from thecal.therapy import Interrogation

_ORIGINS = {ModelOrigin.SPINAL: Origin.OTHER_SPINAL, ModelOrigin.CEREBRAL: Origin.OTHER_CEREBRAL}
MOMENT = timedelta(microseconds=1)
_ANSWERS = {"yes": True, "no": False}


def history_of(case: ImplantCase, form: DoseForm, limits: Limits) -> History:
    """Return what is known of this implant's therapy, with what was answered on the form."""
    read = case.interrogation
    return History(
        now=case.now,
        program=read.program,
        capability=read.capability,
        reservoir=read.reservoir,
        filled_at=read.filled_at,
        clock=PumpClock(read.clock_offset),
        origin=_ORIGINS[case.subject.patient.origin],
        age_years=_age(case, limits),
        programs=(ProgramPeriod(program=read.program, start=utc(read.started), delivered=True),),
        boluses=_boluses(case),
        answers=_answers(form),
        no_drug_for=_no_drug_for(case),
        last_effective_dose=_last_dose(read),
    )


def _answers(form: DoseForm) -> Answers:
    def answer(name: str) -> bool | None:
        return _ANSWERS.get(form.text(name))

    return Answers(
        trigger_looked_for=answer("trigger_looked_for"),
        trigger_found=answer("trigger_found"),
        pump_checked=answer("pump_checked"),
        useful_tone_kept=answer("useful_tone_kept"),
        withdrawal_plan=answer("withdrawal_plan"),
    )


def _no_drug_for(case: ImplantCase) -> timedelta:
    """Return how long the pump's record shows no flow, up to now; 0 while drug flows."""
    segments = case.reading.delivery.segments
    flowing = [segment for segment in segments if not segment.flow.is_zero]
    therapy = therapy_now(
        case.interrogation,
        refill_of(case.reading, case.interrogation.program, started=case.interrogation.started),
        read_at=case.reading.read_at,
        now=case.now,
    )
    if therapy.state not in NO_DELIVERY:
        return timedelta(0)
    if therapy.empty_since is not None:
        return elapsed(therapy.empty_since, case.now)
    since = flowing[-1].interval.end if flowing else case.reading.record_start
    return elapsed(since, case.now)


def _boluses(case: ImplantCase) -> tuple[BolusRecord, ...]:
    """Return what the pump delivered in the last 24 h beyond its base program, as one bolus."""
    program = replace(case.interrogation.program, once=None)
    if program.is_stopped or case.reading.record_start >= case.now:
        return ()
    since = max(case.now - DAY, case.reading.record_start)
    delivered = case.reading.delivery.mass_between(since, case.now)
    of_a_day = dose_in_any_24_hours(program, minimum_rate=case.interrogation.capability.minimum_rate).highest
    of_base = per_day(of_a_day).over(elapsed(since, case.now))
    if delivered <= of_base:
        return ()
    return (BolusRecord(at=since + MOMENT, dose=delivered - of_base),)


def _last_dose(read: Interrogation) -> DoseRate | None:
    """Return the lowest 24-hour dose of the program that is set; None where it is stopped."""
    if read.program.is_stopped:
        return None
    return per_day(dose_in_any_24_hours(read.program, minimum_rate=read.capability.minimum_rate).lowest)


def _age(case: ImplantCase, limits: Limits) -> Decimal:
    """Return the age: of the child, or the youngest adult's where the model's patient is an adult."""
    child = case.subject.patient.child
    return limits["adult_age"].number("y") if child is None else Decimal(str(child.age_years))
