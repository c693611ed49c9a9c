"""The last reading of a pump: everything that a forecast may know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.quantities import utc

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.therapy import Delivery, Interrogation


@dataclass(frozen=True, slots=True, kw_only=True)
class LastReading:
    """The last successful interrogation.

    Attributes:
        interrogation: what the pump answered.
        read_at: when it answered.
        delivery: the pump's own record of what it has delivered since implantation, up to ``read_at``.
    """

    interrogation: Interrogation
    read_at: datetime
    delivery: Delivery

    def __post_init__(self) -> None:
        """Keep the time of the reading in UTC."""
        object.__setattr__(self, "read_at", utc(self.read_at))

    @property
    def record_start(self) -> datetime:
        """When the pump's record begins."""
        segments = self.delivery.segments
        return segments[0].interval.start if segments else self.read_at
