"""What happens to a pump at a moment: when the next thing is due, and what is due now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from thecal.journal import Kind
from thecal.pump import alarms, happenings
from thecal.pump.boluses import end_once, end_patient_bolus, ended_at_the_window
from thecal.pump.conditions import STALLS, Cause
from thecal.pump.hold import Hold
from thecal.pump.life import asks_for_replacement, ends_at, next_check, self_test_after
from thecal.pump.log import recorded
from thecal.pump.marks import AGREE_WITHIN
from thecal.pump.profile import SELF_TEST_EVERY
from thecal.quantities import HOUR
from thecal.therapy import Alarm

if TYPE_CHECKING:
    from thecal.pump.hardware import Hardware
    from thecal.pump.memory import Memory

TUBE_STANDS = 48 * HOUR
"""A tube that stood so long may deliver otherwise than before (HSA, 8 November 2016; H-45)."""

WITHDRAWAL_FROM = 12 * HOUR
"""A stop so long may bring withdrawal, which is commonly quoted to begin in hours to a few days (ITB-161)."""

HOTTEST = 41
"""Degrees C from which a pump alarms, and keeps its program; assumed: fever is a sign of withdrawal."""


def next_moment(memory: Memory, hardware: Hardware, to: datetime) -> datetime:
    """Return ``to``, or when before that something is due."""
    at, model = memory.at, hardware.model
    due = [
        to,
        memory.once_ends if memory.patient_until is None else memory.patient_until,
        alarms.stop_sounds_at(memory),
        alarms.open_sounds_at(memory),
        memory.review_at,
        _telemetry_ends(memory),
    ]
    if memory.program.is_stopped:
        due += [memory.started + WITHDRAWAL_FROM, memory.started + TUBE_STANDS]
    if Hold.END_OF_SERVICE not in memory.holds:
        due.append(ends_at(memory, model))
        if memory.replace_at is None:
            due.append(next_check(memory, model))
    if not hardware.is_plain:
        due.append(hardware.next_edge(at))
        if _looks_for_faults(memory, hardware):
            due.append(self_test_after(memory, at))
        if (notice := memory.profile.stall_notice) is not None and memory.missed_since is not None:
            due.append(memory.missed_since + notice)
    return min(moment for moment in due if moment is not None and moment > at)


def settle(memory: Memory, hardware: Hardware) -> tuple[Memory, Hardware]:
    """Do what is due at a pump's present."""
    while hardware.begun < len(hardware.conditions) and (
        hardware.conditions[hardware.begun].since <= memory.at
    ):
        memory, hardware = happenings.begin(memory, hardware, hardware.conditions[hardware.begun])
        hardware = replace(hardware, begun=hardware.begun + 1)
    if memory.patient_until is not None and memory.at >= memory.patient_until:
        memory = end_patient_bolus(memory)
    elif memory.once_ends is not None and memory.at >= memory.once_ends:
        memory = end_once(memory, "complete")
    if memory.is_empty:
        memory = end_once(end_patient_bolus(memory), "reservoir empty")
    memory = _timers(memory)
    memory = _ageing(memory, hardware)
    if not hardware.is_plain:
        memory = _tests(memory, hardware)
    return alarms.sounded(memory), hardware


