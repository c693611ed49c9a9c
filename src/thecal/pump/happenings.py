"""What happens when something begins to act upon a pump: resets, interference, flipped bits, magnets."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.pump import alarms, effects, processor
from thecal.pump.conditions import Cause, Condition
from thecal.pump.errors import MemoryImageError, RefusedError
from thecal.pump.hardware import PPM, volume_of_ppm
from thecal.pump.hold import Hold
from thecal.pump.kinds import Kind
from thecal.pump.log import recorded
from thecal.pump.log_pages import altered, middle, told
from thecal.pump.models import DriveKind
from thecal.pump.resets import program_lost, reset
from thecal.pump.store import Store
from thecal.pump.surroundings import is_within
from thecal.pump.vital import vital
from thecal.quantities import DAY, MINUTE, FlowRate, Interval, PumpClock
from thecal.therapy import Alarm, DeliverySegment

if TYPE_CHECKING:
    from collections.abc import Callable

    from thecal.pump.hardware import Hardware
    from thecal.pump.memory import Memory
    from thecal.therapy import CommandId

_FILM_UC = 3_600_000 * 20
"""Charge that a film on the battery costs: 20 mAh, assumed."""
_UC_PER_MAH = 3_600_000
_DUMP_LASTS = 10 * MINUTE
"""How long a valve pump takes to empty itself in a magnet; assumed."""
_EASES_IN = MINUTE
"""How long a line that was blocked takes to give what it stored; assumed."""
_DEFORMS_FROM = 10
"""Metres of water from which a gas-charged reservoir may stay deformed: Draulans, Spinal Cord 2013."""
_DEFORMED = Decimal("0.9")
"""What deforms a gas-charged reservoir for good leaves so much of its flow; assumed."""


def begin(memory: Memory, hardware: Hardware, what: Condition) -> tuple[Memory, Hardware]:
    """Return a pump and its mechanism after a condition has begun."""
    size = Decimal(0) if what.size is None else what.size
    if what.cause in _UPON_MEMORY:
        return _UPON_MEMORY[what.cause](memory, size), hardware
    if what.cause is Cause.MRI_FIELD and hardware.model.drive is DriveKind.VALVE:
        return memory, _dumped(memory, hardware, what)
    if what.cause is Cause.HYPERBARIC and _deforms(hardware, size):
        stays = Condition(cause=Cause.UNDER_INFUSION, since=memory.at, size=_DEFORMED)
        return memory, hardware.with_conditions(stays)
    return memory, hardware


def valve_reset(memory: Memory, hardware: Hardware, command: CommandId) -> tuple[Memory, Hardware]:
    """Return a pump and its mechanism after somebody has opened a valve that a magnet had closed.

    Raises:
        RefusedError: this pump has no valves.
    """
    if not hardware.model.is_pushed:
        raise RefusedError("reset the valve: this pump has none, for its drive is a rotor")
    log = recorded(memory.log, Kind.SETTING_CHANGED, at=memory.at, valve="opened", command=command)
    return replace(memory, last_command=command, log=log), hardware.valve_reset(memory.at)


def opened(memory: Memory, hardware: Hardware) -> Hardware:
    """Return the mechanism once its line is open again: what it stored under pressure reaches the patient."""
    if not hardware.stored or hardware.acts(Cause.OCCLUSION, memory.at) is not None:
        return hardware
    volume = volume_of_ppm(hardware.stored, memory.capability.quantum)
    segment = DeliverySegment(
        interval=Interval(memory.at, memory.at + _EASES_IN),
        flow=FlowRate(mL_per_day=volume.mL * int(DAY / _EASES_IN)),
        concentration=hardware.concentration,
    )
    return replace(hardware, stored=0, dumped=(*hardware.dumped, segment))


def _bit_flipped(memory: Memory, copies: int) -> Memory:
    """Let one bit of the program flip in so many copies; the pump reads them against their checksums."""
    content = vital(memory)
    store = Store.holding(content, copies=2 if memory.profile.two_copies else 1)
    place = content.index(b'"program"') + len(b'"program"') + 8
    for copy in range(min(copies, len(store.copies))):
        store = store.struck(copy, place, 1)
    try:
        found = store.recover()
    except MemoryImageError:
        return program_lost(memory)
    log = memory.log
    for copy in found.damaged:
        log = recorded(log, Kind.MEMORY_REPAIRED, at=memory.at, copy=str(copy + 1))
    return replace(memory, log=log)


def _date_altered(memory: Memory, _size: Decimal) -> Memory:
    """What was kept of the request to be replaced says that it was made now (Z-1338-2012, H-22)."""
    return replace(memory, replacement=memory.reading)


def _deforms(hardware: Hardware, metres: Decimal) -> bool:
    """Say whether so much water deforms a reservoir: beyond its bound, and beyond what was seen to."""
    bounded = is_within(hardware.model.engineering, Cause.HYPERBARIC, metres)
    return metres >= _DEFORMS_FROM and not bounded


def _telemetry(memory: Memory, _size: Decimal) -> Memory:
    """Interference looks like a wand: the radio wakes (ITB-145)."""
    lasts = memory.profile.telemetry_lasts
    until = "somebody interrogates" if lasts is None else (memory.at + lasts).isoformat()
    log = recorded(memory.log, Kind.TELEMETRY_ENTERED, at=memory.at, until=until)
    memory = replace(memory, log=log, telemetry_since=memory.at)
    if memory.profile.telemetry_suspends and memory.raised and Hold.TELEMETRY not in memory.holds:
        return replace(memory, holds=(*memory.holds, Hold.TELEMETRY))
    return memory


def _film(memory: Memory, _size: Decimal) -> Memory:
    counters = replace(memory.counters, extra_uC=memory.counters.extra_uC + _FILM_UC)
    return reset(replace(memory, counters=counters), "low battery")


def _drained(memory: Memory, mAh: Decimal) -> Memory:
    extra = memory.counters.extra_uC + int(mAh * _UC_PER_MAH)
    return replace(memory, counters=replace(memory.counters, extra_uC=extra))


def _log_damaged(memory: Memory, _size: Decimal) -> Memory:
    """One bit of the log's middle record flips; the pump reads its log against its seals, and says so."""
    return log_altered(memory, middle(memory.log), 1)


