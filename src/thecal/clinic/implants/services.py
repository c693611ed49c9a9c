"""Every write of the implants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.clinic.implants.models import ImplantRecord
from thecal.clinic.people.access import check_may_treat

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.people.access import Actor
    from thecal.clinic.people.models import PatientRecord
    from thecal.therapy import PumpSerial


def place(
    patient: PatientRecord, *, serial: PumpSerial, model: str, placed_at: datetime, actor: Actor
) -> ImplantRecord:
    """Record that a pump was placed in a patient.

    Raises:
        NotPermittedError: this person may not treat the patient.
        IntegrityError: that pump is in a patient already.
    """
    check_may_treat(actor, patient)
    return ImplantRecord.objects.create(patient=patient, serial=serial, model=model, placed_at=placed_at)


def end(implant: ImplantRecord, *, at: datetime, actor: Actor) -> None:
    """Record that a pump is in its patient no more; its orders stay on record.

    Raises:
        NotPermittedError: this person may not treat the patient.
    """
    check_may_treat(actor, implant.patient)
    implant.ended_at = at
    implant.save(update_fields=("ended_at",))


def note_contact(implant: ImplantRecord, *, read: bool) -> None:
    """Note whether the last attempt to read the pump succeeded, within the caller's transaction."""
    implant.last_read_failed = not read
    implant.save(update_fields=("last_read_failed",))