def _timers(memory: Memory) -> Memory:
    if memory.review_at is not None and memory.at >= memory.review_at:
        log = recorded(memory.log, Kind.REVIEW_DUE, at=memory.at)
        memory = _stop_escalates(replace(memory, review_at=None, log=log))
    if memory.program.is_stopped and memory.started_counts and memory.at == memory.started + WITHDRAWAL_FROM:
        log = recorded(memory.log, Kind.WITHDRAWAL_DUE, at=memory.at, stopped_h=str(WITHDRAWAL_FROM // HOUR))
        memory = _stop_escalates(replace(memory, log=log))
    if (ends := _telemetry_ends(memory)) is not None and memory.at >= ends:
        log = recorded(memory.log, Kind.TELEMETRY_LEFT, at=memory.at, cause="by itself")
        memory = replace(memory, telemetry_since=None, log=log)
    if memory.program.is_stopped and memory.at == memory.started + TUBE_STANDS:
        log = recorded(memory.log, Kind.TUBE_AGED, at=memory.at, stood_h="48")
        memory = replace(memory, log=log)
    return memory


def _stop_escalates(memory: Memory) -> Memory:
    """Return the memory whose stop sounds at its gravest, whatever was silenced."""
    grave = tuple(
        replace(one, escalated=True, silent_until=None) if one.alarm is Alarm.PUMP_STOPPED else one
        for one in memory.raised
    )
    return replace(memory, raised=grave)


def _telemetry_ends(memory: Memory) -> datetime | None:
    """Return when telemetry mode ends by itself; None where it does not, or there is none (ITB-145)."""
    lasts = memory.profile.telemetry_lasts
    return None if memory.telemetry_since is None or lasts is None else memory.telemetry_since + lasts


def _ageing(memory: Memory, hardware: Hardware) -> Memory:
    if Hold.END_OF_SERVICE in memory.holds:
        return memory
    if memory.at >= ends_at(memory, hardware.model):
        memory = end_once(end_patient_bolus(memory), "end of service")
        log = recorded(memory.log, Kind.SERVICE_ENDED, at=memory.at)
        return replace(memory, holds=(*memory.holds, Hold.END_OF_SERVICE), log=log)
    if memory.replace_at is None and asks_for_replacement(memory, hardware.model):
        last = memory.at
        aged = ends_at(memory, hardware.model)
        memory = replace(memory, replace_at=last)
        by = min(aged, ends_at(memory, hardware.model))
        log = recorded(memory.log, Kind.REPLACEMENT_ASKED, at=last, ends=by.isoformat())
        memory = replace(memory, log=log)
    return memory


def _looks_for_faults(memory: Memory, hardware: Hardware) -> bool:
    """Say whether the next self-test has something to find, or something to find gone."""
    causes = {one.cause for one in hardware.during(memory.at)}
    stalled = not causes.isdisjoint(STALLS)
    stall = next((one for one in memory.raised if one.alarm is Alarm.MOTOR_STALL), None)
    if memory.profile.stall_notice is None and stalled != (stall is not None and not stall.over):
        return True
    if _bolus_uncounted(memory, causes):
        return True
    broken = not causes.isdisjoint({Cause.COUNTER_STUCK, Cause.TONE_BROKEN})
    return memory.profile.two_counters and broken and not alarms.is_raised(memory, Alarm.SELF_TEST_FAILED)


def _tests(memory: Memory, hardware: Hardware) -> Memory:
    now = hardware.during(memory.at)
    causes = {one.cause for one in now}
    memory = _stall(memory, stalled=not causes.isdisjoint(STALLS))
    memory = _counters_agree(memory)
    if _is_self_test(memory) and _bolus_uncounted(memory, causes):
        memory = ended_at_the_window(memory)
    if _is_self_test(memory) and memory.profile.two_counters:
        for cause in (Cause.COUNTER_STUCK, Cause.TONE_BROKEN):
            if cause in causes and not alarms.is_raised(memory, Alarm.SELF_TEST_FAILED):
                memory = alarms.raised(memory, Alarm.SELF_TEST_FAILED, found=cause.value)
    hot = any(one.cause is Cause.FEVER and one.size is not None and one.size >= HOTTEST for one in now)
    if hot and not alarms.is_raised(memory, Alarm.TEMPERATURE):
        memory = alarms.raised(memory, Alarm.TEMPERATURE)
    elif not hot and any(one.alarm is Alarm.TEMPERATURE and not one.over for one in memory.raised):
        memory = alarms.over(memory, Alarm.TEMPERATURE)
    return memory


def _bolus_uncounted(memory: Memory, causes: set[Cause]) -> bool:
    """Say whether a bolus runs that nobody counts: what it gives is in doubt, and held against the window."""
    runs = not memory.once_over or memory.patient_until is not None
    return runs and Cause.COUNTER_STUCK in causes


def _is_self_test(memory: Memory) -> bool:
    return (memory.at - memory.implanted_at) % SELF_TEST_EVERY == timedelta(0)


def _stall(memory: Memory, *, stalled: bool) -> Memory:
    """Notice that the drive stands, or that it turns again; the time of each and of its notice (ITB-080)."""
    at, profile = memory.at, memory.profile
    missing = memory.asked - memory.drive.counts - memory.agreed
    if stalled and missing > 0 and memory.missed_since is None:
        memory = replace(memory, missed_since=at)
    standing = next((one for one in memory.raised if one.alarm is Alarm.MOTOR_STALL), None)
    noticed = standing is not None and not standing.over
    if profile.stall_notice is None:
        due = _is_self_test(memory)
    else:
        due = memory.missed_since is not None and at >= memory.missed_since + profile.stall_notice
    if stalled and not noticed and due:
        began = "not known" if memory.missed_since is None else memory.missed_since.isoformat()
        log = recorded(memory.log, Kind.PUMP_STALLED, at=at, first_missed=began)
        return alarms.raised(replace(memory, log=log), Alarm.MOTOR_STALL)
    if not stalled and (noticed or memory.missed_since is not None):
        if noticed and profile.stall_notice is None and not _is_self_test(memory):
            return memory
        if noticed:
            log = recorded(memory.log, Kind.STALL_RECOVERED, at=at, missed_quanta=str(missing))
            memory = alarms.over(replace(memory, log=log), Alarm.MOTOR_STALL)
        counted = memory.asked - memory.drive.counts
        return replace(memory, missed_since=None, agreed=counted)
    return memory


def _counters_agree(memory: Memory) -> Memory:
    """Hold the independent counter against the command path (ITB-074, ITB-075, ITB-090)."""
    if not memory.profile.two_counters or memory.missed_since is not None:
        return memory
    missing = memory.asked - memory.drive.counts - memory.agreed
    if abs(missing) <= AGREE_WITHIN or alarms.is_raised(memory, Alarm.MOTOR_STALL):
        return memory
    if missing > 0:
        agreed = replace(memory, agreed=memory.agreed + missing)
        return alarms.raised(agreed, Alarm.UNDER_DELIVERY, quanta=str(missing))
    memory = end_once(end_patient_bolus(memory), "over-delivery")
    memory = replace(memory, agreed=memory.agreed + missing, holds=(*memory.holds, Hold.OVER_DELIVERY))
    return alarms.raised(memory, Alarm.OVER_DELIVERY, quanta=str(-missing))