def log_altered(memory: Memory, place: int, flip: int) -> Memory:
    """Return the memory of a pump one byte of whose log was altered: what it touched is lost."""
    log = memory.log
    left = told(altered(log, place, flip), log.lost, memory.at)
    lost_at = memory.history_lost_at if left.lost == log.lost else memory.at
    return replace(memory, log=left, history_lost_at=lost_at)


def _clock_jumped(memory: Memory, size: Decimal) -> Memory:
    """The clock of the day jumps; the base of the dose does not (ITB-118). A reference pump puts it right."""
    seconds = int(size)
    log = recorded(memory.log, Kind.CLOCK_ADJUSTED, at=memory.at, by_s=str(seconds), cause="fault")
    if memory.profile.two_counters:
        log = recorded(log, Kind.CLOCK_ADJUSTED, at=memory.at, by_s=str(-seconds), cause="self-test")
        memory = effects.raised(replace(memory, log=log), Alarm.CLOCK_ERROR, by_s=str(seconds))
        return alarms.over(memory, Alarm.CLOCK_ERROR)
    offset = memory.clock.offset + timedelta(seconds=seconds)
    within = (offset + DAY) % (2 * DAY) - DAY
    return replace(memory, clock=PumpClock(within if within > -DAY else -DAY / 2), log=log)


def _dumped(memory: Memory, hardware: Hardware, field: Condition) -> Hardware:
    """A valve pump in a magnet: the valves open, then stay closed until somebody resets them (H-16, H-17).

    An interrogation alone does not open them (Flowonix 13827 manual, page 14).
    """
    quantum = memory.capability.quantum
    left = max(0, hardware.content - hardware.drawn)
    dump = min(left, int(Fraction(hardware.model.number("mri_dump")) * PPM / Fraction(quantum.mL)))
    if dump:
        volume = volume_of_ppm(dump, quantum)
        flow = FlowRate(mL_per_day=volume.mL * int(DAY / _DUMP_LASTS))
        segment = DeliverySegment(
            interval=Interval(memory.at, memory.at + _DUMP_LASTS),
            flow=flow,
            concentration=hardware.concentration,
        )
        hardware = replace(hardware, drawn=hardware.drawn + dump, dumped=(*hardware.dumped, segment))
    closed = Condition(
        cause=Cause.VALVE_CLOSED,
        since=memory.at,
        until=field.until or memory.at + MINUTE,
        until_reset=True,
    )
    return hardware.with_conditions(closed)


_UPON_MEMORY: dict[Cause, Callable[[Memory, Decimal], Memory]] = {
    Cause.EMI: _telemetry,
    Cause.BATTERY_FILM: _film,
    Cause.BATTERY_DRAIN: _drained,
    Cause.POWER_CUT: lambda memory, _: reset(memory, Cause.POWER_CUT.value),
    Cause.WATCHDOG: lambda memory, _: reset(memory, Cause.WATCHDOG.value),
    Cause.HANG: processor.hung,
    Cause.EXCEPTION: processor.excepted,
    Cause.PROGRAM_BIT: lambda memory, _: _bit_flipped(memory, 1),
    Cause.BOTH_COPIES: lambda memory, _: _bit_flipped(memory, 2),
    Cause.DATE_ALTERED: _date_altered,
    Cause.LOG_DAMAGE: _log_damaged,
    Cause.CLOCK_JUMP: _clock_jumped,
}
"""What happens at one moment, and to the pump's own memory."""
