"""A started demonstration, and what a test does at it in a word."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Never

from thecal.clinic.demonstration import access, queries, services
from thecal.clinic.demonstration.bench import case_of, load
from thecal.clinic.demonstration.models import BenchRecord
from thecal.clinic.ledger import queries as ledger
from thecal.clinic.orders import queries as orders
from thecal.clinic.orders.case import ImplantCase
from thecal.clinic.orders.dose_form import DoseForm, FieldProblem, lift_field
from thecal.clinic.orders.queries import OrderView, TherapyPage
from thecal.clinic.orders.services.proposing import proposal_of
from thecal.clinic.orders.states import OrderState, StopState
from thecal.dosing.rulebook import KINDS
from thecal.lab.bench import LinkArrangement
from thecal.therapy import CommandId, PumpStatus, program_digest

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PIN = "2468"
ACTOR = access.CLINICIAN
ANSWERED = {
    "trigger_looked_for": "yes",
    "trigger_found": "no",
    "pump_checked": "yes",
    "useful_tone_kept": "yes",
    "second_person": "a second physician",
    **{lift_field(kind.code): "discussed on the ward round" for kind in KINDS},
}
"""What a person answers and gives before a change of the dose."""


@dataclass(frozen=True)
class Clinic:
    """A demonstration on a database file in ``folder``."""

    folder: Path

    @property
    def page(self) -> TherapyPage:
        return queries.page(actor=ACTOR).therapy

    @property
    def bench_page(self) -> queries.BenchPage:
        return queries.page(actor=ACTOR)

    @property
    def case(self) -> ImplantCase:
        return case_of(self.row, load(self.row))

    @property
    def row(self) -> BenchRecord:
        return access.bench_row(ACTOR)

    @property
    def truth(self) -> PumpStatus:
        """What the pump says when nobody is in the way: a test's privilege."""
        bench = load(self.row)
        bench.arrange_link(LinkArrangement.GOOD)
        return bench.interrogate().status

    @property
    def kinds(self) -> list[str]:
        """The kinds of all entries, oldest first."""
        return [line.kind for line in ledger.newest(limit=1000)][::-1]

    def form(self, **values: str) -> DoseForm:
        """Return a form with every question answered and every finding lifted."""
        dose = values.get("daily_dose", "")
        lifting = {"retyped": f"{dose} mcg/day"} if dose else {}
        return DoseForm.from_values(
            {"mode": "simple", "reason": "too stiff at night", **ANSWERED, **lifting, **values}
        )

    def sign(self, form: DoseForm, *, pin: str = PIN, now: datetime = NOW) -> CommandId:
        reviewed = program_digest(proposal_of(form, self.case).compiled.program)
        return services.sign_prescription(form, pin=pin, reviewed=reviewed, actor=ACTOR, now=now)

    def signed(self, dose: str = "123") -> CommandId:
        return self.sign(self.form(daily_dose=dose))

    def send(self, command: CommandId) -> OrderState:
        return services.send_order(command, actor=ACTOR, now=NOW)

    def settle(self, command: CommandId) -> OrderState:
        return services.settle(command, actor=ACTOR, now=NOW)

    def stop(self) -> StopState:
        return services.stop_pump(actor=ACTOR, now=NOW).state

    def interrogate(self) -> None:
        services.interrogate(actor=ACTOR, now=NOW)

    def link(self, key: str) -> None:
        services.arrange_link(key, actor=ACTOR, now=NOW)

    def advance(self, span: timedelta = timedelta(hours=1)) -> None:
        services.advance(span, actor=ACTOR, now=NOW)

    def order(self, command: CommandId) -> OrderView:
        return orders.order(command, implant=self.row.implant, actor=ACTOR)


def uncertain(clinic: Clinic) -> CommandId:
    """Leave an order uncertain that the pump did take."""
    command = clinic.signed("140")
    clinic.link("read-back-answer-lost")
    assert clinic.send(command) is OrderState.UNCERTAIN
    assert clinic.truth.last_command == command
    return command


class PowerCutError(RuntimeError):
    """The server dies here."""


def power_cut(*_: object, **__: object) -> Never:
    raise PowerCutError


def after(act: Callable[..., object]) -> Callable[..., Never]:
    def do_and_die(*args: object, **kwargs: object) -> Never:
        act(*args, **kwargs)
        raise PowerCutError

    return do_and_die


def said_and_why(problem: FieldProblem) -> str:
    """Return a problem's message, with where its limit comes from."""
    assert re.fullmatch(r"[a-z-]+\.[a-z-]+", problem.code)
    return f"{problem.message} ({problem.source})" if problem.source else problem.message
