"""The level of the reservoir, computed and measured: both are kept, and a difference is an alarm (ITB-057).

No pump on the market was found to measure its reservoir; SynchroMed II does not (FSN FA596, October 2016).
The reference design has a gauge, read once a day and an hour after each filling: it sees what no count can, a
filling that was not told or did not arrive (H-46, H-47, H-18), strokes that are not what their label says, a
catheter that is blocked.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.pump import alarms, effects
from thecal.pump.hold import Level
from thecal.quantities import DAY, HOUR, Volume, plain
from thecal.therapy import Alarm

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.pump.hardware import Hardware
    from thecal.pump.memory import Memory

DIFFERS_BY = Volume(mL=Decimal(2))
"""Two levels differ if they are further apart, or by more than the tolerances allow (ASRA 2017; ITB-169)."""
READ_EVERY, READ_AFTER_FILLING = DAY, HOUR
_FIGURE = "level_error"


def has_gauge(hardware: Hardware) -> bool:
    """Say whether a model measures its reservoir."""
    return hardware.model.number(_FIGURE) > 0


def level_now(memory: Memory, hardware: Hardware) -> Level | None:
    """Return what the gauge shows and what the count says; None where there is no gauge."""
    if not has_gauge(hardware):
        return None
    measured = hardware.gauged(memory.capability, memory.at)
    return Level(at=memory.at, measured=measured, computed=memory.holding.content)


def next_reading(memory: Memory, hardware: Hardware) -> datetime | None:
    """Return when the gauge is read next; None where there is none, or nobody reads it."""
    if not has_gauge(hardware) or not memory.profile.tests_itself:
        return None
    days = (memory.at - memory.implanted_at) // READ_EVERY + 1
    daily = memory.implanted_at + days * READ_EVERY
    filled = memory.filled_at + READ_AFTER_FILLING
    return min(daily, filled) if filled > memory.at else daily


def compared(memory: Memory, hardware: Hardware) -> Memory:
    """Return the memory after the gauge was read, should it be read now; the program is kept."""
    if not _is_read(memory) or next_reading(memory, hardware) is None:
        return memory
    level = level_now(memory, hardware)
    if level is None:
        return memory
    apart = abs(Fraction(level.measured.mL) - Fraction(level.computed.mL))
    noticed = alarms.standing(memory, Alarm.LEVEL_DIFFERS) is not None
    memory = replace(memory, level=level)
    if apart <= _allowed(memory, hardware):
        return alarms.over(memory, Alarm.LEVEL_DIFFERS) if noticed else memory
    if noticed:
        return memory
    facts = {"computed_mL": plain(level.computed.mL), "measured_mL": plain(level.measured.mL)}
    return effects.raised(memory, Alarm.LEVEL_DIFFERS, **facts)


def _is_read(memory: Memory) -> bool:
    daily = (memory.at - memory.implanted_at) % READ_EVERY == timedelta(0)
    return daily or memory.at == memory.filled_at + READ_AFTER_FILLING


def _allowed(memory: Memory, hardware: Hardware) -> Fraction:
    """Return how far apart the levels may be: the gauge's error and the drive's tolerance, at most 2 mL."""
    delivered = Fraction(memory.reservoir.content.mL) - Fraction(memory.holding.content.mL)
    tolerated = Fraction(hardware.model.number(_FIGURE)) + Fraction(memory.capability.accuracy) * delivered
    return min(Fraction(DIFFERS_BY.mL), tolerated)
