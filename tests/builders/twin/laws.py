"""The laws of a pump's life, whatever befalls it: each a sentence, and what it is held against."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from builders.pumps import MODEL, recorded_mL
from thecal.pump import Kind, self_tests
from thecal.pump.alarm_rules import LATENCY
from thecal.pump.conditions import IMPULSES, STALLS, Cause
from thecal.pump.hardware import PPM
from thecal.pump.hold import Hold, Work
from thecal.pump.marks import AGREE_WITHIN
from thecal.pump.profile import SELF_TEST_EVERY
from thecal.pump.surroundings import is_within
from thecal.pump.watchdog import BITES_AFTER
from thecal.quantities import MICROSECONDS_PER_DAY, MINUTE, Interval, microseconds
from thecal.therapy import Alarm, Program, pieces

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.pump import Condition, Pump
    from thecal.pump.memory import Memory

QUANTUM = Fraction(MODEL.quantum.mL)
ONCE_ONLY = (Kind.PROGRAM_COMMITTED, Kind.PUMP_STOPPED, Kind.RESERVOIR_REFILLED, Kind.PROGRAM_PAUSED)
SAID_BY = {
    **self_tests.FINDS,
    **dict.fromkeys(STALLS, Alarm.MOTOR_STALL),
    Cause.FEVER: Alarm.TEMPERATURE,
    Cause.COLD: Alarm.TEMPERATURE,
    Cause.CLOCK_JUMP: Alarm.CLOCK_ERROR,
    Cause.POWER_CUT: Alarm.PUMP_RESET,
    Cause.WATCHDOG: Alarm.PUMP_RESET,
    Cause.HANG: Alarm.PUMP_RESET,
    Cause.BATTERY_FILM: Alarm.PUMP_RESET,
    Cause.EXCEPTION: Alarm.PROCESSOR_ERROR,
    Cause.BOTH_COPIES: Alarm.MEMORY_ERROR,
}
"""Which alarm says that a cause acts."""


def programmed_at_most(what: Program, before: Memory, after: Memory) -> Fraction:
    """Return what a program may have asked for between two moments, in mL.

    What runs once may have been cut short, and a prime may be slower than the base program that follows it.
    """
    window = Interval(before.at, after.at)
    return max(
        sum(
            (
                part.volume
                for part in pieces(
                    one,
                    window,
                    started=before.started,
                    clock=after.clock,
                    minimum_rate=MODEL.minimum_rate,
                )
            ),
            Fraction(0),
        )
        for one in (what, replace(what, once=None))
    )


def volume_is_conserved(pump: Pump, out_before: int) -> None:
    """What was counted is what left, to the quantum, and what reached the patient had left the reservoir."""
    memory, hardware = pump.memory, pump.hardware
    filled = Fraction(memory.reservoir.content.mL)
    used = (memory.drive.counts - memory.filled_counts) * QUANTUM
    assert Fraction(memory.holding.content.mL) == filled - used
    assert hardware.drawn <= hardware.content + 4 * PPM
    slack = 2 + 3 * len(hardware.conditions) + 2 * memory.log.written
    assert abs(recorded_mL(pump) - memory.drive.counts * QUANTUM) <= slack * QUANTUM
    reached = sum(
        (
            Fraction(part.flow.mL_per_day) * microseconds(part.interval.length) / MICROSECONDS_PER_DAY
            for part in pump.true_delivery.segments
        ),
        Fraction(0),
    )
    assert reached <= Fraction(out_before + hardware.drawn, PPM) * QUANTUM + slack * QUANTUM


def nothing_is_done_twice(pump: Pump) -> None:
    """No command was carried out twice, so no bolus was given twice."""
    if pump.log.lost:
        return
    for kind in ONCE_ONLY:
        commands = [entry.fact("command") for entry in pump.log.of_kind(kind)]
        assert len(commands) == len(set(commands))


def every_alarm_comes_within_its_latency(pump: Pump) -> None:
    """Each alarm of a state stands while the state does; each of a cause came as soon as the table says."""
    memory, alarms = pump.memory, pump.status(now=pump.present).alarms
    if memory.watch.hung_since is not None:
        return  # for two seconds nobody but the watchdog notices anything
    assert (Alarm.EMPTY_RESERVOIR in alarms) == (memory.is_empty or memory.shows_empty)
    assert (Alarm.LOW_RESERVOIR in alarms) == (memory.is_low or memory.shows_low)
    assert (Alarm.END_OF_SERVICE in alarms) == (Hold.END_OF_SERVICE in memory.holds)
    if memory.open is not None:
        after = 2 * MINUTE if memory.open.work is Work.UPDATE else 30 * MINUTE
        assert (Alarm.TRANSACTION_OPEN in alarms) == (memory.at - memory.open.since >= after)
    assert memory.paused_at is None or memory.at < memory.paused_at + 30 * MINUTE
    missing, missed = abs(memory.asked - memory.drive.counts - memory.agreed), memory.watch.missed_since
    if missing > AGREE_WITHIN and missed is None:
        assert {Alarm.MOTOR_STALL, Alarm.UNDER_DELIVERY, Alarm.OVER_DELIVERY} & set(alarms)
    if missed is not None and memory.at >= missed + LATENCY[Alarm.MOTOR_STALL]:
        assert Alarm.MOTOR_STALL in alarms
    if not pump.log.lost:
        stood = _stood(pump)
        for one in pump.hardware.conditions:
            _was_said(pump, one, stood)


def _was_said(pump: Pump, one: Condition, stood: dict[str, list[tuple[datetime, datetime | None]]]) -> None:
    """Hold one cause, if it is one that some alarm must tell, to that alarm's latency."""
    alarm = SAID_BY.get(one.cause)
    if alarm is None:
        return
    within = SELF_TEST_EVERY if one.cause in STALLS else LATENCY[alarm]
    due = one.since + within + BITES_AFTER + timedelta(microseconds=1)
    lasts = one.cause in IMPULSES or one.ends is None or one.ends > due
    if pump.memory.at < due or not lasts or not _tells(pump, one, due):
        return
    assert any(begun <= due and (over is None or over >= one.since) for begun, over in stood[alarm.value]), (
        f"{one.cause.value} since {one.since} was not said by {due}"
    )


def _tells(pump: Pump, one: Condition, due: datetime) -> bool:
    """Say whether a cause is of a size that is to be noticed."""
    if one.cause in self_tests.FINDS:
        return one.cause in self_tests.failing(pump.hardware.during(due))
    if one.cause in (Cause.FEVER, Cause.COLD):
        built = pump.hardware.model.engineering
        return one.size is not None and not is_within(built, one.cause, one.size)
    return True


def _stood(pump: Pump) -> dict[str, list[tuple[datetime, datetime | None]]]:
    """Return from when to when each alarm stood, as the log says."""
    stood: dict[str, list[tuple[datetime, datetime | None]]] = {alarm.value: [] for alarm in Alarm}
    for entry in pump.log.of_kind(Kind.ALARM_RAISED, Kind.ALARM_CLEARED):
        spans = stood[entry.fact("alarm") or ""]
        if entry.kind is Kind.ALARM_RAISED:
            spans.append((entry.at, None))
        elif spans:
            spans[-1] = (spans[-1][0], entry.at)
    return stood
