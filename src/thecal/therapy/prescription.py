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
    """A signed wish for one patient and one pump: the program asked for and what the pump can give of it.

    Attributes:
        patient: whose.
        pump: the implant it is meant for.
        asked: as the prescriber put it.
        given: as compiled for the pump, which is what is sent.
        reason: in the prescriber's words.
        prescriber: who signs.
        signed_at: when, aware.
    """

    patient: PatientRef
    pump: PumpSerial
    asked: Program
    given: Program
    reason: str
    prescriber: str
    signed_at: datetime

    def __post_init__(self) -> None:
        """Refuse one without a reason or a signer, or whose drug, strength, mode or dose grew on the way."""
        aware(self.signed_at)
        if not self.reason.strip():
            raise ProgramError("reason: say why the dose is changed; it is part of the record")
        if not self.prescriber.strip():
            raise ProgramError("prescriber: a prescription is signed by a person")
        if (self.asked.drug, self.asked.concentration) != (self.given.drug, self.given.concentration):
            raise ProgramError("a prescription is given in the drug and concentration it was asked in")
        asked, given = self.asked.mean_daily_dose, self.given.mean_daily_dose
        if type(self.asked.base) is not type(self.given.base) or (
            asked is not None and given is not None and given > asked
        ):
            raise ProgramError("a prescription gives at most what was asked, in the mode it was asked in")
