"""What acts upon a pump from outside its program: surroundings and faults, each by name, from when to when.

The pump is not told. What it notices, and when, is its own affair.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from thecal.quantities import utc


class Cause(StrEnum):
    """What can act. A size, where one is needed, is named in ``SIZES``."""

    MRI_FIELD = "MRI field"
    EMI = "electromagnetic interference"
    FEVER = "fever"
    COLD = "hypothermia"
    ALTITUDE = "altitude"
    HYPERBARIC = "hyperbaric pressure"
    FLIPPED = "pump flipped"
    SHAFT_WEAR = "motor shaft wear"
    INTERNAL_SHORT = "internal short"
    GEAR_CORROSION = "gear corrosion"
    FOREIGN_PARTICLE = "foreign particle"
    STALL_UNEXPLAINED = "stall of unknown cause"
    VALVE_CLOSED = "valve closed"
    RUNAWAY = "drive runs ahead"
    PACED_FAST = "program paced too fast"
    LAGGING = "drive lags behind"
    OVER_INFUSION = "over-infusion"
    UNDER_INFUSION = "under-infusion"
    BACKFLOW = "valve backflow"
    RESTART_SURGE = "surge after a stop"
    OCCLUSION = "catheter occluded"
    LEAK = "catheter leak"
    COUNTER_STUCK = "independent counter stuck"
    BATTERY_FILM = "film on the battery"
    BATTERY_DRAIN = "radio drains the battery"
    SUPPLY = "supply voltage"
    POWER_CUT = "power cut"
    WATCHDOG = "watchdog reset"
    HANG = "processor hangs"
    EXCEPTION = "exception of the processor"
    CODE_BIT = "bit error in the code"
    LIBRARY_BIT = "bit error in the drug library"
    KEY_STUCK = "request key stuck"
    PROGRAM_BIT = "bit error in one copy of memory"
    BOTH_COPIES = "bit errors in both copies of memory"
    LOG_DAMAGE = "log damaged"
    CLOCK_JUMP = "clock jumped"
    TONE_BROKEN = "tone broken"
    GAUGE_WRONG = "level gauge reads wrong"
    DATE_ALTERED = "kept date of replacement altered"
    DEEP = "pump lies deep"


SIZES = {
    Cause.FEVER: "degrees C",
    Cause.COLD: "degrees C",
    Cause.ALTITUDE: "mmHg below sea level",
    Cause.HYPERBARIC: "m of water",
    Cause.RUNAWAY: "quanta moved for each one asked for",
    Cause.PACED_FAST: "quanta moved for each one programmed",
    Cause.LAGGING: "quanta moved for each one asked for",
    Cause.OVER_INFUSION: "of a quantum's volume",
    Cause.UNDER_INFUSION: "of a quantum's volume",
    Cause.BACKFLOW: "of a quantum's volume",
    Cause.RESTART_SURGE: "quanta moved for each one asked for, for ten minutes after a restart",
    Cause.BATTERY_DRAIN: "mAh",
    Cause.SUPPLY: "V",
    Cause.CLOCK_JUMP: "s",
    Cause.EXCEPTION: "its number",
    Cause.CODE_BIT: "number of the bit",
    Cause.GAUGE_WRONG: "mL shown above what is there",
    Cause.DEEP: "cm under the skin",
}
"""The causes that have a size, and its unit; all others have none."""

MORE = frozenset({Cause.RUNAWAY, Cause.PACED_FAST, Cause.RESTART_SURGE, Cause.OVER_INFUSION})
LESS = frozenset({Cause.LAGGING, Cause.UNDER_INFUSION, Cause.BACKFLOW})
"""Causes by which more, and less, comes than is asked for."""
_EITHER_WAY = frozenset({Cause.CLOCK_JUMP, Cause.GAUGE_WRONG})

STALLS = frozenset(
    {
        Cause.MRI_FIELD,
        Cause.SHAFT_WEAR,
        Cause.INTERNAL_SHORT,
        Cause.GEAR_CORROSION,
        Cause.FOREIGN_PARTICLE,
        Cause.STALL_UNEXPLAINED,
        Cause.VALVE_CLOSED,
    }
)
"""While one of them acts, the drive does not turn."""

IMPULSES = frozenset(
    {
        Cause.EMI,
        Cause.BATTERY_FILM,
        Cause.BATTERY_DRAIN,
        Cause.POWER_CUT,
        Cause.WATCHDOG,
        Cause.HANG,
        Cause.EXCEPTION,
        Cause.PROGRAM_BIT,
        Cause.BOTH_COPIES,
        Cause.LOG_DAMAGE,
        Cause.CLOCK_JUMP,
        Cause.DATE_ALTERED,
    }
)
"""They happen at one moment."""

MRI_DELAY_LEAST, MRI_DELAY_MOST = timedelta(hours=2), timedelta(hours=24)
"""A drive may turn again only so long after the field: maker's correction of August 2008."""

