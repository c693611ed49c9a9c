"""The pump's life from event to event: when the next thing is due, and what is due now; exactly, no ticking.

Events are the edges of the program's flow, the end of what runs once, the low-reservoir volume, the last
usable quantum, timers, whatever a detector or a self-test has to find, and whatever acts from outside. Each
falls on the first microsecond at which the drive's counter says so, whatever moments the pump was looked at
in between: cutting the time changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from thecal.pump import alarms, detectors, effects, happenings, level, processor
from thecal.pump.boluses import end_once, end_patient_bolus, waiting_for_room, withheld
from thecal.pump.hold import AT_MINIMUM, Hold, without
from thecal.pump.kinds import Kind
from thecal.pump.life import (
    asks_for_replacement,
    ends_at,
    is_believed,
    is_depleted,
    next_check,
    self_test_after,
)
from thecal.pump.log import recorded
from thecal.pump.scheduler import bolus_ends, flow, once_due
from thecal.pump.self_tests import is_self_test
from thecal.pump.tube import left_of
from thecal.pump.window import exceeds, fits_alone
from thecal.quantities import DAY, HOUR
from thecal.therapy import Alarm

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.pump.hardware import Hardware
    from thecal.pump.memory import Memory

TUBE_STANDS = 48 * HOUR
"""A tube that stood so long may deliver otherwise than before (HSA, 8 November 2016; H-45)."""

WITHDRAWAL_FROM = 12 * HOUR
"""A stop so long may bring withdrawal, which is commonly quoted to begin in hours to a few days (ITB-161)."""


def live(memory: Memory, hardware: Hardware, to: datetime) -> tuple[Memory, Hardware]:
    """Return a pump and its mechanism after living on until ``to`` (UTC, not before its present)."""
    while memory.at < to:
        until = next_moment(memory, hardware, to)
        memory, hardware = flow(memory, hardware, until)
        memory, hardware = settle(memory, hardware)
    return memory, hardware


def next_moment(memory: Memory, hardware: Hardware, to: datetime) -> datetime:
    """Return ``to``, or when before that something is due."""
    at, model = memory.at, hardware.model
    due = [
        to,
        once_due(memory, hardware) if memory.patient_until is None else memory.patient_until,
        alarms.stop_sounds_at(memory),
        alarms.open_sounds_at(memory),
        memory.review_at,
        processor.bites_at(memory),
        _pause_ends(memory),
        bolus_ends(memory) if _withholds(memory) else None,
        _telemetry_ends(memory),
        None if memory.boluses_by is None else memory.boluses_by[1],
        self_test_after(memory, at) if Hold.WINDOW in memory.holds else None,
    ]
    if memory.program.is_stopped:
        due += [memory.started + WITHDRAWAL_FROM, memory.started + TUBE_STANDS]
    if Hold.END_OF_SERVICE not in memory.holds:
        due += [ends_at(memory, model), next_check(memory, model)]
    if not hardware.is_plain:
        due.append(hardware.next_edge(at))
        due += [detectors.notice_due(memory), level.next_reading(memory, hardware)]
        if detectors.needs_self_test(memory, hardware):
            due.append(self_test_after(memory, at))
    return min(moment for moment in due if moment is not None and moment > at)


def settle(memory: Memory, hardware: Hardware, slept: datetime | None = None) -> tuple[Memory, Hardware]:
    """Do what is due at a pump's present, and what fell due since its processor hung, if it did."""
    slept = memory.watch.hung_since or slept or memory.at
    while hardware.begun < len(hardware.conditions) and (
        hardware.conditions[hardware.begun].since <= memory.at
    ):
        memory, hardware = happenings.begin(memory, hardware, hardware.conditions[hardware.begun])
        hardware = replace(hardware, begun=hardware.begun + 1)
    hardware = happenings.opened(memory, hardware)
    if (bites := processor.bites_at(memory)) is not None:
        if memory.at < bites:
            return memory, hardware
        memory = processor.bitten(memory)
    if memory.patient_until is not None and memory.at >= memory.patient_until:
        memory = end_patient_bolus(memory)
    elif memory.once_ends is not None and memory.at >= memory.once_ends:
        memory = end_once(memory, "complete")
        if not left_of(memory).is_zero:  # by its time, and less was counted than it was to drive out
            memory = waiting_for_room(memory)
    if memory.is_empty:
        memory = end_once(end_patient_bolus(memory), "reservoir empty")
    if _withholds(memory) and bolus_ends(memory) is None:
        memory = withheld(memory)
    memory = _runs_again(_timers(memory, slept))
    memory = _ageing(memory, hardware)
    if not hardware.is_plain:
        memory = level.compared(detectors.detected(memory, hardware), hardware)
    return alarms.sounded(memory), hardware


