"""The detectors: what a pump notices of its drive, by counts alone, and when (ITB-073 to ITB-081).

They look at each moment at which something can be noticed, in every state of the pump. They change
nothing but what they remember; what an alarm then does to the flow stands in the table of the alarms.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from thecal.pump import alarms, effects, self_tests
from thecal.pump.alarms import standing
from thecal.pump.boluses import ended_at_the_window
from thecal.pump.conditions import STALLS, Cause
from thecal.pump.kinds import Kind
from thecal.pump.log import recorded
from thecal.pump.marks import AGREE_WITHIN, LARGE_STROKES
from thecal.pump.self_tests import is_self_test
from thecal.pump.surroundings import is_within
from thecal.pump.window import quanta_to_limit
from thecal.quantities import DAY, HOUR
from thecal.therapy import Alarm

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.pump.conditions import Condition
    from thecal.pump.hardware import Hardware
    from thecal.pump.memory import Memory
    from thecal.pump.models import PumpModel
    from thecal.pump.watch import Watch

TURNS_AGAIN = 2
"""Quanta counted in a row after which a stall is over: one alone may be a jerk. Assumed."""
GROWS_AT, GROWS_AFTER = 20, 6 * HOUR
"""An under-delivery is critical after so many missing quanta, or after so long. Assumed (S-22)."""
STEADY_AFTER = 200
"""Quanta asked for, none of them missing, after which a drive no longer lags. Assumed."""
STROKES_WITHIN = 100
"""Quanta after which a large stroke that came alone is forgotten: four turns of a rotor. Assumed."""
UNSTABLE_AT = 3
"""A flow that failed so often in 24 hours is unstable. Assumed (S-22)."""


def detected(memory: Memory, hardware: Hardware) -> Memory:
    """Return the memory after a look at everything that can be noticed now."""
    now = hardware.during(memory.at)
    stalled = any(one.cause in STALLS for one in now)
    memory = _stall(memory, stalled=stalled)
    if memory.profile.two_counters:
        edge = any(memory.at in (one.since, one.ends) for one in hardware.conditions)
        memory = _counters(memory, looks=edge or is_self_test(memory))
        memory = _strokes(_limit(memory) if any(one.cause is Cause.PACED_FAST for one in now) else memory)
    if memory.profile.tests_itself and is_self_test(memory):
        memory = _unstable(_grown(self_tests.tested(memory, now)))
        memory = _paced(memory, now)
        if _bolus_uncounted(memory, now):
            memory = ended_at_the_window(memory)
    return _temperature(memory, hardware.model, now)


def needs_self_test(memory: Memory, hardware: Hardware) -> bool:
    """Say whether the next self-test has something to find, or something to find gone."""
    if not memory.profile.tests_itself:
        return False
    now = hardware.during(memory.at)
    stalled = any(one.cause in STALLS for one in now)
    return (
        stalled != (standing(memory, Alarm.MOTOR_STALL) is not None)
        or standing(memory, Alarm.UNDER_DELIVERY) is not None
        or standing(memory, Alarm.UNSTABLE_FLOW) is not None
        or _is_uncounted(now)
        or _is_paced_fast(memory, now)
        or memory.large_strokes != memory.watch.strokes_seen
        or set(self_tests.failing(now)) != set(memory.watch.found)
    )


def _bolus_uncounted(memory: Memory, now: tuple[Condition, ...]) -> bool:
    """Say whether a bolus runs that nobody counts: what it gives is in doubt, and held against the window."""
    runs = not memory.once_over or memory.patient_until is not None
    return runs and _is_uncounted(now)


def _is_uncounted(now: tuple[Condition, ...]) -> bool:
    """Say whether what moves is in doubt, a quarter of an hour at a time."""
    return any(one.cause is Cause.COUNTER_STUCK for one in now)


def notice_due(memory: Memory) -> datetime | None:
    """Return when a missed quantum is taken for a stall, if it was one."""
    missed = memory.watch.missed_since
    return None if missed is None else missed + memory.profile.stall_notice


# --- a drive that stands -----------------------------------------------------------------------------------


def _stall(memory: Memory, *, stalled: bool) -> Memory:
    """Notice that the drive stands, or that it turns again; the time of each and of its notice (ITB-080)."""
    watch, counts = memory.watch, memory.drive.counts
    if stalled and _missing(memory) > 0 and watch.missed_since is None:
        watch = replace(watch, missed_since=memory.at, missed_counts=counts, turned_at=None)
        memory = _upset(replace(memory, watch=watch))
    if standing(memory, Alarm.MOTOR_STALL) is not None:
        return _turning(memory, stalled=stalled)
    notice = notice_due(memory)
    due = notice is not None and memory.at >= notice
    if stalled and (due or (memory.profile.tests_itself and is_self_test(memory))):
        began = "not known" if watch.missed_since is None else watch.missed_since.isoformat()
        log = recorded(memory.log, Kind.PUMP_STALLED, at=memory.at, first_missed=began)
        watch = replace(memory.watch, missed_counts=counts, turned_at=None)
        return effects.raised(replace(memory, log=log, watch=watch), Alarm.MOTOR_STALL)
    moved = due or counts > watch.missed_counts or not memory.profile.tests_itself
    if watch.missed_since is not None and not stalled and moved:
        return _made_good(memory)
    return memory


def _turning(memory: Memory, *, stalled: bool) -> Memory:
    """Notice that a drive that stood turns again: by two quanta in a row, or by the next self-test."""
    watch, counts = memory.watch, memory.drive.counts
    if stalled:
        if watch.turned_at is None:
            return memory
        return replace(memory, watch=replace(watch, turned_at=None, missed_counts=counts))
    if memory.profile.tests_itself:
        if watch.turned_at is None and counts > watch.missed_counts:
            watch = replace(watch, turned_at=memory.at)
            memory = replace(memory, watch=watch)
        if counts < watch.missed_counts + TURNS_AGAIN and not is_self_test(memory):
            return memory
    turned = "not known" if watch.turned_at is None else watch.turned_at.isoformat()
    facts = {"turned": turned, "missed_quanta": str(_missing(memory))}
    log = recorded(memory.log, Kind.STALL_RECOVERED, at=memory.at, **facts)
    return _made_good(alarms.over(replace(memory, log=log), Alarm.MOTOR_STALL))


def _made_good(memory: Memory) -> Memory:
    """Take what was missed as missed: it is never made up (ITB-158)."""
    watch = replace(memory.watch, missed_since=None, turned_at=None)
    return replace(memory, watch=watch, agreed=memory.asked - memory.drive.counts)


def _missing(memory: Memory) -> int:
    return memory.asked - memory.drive.counts - memory.agreed


# --- two counters ------------------------------------------------------------------------------------------


def _counters(memory: Memory, *, looks: bool) -> Memory:
    """Hold the independent counter against the command path (ITB-074, ITB-075, ITB-090)."""
    if memory.watch.missed_since is not None or standing(memory, Alarm.MOTOR_STALL) is not None:
        return memory
    missing, lags = _missing(memory), standing(memory, Alarm.UNDER_DELIVERY) is not None
    if missing > 0 and lags:
        return _lagged(memory, missing) if looks else memory
    if abs(missing) <= AGREE_WITHIN:
        return memory
    if missing > 0:
        memory = _lagged(_upset(replace(memory, watch=replace(memory.watch, lagged=0))), missing)
        return effects.raised(memory, Alarm.UNDER_DELIVERY, quanta=str(missing))
    memory = replace(memory, agreed=memory.agreed + missing)
    return effects.raised(memory, Alarm.OVER_DELIVERY, quanta=str(-missing))


def _limit(memory: Memory) -> Memory:
    """Hold what was counted against the drug's high limit, for a fault that both counters share (ITB-074)."""
    if standing(memory, Alarm.OVER_DELIVERY) is not None or quanta_to_limit(memory) > 0:
        return memory
    return effects.raised(memory, Alarm.OVER_DELIVERY, above="24-hour limit")