_MOST = Decimal(100_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One cause, acting from ``since`` up to, and not including, ``until`` (None: for good).

    Attributes:
        cause: what.
        since, until: from when to when.
        size: how much, in the unit that ``SIZES`` names.
        lingers: its effect outlives it by so long (a drive that turns again late after a magnet).
        until_seen: its effect outlives it until somebody interrogates the pump.
        until_reset: its effect outlives it until somebody resets the valve (a valve that a magnet closed).
    """

    cause: Cause
    since: datetime
    until: datetime | None = None
    size: Decimal | None = None
    lingers: timedelta = timedelta(0)
    until_seen: bool = False
    until_reset: bool = False

    def __post_init__(self) -> None:
        """Refuse an end before the start, and a size that is missing, needless or absurd."""
        object.__setattr__(self, "since", utc(self.since))
        if self.until is not None:
            object.__setattr__(self, "until", utc(self.until))
            if self.until <= self.since:
                raise ValueError(f"{self.cause}: cannot end at {self.until.isoformat()}, before it begins")
        if (self.size is None) == (self.cause in SIZES):
            needed = f"needs its size in {SIZES[self.cause]}" if self.cause in SIZES else "has no size"
            raise ValueError(f"{self.cause}: {needed}, got {self.size}")
        if self.size is not None and not (self.size.is_finite() and abs(self.size) <= _MOST):
            raise ValueError(f"{self.cause}: {self.size} {SIZES[self.cause]} is absurd")
        if self.size is not None and self.size < 0 and self.cause not in _EITHER_WAY:
            raise ValueError(f"{self.cause}: {self.size} {SIZES[self.cause]} is below nothing")
        if self.size is not None and (
            (self.cause in MORE and self.size <= 1) or (self.cause in LESS and self.size >= 1)
        ):
            side = "above" if self.cause in MORE else "below"
            raise ValueError(f"{self.cause}: {self.size} {SIZES[self.cause]} is not {side} 1")
        if self.lingers < timedelta(0):
            raise ValueError(f"{self.cause}: cannot linger for {self.lingers}")

    @property
    def ends(self) -> datetime | None:
        """When its effect ends; None for good, or until somebody looks."""
        if self.cause in IMPULSES:
            return self.since
        if self.until is None or self.until_seen or self.until_reset:
            return None
        return self.until + self.lingers

    def acts_at(self, moment: datetime) -> bool:
        """Say whether it has an effect."""
        ends = self.ends
        return self.since <= moment and (ends is None or moment < ends)

    def seen(self, moment: datetime) -> Condition:
        """Return it after somebody has interrogated the pump."""
        if not self.until_seen or self.until is None or moment < self.until:
            return self
        return replace(self, until=max(self.until, moment), until_seen=False)

    def reset(self, moment: datetime) -> Condition:
        """Return it after somebody has reset the valve."""
        if not self.until_reset or self.until is None or moment < self.until:
            return self
        return replace(self, until=max(self.until, moment), until_reset=False)
