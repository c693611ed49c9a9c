"""The self-test, every quarter of an hour in every state: what it finds, and which alarm follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.pump import alarms, effects, firmware
from thecal.pump.conditions import Cause
from thecal.pump.kinds import Kind
from thecal.pump.log import recorded
from thecal.pump.profile import SELF_TEST_EVERY
from thecal.therapy import Alarm

if TYPE_CHECKING:
    from thecal.pump.conditions import Condition
    from thecal.pump.memory import Memory

FINDS = MappingProxyType(
    {
        Cause.CODE_BIT: Alarm.PROCESSOR_ERROR,
        Cause.COUNTER_STUCK: Alarm.SELF_TEST_FAILED,
        Cause.TONE_BROKEN: Alarm.SELF_TEST_FAILED,
        Cause.SUPPLY: Alarm.SELF_TEST_FAILED,
        Cause.LIBRARY_BIT: Alarm.LIBRARY_ERROR,
        Cause.KEY_STUCK: Alarm.KEY_STUCK,
    }
)
"""What the self-test finds beside a drive that stands, and what it alarms about."""

SUPPLY_LOW, SUPPLY_HIGH = Decimal("2.2"), Decimal("3.8")
"""V between which the supply is to lie (ITB-112); assumed, makers publish none."""


def is_self_test(memory: Memory) -> bool:
    """Say whether a self-test runs at a pump's present."""
    return (memory.at - memory.implanted_at) % SELF_TEST_EVERY == timedelta(0)


def failing(now: tuple[Condition, ...]) -> tuple[Cause, ...]:
    """Return what a self-test would find, of what acts now: the code by its checksum (ITB-084)."""
    flipped = [int(one.size) for one in now if one.cause is Cause.CODE_BIT and one.size is not None]
    whole = firmware.is_whole(firmware.code_with(flipped))
    causes = {one.cause for one in now if _fails(one, whole=whole)}
    return tuple(cause for cause in FINDS if cause in causes)


def _fails(one: Condition, *, whole: bool) -> bool:
    if one.cause is Cause.SUPPLY and one.size is not None:
        return not SUPPLY_LOW <= one.size <= SUPPLY_HIGH
    return one.cause is not Cause.CODE_BIT or not whole


def tested(memory: Memory, now: tuple[Condition, ...]) -> Memory:
    """Return the memory after a self-test: what is new is recorded and alarmed, what is gone is over."""
    found, before = failing(now), memory.watch.found
    memory = replace(memory, watch=replace(memory.watch, found=found))
    for cause in found:
        if cause not in before:
            memory = replace(
                memory, log=recorded(memory.log, Kind.FAULT_FOUND, at=memory.at, found=cause.value)
            )
            memory = effects.raised(memory, FINDS[cause], found=cause.value)
    still = {FINDS[cause] for cause in found}
    for cause in before:
        if FINDS[cause] not in still:
            memory = alarms.over(memory, FINDS[cause])
    return memory
