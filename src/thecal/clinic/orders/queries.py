"""What pages may see: frozen, and only what the wand knows; the pump's hidden truth stays in the bench."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.clinic.orders import access, bench, rules
from thecal.clinic.orders.errors import BlockedError
from thecal.clinic.orders.proposal import DoseForm, form_of
from thecal.clinic.orders.services.demonstration import ADVANCES
from thecal.clinic.orders.services.proposing import SHOWN
from thecal.clinic.orders.states import OPEN_ORDERS, OrderState, StopState
from thecal.lab.bench import LinkArrangement
from thecal.lab.forecast import Curves, Series
from thecal.quantities import DAY, Mass, PumpClock
from thecal.therapy import (
    NO_DELIVERY,
    CommandId,
    compare_programs,
    daily_dose_from,
    describe_once,
    once_duration,
    therapy_now,
)

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.orders.access import Actor
    from thecal.clinic.orders.models import BenchRecord, OrderRecord, StopRecord
    from thecal.lab.bench import Bench
    from thecal.lab.forecast import LastReading
    from thecal.therapy import (
        Comparison,
        DailyDose,
        Delivery,
        Interrogation,
        PatientRef,
        Program,
        RefillDates,
        Reservoir,
        Rounding,
        TherapyNow,
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
    """What the wand last read, when, and what follows from it.

    Attributes:
        interrogation: what the pump answered.
        read_at: when.
        reservoir: as the pump computed it then.
        refill: dates, from what was delivered and what runs.
        therapy: what the pump delivers now, as far as the last reading says.
        dose: the 24-hour dose of the program, as programmed; ``therapy`` says what will be delivered.
        program_lines: the program in sentences; a bolus, prime or bridge that is over says so.
        before: the drug delivered in the 24 hours before delivery ended; None while drug is delivered.
    """

    interrogation: Interrogation
    read_at: datetime
    reservoir: Reservoir
    refill: RefillDates
    therapy: TherapyNow
    dose: DailyDose
    program_lines: tuple[str, ...]
    before: Mass | None


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
        """Whether it is not known if the pump took it."""
        return self.state.is_uncertain

    @property
    def changes_concentration(self) -> bool:
        """Whether the solution in the pump is another one after it, so that the catheter holds the old."""
        return any(row.what == "concentration" and row.changed for row in self.comparison)


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

    @property
    def delivers(self) -> bool:
        """Whether the pump delivered drug, as far as the last reading says."""
        return self.known.therapy.state not in NO_DELIVERY

    @property
    def runs_program(self) -> bool:
        """Whether the pump delivered its program: not paused, and more than the device's minimum rate."""
        return self.known.therapy.is_running and not self.known.interrogation.program.is_minimum_rate

    @property
    def ended_by_stop(self) -> OrderView | None:
        """The order that the newest STOP withdrew or overtook; None where it ended none."""
        order, stop = self.last_order, self.last_stop
        if order is None or stop is None or order.settled_at is None:
            return None
        ended = order.state in {OrderState.WITHDRAWN, OrderState.OVERTAKEN}
        return order if ended and order.settled_at >= stop.ordered_at else None


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
    refill = bench.refill_of(known, read.program, started=read.started)
    therapy = therapy_now(read, refill, read_at=known.read_at, now=held.now)
    return KnownPump(
        interrogation=read,
        read_at=known.read_at,
        reservoir=read.reservoir,
        refill=refill,
        therapy=therapy,
        dose=daily_dose_from(
            read.program,
            now=held.now,
            started=read.started,
            clock=PumpClock(read.clock_offset),
            minimum_rate=read.capability.minimum_rate,
        ),
        program_lines=_program_lines(known, therapy),
        before=_before_the_end(known.delivery) if therapy.state in NO_DELIVERY else None,
    )


def _program_lines(known: LastReading, therapy: TherapyNow) -> tuple[str, ...]:
    """Return the program in sentences; what was given once, and is over, is not shown as running."""
    read = known.interrogation
    once = read.program.once
    if once is None or not therapy.is_running or read.started + once_duration(once) > known.read_at:
        return read.program.describe()
    lines = replace(read.program, once=None).describe()
    return (*lines, f"finished, no longer running: {describe_once(once)}")


def _before_the_end(delivery: Delivery) -> Mass:
    """Return the drug delivered in the 24 hours before the last flow ended."""
    flowing = [segment.interval.end for segment in delivery.segments if not segment.flow.is_zero]
    if not flowing:
        return Mass(ug=Decimal(0))
    until = delivery.until(max(flowing))
    return Mass(ug=until.mass.ug - until.until(max(flowing) - DAY).mass.ug)


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
