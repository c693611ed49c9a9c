"""Rows of the implants."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from thecal.clinic.people.models import PatientRecord


class ImplantRecord(models.Model):
    """One pump in one patient.

    ``last_read_failed`` is whether the last attempt to read the pump failed: what is known of it may then be
    out of date.
    """

    patient = models.ForeignKey(PatientRecord, on_delete=models.PROTECT, related_name="implants")
    serial = models.CharField(max_length=64)
    model = models.CharField(max_length=100)
    placed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_read_failed = models.BooleanField(default=False)

    class Meta:
        """What the database refuses."""

        constraints = (
            models.UniqueConstraint(
                name="implants_one_pump_in_one_body", fields=("serial",), condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(name="implants_pump_has_a_serial", condition=~Q(serial="")),
        )

    def __str__(self) -> str:
        """Name the implant by its serial number."""
        return self.serial
