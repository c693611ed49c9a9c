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
from thecal.pump.kinds import Kind
from thecal.pump.log import recorded
from thecal.quantities import DAY, HOUR, Volume, plain
from thecal.therapy import Alarm

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.pump.hardware import Hardware
    from thecal.pump.memory import Memory

DIFFERS_BY = Volume(mL=Decimal(2))
"""Two levels differ if they are further apart, or by more than the tolerances allow (ASRA 2017; ITB-169)."""
READ_EVERY, READ_AFTER_FILLING, READ_WHEN_LOW = DAY, HOUR, HOUR
_FIGURE = "level_error"


def has_gauge(hardware: Hardware) -> bool:
    """Say whether a model measures its reservoir."""
    return hardware.model.number(_FIGURE) > 0


def level_now(memory: Memory, hardware: Hardware) -> Level | None:
    """Return what the gauge shows and what the count says; None where there is no gauge."""
    if not has_gauge(hardware):
        return None
    measured = hardware.gauged(memory.capability, memory.at)
    error = Volume(mL=hardware.model.number(_FIGURE))
    return Level(at=memory.at, measured=measured, computed=memory.holding.content, error=error)


def next_reading(memory: Memory, hardware: Hardware) -> datetime | None:
    """Return when the gauge is read next; None where there is none, or nobody reads it."""
    if not has_gauge(hardware) or not memory.profile.tests_itself:
        return None
    every = _every(memory)
    regular = memory.implanted_at + ((memory.at - memory.implanted_at) // every + 1) * every
    filled = memory.filled_at + READ_AFTER_FILLING
    return min(regular, filled) if filled > memory.at else regular


def _every(memory: Memory) -> timedelta:
    """Return how often the gauge is read: once it shows that little is left, every hour."""
    return READ_WHEN_LOW if memory.shows_low else READ_EVERY


def compared(memory: Memory, hardware: Hardware) -> Memory:
    """Return the memory after the gauge was read, should it be read now; the program is kept."""
    if not _is_read(memory) or next_reading(memory, hardware) is None:
        return memory
    level = level_now(memory, hardware)
    if level is None:
        return memory
    apart = abs(Fraction(level.measured.mL) - Fraction(level.computed.mL))
    noticed = alarms.standing(memory, Alarm.LEVEL_DIFFERS) is not None
    memory = _shown(memory, replace(memory, level=level))
    if apart <= _allowed(memory, hardware):
        return alarms.over(memory, Alarm.LEVEL_DIFFERS) if noticed else memory
    if noticed:
        return memory
    facts = {"computed_mL": plain(level.computed.mL), "measured_mL": plain(level.measured.mL)}
    return effects.raised(memory, Alarm.LEVEL_DIFFERS, **facts)


def _shown(before: Memory, memory: Memory) -> Memory:
    """Return the memory with what the gauge shows, and the count does not say, in its log (S-45)."""
    log, level = memory.log, memory.level
    facts = {} if level is None else {"by": "gauge", "measured_mL": plain(level.measured.mL)}
    if memory.shows_low and not (before.shows_low or memory.is_low):
        log = recorded(log, Kind.RESERVOIR_RAN_LOW, at=memory.at, **facts)
    if memory.shows_empty and not (before.shows_empty or memory.is_empty):
        log = recorded(log, Kind.RESERVOIR_EMPTIED, at=memory.at, **facts)
    return replace(memory, log=log)


def _is_read(memory: Memory) -> bool:
    regular = (memory.at - memory.implanted_at) % _every(memory) == timedelta(0)
    return regular or memory.at == memory.filled_at + READ_AFTER_FILLING


def _allowed(memory: Memory, hardware: Hardware) -> Fraction:
    """Return how far apart the levels may be: the gauge's error and the drive's tolerance, at most 2 mL."""
    delivered = Fraction(memory.reservoir.content.mL) - Fraction(memory.holding.content.mL)
    tolerated = Fraction(hardware.model.number(_FIGURE)) + Fraction(memory.capability.accuracy) * delivered
    return min(Fraction(DIFFERS_BY.mL), tolerated)
