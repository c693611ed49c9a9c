"""What the adviser says about a proposal on the form, and what a person must give before it is signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from thecal.clinic.orders.dose_form import FieldProblem, form_of, lift_field
from thecal.clinic.orders.errors import ProposalError
from thecal.clinic.orders.history import history_of
from thecal.dosing.doses import QUESTIONS_BEFORE_INCREASE, TitrationFacts
from thecal.dosing.findings import Lift, Severity, Weight
from thecal.dosing.limits import Jurisdiction, limits_for
from thecal.dosing.propose import highest_daily_dose, is_increase, judge, needs_withdrawal_plan, propose
from thecal.dosing.rulebook import rulebook_version
from thecal.dosing.tables import question_text
from thecal.quantities import QuantityError, read_dose_rate, write_dose_rate

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.orders.case import ImplantCase
    from thecal.clinic.orders.dose_form import DoseForm
    from thecal.dosing.findings import Finding
    from thecal.dosing.limits import Limits
    from thecal.quantities import DoseRate
    from thecal.therapy import DailyDose, Program

RETYPED, SECOND_PERSON = "retyped", "second_person"
_NEED_SECOND = frozenset({Lift.RETYPE, Lift.SECOND_SIGNATURE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What the rules say about a program, and what is one of the person who signs.

    Attributes:
        findings: hard ones first, then those to be lifted, then notes; the gravest of each first.
        questions: the fields of the questions that are to be answered, with their text.
        highest_daily_dose: of the program, in any 24 h; what is typed again where that is one.
        rulebook: the version of the rules.
        place: whose rules apply.
    """

    findings: tuple[OpenFinding, ...]
    questions: tuple[tuple[str, str], ...]
    highest_daily_dose: DoseRate
    rulebook: str
    place: str

    @property
    def asks_to_retype(self) -> bool:
        """Whether the dose must be typed again."""
        return any(one.finding.kind.lift is Lift.RETYPE for one in self.findings)

    @property
    def asks_for_a_second_person(self) -> bool:
        """Whether a second person must confirm."""
        return any(one.finding.kind.lift in _NEED_SECOND for one in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFinding:
    """A finding with the field in which it is lifted; a hard one and a note have none."""

    finding: Finding
    field: str


def limits_here() -> Limits:
    """Return the limits of the jurisdiction that the clinic is set to."""
    chosen = settings.JURISDICTION
    return limits_for(None if chosen == "none" else Jurisdiction(chosen))


def advise(case: ImplantCase, form: DoseForm, program: Program) -> Advice:
    """Return what the rules say about a program, as far as the record and the form tell."""
    limits = limits_here()
    history = history_of(case, form, limits)
    findings, _ = judge(history, program, limits)
    questions: tuple[str, ...] = QUESTIONS_BEFORE_INCREASE if is_increase(history, program) else ()
    if needs_withdrawal_plan(history, program, limits):
        questions = ("withdrawal_plan",)
    weights, severities = list(Weight), list(reversed(Severity))
    opened = [OpenFinding(finding=finding, field=_field(finding)) for finding in findings]
    return Advice(
        findings=tuple(
            sorted(
                opened,
                key=lambda one: (
                    weights.index(one.finding.kind.weight),
                    severities.index(one.finding.kind.severity),
                ),
            )
        ),
        questions=tuple((name, question_text(TitrationFacts, name)) for name in questions),
        highest_daily_dose=highest_daily_dose(program, history),
        rulebook=rulebook_version(),
        place=limits.place,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedOption:
    """One program that the rules offer, as a page shows it.

    Attributes:
        key: names it in a form.
        kind: what it does, in words.
        dose: its 24-hour dose.
        refill_by: the date to book.
        findings: how many findings a person would have to lift.
        form: the program as a filled-in form.
    """

    key: str
    kind: str
    dose: DailyDose
    refill_by: datetime
    findings: int
    form: DoseForm


def offered(case: ImplantCase, form: DoseForm) -> tuple[OfferedOption, ...]:
    """Return the programs that the rules offer, *no change* first; two to four of them."""
    limits = limits_here()
    proposal = propose(history_of(case, form, limits), limits)
    return tuple(
        OfferedOption(
            key=option.kind.name.lower(),
            kind=option.kind.value,
            dose=option.daily_dose,
            refill_by=option.refill.refill_by,
            findings=sum(finding.kind.weight is Weight.SOFT for finding in option.findings),
            form=form_of(option.program).with_answers(form),
        )
        for option in proposal.options
    )


def lifted(advice: Advice, form: DoseForm, *, prescriber: str) -> tuple[dict[str, str], ...]:
    """Return how each finding was lifted, for the record.

    Raises:
        ProposalError: a finding that nobody can lift, or one that was not lifted; every one is named.
    """
    problems: list[FieldProblem] = []
    for one in advice.findings:
        kind = one.finding.kind
        if kind.weight is Weight.HARD:
            problems.append(_problem("", one, f"{one.finding.says} {one.finding.lifted_by}"))
        elif kind.weight is Weight.SOFT and not form.text(one.field).strip():
            message = f"{one.finding.says} Give a reason or an answer."
            problems.append(_problem(one.field, one, message))
    if advice.asks_to_retype:
        problems.extend(_retyped(form, advice.highest_daily_dose))
    second = " ".join(form.text(SECOND_PERSON).split())
    if advice.asks_for_a_second_person and (not second or second.casefold() == prescriber.casefold()):
        problems.append(
            FieldProblem(
                field=SECOND_PERSON,
                code="finding.no-second-person",
                message="Second person: enter who confirms the dose; it cannot be the prescriber.",
            )
        )
    if problems:
        raise ProposalError(tuple(problems))
    return tuple(
        {
            "code": one.finding.code,
            "says": one.finding.says,
            "reason": " ".join(form.text(one.field).split()) if one.field else "",
            "second_person": second if one.finding.kind.lift in _NEED_SECOND else "",
        }
        for one in advice.findings
    )


def _field(finding: Finding) -> str:
    return lift_field(finding.code) if finding.kind.weight is Weight.SOFT else ""


def _problem(field: str, one: OpenFinding, message: str) -> FieldProblem:
    source = "; ".join(f"{limit.write()}: {limit.source}" for limit in one.finding.limits)
    return FieldProblem(field=field, code=one.finding.code, message=message, source=source)


def _retyped(form: DoseForm, dose: DoseRate) -> list[FieldProblem]:
    label = "24-hour dose, typed again"
    try:
        again = read_dose_rate(form.text(RETYPED).strip(), field=label)
    except QuantityError as refused:
        return [FieldProblem(field=RETYPED, code="finding.not-retyped", message=str(refused))]
    if again != dose:
        message = f"{label}: {write_dose_rate(again)} is not what would be signed. Check both."
        return [FieldProblem(field=RETYPED, code="finding.retyped-differs", message=message)]
    return []
