"""The account of the periodic boluses: of each what was programmed, what of it was counted, and how it ended.

They are told when the drive has flowed past their end, however many that were, so that nothing wakes for them
and years of them cost little (ITB-040). Of what was counted, a bolus has the share that its own pace has in
it; the background is not in it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.pump.hardware import PPM
from thecal.pump.hold import UnderWay
from thecal.pump.kinds import Kind
from thecal.pump.motor import decimal_places
from thecal.pump.plan import EPOCH
from thecal.quantities import microseconds, plain, since_midnight
from thecal.therapy import Alarm, PeriodicBolus, SingleBolus

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.pump.log import Log
    from thecal.pump.memory import Memory

_SHORT = (Alarm.MOTOR_STALL, Alarm.UNDER_DELIVERY)
"""What an alarm that stands says of a bolus that fell short."""


def account(memory: Memory, planned_mL: Fraction, given: Fraction) -> dict[str, str]:
    """Return what was programmed, what of it was delivered, by the counter, and what remains.

    Args:
        memory: of the pump.
        planned_mL: what was programmed, mL.
        given: what was counted of it, quanta.
    """
    delivered = given * Fraction(memory.capability.quantum.mL)
    return {
        "planned_mL": plain(decimal_places(planned_mL)),
        "delivered_mL": plain(decimal_places(delivered)),
        "remaining_mL": plain(decimal_places(max(Fraction(0), planned_mL - delivered))),
    }


def end_periodic(memory: Memory, reason: str) -> Memory:
    """Return the memory in which no periodic bolus is under way; the log says why, where one was."""
    one, base = memory.under_way, memory.program.base
    if one is None or not isinstance(base, PeriodicBolus):
        return memory
    log = _told(memory.log, _facts(memory, base, one.given, reason), one.began, memory.at)
    return replace(memory, under_way=None, log=log)


def flowed(before: Memory, after: Memory, told: int) -> Memory:
    """Return the memory of a pump after it flowed, with every periodic bolus told that has ended since.

    Args:
        before: when it began to flow; its program, its holds and its clock held all the while.
        after: what it is now.
        told: millionths of a quantum that were counted for each that was asked for.
    """
    base = before.program.base
    if not isinstance(base, PeriodicBolus):
        return after
    start = microseconds(before.at - EPOCH) + microseconds(before.dose_clock.offset)
    length = microseconds(after.at - before.at)
    interval, lasts = microseconds(base.interval), microseconds(base.duration)
    into = (start - microseconds(since_midnight(base.first))) % interval
    one, log, each = before.under_way, after.log, _quanta(before, base)
    if one is not None and (into + microseconds(one.ends - before.at) - lasts) % interval:
        log, one = _told(log, _facts(before, base, one.given, "clock set"), one.began, before.at), None
    follows, withheld = _follows(before), _is_withheld(before)
    whole = each * told / PPM
    complete = _facts(before, base, whole, "complete" if told >= PPM else _shortfall(before))
    began = -into if into < lasts else interval - into
    while began < length:
        ended = began + lasts
        if one is None and follows and not withheld and began >= 0 and ended <= length:
            at = before.at + timedelta(microseconds=began)
            log = _told(log, complete, at, at + base.duration)
        elif one is None and follows and withheld and began >= 0:
            at = before.at + timedelta(microseconds=began)
            log = _told(log, _facts(before, base, Fraction(0), "withheld"), at, at)
        elif one is not None or (follows and not withheld):
            given = whole * (min(ended, length) - max(began, 0)) / lasts if follows else Fraction(0)
            one = _running(one, before.at, (began, ended), given)
            if ended <= length:
                said = _facts(before, base, one.given, _came_to_its_end(before, base, one))
                log, one = _told(log, said, one.began, one.ends), None
        began += interval
    return after if one is after.under_way and log is after.log else replace(after, under_way=one, log=log)


def _running(one: UnderWay | None, since: datetime, span: tuple[int, int], given: Fraction) -> UnderWay:
    """Return a bolus that is under way, or that has just begun or been joined, with what was given of it."""
    if one is not None:
        return replace(one, given=one.given + given)
    began, ended = span
    return UnderWay(
        began=since + timedelta(microseconds=max(began, 0)),
        ends=since + timedelta(microseconds=ended),
        given=given,
    )


def _facts(memory: Memory, base: PeriodicBolus, given: Fraction, reason: str) -> dict[str, str]:
    """Return what a record says of a bolus that ended, but for when it began."""
    planned = _quanta(memory, base) * Fraction(memory.capability.quantum.mL)
    return {"mode": "periodic bolus", **account(memory, planned, given), "reason": reason}


def _told(log: Log, facts: dict[str, str], began: datetime, at: datetime) -> Log:
    return log.then(Kind.BOLUS_ENDED, at, {**facts, "began": began.isoformat()})


def _came_to_its_end(memory: Memory, base: PeriodicBolus, one: UnderWay) -> str:
    """Return what is to be said of a bolus whose time was over."""
    planned, ran = _quanta(memory, base), microseconds(one.ends - one.began)
    if one.given >= planned:
        return "complete"
    if one.given * microseconds(base.duration) >= planned * ran:
        return "began late"
    return _shortfall(memory)


def _shortfall(memory: Memory) -> str:
    """Return why less was counted than was asked for, as far as the pump knows."""
    if memory.holds:
        return memory.holds[0].value
    raised = {here.alarm for here in memory.raised}
    return next((alarm.value for alarm in _SHORT if alarm in raised), "fell short")


def _follows(memory: Memory) -> bool:
    """Say whether the pump follows its base program, with what its periodic boluses are on top of it."""
    if memory.holds or memory.is_empty or memory.finishing:
        return False
    asked, once = memory.patient_until is not None, memory.program.once
    return asked or memory.once_over or isinstance(once, SingleBolus)


def _is_withheld(memory: Memory) -> bool:
    return memory.boluses_withheld and memory.once_over and memory.patient_until is None


def _quanta(memory: Memory, base: PeriodicBolus) -> Fraction:
    """Return how many quanta a periodic bolus takes, without the background."""
    volume = Fraction(base.bolus.ug) / Fraction(memory.program.concentration.ug_per_mL)
    return volume / Fraction(memory.capability.quantum.mL)