def _strokes(memory: Memory) -> Memory:
    """Notice strokes that are larger than their label: no count shows them, only the stop (ITB-093)."""
    large = memory.large_strokes - memory.watch.strokes_seen
    if not memory.profile.checks_strokes or not large:
        return memory
    watch = replace(memory.watch, strokes_seen=memory.large_strokes, stroke_asked=0)
    if large < LARGE_STROKES:
        return _one_large(memory, watch)
    return effects.raised(replace(memory, watch=watch), Alarm.OVER_DELIVERY, large_strokes=str(large))


def _one_large(memory: Memory, forgotten: Watch) -> Memory:
    """Remember a large stroke that came alone, until so many quanta have followed it."""
    if not is_self_test(memory):
        return memory
    if not memory.watch.stroke_asked:
        return replace(memory, watch=replace(memory.watch, stroke_asked=memory.asked))
    over = memory.asked - memory.watch.stroke_asked >= STROKES_WITHIN
    return replace(memory, watch=forgotten) if over else memory


def _paced(memory: Memory, now: tuple[Condition, ...]) -> Memory:
    """Notice by the second time base that more is asked for than is programmed, which no count shows."""
    if not _is_paced_fast(memory, now):
        return memory
    return effects.raised(memory, Alarm.OVER_DELIVERY, found=Cause.PACED_FAST.value)


