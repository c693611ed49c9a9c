"""The demonstration itself: begin it, move its clock, arrange its link, begin anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.db import transaction

from thecal.clinic.demonstration import access
from thecal.clinic.demonstration.bench import load, one_act_at_a_time, save
from thecal.clinic.demonstration.kinds import Kind
from thecal.clinic.demonstration.models import BenchRecord
from thecal.clinic.implants import services as implants
from thecal.clinic.ledger import services as ledger
from thecal.clinic.orders import services as orders
from thecal.clinic.people import services as people
from thecal.lab.bench import Bench, LinkArrangement
from thecal.quantities import DAY, HOUR, write_duration

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from thecal.clinic.people.access import Actor

ADVANCES: tuple[tuple[str, str, timedelta], ...] = (
    ("hour", "1 hour", HOUR),
    ("day", "1 day", DAY),
    ("week", "1 week", 7 * DAY),
)

log = structlog.get_logger(__name__)


def open_bench(*, pin: str, actor: Actor, now: datetime) -> None:
    """Make what the first run needs: the signing key, locked by ``pin``, and a demonstration that runs.

    Where they are there already, nothing changes.

    Raises:
        NotPermittedError: a person who may not.
    """
    access.check(actor)
    people.know_user(actor)
    orders.enrol(pin, actor=actor, now=now)
    if BenchRecord.objects.filter(running=True).exists():
        return
    fresh = Bench.start(now=now)
    with transaction.atomic():
        if not BenchRecord.objects.filter(running=True).exists():
            _begin(fresh, actor=actor, now=now)


def start_over(*, actor: Actor, now: datetime) -> None:
    """End the demonstration and begin another; what is on record of the old one stays.

    Raises:
        NotPermittedError: a person who may not.
        NoBenchError: none runs.
    """
    fresh = Bench.start(now=now)
    with one_act_at_a_time(), transaction.atomic():
        row = access.bench_row(actor)
        row.running = False
        row.save(update_fields=("running",))
        implants.end(row.implant, at=now, actor=actor)
        facts = {"demonstration": str(row.demonstration)}
        ledger.append(at=now, actor=actor.ref, kind=Kind.DEMONSTRATION_ENDED, data=facts)
        _begin(fresh, actor=actor, now=now)


def advance(span: timedelta, *, actor: Actor, now: datetime) -> None:
    """Move the demonstration's clock; the pump lives on, and nobody reads it.

    Raises:
        ValueError: a span that is not one of ``ADVANCES``.
        NotPermittedError: a person who may not.
        NoBenchError: none runs.
    """
    if span not in {allowed for _, _, allowed in ADVANCES}:
        spans = ", ".join(label for _, label, _ in ADVANCES)
        raise ValueError(f"time: advance by one of {spans}; got {write_duration(span)}")
    with one_act_at_a_time(), transaction.atomic():
        row = access.bench_row(actor)
        bench = load(row)
        bench.advance(span)
        save(row, bench, now=now)
        facts = {"by": write_duration(span), "demonstration_time": bench.now.isoformat()}
        ledger.append(at=now, actor=actor.ref, kind=Kind.TIME_ADVANCED, data=facts)


def arrange_link(key: str, *, actor: Actor, now: datetime) -> None:
    """Arrange what the radio link will do during the next acts: for training.

    Raises:
        ValueError: not an arrangement.
        NotPermittedError: a person who may not.
        NoBenchError: none runs.
    """
    arrangement = LinkArrangement(key)
    with one_act_at_a_time(), transaction.atomic():
        row = access.bench_row(actor)
        bench = load(row)
        bench.arrange_link(arrangement)
        save(row, bench, now=now)
        facts = {"link": arrangement.value, "demonstration_time": bench.now.isoformat()}
        ledger.append(at=now, actor=actor.ref, kind=Kind.LINK_ARRANGED, data=facts)


def _begin(fresh: Bench, *, actor: Actor, now: datetime) -> None:
    newest = BenchRecord.objects.order_by("-demonstration").first()
    read = fresh.known.interrogation
    implant = implants.place(
        people.know_invented_patient(fresh.patient),
        serial=read.status.serial,
        model=read.capability.model,
        placed_at=fresh.known.record_start,
        actor=actor,
    )
    row = BenchRecord.objects.create(
        demonstration=newest.demonstration + 1 if newest else 1,
        implant=implant,
        image=fresh.image(),
        started_at=now,
        saved_at=now,
    )
    facts = {"demonstration": str(row.demonstration), "demonstration_time": fresh.now.isoformat()}
    ledger.append(at=now, actor=actor.ref, kind=Kind.DEMONSTRATION_STARTED, data=facts)
    log.info("demonstration started", demonstration=row.demonstration)
