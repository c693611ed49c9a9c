"""Receive what a programmer brings back: what it says about orders and STOPs, and about the pump itself.

The report is kept exactly as it was written. Row, report and ledger entry are committed together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.db import transaction

from thecal.clinic.implants.services import note_contact
from thecal.clinic.ledger import services as ledger
from thecal.clinic.orders import access, rules
from thecal.clinic.orders.errors import ReportRefusedError
from thecal.clinic.orders.kinds import Kind
from thecal.clinic.orders.models import OrderRecord, SessionRecord, StopRecord
from thecal.clinic.orders.services.overtaking import is_overtaken
from thecal.clinic.orders.states import UNCERTAIN_ORDERS, OrderState, StopState
from thecal.therapy import TherapyError, read_session_report

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.implants.models import ImplantRecord
    from thecal.clinic.people.access import Actor
    from thecal.therapy import PumpStatus, SessionReport

log = structlog.get_logger(__name__)

_ORDER_KINDS = {
    OrderState.SIGNED: Kind.ORDER_NOT_SENT,
    OrderState.WITHDRAWN: Kind.ORDER_WITHDRAWN,
    OrderState.VERIFIED: Kind.PROGRAM_VERIFIED,
    OrderState.UNCHANGED: Kind.PROGRAM_UNCHANGED,
    OrderState.UNCERTAIN: Kind.PROGRAM_UNCERTAIN,
    OrderState.OVERTAKEN: Kind.ORDER_OVERTAKEN,
}
_STOP_STATES = {
    "verified": StopState.VERIFIED,
    "unchanged": StopState.INFUSING,
    "uncertain": StopState.UNVERIFIED,
}
OVERTAKEN = "a STOP was carried out after it, so it can no longer take effect"


def receive_report(document: bytes, *, implant: ImplantRecord, actor: Actor, now: datetime) -> SessionReport:
    """Receive the session report of an order or a STOP, and return what it says.

    Args:
        document: as the programmer wrote it.
        implant: whose pump the command was for.
        actor: who brings it.
        now: wall time.

    Raises:
        NotPermittedError: this person may not act on the implant.
        ReportRefusedError: it is no session report, was received before, is not about a command of this
            implant that waits for it, or claims a success on another pump.
    """
    access.check(actor, implant)
    try:
        report = read_session_report(document)
    except TherapyError as error:
        raise ReportRefusedError(f"The session report cannot be read: {error}") from error
    if report.outcome == "verified" and report.pump != implant.serial:
        raise ReportRefusedError(
            f"The session report is about pump {report.pump}; this patient's pump is {implant.serial}."
        )
    with transaction.atomic():
        if report.session and implant.reports.filter(command=report.command, document=document).exists():
            raise ReportRefusedError("This session report was received before; nothing was changed.")
        order = implant.orders.filter(command=report.command, state__in=UNCERTAIN_ORDERS).first()
        stop = implant.stops.filter(command=report.command, state=StopState.ORDERED).first()
        if order is not None:
            _receive_order(order, report, actor=actor, now=now)
        elif stop is not None:
            _receive_stop(stop, report, actor=actor, now=now)
        else:
            raise ReportRefusedError(
                f"No command {report.command} of this pump waits for a session report; nothing was changed."
            )
        SessionRecord.objects.create(
            implant=implant, command=report.command, outcome=report.outcome, at=report.at, document=document
        )
        if report.is_read and report.pump == implant.serial:
            note_contact(implant, read=True)
    return report


def note_reading(
    status: PumpStatus, *, implant: ImplantRecord, actor: Actor, now: datetime, entry: bool = True
) -> None:
    """Draw what follows for orders and STOPs from the pump's status, which was just read.

    A pump that is stopped proves every STOP. A verified program that was sent after a STOP supersedes it. A
    pump that runs otherwise still infuses, and the STOP stays open. The status of another pump than the
    patient's proves nothing: what was meant to be read was not.

    Args:
        status: as read.
        implant: whose pump was meant.
        actor: who read it.
        now: wall time.
        entry: whether the reading was an act of its own, and gets its own entry.

    Raises:
        NotPermittedError: this person may not act on the implant.
    """
    access.check(actor, implant)
    with transaction.atomic():
        if entry:
            facts = {**_facts_of(status), "read_at": status.at.isoformat()}
            ledger.append(at=now, actor=actor.ref, kind=Kind.PUMP_INTERROGATED, data=facts)
        if status.serial != implant.serial:
            note_contact(implant, read=False)
            return
        note_contact(implant, read=True)
        _overtake(implant, status, actor=actor, now=now)
        for stop in rules.unproved_stops(implant):
            _settle_stop(stop, status, actor=actor, now=now)


def note_failed_reading(reason: str, *, implant: ImplantRecord, actor: Actor, now: datetime) -> None:
    """Write down that the pump could not be read: what was known of it may be out of date.

    Raises:
        NotPermittedError: this person may not act on the implant.
    """
    access.check(actor, implant)
    with transaction.atomic():
        ledger.append(at=now, actor=actor.ref, kind=Kind.PUMP_NOT_READ, data={"reason": reason})
        note_contact(implant, read=False)


def _receive_order(order: OrderRecord, report: SessionReport, *, actor: Actor, now: datetime) -> None:
    state, reason = _state_of(order, report)
    order.state, order.reason = state, reason
    order.settled_at = None if state in {OrderState.SIGNED, OrderState.UNCERTAIN} else now
    if state is OrderState.SIGNED:
        order.sent_at = order.sent_entry = None
    order.save(update_fields=("state", "reason", "settled_at", "sent_at", "sent_entry"))
    facts = {"command": order.command, "reason": reason, **_read_facts(report)}
    ledger.append(at=now, actor=actor.ref, kind=_ORDER_KINDS[state], data=facts)
    log.info("outcome of an order", command=order.command, outcome=state.value)


def _state_of(order: OrderRecord, report: SessionReport) -> tuple[OrderState, str]:
    """Return what a report says of an order: one that nothing was sent of is as it was, and may be sent."""
    match report.outcome:
        case "verified":
            return OrderState.VERIFIED, report.reason
        case "unchanged" if not report.is_read or report.pump != order.implant.serial:
            if _stopped_since(order):
                return OrderState.WITHDRAWN, "a STOP was ordered before it was sent; nothing was sent"
            return OrderState.SIGNED, report.reason
        case "unchanged":
            return OrderState.UNCHANGED, report.reason
        case _:
            if report.is_read and report.pump == order.implant.serial and is_overtaken(order, report):
                return OrderState.OVERTAKEN, OVERTAKEN
            return OrderState.UNCERTAIN, report.reason


def _stopped_since(order: OrderRecord) -> bool:
    return order.implant.stops.filter(ordered_entry__gt=order.sent_entry).exists()


def stop_state_of(report: SessionReport) -> StopState:
    """Return what a session report says of a STOP."""
    return _STOP_STATES[report.outcome]


def _receive_stop(stop: StopRecord, report: SessionReport, *, actor: Actor, now: datetime) -> None:
    stop.state, stop.reason = stop_state_of(report), report.reason
    stop.settled_at = now if stop.state is StopState.VERIFIED else None
    stop.save(update_fields=("state", "reason", "settled_at"))
    kind = Kind.STOP_VERIFIED if stop.state is StopState.VERIFIED else Kind.STOP_UNVERIFIED
    facts = {"command": stop.command, "reason": stop.reason, **_read_facts(report)}
    ledger.append(at=now, actor=actor.ref, kind=kind, data=facts)
    log.info("outcome of a stop", command=stop.command, outcome=stop.state.value)


def _overtake(implant: ImplantRecord, status: PumpStatus, *, actor: Actor, now: datetime) -> None:
    """Settle an uncertain order if the pump carried out a STOP after it."""
    order = rules.open_order(implant)
    if order is None or not OrderState(order.state).is_uncertain or not is_overtaken(order, status):
        return
    order.state, order.reason, order.settled_at = OrderState.OVERTAKEN, OVERTAKEN, now
    order.save(update_fields=("state", "reason", "settled_at"))
    facts = {"command": order.command, "reason": OVERTAKEN, **_facts_of(status)}
    ledger.append(at=now, actor=actor.ref, kind=Kind.ORDER_OVERTAKEN, data=facts)


def _settle_stop(stop: StopRecord, status: PumpStatus, *, actor: Actor, now: datetime) -> None:
    if status.stopped:
        stop.state, stop.settled_at = StopState.SETTLED, now
        stop.reason = "the pump was read again, and it is stopped"
        facts = {"command": stop.command, "reason": stop.reason, **_facts_of(status)}
        ledger.append(at=now, actor=actor.ref, kind=Kind.STOP_VERIFIED, data=facts)
    elif _verified_since(stop, status):
        stop.state, stop.settled_at = StopState.SUPERSEDED, now
        stop.reason = "the pump runs a program that was sent after it"
    else:
        stop.state, stop.reason = StopState.INFUSING, "the pump was read, and it is still infusing"
    stop.save(update_fields=("state", "reason", "settled_at"))


def _verified_since(stop: StopRecord, status: PumpStatus) -> bool:
    return stop.implant.orders.filter(
        command=status.last_command or "", state=OrderState.VERIFIED, sent_entry__gt=stop.ordered_entry
    ).exists()


def _read_facts(report: SessionReport) -> dict[str, str]:
    facts = {"session_at": report.at.isoformat()}
    if not report.is_read:
        return {**facts, "read": "no"}
    return {
        **facts,
        "read": "yes",
        "pump": report.pump,
        "revision": str(report.revision),
        "program_digest": report.program_digest or "",
        "last_command": report.last_command or "none",
        "stopped": "not known" if report.stopped is None else "yes" if report.stopped else "no",
    }


def _facts_of(status: PumpStatus) -> dict[str, str]:
    return {
        "read": "yes",
        "pump": status.serial,
        "revision": str(status.revision),
        "program_digest": status.program_digest,
        "last_command": status.last_command or "none",
        "stopped": "yes" if status.stopped else "no",
    }
