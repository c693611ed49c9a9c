"""STOP: always allowed, as often as wanted, each time with a command of its own (ITB-160).

Keeping a record never stands before the STOP. Where the record cannot be written (the disk is full, the
database is locked or read-only), the STOP goes out all the same; its record waits in this process and is
written as soon as it can be.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog
from django.db import Error as DatabaseError
from django.db import transaction

from thecal.clinic.ledger import services as ledger
from thecal.clinic.orders import access, bench, record, rules
from thecal.clinic.orders.errors import NoBenchError
from thecal.clinic.orders.models import StopRecord
from thecal.clinic.orders.services.signing import withdraw
from thecal.clinic.orders.states import OrderState, StopState
from thecal.journal import Kind
from thecal.therapy import CommandId

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from thecal.clinic.orders.access import Actor
    from thecal.clinic.orders.models import BenchRecord
    from thecal.lab.bench import Bench
    from thecal.therapy import Outcome

log = structlog.get_logger(__name__)

_CANNOT_WRITE = (DatabaseError, OSError)
_MOST_WAITING = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class StopResult:
    """What is known of a STOP right after it was ordered.

    Attributes:
        state: what was seen of the pump.
        reason: why, in words.
        sent: whether it went out to the pump at all.
        recorded: whether it is on record; otherwise its record waits, or there is nothing to record.
    """

    state: StopState
    reason: str
    sent: bool
    recorded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """A STOP that went out and is not on record yet."""

    command: CommandId
    outcome: Outcome
    bench: Bench
    demonstration: int
    read: bool
    actor: Actor
    ordered_at: datetime


_waiting: deque[_Waiting] = deque(maxlen=_MOST_WAITING)


def stop_pump(*, actor: Actor, now: datetime) -> StopResult:
    """Stop the pump and return what is known of it. Nothing holds it back: no review, no PIN, no record.

    An order that was signed and not sent is withdrawn. An order that is uncertain is overtaken once the pump
    is seen to have carried the STOP out: the STOP made a new revision, against which the pump no longer takes
    that order. Otherwise it stays uncertain, and so may the STOP, until an interrogation.

    Raises:
        NotPermittedError: a person who may not.
    """
    access.check(actor)
    command = CommandId(str(uuid4()))
    try:
        _order(command, access.bench_row(actor), actor=actor, now=now)
    except NoBenchError as missing:
        return _not_sent(str(missing))
    except _CANNOT_WRITE:
        _note(log.exception, "a stop cannot be recorded before it goes out", command=command)
    _note(log.info, "stop goes out", command=command)
    try:
        return _send_and_record(command, actor=actor, now=now)
    except NoBenchError as unreadable:
        return _not_sent(str(unreadable))
    except _CANNOT_WRITE:
        _note(log.exception, "a stop cannot be recorded", command=command)
    try:
        return _send_alone(command, actor=actor, now=now)
    except NoBenchError as unreadable:
        return _not_sent(str(unreadable))
    except _CANNOT_WRITE as failure:
        _note(log.exception, "a stop did not go out", command=command)
        return _not_sent(
            "the demonstration's pump lives in this computer's database, which cannot be written "
            f"({failure}): the STOP did not reach it"
        )


def record_waiting_stops() -> int:
    """Write down the STOPs that went out and could not be recorded; return how many still wait."""
    while _waiting:
        stop = _waiting[0]
        try:
            _record_late(stop)
        except _CANNOT_WRITE:
            break
        _waiting.popleft()
        _note(log.info, "a stop is on record, late", command=stop.command)
    return len(_waiting)


def _note(write: Callable[..., object], event: str, **facts: object) -> None:
    """Write to the log; a log that cannot be written (a full disk, say) holds no STOP back."""
    with suppress(OSError, ValueError):
        write(event, **facts)


def _not_sent(reason: str) -> StopResult:
    return StopResult(state=StopState.UNVERIFIED, reason=reason, sent=False, recorded=False)


def _order(
    command: CommandId, row: BenchRecord, *, actor: Actor, now: datetime, late: bool = False
) -> StopRecord:
    """Write down that the STOP was ordered, before it goes out; return its row."""
    with transaction.atomic():
        order = rules.open_order(row)
        if order is not None and order.state == OrderState.SIGNED:
            withdraw(order, "withdrawn by a STOP before it was sent", actor=actor, now=now)
        facts = {"command": command, **({"recorded": "late"} if late else {})}
        entry = ledger.append(at=now, actor=actor.ref, kind=Kind.STOP_ORDERED, data=facts)
        return StopRecord.objects.create(
            command=command, bench=row, ordered_at=now, ordered_entry=entry.number
        )


def _send_and_record(command: CommandId, *, actor: Actor, now: datetime) -> StopResult:
    """Send the STOP, and keep its outcome and the pump's memory together."""
    with transaction.atomic():
        row = access.bench_row(actor)
        stop = StopRecord.objects.select_related("bench").filter(command=command).first()
        if stop is None:
            stop = _order(command, row, actor=actor, now=now)
        held = bench.take(row)
        known = held.known
        outcome = held.stop(command)
        _record(stop, row, held, outcome, read=held.known is not known, actor=actor, now=now)
        bench.put(row, held, now=now)
    return StopResult(state=StopState(stop.state), reason=stop.reason, sent=True, recorded=True)


def _send_alone(command: CommandId, *, actor: Actor, now: datetime) -> StopResult:
    """Send the STOP and keep nothing but the pump's memory; the record waits."""
    with transaction.atomic():
        row = access.bench_row(actor)
        held = bench.take(row)
        known = held.known
        outcome = held.stop(command)
        bench.put(row, held, now=now)
    state, reason = record.stop_state_of(outcome)
    _waiting.append(
        _Waiting(
            command=command,
            outcome=outcome,
            bench=held,
            demonstration=row.demonstration,
            read=held.known is not known,
            actor=actor,
            ordered_at=now,
        )
    )
    return StopResult(state=state, reason=reason, sent=True, recorded=False)


def _record_late(waiting: _Waiting) -> None:
    with transaction.atomic():
        row = access.bench_of_number(waiting.demonstration, waiting.actor)
        stop = StopRecord.objects.select_related("bench").filter(command=waiting.command).first()
        if stop is None:
            stop = _order(waiting.command, row, actor=waiting.actor, now=waiting.ordered_at, late=True)
        _record(
            stop,
            row,
            waiting.bench,
            waiting.outcome,
            read=waiting.read,
            actor=waiting.actor,
            now=waiting.ordered_at,
        )


def _record(
    stop: StopRecord,
    row: BenchRecord,
    held: Bench,
    outcome: Outcome,
    *,
    read: bool,
    actor: Actor,
    now: datetime,
) -> None:
    record.record_stop(stop, outcome, held, read=read, actor=actor, now=now)
    if read:
        record.overtake(row, held, actor=actor, now=now)
        record.note_reading(row, held, actor=actor, now=now)
