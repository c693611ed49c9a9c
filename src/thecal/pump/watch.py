"""What the detectors remember between two looks at the drive and at themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.pump.conditions import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What was seen of the drive, and what the self-tests found.

    Attributes:
        missed_since: when the first quantum was asked for that the drive then did not make.
        missed_counts: what the counter showed then, or when the stall was noticed.
        turned_at: when, after a stall, the first quantum was counted again (ITB-080).
        lagged: quanta missing since the warning of under-delivery was raised.
        lag_asked: quanta asked for when the last of them was found missing.
        strokes_seen: large strokes that were alarmed about, or came alone (ITB-093).
        stroke_asked: quanta asked for when a large stroke was seen that nothing followed yet.
        upsets: when the flow failed, in the last 24 hours (ITB-081).
        found: what the self-tests found failing, and have not found whole again.
        hung_since: when the processor hung; only the watchdog acts then (ITB-087).
    """

    missed_since: datetime | None = None
    missed_counts: int = 0
    turned_at: datetime | None = None
    lagged: int = 0
    lag_asked: int = 0
    strokes_seen: int = 0
    stroke_asked: int = 0
    upsets: tuple[datetime, ...] = ()
    found: tuple[Cause, ...] = ()
    hung_since: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a counter below zero."""
        if min(self.missed_counts, self.lagged, self.lag_asked, self.strokes_seen, self.stroke_asked) < 0:
            raise ValueError(f"what the detectors count only goes up, got {self}")
