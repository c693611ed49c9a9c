"""A started demonstration, and what a test does at it in a word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from thecal.clinic.ledger import queries as ledger
from thecal.clinic.orders import access, bench, queries, services
from thecal.clinic.orders.models import BenchRecord
from thecal.clinic.orders.proposal import DoseForm
from thecal.clinic.orders.queries import BenchPage
from thecal.clinic.orders.services.proposing import wish_of
from thecal.clinic.orders.states import OrderState, StopState
from thecal.lab.bench import LinkArrangement
from thecal.therapy import CommandId, PumpStatus, program_digest

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PIN = "2468"
ACTOR = access.demonstration_clinician()


@dataclass(frozen=True)
class Clinic:
    """A demonstration on a database file in ``folder``."""

    folder: Path

    @property
    def page(self) -> BenchPage:
        return queries.page(actor=ACTOR)

    @property
    def row(self) -> BenchRecord:
        return access.bench_row(ACTOR)

    @property
    def truth(self) -> PumpStatus:
        """What the pump says when nobody is in the way: a test's privilege."""
        held = bench.take(self.row)
        held.arrange_link(LinkArrangement.GOOD)
        return held.interrogate().status

    @property
    def kinds(self) -> list[str]:
        """The kinds of all entries, oldest first."""
        return [line.kind for line in ledger.newest(limit=1000)][::-1]

    def form(self, **values: str) -> DoseForm:
        return DoseForm.from_values({"mode": "simple", "reason": "too stiff at night", **values})

    def sign(self, form: DoseForm, *, pin: str = PIN, now: datetime = NOW) -> CommandId:
        given = wish_of(form, bench.take(self.row)).compiled.program
        reviewed = program_digest(given)
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
