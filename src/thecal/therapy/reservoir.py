"""The contents of the reservoir, how long they last, and by when it must be refilled.

The implant does not measure its content: it is computed from what was filled and what was delivered, so
every date here is a computed one (FSN FA596, 2016; ITB-057).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.quantities import (
    DAY,
    MICROSECONDS_PER_DAY,
    Concentration,
    Interval,
    Volume,
    Weekday,
    elapsed,
    exactly,
    microseconds,
    quotient,
    utc,
    write_volume,
)
from thecal.therapy.bolus import once_duration
from thecal.therapy.drug import STABILITY
from thecal.therapy.errors import ReservoirError
from thecal.therapy.flow import pieces, weekly_volume

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.quantities import FlowRate, PumpClock
    from thecal.therapy.capability import Capability
    from thecal.therapy.delivery import Delivery
    from thecal.therapy.program import Program

REFILL_MARGIN = timedelta(days=7)
"""Refill this long before the worst-case date; local policy, default of ITB-168 to be confirmed."""

_WEEK = timedelta(days=7)
_FOREVER = timedelta(days=3650)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservoir:
    """The contents of the reservoir."""

    content: Volume
    capacity: Volume
    unusable: Volume
    concentration: Concentration

    def __post_init__(self) -> None:
        """Refuse more than fits (ITB-064), and a reservoir of which nothing is usable."""
        if self.unusable >= self.capacity:
            raise ReservoirError(
                f"unusable: {write_volume(self.unusable)} is outside what is allowed, "
                f"from 0 mL to below {write_volume(self.capacity)} (capacity of this pump)"
            )
        if self.content > self.capacity:
            raise ReservoirError(
                f"reservoir: {write_volume(self.content)} is outside what is allowed, "
                f"0 mL to {write_volume(self.capacity)} (capacity of this pump; ITB-064)"
            )

    @property
    def usable(self) -> Volume:
        """The volume that can still be delivered."""
        if self.content <= self.unusable:
            return Volume(mL=Decimal(0))
        return self.content - self.unusable

    def draw(self, volume: Volume) -> Reservoir:
        """Return the reservoir left after delivering ``volume``.

        Raises:
            ReservoirError: more than the usable volume.
        """
        if volume > self.usable:
            raise ReservoirError(
                f"reservoir: {write_volume(volume)} is outside what can be drawn, "
                f"0 mL to {write_volume(self.usable)} (its usable content)"
            )
        return replace(self, content=self.content - volume)

    def refill(self, fill: Volume, concentration: Concentration, *, left_behind: Volume) -> Reservoir:
        """Return the reservoir after it was emptied down to ``left_behind`` and filled.

        The residual volume changes the concentration of the new solution:
        ``(V_left C_old + V_fill C_new) / (V_left + V_fill)``, to 40 digits, rounded down (ITB-167).

        Raises:
            ReservoirError: the residual volume is more than the content, or the total exceeds the capacity.
        """
        if left_behind > self.content:
            raise ReservoirError(
                f"left behind: {write_volume(left_behind)} is outside what is allowed, "
                f"0 mL to {write_volume(self.content)} (its content before)"
            )
        content = left_behind + fill
        if content > self.capacity:
            room = self.capacity - left_behind
            raise ReservoirError(
                f"fill volume: {write_volume(fill)} is outside what is allowed, 0 mL to {write_volume(room)} "
                f"(capacity of this pump, less the residual volume; ITB-064)"
            )
        if content.is_zero:
            return replace(self, content=content, concentration=concentration)
        drug = self.concentration.of(left_behind) + concentration.of(fill)
        mixed = Concentration(ug_per_mL=quotient(drug.ug, content.mL))
        return replace(self, content=content, concentration=mixed)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefillDates:
    """When the reservoir asks for attention; None where it never does.

    Attributes:
        low: when the content reaches the low-reservoir alarm, at the programmed rate; or when it did.
        empty: when nothing usable is left, at the programmed rate; or since when nothing is.
        refill_by: the date to book: worst-case delivery or stability, whichever comes first, less the margin
            (ITB-072, ITB-168), also where that is past.
    """

    low: datetime | None
    empty: datetime | None
    refill_by: datetime


def refill_dates(
    reservoir: Reservoir,
    program: Program,
    capability: Capability,
    *,
    now: datetime,
    started: datetime,
    filled_at: datetime,
    clock: PumpClock,
    delivery: Delivery | None = None,
) -> RefillDates:
    """Compute the dates a clinic plans by.

    Args:
        reservoir: as it is at ``now``.
        program: what runs.
        capability: of the implanted pump, for its alarm volume and accuracy.
        now: the moment the reservoir was read.
        started: when the program began.
        filled_at: when the drug in the reservoir was filled, for its stability.
        clock: the pump's clock.
        delivery: the pump's record of what it delivered up to ``now``. It says when a content was reached
            that is already reached; without it that date is ``now``, the latest that it can be.
    """

    def reached(above: Fraction) -> datetime | None:
        return None if delivery is None else _when_content_was(above, delivery, not_before=utc(filled_at))

    def reach(volume: Fraction) -> datetime | None:
        return when_delivered(
            program, volume, now=now, started=started, clock=clock, minimum_rate=capability.minimum_rate
        )

    usable = Fraction(reservoir.usable.mL)
    to_low = Fraction(reservoir.content.mL) - Fraction(capability.low_reservoir.mL)
    below_unusable = Fraction(reservoir.unusable.mL) - Fraction(reservoir.content.mL)
    emptied = reached(max(Fraction(0), below_unusable)) if not usable else None
    low = reached(-to_low) if to_low <= 0 else None
    worst = emptied or reach(usable / (1 + Fraction(capability.accuracy)))
    stable_until = utc(filled_at) + STABILITY
    sooner = stable_until if worst is None else min(stable_until, worst)
    return RefillDates(
        low=low or reach(max(Fraction(0), to_low)),
        empty=emptied or reach(usable),
        refill_by=sooner - REFILL_MARGIN,
    )


def _when_content_was(above: Fraction, delivery: Delivery, *, not_before: datetime) -> datetime | None:
    """Return when the content was ``above`` mL higher than at the delivery's end; None before the fill."""
    for segment in reversed(delivery.segments):
        if segment.interval.end <= not_before:
            return None
        flow = Fraction(segment.flow.mL_per_day)
        if not flow:
            continue
        volume = flow * microseconds(segment.interval.length) / MICROSECONDS_PER_DAY
        if volume >= above:
            back = timedelta(microseconds=int(above / flow * MICROSECONDS_PER_DAY))
            return max(not_before, segment.interval.end - back)
        above -= volume
    return None