def _timers(memory: Memory, since: datetime) -> Memory:
    withdrawal, aged = memory.started + WITHDRAWAL_FROM, memory.started + TUBE_STANDS
    if memory.review_at is not None and memory.at >= memory.review_at:
        log = recorded(memory.log, Kind.REVIEW_DUE, at=memory.at)
        memory = _stop_escalates(replace(memory, review_at=None, log=log))
    if memory.program.is_stopped and memory.started_counts and since <= withdrawal <= memory.at:
        log = recorded(memory.log, Kind.WITHDRAWAL_DUE, at=memory.at, stopped_h=str(WITHDRAWAL_FROM // HOUR))
        memory = _stop_escalates(replace(memory, log=log))
    if (ends := _pause_ends(memory)) is not None and memory.at >= ends:
        log = recorded(memory.log, Kind.PROGRAM_RESUMED, at=memory.at, cause="the pause ended by itself")
        holds = without(memory.holds, Hold.PAUSE)
        memory = effects.raised(replace(memory, holds=holds, paused_at=None, log=log), Alarm.PAUSE_LONG)
        memory = alarms.over(memory, Alarm.PAUSE_LONG)
    if Hold.WINDOW in memory.holds and _window_opens(memory):
        log = recorded(memory.log, Kind.PROGRAM_RESUMED, at=memory.at, cause=Hold.WINDOW.value)
        memory = replace(memory, holds=without(memory.holds, Hold.WINDOW), log=log)
    if (ends := _telemetry_ends(memory)) is not None and memory.at >= ends:
        log = recorded(memory.log, Kind.TELEMETRY_LEFT, at=memory.at, cause="by itself")
        memory = replace(memory, telemetry_since=None, log=log)
    if memory.program.is_stopped and since <= aged <= memory.at:
        log = recorded(memory.log, Kind.TUBE_AGED, at=memory.at, stood_h="48")
        memory = replace(memory, log=log)
    return memory


def _withholds(memory: Memory) -> bool:
    """Say whether the reservoir is too short for a further periodic bolus, and that is not yet known."""
    short = memory.short_counts
    return short is not None and not memory.boluses_withheld and memory.drive.counts >= short


def _pause_ends(memory: Memory) -> datetime | None:
    """Return when a pause ends by itself (ITB-013); None where there is none."""
    lasts = memory.profile.pause_lasts
    return None if memory.paused_at is None or lasts is None else memory.paused_at + lasts


def _runs_again(memory: Memory) -> Memory:
    """Return the memory in which what stood for a program that was lost, or waited, is over once one runs."""
    if AT_MINIMUM.isdisjoint(memory.holds):
        for alarm in (Alarm.MEMORY_ERROR, Alarm.DOSE_LIMIT):
            if alarms.standing(memory, alarm) is not None:
                memory = alarms.over(memory, alarm)
    return memory


def _window_opens(memory: Memory) -> bool:
    """Say whether a self-test finds that what waits has room in the day, or has waited one."""
    waits = alarms.standing(memory, Alarm.DOSE_LIMIT)
    waited = waits is not None and memory.at - waits.since >= DAY and fits_alone(memory)
    return is_self_test(memory) and (waited or not exceeds(memory))


def _stop_escalates(memory: Memory) -> Memory:
    """Return the memory whose stop sounds at its gravest, whatever was silenced."""
    memory = alarms.escalated(alarms.sounded(memory), Alarm.PUMP_STOPPED)
    return alarms.unsilenced(memory, Alarm.PUMP_STOPPED)


def _telemetry_ends(memory: Memory) -> datetime | None:
    """Return when telemetry mode ends by itself; None where it does not, or there is none (ITB-145)."""
    lasts = memory.profile.telemetry_lasts
    return None if memory.telemetry_since is None or lasts is None else memory.telemetry_since + lasts


def _ageing(memory: Memory, hardware: Hardware) -> Memory:
    model = hardware.model
    if Hold.END_OF_SERVICE in memory.holds:
        return memory
    if not is_believed(memory, model):
        log = recorded(memory.log, Kind.MEMORY_REPAIRED, at=memory.at, what="the date of replacement")
        memory = replace(memory, replacement=None, log=log)
    depleted = is_depleted(memory, model)
    if depleted or memory.at >= ends_at(memory, model):
        memory = end_once(end_patient_bolus(memory), "end of service")
        cause = "battery depleted" if depleted else "its time is over"
        log = recorded(memory.log, Kind.SERVICE_ENDED, at=memory.at, cause=cause, **memory.delivered_facts)
        return replace(memory, holds=(*memory.holds, Hold.END_OF_SERVICE), log=log)
    if memory.replacement is None and asks_for_replacement(memory.reading, model):
        memory = replace(memory, replacement=memory.reading)
        by = ends_at(memory, model)
        log = recorded(memory.log, Kind.REPLACEMENT_ASKED, at=memory.at, ends=by.isoformat())
        memory = replace(memory, log=log)
    return memory
