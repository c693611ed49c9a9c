"""What a reading of the pump says about orders and STOPs: row, report and ledger entry written together.

Everything here runs inside the caller's transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from thecal.clinic.ledger import services as ledger
from thecal.clinic.orders import rules
from thecal.clinic.orders.models import SessionRecord, StopRecord
from thecal.clinic.orders.states import OrderState, StopState
from thecal.journal import Kind
from thecal.therapy import (
    CommandId,
    SessionReport,
    Uncertain,
    Unchanged,
    Verified,
    report_bytes,
)

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.orders.access import Actor
    from thecal.clinic.orders.models import BenchRecord, OrderRecord
    from thecal.lab.bench import Bench
    from thecal.therapy import Outcome, PumpStatus

log = structlog.get_logger(__name__)

_ORDER_KINDS = {
    OrderState.VERIFIED: Kind.PROGRAM_VERIFIED,
    OrderState.UNCHANGED: Kind.PROGRAM_UNCHANGED,
    OrderState.UNCERTAIN: Kind.PROGRAM_UNCERTAIN,
    OrderState.OVERTAKEN: Kind.ORDER_OVERTAKEN,
}


def record_outcome(
    order: OrderRecord, outcome: Outcome, bench: Bench, *, read: bool, actor: Actor, now: datetime
) -> None:
    """Write down what became of an order.

    Args:
        order: sent, or uncertain.
        outcome: what the wand says.
        bench: after the act; what it knows is what was read last.
        read: whether the pump could be read at the end of the act.
        actor: who sent or settled it.
        now: wall time.
    """
    state, reason = _state_of(order, outcome, bench, read=read)
    order.state, order.reason = state, reason
    order.settled_at = None if state is OrderState.UNCERTAIN else now
    order.save(update_fields=("state", "reason", "settled_at"))
    status = _status_in(outcome, bench, read=read)
    _keep_report(order.bench, order.command, outcome, status, bench, now=now)
    facts = {"command": order.command, "reason": reason, **_read_facts(status), **_moment(bench)}
    ledger.append(at=now, actor=actor.ref, kind=_ORDER_KINDS[state], data=facts)
    log.info("outcome of an order", command=order.command, outcome=state.value)


def record_stop(
    stop: StopRecord, outcome: Outcome, bench: Bench, *, read: bool, actor: Actor, now: datetime
) -> None:
    """Write down what became of a STOP."""
    state, reason = stop_state_of(outcome)
    stop.state, stop.reason = state, reason
    stop.settled_at = now if state is StopState.VERIFIED else None
    stop.save(update_fields=("state", "reason", "settled_at"))
    status = _status_in(outcome, bench, read=read)
    _keep_report(stop.bench, stop.command, outcome, status, bench, now=now)
    kind = Kind.STOP_VERIFIED if state is StopState.VERIFIED else Kind.STOP_UNVERIFIED
    facts = {"command": stop.command, "reason": reason, **_read_facts(status), **_moment(bench)}
    ledger.append(at=now, actor=actor.ref, kind=kind, data=facts)
    log.info("outcome of a stop", command=stop.command, outcome=state.value)


def note_reading(row: BenchRecord, bench: Bench, *, actor: Actor, now: datetime) -> None:
    """Draw what follows for STOPs from the pump's status, which was just read.

    A pump that is stopped proves every STOP. A verified program that was sent after a STOP supersedes it. A
    pump that runs otherwise still infuses, and the STOP stays red.
    """
    status = bench.known.interrogation.status
    for stop in rules.unproved_stops(row):
        if status.stopped:
            stop.state, stop.settled_at = StopState.SETTLED, now
            stop.reason = "the pump was read later, and it is stopped"
            facts = {"command": stop.command, "reason": stop.reason, **_read_facts(status), **_moment(bench)}
            ledger.append(at=now, actor=actor.ref, kind=Kind.STOP_VERIFIED, data=facts)
        elif _verified_since(row, stop, status):
            stop.state, stop.settled_at = StopState.SUPERSEDED, now
            stop.reason = "a program that was sent after it runs"
        else:
            stop.state, stop.reason = StopState.INFUSING, "the pump was read, and it still infuses"
        stop.save(update_fields=("state", "reason", "settled_at"))


def overtake(row: BenchRecord, bench: Bench, *, actor: Actor, now: datetime) -> None:
    """Settle an uncertain order if the pump, which was just read, carried out a STOP after it."""
    order = rules.open_order(row)
    if order is not None and OrderState(order.state).is_uncertain and _overtaken(order, bench):
        outcome = Uncertain(command=CommandId(order.command), reason=order.reason)
        record_outcome(order, outcome, bench, read=True, actor=actor, now=now)


def record_interrogation(bench: Bench, *, actor: Actor, now: datetime) -> None:
    """Write down that the pump was read."""
    facts = {**_read_facts(bench.known.interrogation.status), **_moment(bench)}
    ledger.append(at=now, actor=actor.ref, kind=Kind.PUMP_INTERROGATED, data=facts)


def record_failed_reading(bench: Bench, reason: str, *, actor: Actor, now: datetime) -> None:
    """Write down that the pump could not be read: what was known of it may be out of date."""
    facts = {"reason": reason, **_moment(bench)}
    ledger.append(at=now, actor=actor.ref, kind=Kind.PUMP_NOT_READ, data=facts)


def _state_of(order: OrderRecord, outcome: Outcome, bench: Bench, *, read: bool) -> tuple[OrderState, str]:
    match outcome:
        case Verified():
            return OrderState.VERIFIED, "the pump was read back, and it runs what was ordered"
        case Unchanged(reason=reason):
            return OrderState.UNCHANGED, reason
        case Uncertain(reason=reason):
            if read and _overtaken(order, bench):
                return OrderState.OVERTAKEN, (
                    "a STOP was carried out after it; whether the pump had taken it before or not, "
                    "it no longer can"
                )
            return OrderState.UNCERTAIN, reason


def stop_state_of(outcome: Outcome) -> tuple[StopState, str]:
    """Return what an outcome says of a STOP, and why."""
    match outcome:
        case Verified():
            return StopState.VERIFIED, "the pump was read back, and it is stopped"
        case Unchanged(reason=reason):
            return StopState.INFUSING, reason
        case Uncertain(reason=reason):
            return StopState.UNVERIFIED, reason


def _overtaken(order: OrderRecord, bench: Bench) -> bool:
    """Say whether the pump's last command is a STOP that was ordered after the order was sent.

    The pump takes an order only against the revision it was written for, and a STOP makes a new one, so the
    order cannot take effect after it.
    """
    status = bench.known.interrogation.status
    return (
        status.revision > order.base_revision
        and order.bench.stops.filter(
            command=status.last_command or "", ordered_entry__gt=order.sent_entry
        ).exists()
    )


def _verified_since(row: BenchRecord, stop: StopRecord, status: PumpStatus) -> bool:
    return row.orders.filter(
        command=status.last_command or "", state=OrderState.VERIFIED, sent_entry__gt=stop.ordered_entry
    ).exists()


def _status_in(outcome: Outcome, bench: Bench, *, read: bool) -> PumpStatus | None:
    if isinstance(outcome, Uncertain):
        return bench.known.interrogation.status if read else None
    return outcome.status


def _keep_report(
    row: BenchRecord,
    command: str,
    outcome: Outcome,
    status: PumpStatus | None,
    bench: Bench,
    *,
    now: datetime,
) -> None:
    """Keep what the wand brought back, in its own words."""
    report = SessionReport(
        command=CommandId(command),
        pump=bench.known.interrogation.status.serial,
        outcome=type(outcome).__name__.lower(),
        reason="read back" if isinstance(outcome, Verified) else outcome.reason,
        revision=None if status is None else status.revision,
        program_digest=None if status is None else status.program_digest,
        last_command=None if status is None else status.last_command,
        stopped=None if status is None else status.stopped,
        at=now,
    )
    SessionRecord.objects.create(
        bench=row, command=command, outcome=report.outcome, at=now, document=report_bytes(report)
    )


def _read_facts(status: PumpStatus | None) -> dict[str, str]:
    if status is None:
        return {"read": "no"}
    return {
        "read": "yes",
        "revision": str(status.revision),
        "program_digest": status.program_digest,
        "last_command": status.last_command or "none",
        "stopped": "yes" if status.stopped else "no",
    }


def _moment(bench: Bench) -> dict[str, str]:
    return {"demonstration_time": bench.now.isoformat()}