def when_delivered(
    program: Program,
    volume: Fraction,
    *,
    now: datetime,
    started: datetime,
    clock: PumpClock,
    minimum_rate: FlowRate,
) -> datetime | None:
    """Return when ``volume`` (mL) will have been delivered from ``now`` on; None if not within ten years.

    Rounded down to the microsecond, so never later than it is. Patient boluses count as if all that are
    allowed were taken (ITB-062), as soon as they may be.
    """
    at = now = utc(now)
    # One day's allowance may be taken at once, and from then on as much as each day allows.
    extra = program.patient_bolus_volume
    volume -= extra
    if volume <= 0:
        return now
    left, settled = volume, now
    if program.once is not None:
        settled = max(now, utc(started) + once_duration(program.once))
    weekly = weekly_volume(program, minimum_rate) + len(Weekday) * extra
    while elapsed(now, at) < _FOREVER:
        if at >= settled:  # every week from here is the same: skip the whole ones
            if weekly == 0:
                return None
            whole = math.ceil(left / weekly) - 1
            if whole * _WEEK > _FOREVER:
                return None
            at, left = at + whole * _WEEK, left - whole * weekly
        day = Interval(at, min(at + DAY, settled) if at < settled else at + DAY)
        for piece in pieces(program, day, started=started, clock=clock, minimum_rate=minimum_rate):
            flow = piece.mL_per_day + extra
            delivered = flow * microseconds(piece.interval.length) / MICROSECONDS_PER_DAY
            if delivered >= left:
                share = left / flow * MICROSECONDS_PER_DAY
                return piece.interval.start + timedelta(microseconds=int(share))
            left -= delivered
        at = day.end
    return None


def prime_volume(*, tubing: Volume, catheter_mL_per_cm: Decimal, length_cm: Decimal) -> Volume:
    """Return a dead volume: tubing plus implanted length times bore."""
    return tubing + Volume(mL=exactly(catheter_mL_per_cm, length_cm))
