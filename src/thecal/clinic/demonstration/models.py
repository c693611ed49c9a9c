"""Rows of the demonstration."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from thecal.clinic.implants.models import ImplantRecord


class BenchRecord(models.Model):
    """One demonstration: everything its bench remembers, saved with every act."""

    demonstration = models.PositiveIntegerField(primary_key=True)
    implant = models.OneToOneField(ImplantRecord, on_delete=models.PROTECT, related_name="bench")
    image = models.BinaryField()
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    running = models.BooleanField(default=True)

    class Meta:
        """What the database refuses."""

        constraints = (
            models.UniqueConstraint(
                name="demonstration_one_runs", fields=("running",), condition=Q(running=True)
            ),
        )

    def __str__(self) -> str:
        """Name the demonstration by its number."""
        return f"demonstration {self.demonstration}"
