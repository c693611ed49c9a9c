"""Every write of the people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.clinic.people.models import PatientRecord, User

if TYPE_CHECKING:
    from thecal.clinic.people.access import Actor
    from thecal.therapy import PatientRef


def know_user(actor: Actor) -> User:
    """Return the user that ``actor`` is; the row is made where there is none. It cannot sign in."""
    found = User.objects.filter(ref=actor.ref).first()
    if found is not None:
        return found
    user = User(ref=actor.ref, name=actor.name, invented=actor.invented)
    user.set_unusable_password()
    user.save(force_insert=True)
    return user


def know_invented_patient(ref: PatientRef) -> PatientRecord:
    """Return the invented patient of that name; the row is made where there is none.

    Raises:
        ValueError: there is a real patient of that name.
    """
    patient, _ = PatientRecord.objects.get_or_create(ref=ref, defaults={"invented": True})
    if not patient.invented:
        raise ValueError(f"patient {ref} is a real patient, not an invented one")
    return patient
