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

from thecal.clinic.demonstration import access
from thecal.clinic.demonstration.bench import load, one_act_at_a_time, save
from thecal.clinic.demonstration.errors import NoBenchError
from thecal.clinic.demonstration.services.receiving import receive
from thecal.clinic.orders import queries, services
from thecal.clinic.orders.states import StopState
from thecal.therapy import CommandId

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from thecal.clinic.demonstration.models import BenchRecord
    from thecal.clinic.people.access import Actor
    from thecal.lab.bench import Bench
    from thecal.lab.forecast import LastReading

log = structlog.get_logger(__name__)

_CANNOT_WRITE = (DatabaseError, OSError)
_MOST_WAITING = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class StopResult:
    """What is known of a STOP right after it was ordered.

    Attributes:
        state: what was read of the pump.
        reason: why, in words.
        sent: whether it went out to the pump at all.
        recorded: whether it is on record; otherwise its record waits, or there is nothing to record.
    """

    state: StopState
    reason: str
    sent: bool
    recorded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stop:
    """One STOP on its way: what was ordered, by whom, and what is known of the pump before and after."""

    command: CommandId
    row: BenchRecord
    bench: Bench
    before: LastReading
    actor: Actor
    ordered_at: datetime


_waiting: deque[_Stop] = deque(maxlen=_MOST_WAITING)


def stop_pump(*, actor: Actor, now: datetime) -> StopResult:
    """Stop the pump and return what is known of it. Nothing holds it back: no review, no PIN, no record.

    An order that was signed and not sent is withdrawn. An order that is uncertain is overtaken once the pump
    is seen to have carried the STOP out: the STOP made a new revision, against which the pump no longer takes
    that order. Otherwise it stays uncertain, and so may the STOP, until the pump is read.

    Raises:
        NotPermittedError: a person who may not.
    """
    access.check(actor)
    with one_act_at_a_time():
        try:
            row = access.bench_row(actor)
            bench = load(row)
        except NoBenchError as missing:
            return _not_sent(str(missing))
        except _CANNOT_WRITE as failure:
            _note(log.exception, "a stop did not go out")
            return _not_sent(f"the demonstration's pump cannot be read from the database ({failure})")
        stop = _Stop(
            command=CommandId(str(uuid4())),
            row=row,
            bench=bench,
            before=bench.known,
            actor=actor,
            ordered_at=now,
        )
        return _stop(stop)


def record_waiting_stops() -> int:
    """Write down the STOPs that went out and could not be recorded; return how many still wait."""
    while _waiting:
        stop = _waiting[0]
        try:
            with transaction.atomic():
                _record(stop, late=True)
        except _CANNOT_WRITE:
            break
        _waiting.popleft()
        _note(log.info, "a stop is on record, late", command=stop.command)
    return len(_waiting)


def _stop(stop: _Stop) -> StopResult:
    """Write the STOP down where that is possible, send it, and keep what came of it."""
    try:
        _order(stop, late=False)
    except _CANNOT_WRITE:
        _note(log.exception, "a stop cannot be recorded before it goes out", command=stop.command)
    _note(log.info, "stop goes out", command=stop.command)
    stop.bench.stop(stop.command)
    try:
        with transaction.atomic():
            save(stop.row, stop.bench, now=stop.ordered_at)
            _record(stop, late=False)
    except _CANNOT_WRITE:
        _note(log.exception, "a stop cannot be recorded", command=stop.command)
    else:
        return _result(stop, recorded=True)
    try:
        save(stop.row, stop.bench, now=stop.ordered_at)
    except _CANNOT_WRITE as failure:
        _note(log.exception, "a stop did not go out", command=stop.command)
        return _not_sent(
            "the demonstration's pump lives in this computer's database, which cannot be written "
            f"({failure}): the STOP did not reach it"
        )
    _waiting.append(stop)
    return _result(stop, recorded=False)


def _result(stop: _Stop, *, recorded: bool) -> StopResult:
    report = stop.bench.session_report
    return StopResult(
        state=services.stop_state_of(report), reason=report.reason, sent=True, recorded=recorded
    )


def _order(stop: _Stop, *, late: bool) -> None:
    services.order_stop(
        stop.command, implant=stop.row.implant, actor=stop.actor, now=stop.ordered_at, late=late
    )


def _record(stop: _Stop, *, late: bool) -> None:
    """Write down what came of a STOP, and that it was ordered where that could not be written before."""
    if not queries.is_stop_recorded(stop.command, implant=stop.row.implant, actor=stop.actor):
        _order(stop, late=late)
    receive(stop.row, stop.bench, stop.before, actor=stop.actor, now=stop.ordered_at)


def _note(write: Callable[..., object], event: str, **facts: object) -> None:
    """Write to the log; a log that cannot be written (a full disk, say) holds no STOP back."""
    with suppress(OSError, ValueError):
        write(event, **facts)


def _not_sent(reason: str) -> StopResult:
    return StopResult(state=StopState.UNVERIFIED, reason=reason, sent=False, recorded=False)
