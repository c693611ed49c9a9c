"""What pages may see of orders and therapy: frozen, and only what was read of the pump."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.clinic.orders import access, rules
from thecal.clinic.orders.dose_form import DoseForm, form_of
from thecal.clinic.orders.errors import BlockedError
from thecal.clinic.orders.flex_table import DaysView, flex_table
from thecal.clinic.orders.forecast import Curves, DoseEvent, Series, dose_events, estimated_curves, refill_of
from thecal.clinic.orders.states import OPEN_ORDERS, OrderState, StopState
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

    from thecal.clinic.implants.models import ImplantRecord
    from thecal.clinic.orders.case import ImplantCase
    from thecal.clinic.orders.models import OrderRecord, StopRecord
    from thecal.clinic.people.access import Actor
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
        SignedOrder,
        TherapyNow,
    )


__all__ = [
    "Curves",
    "DoseEvent",
    "KnownPump",
    "OrderView",
    "Series",
    "StopView",
    "TherapyPage",
    "curves",
    "events",
    "is_stop_recorded",
    "order",
    "orders",
    "page",
    "sealed_order",
    "uncertain_order",
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
        flex: a flex program as a table; nothing for another program.
        program_lines: the program in sentences; a bolus, prime or bridge that is over says so.
        before: the drug delivered in the 24 hours before delivery ended; None while drug is delivered.
    """

    interrogation: Interrogation
    read_at: datetime
    reservoir: Reservoir
    refill: RefillDates
    therapy: TherapyNow
    dose: DailyDose
    flex: tuple[DaysView, ...]
    program_lines: tuple[str, ...]
    before: Mass | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """An order as a page shows it; ``outcome_reason`` says why it came to its state."""

    command: CommandId
    state: OrderState
    requested: Program
    programmed: Program
    roundings: tuple[Rounding, ...]
    comparison: tuple[Comparison, ...]
    flex: tuple[DaysView, ...]
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
class TherapyPage:
    """Everything a page shows of an implant's therapy and orders.

    Attributes:
        now: the present, by the clock that the therapy runs on.
        patient: whose.
        known: what the wand last read.
        fresh: whether that is as of now.
        order: the order about which something is still to be done; None where there is none.
        last_order: the newest order that is settled.
        stop: the newest STOP after which nobody has seen the pump stopped; None where all are proved.
        last_stop: the newest STOP.
        why_not_propose: what must come first; empty where a dose may be proposed.
        form: the program that runs as a filled-in form.
        signed_by: who signs here.
    """

    now: datetime
    patient: PatientRef
    known: KnownPump
    fresh: bool
    order: OrderView | None
    last_order: OrderView | None
    stop: StopView | None
    last_stop: StopView | None
    why_not_propose: str
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


def page(case: ImplantCase, *, actor: Actor) -> TherapyPage:
    """Return what a page shows of an implant.

    Raises:
        NotPermittedError: a person who may not see it.
    """
    access.check(actor, case.implant)
    implant = case.implant
    open_order = rules.open_order(implant)
    settled = (
        implant.orders.exclude(state__in=OPEN_ORDERS)
        .select_related("prescription")
        .order_by("-prescription_id")
        .first()
    )
    unproved = rules.unproved_stops(implant)
    last_stop = implant.stops.order_by("-ordered_entry").first()
    return TherapyPage(
        now=case.now,
        patient=case.patient,
        known=_known(case),
        fresh=rules.is_fresh(case),
        order=None if open_order is None else _order_view(open_order),
        last_order=None if settled is None else _order_view(settled),
        stop=_stop_view(unproved[0]) if unproved else None,
        last_stop=None if last_stop is None else _stop_view(last_stop),
        why_not_propose=_why_not_propose(case),
        form=form_of(case.interrogation.program),
        signed_by=actor.name,
    )


def curves(case: ImplantCase, *, actor: Actor) -> Curves:
    """Return the curves of the last and the coming week; an order that is open stands beside as proposed.

    Raises:
        NotPermittedError: a person who may not see it.
    """
    access.check(actor, case.implant)
    waiting = rules.open_order(case.implant)
    ordered = None if waiting is None else waiting.prescription.programmed_program
    return estimated_curves(case, proposed=ordered)


def events(case: ImplantCase, *, actor: Actor) -> tuple[DoseEvent, ...]:
    """Return the changes of the dose in the last week, to stand on the curves.

    Raises:
        NotPermittedError: a person who may not see it.
    """
    access.check(actor, case.implant)
    return dose_events(case)


