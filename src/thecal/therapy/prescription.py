"""What a prescriber signs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, NewType

from thecal.quantities import FlowRate, aware
from thecal.therapy.bolus import Bridge, Priming, SingleBolus
from thecal.therapy.errors import ProgramError
from thecal.therapy.flow import ever_faster

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.therapy.bolus import Once, PatientBolus
    from thecal.therapy.program import Program
    from thecal.therapy.status import PumpSerial

PatientRef = NewType("PatientRef", str)
_MINIMUM_RATE = FlowRate(mL_per_day=Decimal(0))
"""Of a pump that is not known; it is the same in both programs."""


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
        """Refuse a missing reason or signer, another drug, concentration or mode, and a higher dose.

        The dose is compared at every time of the week, not in the mean: a program that gives on Monday what
        was requested for Tuesday has the same mean and is not the requested program.
        """
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
        requested, programmed = self.requested, self.programmed
        if type(requested.base) is not type(programmed.base) or gives_more(programmed, requested):
            raise ProgramError("the programmed dose must not exceed the requested dose, nor change its mode")


def gives_more(programmed: Program, requested: Program) -> bool:
    """Return whether a program gives more than another at any time: as its base, once or on request."""
    return (
        ever_faster(programmed, requested, _MINIMUM_RATE)
        or not _at_most_once(programmed.once, requested.once)
        or not _at_most_on_request(programmed.patient_bolus, requested.patient_bolus)
    )


def _at_most_once(programmed: Once | None, requested: Once | None) -> bool:
    match programmed, requested:
        case None, None:
            return True
        case SingleBolus(), SingleBolus():
            return programmed.duration == requested.duration and programmed.dose <= requested.dose
        case Priming(), Priming():
            return programmed.duration == requested.duration and programmed.volume <= requested.volume
        case Bridge(), Bridge():
            same = replace(programmed, dose=requested.dose) == requested
            return same and programmed.dose <= requested.dose
        case _:
            return False


def _at_most_on_request(programmed: PatientBolus | None, requested: PatientBolus | None) -> bool:
    if programmed is None or requested is None:
        return programmed is requested
    same = replace(programmed, dose=requested.dose) == requested
    return same and programmed.dose <= requested.dose
