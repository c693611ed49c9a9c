"""One implant under treatment: its row, and what a forecast may know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.therapy import PatientRef

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.implants.models import ImplantRecord
    from thecal.lab.forecast import LastReading, Subject
    from thecal.therapy import Interrogation


@dataclass(frozen=True, slots=True, kw_only=True)
class ImplantCase:
    """What orders and forecasts are made from.

    Attributes:
        implant: the pump in its patient.
        subject: the pump's last reading, the patient's model, the catheter, and the present.
    """

    implant: ImplantRecord
    subject: Subject

    @property
    def patient(self) -> PatientRef:
        """The patient, as orders name them."""
        return PatientRef(self.implant.patient.ref)

    @property
    def reading(self) -> LastReading:
        """The last reading of the pump."""
        return self.subject.reading

    @property
    def interrogation(self) -> Interrogation:
        """What the pump answered when it was last read."""
        return self.subject.reading.interrogation

    @property
    def now(self) -> datetime:
        """The present, by the clock that the therapy runs on."""
        return self.subject.now
