"""What-ifs as pages show them: what was asked, what is wrong with it, and what the model says.

Nothing here is written down, and no pump is asked: the model starts from what the wand last read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from thecal.clinic.orders import access, rules
from thecal.clinic.orders.dose_form import FLEX, DoseForm, FieldProblem
from thecal.clinic.orders.errors import ProposalError
from thecal.clinic.orders.services.proposing import proposal_of
from thecal.clinic.orders.states import OrderState
from thecal.clinic.orders.whatif.typed_form import (
    TypedForm,
    read_catheter_problem,
    read_concentrations,
    read_tablets,
)
from thecal.lab.whatif import (
    break_catheter,
    change_concentration,
    compare_tablets,
    expect_measurement,
    map_spinal_fluid,
)
from thecal.therapy import Flex, TherapyError, dose_in_any_24_hours

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from thecal.clinic.orders.case import ImplantCase
    from thecal.clinic.people.access import Actor
    from thecal.lab.forecast import Subject
    from thecal.lab.whatif import Changeover, WhatIf
    from thecal.quantities import FlowRate, Mass
    from thecal.therapy import PatientRef, Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One what-if.

    Attributes:
        patient: whose body.
        now: the present.
        read_at: when the pump was last read: what is shown starts from there.
        program: what it ran then.
        in_doubt: whether nobody knows what it runs now: an order or a STOP is unsettled.
        form: as typed.
        problems: why there is no answer; empty where there is one.
        found: what the model says.
        ordered: whether the other program is an order that waits, and not what was typed.
        a_day: of tablets, what a day comes to.
        changeover: of a change of concentration, the bridge.
    """

    patient: PatientRef
    now: datetime
    read_at: datetime
    program: Program
    in_doubt: bool
    form: TypedForm
    problems: tuple[FieldProblem, ...] = ()
    found: WhatIf | None = None
    ordered: bool = False
    a_day: Mass | None = None
    changeover: Changeover | None = None


class _Comparing(Protocol):
    """A question about today's program and another."""

    def __call__(self, subject: Subject, *, proposed: Program | None, name: str) -> WhatIf:
        """Ask the model."""


def spinal_map(typed: Mapping[str, str], case: ImplantCase, *, actor: Actor) -> Answer:
    """Return the spinal map under today's program, and under what is proposed or the order that is open.

    Args:
        typed: ``daily_dose``, or all of a dose form.
        case: the implant, as last read.
        actor: who asks.

    Raises:
        NotPermittedError: a person who may not see it.
    """
    return _compared(typed, map_spinal_fluid, case, actor=actor)


def next_measurement(typed: Mapping[str, str], case: ImplantCase, *, actor: Actor) -> Answer:
    """Return what the next examination and sample may show; arguments and errors as ``spinal_map``."""
    return _compared(typed, expect_measurement, case, actor=actor)


def _compared(typed: Mapping[str, str], ask: _Comparing, case: ImplantCase, *, actor: Actor) -> Answer:
    access.check(actor, case.implant)
    shown = TypedForm.of(typed, {"daily_dose": ""})
    if typed.get("mode") != FLEX and not shown.text("daily_dose").strip():
        waiting = rules.open_order(case.implant)
        ordered = None if waiting is None else waiting.prescription.programmed_program
        found = ask(case.subject, proposed=ordered, name="program as ordered")
        return _answer(case, shown, found=found, ordered=ordered is not None)
    form = DoseForm.from_values({**typed, "reason": "what if"})
    try:
        programmed = proposal_of(form, case).compiled.program
    except ProposalError as refused:
        problems = tuple(
            problem if problem.field == "daily_dose" else replace(problem, field="")
            for problem in refused.problems
        )
        return _answer(case, shown, problems=problems)
    found = ask(
        case.subject, proposed=programmed, name=_name(programmed, case.interrogation.capability.minimum_rate)
    )
    return _answer(case, shown, found=found)


def _name(proposed: Program, minimum_rate: FlowRate) -> str:
    if proposed.is_minimum_rate:
        return "other program"
    dose = dose_in_any_24_hours(proposed, minimum_rate=minimum_rate)
    steps = ", in steps" if isinstance(proposed.base, Flex) else ""
    once = ", after a bolus" if proposed.once is not None else ""
    return f"what if {dose.write_daily()}{steps}{once}"


def oral_or_pump(typed: Mapping[str, str], case: ImplantCase, *, actor: Actor) -> Answer:
    """Return the patient on tablets alone beside the patient with the pump; raises as ``spinal_map``."""
    access.check(actor, case.implant)
    shown, tablets, problems = read_tablets(typed)
    if problems:
        return _answer(case, shown, problems=problems)
    return _answer(case, shown, found=compare_tablets(case.subject, tablets), a_day=tablets.a_day)


def catheter_fault(typed: Mapping[str, str], case: ImplantCase, *, actor: Actor) -> Answer:
    """Return the coming week with a fault of the catheter and without; raises as ``spinal_map``."""
    access.check(actor, case.implant)
    shown, mishap, problems = read_catheter_problem(typed)
    if problems:
        return _answer(case, shown, problems=problems)
    return _answer(case, shown, found=break_catheter(case.subject, mishap))


def other_concentration(typed: Mapping[str, str], case: ImplantCase, *, actor: Actor) -> Answer:
    """Return a change of concentration with a bridge and without; raises as ``spinal_map``."""
    access.check(actor, case.implant)
    read = case.interrogation
    shown, concentrations, problems = read_concentrations(typed, read.program, read.capability)
    if problems:
        return _answer(case, shown, problems=problems)
    try:
        changed = change_concentration(
            case.subject,
            old=concentrations.old,
            new=concentrations.new,
            left_behind=concentrations.left_behind,
        )
    except TherapyError as refused:
        return _answer(
            case,
            shown,
            problems=(FieldProblem(field="", code="concentration.impossible", message=str(refused)),),
        )
    return _answer(case, shown, found=changed.cases, changeover=changed)


def _answer(
    case: ImplantCase,
    form: TypedForm,
    *,
    problems: tuple[FieldProblem, ...] = (),
    found: WhatIf | None = None,
    ordered: bool = False,
    a_day: Mass | None = None,
    changeover: Changeover | None = None,
) -> Answer:
    waiting = rules.open_order(case.implant)
    uncertain = waiting is not None and OrderState(waiting.state).is_uncertain
    return Answer(
        patient=case.patient,
        now=case.now,
        read_at=case.reading.read_at,
        program=case.interrogation.program,
        in_doubt=uncertain or bool(rules.unproved_stops(case.implant)),
        form=form,
        problems=problems,
        found=found,
        ordered=ordered,
        a_day=a_day,
        changeover=changeover,
    )
