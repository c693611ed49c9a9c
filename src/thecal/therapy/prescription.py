"""What a prescriber signs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NewType

from thecal.quantities import aware
from thecal.therapy.errors import ProgramError

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.therapy.program import Program
    from thecal.therapy.status import PumpSerial

PatientRef = NewType("PatientRef", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription:
    """A signed prescription for one patient and one pump.

    Attributes:
        patient: the patient.
        pump: the serial number of the implanted pump.
        requested: the program as the prescriber entered it.
        programmed: the program as compiled for the pump, which is sent.
        reason: in the prescriber's words.
        prescriber: who signs.
        signed_at: when, with its time zone.
    """

    patient: PatientRef
    pump: PumpSerial
    requested: Program
    programmed: Program
    reason: str
    prescriber: str
    signed_at: datetime

    def __post_init__(self) -> None:
        """Refuse a missing reason or signer, another drug, concentration or mode, and a higher dose."""
        aware(self.signed_at)
        if not self.reason.strip():
            raise ProgramError("reason: say why the dose is changed; it is part of the record")
        if not self.prescriber.strip():
            raise ProgramError("prescriber: a prescription is signed by a person")
        if (self.requested.drug, self.requested.concentration) != (
            self.programmed.drug,
            self.programmed.concentration,
        ):
            raise ProgramError("the programmed drug and concentration must be the requested ones")
        requested, programmed = self.requested.mean_daily_dose, self.programmed.mean_daily_dose
        if type(self.requested.base) is not type(self.programmed.base) or (
            requested is not None and programmed is not None and programmed > requested
        ):
            raise ProgramError("the programmed dose must not exceed the requested dose, nor change its mode")
