"""Who may work at the bench: a person of the demonstration.

There is no sign-in: the bench listens on the local machine, its patient is invented, its pump is simulated.
Rows of a bench are reached through here and nowhere else.
"""

from __future__ import annotations

from thecal.clinic.demonstration.errors import NoBenchError
from thecal.clinic.demonstration.models import BenchRecord
from thecal.clinic.people.access import Actor
from thecal.clinic.people.errors import NotPermittedError

CLINICIAN = Actor(ref="clinician:demonstration", name="Demonstration clinician", invented=True)
"""The one person who works at the bench."""


def check(actor: Actor) -> None:
    """Return only if ``actor`` may work at the bench.

    Raises:
        NotPermittedError: a person who may not.
    """
    if not actor.invented:
        raise NotPermittedError(f"{actor.name} may not use this bench; only the demonstration clinician may")


def bench_row(actor: Actor) -> BenchRecord:
    """Return the demonstration that runs, for a person who may see it.

    Raises:
        NotPermittedError: a person who may not.
        NoBenchError: none runs.
    """
    check(actor)
    row = BenchRecord.objects.select_related("implant__patient").filter(running=True).first()
    if row is None:
        raise NoBenchError("no demonstration has been started: start Thecal with `thecal serve`")
    return row