def _is_paced_fast(memory: Memory, now: tuple[Condition, ...]) -> bool:
    delivers = not (memory.program.is_stopped or memory.is_empty or memory.holds)
    return delivers and any(one.cause is Cause.PACED_FAST for one in now)


def _lagged(memory: Memory, missing: int) -> Memory:
    watch = replace(memory.watch, lagged=memory.watch.lagged + missing, lag_asked=memory.asked)
    return replace(memory, agreed=memory.agreed + missing, watch=watch)


def _grown(memory: Memory) -> Memory:
    """Let the warning of under-delivery grow to a critical alarm, or see that the drive lags no more."""
    lags = standing(memory, Alarm.UNDER_DELIVERY)
    if lags is None:
        return memory
    if memory.asked - memory.watch.lag_asked >= STEADY_AFTER:
        return alarms.over(memory, Alarm.UNDER_DELIVERY)
    grave = memory.watch.lagged >= GROWS_AT or memory.at - lags.since >= GROWS_AFTER
    return alarms.escalated(memory, Alarm.UNDER_DELIVERY) if grave else memory


# --- a flow that fails and comes back, and the surroundings ------------------------------------------------


def _upset(memory: Memory) -> Memory:
    """Remember that the flow failed; what fails again and again is unstable (ITB-081)."""
    recent = tuple(at for at in memory.watch.upsets if memory.at - at < DAY)
    memory = replace(memory, watch=replace(memory.watch, upsets=(*recent, memory.at)))
    if not memory.profile.tests_itself or len(recent) + 1 < UNSTABLE_AT:
        return memory
    return effects.raised(memory, Alarm.UNSTABLE_FLOW, failures_in_24_h=str(len(recent) + 1))


def _unstable(memory: Memory) -> Memory:
    recent = [at for at in memory.watch.upsets if memory.at - at < DAY]
    if standing(memory, Alarm.UNSTABLE_FLOW) is None or len(recent) >= UNSTABLE_AT:
        return memory
    return alarms.over(memory, Alarm.UNSTABLE_FLOW)


def _temperature(memory: Memory, model: PumpModel, now: tuple[Condition, ...]) -> Memory:
    """Notice a temperature outside its bounds; the program is kept, for fever is a sign of withdrawal."""
    felt = [one for one in now if one.cause in (Cause.FEVER, Cause.COLD)]
    outside = [
        one.size
        for one in felt
        if one.size is not None and not is_within(model.engineering, one.cause, one.size)
    ]
    noticed = standing(memory, Alarm.TEMPERATURE) is not None
    if outside and not noticed:
        return effects.raised(memory, Alarm.TEMPERATURE, degrees_c=str(outside[0]))
    if noticed and not outside:
        return alarms.over(memory, Alarm.TEMPERATURE)
    return memory