def order(command: CommandId, *, implant: ImplantRecord, actor: Actor) -> OrderView:
    """Return one order for this implant.

    Raises:
        NotPermittedError: a person who may not see it.
        WrongStateError: there is none of that name.
    """
    access.check(actor, implant)
    return _order_view(rules.order_of(implant, command, *OrderState))


def sealed_order(
    command: CommandId, *states: OrderState, implant: ImplantRecord, actor: Actor
) -> SignedOrder:
    """Return the sealed document of an order that is in one of ``states``.

    Raises:
        NotPermittedError: a person who may not see it.
        WrongStateError: it is not, or there is no such order.
    """
    access.check(actor, implant)
    return rules.order_of(implant, command, *states).signed_order


def uncertain_order(*, implant: ImplantRecord, actor: Actor) -> CommandId | None:
    """Return the command about which nobody knows whether the pump took it; None where there is none.

    Raises:
        NotPermittedError: a person who may not see it.
    """
    access.check(actor, implant)
    waiting = rules.open_order(implant)
    return CommandId(waiting.command) if waiting and OrderState(waiting.state).is_uncertain else None


def is_stop_recorded(command: CommandId, *, implant: ImplantRecord, actor: Actor) -> bool:
    """Say whether a STOP is on record.

    Raises:
        NotPermittedError: a person who may not see it.
    """
    access.check(actor, implant)
    return implant.stops.filter(command=command).exists()


def orders(*, implant: ImplantRecord, actor: Actor, limit: int = 20) -> tuple[OrderView, ...]:
    """Return this implant's orders, newest first.

    Raises:
        NotPermittedError: a person who may not see them.
    """
    access.check(actor, implant)
    rows = implant.orders.select_related("prescription").order_by("-prescription_id")
    return tuple(_order_view(found) for found in rows[:limit])


def _known(case: ImplantCase) -> KnownPump:
    reading, read = case.reading, case.interrogation
    refill = refill_of(reading, read.program, started=read.started)
    therapy = therapy_now(read, refill, read_at=reading.read_at, now=case.now)
    return KnownPump(
        interrogation=read,
        read_at=reading.read_at,
        reservoir=read.reservoir,
        refill=refill,
        therapy=therapy,
        dose=daily_dose_from(
            read.program,
            now=case.now,
            started=read.started,
            clock=PumpClock(read.clock_offset),
            minimum_rate=read.capability.minimum_rate,
        ),
        flex=flex_table(read.program),
        program_lines=_program_lines(reading, therapy),
        before=_before_the_end(reading.delivery) if therapy.state in NO_DELIVERY else None,
    )


def _program_lines(known: LastReading, therapy: TherapyNow) -> tuple[str, ...]:
    """Return the program in sentences; what was given once, and is over, is not shown as running.

    The steps of a flex program stand in a table of their own.
    """
    read = known.interrogation
    once = read.program.once
    if once is None or not therapy.is_running or read.started + once_duration(once) > known.read_at:
        return _without_steps(read.program.describe())
    lines = replace(read.program, once=None).describe()
    return (*_without_steps(lines), f"finished, no longer running: {describe_once(once)}")


def _without_steps(lines: tuple[str, ...]) -> tuple[str, ...]:
    left = tuple(line for line in lines if not line.startswith("flex, "))
    return lines if left == lines else (left[0], "flex: steps through the day", *left[1:])


def _before_the_end(delivery: Delivery) -> Mass:
    """Return the drug delivered in the 24 hours before the last flow ended."""
    flowing = [segment.interval.end for segment in delivery.segments if not segment.flow.is_zero]
    if not flowing:
        return Mass(ug=Decimal(0))
    return delivery.mass_between(max(flowing) - DAY, max(flowing))


def _why_not_propose(case: ImplantCase) -> str:
    try:
        rules.check_proposal_allowed(case)
    except BlockedError as blocked:
        return str(blocked)
    return ""


def _order_view(row: OrderRecord) -> OrderView:
    prescription = row.prescription
    programmed = prescription.programmed_program
    return OrderView(
        command=CommandId(row.command),
        state=OrderState(row.state),
        requested=prescription.requested_program,
        programmed=programmed,
        roundings=prescription.rounding_list,
        comparison=compare_programs(prescription.replaced_program, programmed),
        flex=flex_table(programmed),
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
