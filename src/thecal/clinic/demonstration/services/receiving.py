"""Hand in what the wand brought back from the bench's pump."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from thecal.clinic.orders import services
from thecal.therapy import report_bytes

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.demonstration.models import BenchRecord
    from thecal.clinic.people.access import Actor
    from thecal.lab.bench import Bench
    from thecal.lab.forecast import LastReading


def receive(row: BenchRecord, bench: Bench, before: LastReading, *, actor: Actor, now: datetime) -> None:
    """Hand in the session report of the last order or STOP, and a reading where one was made.

    Args:
        row: of the bench.
        bench: after the act.
        before: what was known of the pump before it.
        actor: who acted.
        now: wall time.
    """
    report = replace(bench.session_report, session=str(uuid4()))
    services.receive_report(report_bytes(report), implant=row.implant, actor=actor, now=now)
    if bench.known is not before:
        status = bench.known.interrogation.status
        services.note_reading(status, implant=row.implant, actor=actor, now=now, entry=False)
