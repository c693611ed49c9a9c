"""Everything a pump remembers, as one frozen value: an act makes a new one, and it is swapped in whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.pump.motor import volume_of
from thecal.therapy import once_duration

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.pump.log import Log
    from thecal.pump.motor import Drive
    from thecal.quantities import PumpClock, Volume
    from thecal.therapy import Capability, CommandId, DeliverySegment, Program, PumpSerial, Reservoir


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """A pump's memory at one moment.

    Attributes:
        serial: the implant's serial number.
        capability: what it can do and what it is allowed.
        clock: its own clock, which knows no zone.
        implanted_at: when its life began.
        at: up to when it has lived.
        program: what it runs, in the concentration the last fill was labelled with.
        started: when the program began.
        started_counts: the drive's count then.
        once_over: nothing runs once any more, or nothing ever did.
        revision: counts every committed program, from 0 before the first.
        last_command: the last one it carried out.
        reservoir: as it was filled; what is in it now is ``holding``.
        filled_at: when that was.
        filled_counts: the drive's count then.
        drive: where the drive stands.
        delivery: what the drive did since ``implanted_at``, without gaps.
        log: numbered and sealed records.
    """

    serial: PumpSerial
    capability: Capability
    clock: PumpClock
    implanted_at: datetime
    at: datetime
    program: Program
    started: datetime
    started_counts: int
    once_over: bool
    revision: int
    last_command: CommandId | None
    reservoir: Reservoir
    filled_at: datetime
    filled_counts: int
    drive: Drive
    delivery: tuple[DeliverySegment, ...]
    log: Log

    def __post_init__(self) -> None:
        """Refuse a memory that contradicts itself."""
        if not self.implanted_at <= self.started <= self.at or not (
            self.implanted_at <= self.filled_at <= self.at
        ):
            raise ValueError("a pump is implanted, filled and programmed before the present, in that order")
        if not self.started_counts <= self.drive.counts <= self.empty_counts or self.revision < 0:
            raise ValueError("a pump's counters only go up, and stop where the reservoir is empty")
        lived = self.delivery[-1].interval.end if self.delivery else self.implanted_at
        if lived != self.at:
            raise ValueError(f"the delivery record ends at {lived.isoformat()}, not at {self.at.isoformat()}")

    # --- the reservoir, by counts: the pump does not measure it (ITB-057) ------------------------------

    @property
    def empty_counts(self) -> int:
        """The count at which the last usable quantum has left."""
        return self.filled_counts + int(
            Fraction(self.reservoir.usable.mL) // Fraction(self.capability.quantum.mL)
        )

    @property
    def low_counts(self) -> int:
        """The count from which on the content is at or below the low-reservoir alarm."""
        above = Fraction(self.reservoir.content.mL) - Fraction(self.capability.low_reservoir.mL)
        return self.filled_counts + max(0, -int(-above // Fraction(self.capability.quantum.mL)))

    @property
    def is_empty(self) -> bool:
        """Whether not one usable quantum is left."""
        return self.drive.counts >= self.empty_counts

    @property
    def is_low(self) -> bool:
        """Whether the content is at or below the low-reservoir alarm."""
        return self.drive.counts >= self.low_counts

    @property
    def holding(self) -> Reservoir:
        """The reservoir as it is now."""
        used = volume_of(self.drive.counts - self.filled_counts, self.capability.quantum)
        return replace(self.reservoir, content=self.reservoir.content - used)

    @property
    def usable(self) -> Volume:
        """What can still be delivered: whole quanta."""
        return volume_of(self.empty_counts - self.drive.counts, self.capability.quantum)

    # --- the program ------------------------------------------------------------------------------------

    @property
    def once_ends(self) -> datetime | None:
        """When what runs once will be over; None where nothing does."""
        if self.once_over or self.program.once is None:
            return None
        return self.started + once_duration(self.program.once)

    @property
    def running(self) -> Program:
        """What the drive follows: the program, without what is over."""
        return replace(self.program, once=None) if self.once_over else self.program
