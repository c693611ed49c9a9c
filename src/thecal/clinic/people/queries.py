"""What may be read of the people."""

from __future__ import annotations

from thecal.clinic.people.models import PatientRecord


def count_real_patients() -> int:
    """Return how many patients are on record who were not invented for the demonstration."""
    return PatientRecord.objects.filter(invented=False).count()
