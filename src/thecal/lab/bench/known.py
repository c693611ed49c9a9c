"""What the wand knows of the pump: never more than it has read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.therapy import Delivery, Interrogation


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The last successful interrogation.

    Attributes:
        interrogation: what the pump answered.
        read_at: demonstration time of the answer.
        delivery: the pump's own record of what it delivered, since implant, up to then.
    """

    interrogation: Interrogation
    read_at: datetime
    delivery: Delivery
