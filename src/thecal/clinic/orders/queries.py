"""What pages may see: frozen, and only what the wand knows; the pump's hidden truth stays in the bench."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.clinic.orders import access, bench, rules
from thecal.clinic.orders.errors import BlockedError
from thecal.clinic.orders.proposal import DoseForm, form_of
from thecal.clinic.orders.services.demonstration import ADVANCES
from thecal.clinic.orders.services.proposing import SHOWN
from thecal.clinic.orders.states import OPEN_ORDERS, OrderState, StopState
from thecal.lab.bench import LinkArrangement
from thecal.lab.forecast import Curves, Series
from thecal.therapy import CommandId, compare_programs

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.orders.access import Actor
    from thecal.clinic.orders.models import BenchRecord, OrderRecord, StopRecord
    from thecal.lab.bench import Bench
    from thecal.therapy import (
        Comparison,
        Interrogation,
        PatientRef,
        Program,
        RefillDates,
        Reservoir,
        Rounding,
    )

__all__ = [
    "ADVANCES",
    "BenchPage",
    "Curves",
    "KnownPump",
    "LinkChoice",
    "OrderView",
    "Series",
    "StopView",
    "curves",
    "order",
    "orders",
    "page",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPump:
    """What the wand last read, when, and what follows from it."""

    interrogation: Interrogation
    read_at: datetime
    reservoir: Reservoir
    refill: RefillDates


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """An order as a page shows it; ``outcome_reason`` says why it came to its state."""

    command: CommandId
    state: OrderState
    asked: Program
    given: Program
    roundings: tuple[Rounding, ...]
    comparison: tuple[Comparison, ...]
    reason: str
    prescriber: str
    signed_at: datetime
    sent_at: datetime | None
    settled_at: datetime | None
    outcome_reason: str

    @property
    def is_uncertain(self) -> bool:
        """Whether nobody knows if the pump took it."""
        return self.state.is_uncertain


@dataclass(frozen=True, slots=True, kw_only=True)
class StopView:
    """A STOP as a page shows it."""

    command: CommandId
    state: StopState
    ordered_at: datetime
    settled_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChoice:
    """One arrangement of the link, for the training bar."""

    key: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchPage:
    """Everything the bench page shows.

    Attributes:
        demonstration: its number.
        now: demonstration time.
        patient, patient_summary: the invented patient.
        known: what the wand last read.
        fresh: whether that is as of now.
        order: the order about which something is still to be done; None where there is none.
        last_order: the newest order that is settled.
        stop: the newest STOP after which nobody has seen the pump stopped; None where all are proved.
        last_stop: the newest STOP.
        why_not_propose: what must come first; empty where a dose may be proposed.
        links: what the link may be arranged to do.
        form: the program that runs as a filled-in form.
        signed_by: who signs here.
    """

    demonstration: int
    now: datetime
    patient: PatientRef
    patient_summary: tuple[str, ...]
    known: KnownPump
    fresh: bool
    order: OrderView | None
    last_order: OrderView | None
    stop: StopView | None
    last_stop: StopView | None
    why_not_propose: str
    links: tuple[LinkChoice, ...]
    form: DoseForm
    signed_by: str


def page(*, actor: Actor) -> BenchPage:
    """Return what the bench page shows.

    Raises:
        NotPermittedError: somebody who may not see it.
        NoBenchError: no demonstration runs.
    """
    row = access.bench_row(actor)
    held = bench.take(row)
    open_order = rules.open_order(row)
    settled = (
        row.orders.exclude(state__in=OPEN_ORDERS)
        .select_related("prescription")
        .order_by("-prescription_id")
        .first()
    )
    unproved = rules.unproved_stops(row)
    last_stop = row.stops.order_by("-ordered_entry").first()
    return BenchPage(
        demonstration=row.demonstration,
        now=held.now,
        patient=held.patient,
        patient_summary=tuple(held.patient_summary),
        known=_known(held),
        fresh=rules.is_fresh(row, held),
        order=None if open_order is None else _order_view(open_order),
        last_order=None if settled is None else _order_view(settled),
        stop=_stop_view(unproved[0]) if unproved else None,
        last_stop=None if last_stop is None else _stop_view(last_stop),
        why_not_propose=_why_not_propose(row, held),
        links=tuple(
            LinkChoice(key=link.value, label=link.label, chosen=link is held.arrangement)
            for link in LinkArrangement
        ),
        form=form_of(held.known.interrogation.program),
        signed_by=actor.name,
    )


def curves(*, actor: Actor) -> Curves:
    """Return the curves of the last and the coming week; an order that is open stands beside as proposed."""
    row = access.bench_row(actor)
    held = bench.take(row)
    waiting = rules.open_order(row)
    ordered = None if waiting is None else waiting.prescription.given_program
    return held.curves(since=held.now - SHOWN, until=held.now + SHOWN, proposed=ordered)


def order(command: CommandId, *, actor: Actor) -> OrderView:
    """Return one order of this demonstration.

    Raises:
        WrongStateError: there is none of that name.
    """
    return _order_view(rules.order_of(access.bench_row(actor), command, *OrderState))


def orders(*, actor: Actor, limit: int = 20) -> tuple[OrderView, ...]:
    """Return this demonstration's orders, newest first."""
    rows = access.bench_row(actor).orders.select_related("prescription").order_by("-prescription_id")
    return tuple(_order_view(found) for found in rows[:limit])


def _known(held: Bench) -> KnownPump:
    known = held.known
    read = known.interrogation
    return KnownPump(
        interrogation=read,
        read_at=known.read_at,
        reservoir=read.reservoir,
        refill=bench.refill_of(known, read.program, started=read.started),
    )


def _why_not_propose(row: BenchRecord, held: Bench) -> str:
    try:
        rules.check_proposal_allowed(row, held)
    except BlockedError as blocked:
        return str(blocked)
    return ""


def _order_view(row: OrderRecord) -> OrderView:
    prescription = row.prescription
    given = prescription.given_program
    return OrderView(
        command=CommandId(row.command),
        state=OrderState(row.state),
        asked=prescription.asked_program,
        given=given,
        roundings=prescription.rounding_list,
        comparison=compare_programs(prescription.replaced_program, given),
        reason=prescription.reason,
        prescriber=prescription.prescriber,
        signed_at=prescription.signed_at,
        sent_at=row.sent_at,
        settled_at=row.settled_at,
        outcome_reason=row.reason,
    )


def _stop_view(row: StopRecord) -> StopView:
    return StopView(
        command=CommandId(row.command),
        state=StopState(row.state),
        ordered_at=row.ordered_at,
        settled_at=row.settled_at,
        reason=row.reason,
    )
