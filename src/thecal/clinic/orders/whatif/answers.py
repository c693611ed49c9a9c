"""What-ifs as pages show them: what was asked, what is wrong with it, and what the model says.

Nothing here is written down, and no pump is asked: the model starts from what the wand last read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from thecal.clinic.orders import access, bench, rules
from thecal.clinic.orders.errors import ProposalError
from thecal.clinic.orders.proposal import FLEX, DoseForm, FieldProblem
from thecal.clinic.orders.services.proposing import wish_of
from thecal.clinic.orders.states import OrderState
from thecal.clinic.orders.whatif.asked import Asked, read_catheter_problem, read_concentrations, read_tablets
from thecal.lab.whatif import (
    break_catheter,
    change_concentration,
    compare_tablets,
    expect_measurement,
    map_spinal_fluid,
)
from thecal.quantities import write_dose_rate
from thecal.therapy import Flex, TherapyError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from thecal.clinic.orders.access import Actor
    from thecal.clinic.orders.models import BenchRecord
    from thecal.lab.bench import Bench
    from thecal.lab.forecast import Subject
    from thecal.lab.whatif import Changeover, WhatIf
    from thecal.quantities import Mass
    from thecal.therapy import PatientRef, Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One what-if.

    Attributes:
        patient: whose body.
        now: demonstration time.
        read_at: when the pump was last read: what is shown starts from there.
        program: what it was seen to run.
        in_doubt: whether nobody knows what it runs now: an order or a STOP is unsettled.
        asked: the form.
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
    asked: Asked
    problems: tuple[FieldProblem, ...] = ()
    found: WhatIf | None = None
    ordered: bool = False
    a_day: Mass | None = None
    changeover: Changeover | None = None


class _Comparing(Protocol):
    """A question about today's program and another."""

    def __call__(self, subject: Subject, *, proposed: Program | None, name: str) -> WhatIf:
        """Ask the model."""


def spinal_map(typed: Mapping[str, str], *, actor: Actor) -> Answer:
    """Return the spinal map under today's program, and under what is proposed or the order that is open.

    Args:
        typed: ``daily_dose``, or all of a dose form.
        actor: who asks.

    Raises:
        NotPermittedError: somebody who may not see it.
        NoBenchError: no demonstration runs.
    """
    return _compared(typed, map_spinal_fluid, actor=actor)


def next_measurement(typed: Mapping[str, str], *, actor: Actor) -> Answer:
    """Return what the next examination and sample may show; arguments and errors as ``spinal_map``."""
    return _compared(typed, expect_measurement, actor=actor)


def _compared(typed: Mapping[str, str], ask: _Comparing, *, actor: Actor) -> Answer:
    row, held = at = _held(actor)
    asked = Asked.of(typed, {"daily_dose": ""})
    subject = held.subject
    if typed.get("mode") != FLEX and not asked.text("daily_dose").strip():
        waiting = rules.open_order(row)
        ordered = None if waiting is None else waiting.prescription.given_program
        found = ask(subject, proposed=ordered, name="program as ordered")
        return _answer(at, asked, found=found, ordered=ordered is not None)
    form = DoseForm.from_values({**typed, "reason": "what if"})
    try:
        given = wish_of(form, held).compiled.program
    except ProposalError as refused:
        problems = tuple(
            problem if problem.field == "daily_dose" else FieldProblem(field="", message=problem.message)
            for problem in refused.problems
        )
        return _answer(at, asked, problems=problems)
    return _answer(at, asked, found=ask(subject, proposed=given, name=_name(given)))


def _name(proposed: Program) -> str:
    mean = proposed.mean_daily_dose
    steps = ", in steps" if isinstance(proposed.base, Flex) else ""
    once = ", after a bolus" if proposed.once is not None else ""
    return "other program" if mean is None else f"what if {write_dose_rate(mean)}{steps}{once}"


def oral_or_pump(typed: Mapping[str, str], *, actor: Actor) -> Answer:
    """Return the patient on tablets alone beside the patient with the pump; raises as ``spinal_map``."""
    _, held = at = _held(actor)
    asked, tablets, problems = read_tablets(typed)
    if problems:
        return _answer(at, asked, problems=problems)
    return _answer(at, asked, found=compare_tablets(held.subject, tablets), a_day=tablets.a_day)


def catheter_fault(typed: Mapping[str, str], *, actor: Actor) -> Answer:
    """Return the coming week with a fault of the catheter and without; raises as ``spinal_map``."""
    _, held = at = _held(actor)
    asked, mishap, problems = read_catheter_problem(typed)
    if problems:
        return _answer(at, asked, problems=problems)
    return _answer(at, asked, found=break_catheter(held.subject, mishap))


def other_concentration(typed: Mapping[str, str], *, actor: Actor) -> Answer:
    """Return a change of concentration with a bridge and without; raises as ``spinal_map``."""
    _, held = at = _held(actor)
    read = held.known.interrogation
    asked, concentrations, problems = read_concentrations(typed, read.program, read.capability)
    if problems:
        return _answer(at, asked, problems=problems)
    try:
        changed = change_concentration(
            held.subject,
            old=concentrations.old,
            new=concentrations.new,
            left_behind=concentrations.left_behind,
        )
    except TherapyError as refused:
        return _answer(at, asked, problems=(FieldProblem(field="", message=str(refused)),))
    return _answer(at, asked, found=changed.cases, changeover=changed)


def _held(actor: Actor) -> tuple[BenchRecord, Bench]:
    row = access.bench_row(actor)
    return row, bench.take(row)


def _answer(
    at: tuple[BenchRecord, Bench],
    asked: Asked,
    *,
    problems: tuple[FieldProblem, ...] = (),
    found: WhatIf | None = None,
    ordered: bool = False,
    a_day: Mass | None = None,
    changeover: Changeover | None = None,
) -> Answer:
    row, held = at
    waiting = rules.open_order(row)
    uncertain = waiting is not None and OrderState(waiting.state).is_uncertain
    return Answer(
        patient=held.patient,
        now=held.now,
        read_at=held.known.read_at,
        program=held.known.interrogation.program,
        in_doubt=uncertain or bool(rules.unproved_stops(row)),
        asked=asked,
        problems=problems,
        found=found,
        ordered=ordered,
        a_day=a_day,
        changeover=changeover,
    )
