"""How soon to act on what a patient or a pump shows."""

from __future__ import annotations

from enum import IntEnum, auto


class Urgency(IntEnum):
    """How soon to act; a higher value is sooner. None says that all is well."""

    CLINIC_THIS_WEEK = auto()
    CLINIC_TODAY = auto()
    HOSPITAL_NOW = auto()
    EMERGENCY = auto()

    @property
    def says(self) -> str:
        """The urgency in words."""
        return _URGENCIES[self]


_URGENCIES = {
    Urgency.CLINIC_THIS_WEEK: "The clinic sees or calls the patient this week.",
    Urgency.CLINIC_TODAY: "The clinic sees the patient today.",
    Urgency.HOSPITAL_NOW: "To the hospital now; call the on-call ITB physician.",
    Urgency.EMERGENCY: "Emergency: call the emergency team now.",
}
