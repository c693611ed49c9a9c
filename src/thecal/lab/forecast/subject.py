"""Whom a forecast is about: the pump's last reading, the patient, and the implant, at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.lab.forecast.projection import as_programmed, as_proposed
from thecal.quantities import DAY, HOUR, utc

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.body import Implant
    from thecal.lab.forecast.reading import LastReading
    from thecal.lab.patient import VirtualPatient
    from thecal.therapy import Delivery, Program

SHOWN_BEFORE, SHOWN_AFTER = DAY, 7 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A patient with a pump, at a moment.

    Attributes:
        reading: the last one of the pump.
        patient: whose body.
        implant: catheter and tip.
        now: the present.
    """

    reading: LastReading
    patient: VirtualPatient
    implant: Implant
    now: datetime

    def __post_init__(self) -> None:
        """Keep the present in UTC: hours are added to it and subtracted from it."""
        object.__setattr__(self, "now", utc(self.now))

    @property
    def record_start(self) -> datetime:
        """When the pump's record begins: hour zero of the simulation."""
        return self.reading.record_start

    @property
    def since(self) -> datetime:
        """From when on a what-if shows."""
        return max(self.record_start, self.now - SHOWN_BEFORE)

    @property
    def until(self) -> datetime:
        """Up to when a what-if shows."""
        return self.now + SHOWN_AFTER

    def unchanged(self) -> Delivery:
        """Return what is delivered as programmed; an hour longer than a what-if shows."""
        return as_programmed(self.reading, self.until + HOUR)

    def deliveries(self, proposed: Program | None, name: str) -> tuple[tuple[str, str, Delivery], ...]:
        """Return key, label and delivery of today's program, and of another that would begin now."""
        unchanged = self.unchanged()
        today = ("now", "today's program", unchanged)
        if proposed is None:
            return (today,)
        changed = as_proposed(self.reading, unchanged, proposed, now=self.now, until=self.until + HOUR)
        return (today, ("proposed", name or "proposed program", changed))
