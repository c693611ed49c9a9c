"""What the rules distinguish between patients: the origin of the spasticity, the age, the setting."""

from __future__ import annotations

from enum import StrEnum


class Origin(StrEnum):
    """What caused the spasticity. The labels distinguish the spinal cord from the brain."""

    SPINAL_CORD_INJURY = "spinal cord injury"
    MULTIPLE_SCLEROSIS = "multiple sclerosis"
    HEREDITARY_SPASTIC_PARAPLEGIA = "hereditary spastic paraplegia"
    OTHER_SPINAL = "other, spinal cord"
    CEREBRAL_PALSY = "cerebral palsy"
    BRAIN_INJURY = "traumatic brain injury"
    STROKE = "stroke"
    OTHER_CEREBRAL = "other, brain"

    @property
    def is_cerebral(self) -> bool:
        """Whether the labels count it as of cerebral origin."""
        return self in _CEREBRAL


_CEREBRAL = frozenset({Origin.CEREBRAL_PALSY, Origin.BRAIN_INJURY, Origin.STROKE, Origin.OTHER_CEREBRAL})


class Setting(StrEnum):
    """Where and when the dose is changed."""

    FIRST_TITRATION = "first titration after the implant"
    AT_REFILL = "maintenance, at a refill"
