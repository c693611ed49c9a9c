"""What can be set of the alarms after implantation: the low-reservoir volume, and how often they sound.

The volume is this patient's: for some withdrawal begins above the usual 2 mL (Neurosurgery, August 2004).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.pump import alarms
from thecal.pump.errors import RefusedError
from thecal.pump.hold import Intervals
from thecal.pump.kinds import Kind
from thecal.pump.log import recorded
from thecal.quantities import HOUR, MINUTE, Volume, plain, write_duration, write_volume
from thecal.therapy import Alarm, AlarmSettings

if TYPE_CHECKING:
    from thecal.pump.memory import Memory
    from thecal.therapy import CommandId

CRITICAL_RANGE = (2 * MINUTE, 20 * MINUTE)
"""How often a critical alarm may be set to sound; assumed, around the delivered 10 min (ITB-106)."""
NON_CRITICAL_RANGE = (10 * MINUTE, 4 * HOUR)
"""The same of the other class; assumed, around the delivered hour."""
DAYS_TO_DRY = 7
"""Days that are to be left at the alarm volume; a default for a clinician to confirm (ITB-168)."""
_PLACES = 3


def set_alarms(memory: Memory, command: CommandId, wanted: AlarmSettings) -> Memory:
    """Return the memory of a pump whose alarms are set anew.

    A volume at which fewer than 7 days are left, should the pump deliver all that it may within its
    tolerance, is taken, and the log says so: it is the clinician's to judge (S-44).

    Raises:
        RefusedError: nothing to set, or outside its range.
    """
    if wanted == AlarmSettings():
        raise RefusedError("alarms: no setting is given; give a volume or an interval")
    low = memory.capability.low_reservoir if wanted.low is None else _checked_low(memory, wanted.low)
    intervals = _checked_intervals(memory.intervals, wanted)
    was_low = memory.is_low
    facts = {
        "low_mL": plain(low.mL),
        "critical_s": str(intervals.critical // timedelta(seconds=1)),
        "non_critical_s": str(intervals.non_critical // timedelta(seconds=1)),
    }
    log = recorded(
        memory.log, Kind.SETTING_CHANGED, at=memory.at, command=command, **facts, **_left(memory, low)
    )
    after = replace(alarms.counted(memory), intervals=intervals, last_command=command, log=log)
    if wanted.low is not None:
        after = _with_low(after, low)
    if after.is_low and not was_low:
        log = recorded(log, Kind.RESERVOIR_RAN_LOW, at=memory.at, cause="set")
    if was_low and not after.is_low:
        log = recorded(log, Kind.ALARM_CLEARED, at=memory.at, alarm=Alarm.LOW_RESERVOIR.value, cause="set")
    return replace(after, log=log)


def days_to_dry(memory: Memory, low: Volume) -> Fraction | None:
    """Return how many days are left at a content, by the worst pump within its tolerance; None if stopped.

    Source:
        ITB-168: what is usable over 1.145 times the flow, with every bolus that the patient may ask for.
    """
    program, can = memory.program, memory.capability
    if program.is_stopped:
        return None
    mean, asked = program.mean_daily_dose, program.patient_bolus
    strength = Fraction(program.concentration.ug_per_mL)
    a_day = Fraction(can.minimum_rate.mL_per_day) if mean is None else Fraction(mean.ug_per_day) / strength
    if asked is not None:
        a_day += Fraction(asked.dose.ug) * asked.most_per_day / strength
    usable = max(Fraction(0), Fraction(low.mL) - Fraction(can.unusable.mL))
    return usable / (a_day * (1 + Fraction(can.accuracy)))


def _left(memory: Memory, low: Volume) -> dict[str, str]:
    """Return what the log says of the days that are left at the alarm."""
    days = days_to_dry(memory, low)
    if days is None:
        return {"days_to_dry": "not known: the pump is stopped"}
    said = {"days_to_dry": plain(_rounded_down(days))}
    if days >= DAYS_TO_DRY:
        return said
    return {**said, "warning": f"fewer than {DAYS_TO_DRY} days are left at this volume (ITB-168)"}


def _rounded_down(days: Fraction) -> Decimal:
    return Decimal(days * 10 // 1).scaleb(-1)


def _checked_low(memory: Memory, low: Volume) -> Volume:
    can = memory.capability
    fits = can.unusable + can.quantum <= low <= can.reservoir
    if fits and (Fraction(low.mL) * 10**_PLACES).denominator == 1:
        return low
    days = days_to_dry(memory, can.reservoir)
    needed = "" if not days else _needed(memory, days)
    raise RefusedError(
        f"low-reservoir alarm: {write_volume(low)} is outside what is allowed, above the "
        f"{write_volume(can.unusable)} that cannot be drawn and up to the {write_volume(can.reservoir)} that "
        f"this pump holds, with at most {_PLACES} decimal places{needed}"
    )


def _needed(memory: Memory, days_of_all: Fraction) -> str:
    can = memory.capability
    a_day = Fraction((can.reservoir - can.unusable).mL) / days_of_all
    least = Fraction(can.unusable.mL) + DAYS_TO_DRY * a_day
    up = Volume(mL=Decimal(-(-least * 10 // 1)).scaleb(-1))
    return f"; {DAYS_TO_DRY} days are left at {write_volume(up)} (ITB-168)"


def _checked_intervals(now: Intervals, wanted: AlarmSettings) -> Intervals:
    critical = _within("critical", wanted.critical, CRITICAL_RANGE, now.critical)
    other = _within("non-critical", wanted.non_critical, NON_CRITICAL_RANGE, now.non_critical)
    if other < critical:
        raise RefusedError(
            f"alarm interval: a critical alarm each {write_duration(critical)} would sound less often than a "
            f"non-critical one, each {write_duration(other)} (ITB-094)"
        )
    return Intervals(critical=critical, non_critical=other)


def _within(
    name: str, wanted: timedelta | None, allowed: tuple[timedelta, timedelta], now: timedelta
) -> timedelta:
    if wanted is None:
        return now
    least, most = allowed
    if least <= wanted <= most and not wanted % timedelta(seconds=1):
        return wanted
    raise RefusedError(
        f"{name} alarm interval: {write_duration(wanted)} is outside what is allowed, whole seconds from "
        f"{write_duration(least)} to {write_duration(most)} (ITB-094)"
    )


def _with_low(memory: Memory, low: Volume) -> Memory:
    """Return the memory with another alarm volume; boluses stay withheld only where there is still cause."""
    said = f"set for this patient on {memory.clock.reading(memory.at).isoformat()}"
    sources = tuple(sorted({**dict(memory.capability.sources), "low_reservoir": said}.items()))
    can = replace(memory.capability, low_reservoir=low, sources=sources)
    after = replace(memory, capability=can)
    short = after.short_counts
    still = short is not None and after.drive.counts >= short
    return replace(after, boluses_withheld=memory.boluses_withheld and still)
