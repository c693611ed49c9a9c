"""Whose body is looked into: what the wand knows of the pump, the patient, and the catheter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from thecal.lab.bench.demonstration import BODY, CATHETER
from thecal.lab.bench.forward import as_programmed, as_proposed
from thecal.quantities import DAY, HOUR

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.body import Implant
    from thecal.lab.bench import Bench, Known
    from thecal.lab.patient import VirtualPatient
    from thecal.therapy import Delivery, Program

SHOWN_BEFORE, SHOWN_AFTER = DAY, timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A patient with a pump, at a moment.

    Attributes:
        known: what the wand last read.
        patient: whose body.
        implant: catheter and tip.
        now: the present.
    """

    known: Known
    patient: VirtualPatient
    implant: Implant
    now: datetime

    @property
    def born(self) -> datetime:
        """When the pump's record begins: the zero of the simulation's hours."""
        segments = self.known.delivery.segments
        return segments[0].interval.start if segments else self.known.read_at

    @property
    def since(self) -> datetime:
        """From when on is shown."""
        return max(self.born, self.now - SHOWN_BEFORE)

    @property
    def until(self) -> datetime:
        """Up to when is shown."""
        return self.now + SHOWN_AFTER

    def stays(self) -> Delivery:
        """Return what is delivered as the known program goes on; a little longer than is shown."""
        return as_programmed(self.known, self.until + HOUR)

    def courses(self, proposed: Program | None, name: str) -> tuple[tuple[str, str, Delivery], ...]:
        """Return key, label and delivery of today's program, and of another that would begin now."""
        today = ("now", "today's program", self.stays())
        if proposed is None:
            return (today,)
        return (today, ("proposed", name or "proposed program", self.changes(proposed)))

    def changes(self, proposed: Program) -> Delivery:
        """Return what would be delivered if another program began now."""
        return as_proposed(self.known, self.stays(), proposed, now=self.now, until=self.until + HOUR)


def subject_of(bench: Bench) -> Subject:
    """Return the demonstration patient as the bench knows the pump."""
    return Subject(known=bench.known, patient=BODY, implant=CATHETER, now=bench.now)
