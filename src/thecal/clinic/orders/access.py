"""Who may do what: one demonstration clinician, who may do everything to the demonstration patient.

There is no login. The bench listens on the local machine, its patient is invented and its pump is simulated.
Rows of a bench are reached through here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass

from thecal.clinic.orders.errors import NoBenchError, NotPermittedError
from thecal.clinic.orders.models import BenchRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who acts.

    Attributes:
        ref: how the record refers to them.
        name: how a page does.
    """

    ref: str
    name: str


_CLINICIAN = Actor(ref="clinician:demonstration", name="Demonstration clinician")


def demonstration_clinician() -> Actor:
    """Return the one person who works at the bench."""
    return _CLINICIAN


def check(actor: Actor) -> None:
    """Return only if ``actor`` may work at the bench.

    Raises:
        NotPermittedError: somebody else.
    """
    if actor != _CLINICIAN:
        raise NotPermittedError(f"{actor.name} may not work at this bench; the demonstration clinician may")


def bench_row(actor: Actor) -> BenchRecord:
    """Return the demonstration that runs, for somebody who may see it.

    Raises:
        NotPermittedError: somebody who may not.
        NoBenchError: none runs.
    """
    check(actor)
    row = BenchRecord.objects.filter(running=True).first()
    if row is None:
        raise NoBenchError("no demonstration has been started: start Thecal with `thecal serve`")
    return row


def bench_of_number(demonstration: int, actor: Actor) -> BenchRecord:
    """Return one demonstration, running or ended, for a person who may see it.

    Raises:
        NotPermittedError: a person who may not.
        BenchRecord.DoesNotExist: there is none of that number.
    """
    check(actor)
    return BenchRecord.objects.get(demonstration=demonstration)
