"""The dose window: no 24 hours hold more than the configured maximum, whatever came before (ITB-030).

A rule that counts only what was given since the last start lets a stop and a restart hide a dose (Vasicek et
al., ICLP 2024). So every stretch of 24 hours is held against the maximum that begins in the past and ends in
the future: with all that was counted, all that may or may not have moved, and the whole of the base program
to come, as if nothing would ever end it. A prime fills the tube, and is counted when it flows on.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from thecal.pump.errors import RefusedError
from thecal.pump.plan import DAY_US, EPOCH, FIRST_WEEKDAY, Week, plan_of
from thecal.quantities import DAY, DoseRate, microseconds, quotient, write_dose_rate
from thecal.therapy import Priming, SingleBolus

if TYPE_CHECKING:
    from thecal.pump.memory import Memory
    from thecal.pump.plan import Plan
    from thecal.pump.tape import Change
    from thecal.quantities import PumpClock
    from thecal.therapy import Program

_Course = list[tuple[int, Fraction]]
"""From when on (microseconds from now), and the pace of the dose, in mcg for each microsecond."""

_Weeks = tuple[tuple[Week, int, int, bool], ...]
"""What follows: weeks of paces, each from when up to when (microseconds from now), and whether it primes."""


def check_window(memory: Memory, program: Program) -> None:
    """Refuse a program that would bring any 24 hours above the configured maximum.

    Raises:
        RefusedError: with the highest 24-hour dose there would be.
    """
    plan = plan_of(program, memory.capability)
    prime = isinstance(program.once, Priming)
    once, base = plan.once_us, plan.once_us + DAY_US
    _check(memory, program, ((plan.once, 0, once, prime), (plan.base, once, base, False)))


def check_patient_bolus(memory: Memory, lasting: timedelta) -> None:
    """Refuse a patient's bolus, begun now, that would bring any 24 hours above the configured maximum.

    What runs once gives way, and follows it with all that is left of it.

    Raises:
        RefusedError: with the highest 24-hour dose there would be.
    """
    _check(memory, memory.program, _following(memory, microseconds(lasting)))


def quanta_to_limit(memory: Memory) -> int:
    """Return how many more quanta fit under the drug's high limit; at or below 0 where it is passed.

    What the pump has counted since its program began, or in the last 24 hours of it, is held against the
    configured maximum of 24 hours, whoever asked for it (ITB-074). Primes and bridges fill the tube.
    """
    since = max(memory.started, memory.at - DAY)
    if not isinstance(memory.program.once, SingleBolus | None):
        filled = memory.started + timedelta(microseconds=memory.plan.once_us)
        since = max(since, filled if memory.once_over else memory.at)
    quantum = Fraction(memory.capability.quantum.mL) * Fraction(memory.reservoir.concentration.ug_per_mL)
    now, begun = (microseconds(at - memory.implanted_at) for at in (memory.at, min(since, memory.at)))
    counted = _Sum(_past(memory.tape.since(begun), now))
    left = Fraction(memory.capability.daily_dose_most.ug_per_day) - counted(0) + counted(begun - now)
    return int(left // quantum) + 1


def check_clock(memory: Memory, clock: PumpClock) -> None:
    """Refuse a clock by which the base program alone would bring any 24 hours above the configured maximum.

    It would give again what it has just given. Where it does so by any clock, no clock is to blame.

    Raises:
        RefusedError: with the highest 24-hour dose there would be.
    """
    base = ((memory.plan.base, 0, DAY_US, False),)
    if _fits(memory, base):
        _check(replace(memory, clock=clock), memory.program, base)


def exceeds(memory: Memory) -> bool:
    """Say whether what runs now, to its end, would bring any 24 hours above the configured maximum."""
    asked = 0 if memory.patient_until is None else microseconds(memory.patient_until - memory.at)
    return not _fits(memory, _following(memory, asked))


def _fits(memory: Memory, coming: _Weeks) -> bool:
    try:
        _check(memory, memory.program, coming)
    except RefusedError:
        return False
    return True


def _following(memory: Memory, asked: int) -> _Weeks:
    """Return what follows: a patient's bolus of so many microseconds, what is left to run once, the base."""
    plan, once = memory.plan, memory.program.once
    ends = memory.once_ends
    left = 0 if ends is None else max(0, microseconds(ends - memory.at))
    if memory.patient_until is not None and left:
        left -= microseconds(memory.patient_until - memory.at)
    base = asked + left
    return (
        (plan.patient, 0, asked, False),
        (plan.once, asked, base, isinstance(once, Priming)),
        (plan.base, base, base + DAY_US, False),
    )


def _check(memory: Memory, program: Program, coming: _Weeks) -> None:
    most = memory.capability.daily_dose_most.ug_per_day
    plan = plan_of(program, memory.capability)
    dose_of_quantum = memory.capability.quantum.mL * program.concentration.ug_per_mL
    unsure = memory.doubt * dose_of_quantum
    now = microseconds(memory.at - memory.implanted_at)
    course = memory.tape.since(now - DAY_US)
    highest_pace = max((flow.mL_per_day * strength.ug_per_mL for _, flow, strength in course), default=0)
    extra = sum(ends - begins for week, begins, ends, _ in coming if week is not plan.base)
    quanta = (plan.most_pace * DAY_US + plan.most_once_pace * extra) // plan.scale + 1
    if highest_pace + quanta * dose_of_quantum + unsure <= most:
        return
    past = _past(course, now)
    future = _future(memory, plan, coming, Fraction(dose_of_quantum))
    highest = Fraction(unsure) + _highest(past, future)
    if highest > most:
        said = DoseRate(ug_per_day=quotient(Decimal(highest.numerator), Decimal(highest.denominator)))
        raise RefusedError(
            f"24-hour dose: with what the pump has given, {write_dose_rate(said)} is outside what is "
            f"allowed, 0 mcg/day to {write_dose_rate(memory.capability.daily_dose_most)} "
            f"({memory.capability.source('daily_dose_most')}; ITB-030)"
        )


def _past(changes: list[Change], now: int) -> _Course:
    """Return what flowed in the last 24 hours, as the counter says."""
    course = [
        (
            max(-DAY_US, us - now),
            Fraction(flow.mL_per_day) * Fraction(strength.ug_per_mL) / DAY_US,
        )
        for us, flow, strength in changes
        if us < now
    ]
    return [*course, (0, Fraction(0))] if course else [(-DAY_US, Fraction(0)), (0, Fraction(0))]


def _future(memory: Memory, plan: Plan, coming: _Weeks, dose_of_quantum: Fraction) -> _Course:
    """Return what is to come, up to a day after the last of what does not last."""
    start = microseconds(memory.at - EPOCH) + microseconds(memory.clock.offset)
    course: _Course = []
    for week, begins, ends, prime in coming:
        for day in range((start + begins) // DAY_US, (start + max(begins, ends)) // DAY_US + 1):
            for low, high, pace in week[(day + FIRST_WEEKDAY) % 7]:
                begun = max(day * DAY_US + low - start, begins)
                if begun < min(day * DAY_US + high - start, ends):
                    speed = 0 if prime else pace
                    course.append((begun, Fraction(speed, plan.scale) * dose_of_quantum))
    return [*course, (max(ends for _, _, ends, _ in coming), Fraction(0))]


def _highest(past: _Course, future: _Course) -> Fraction:
    """Return the most that any 24 hours hold; it begins, or ends, where the pace changes."""
    starts = {us for us, _ in past} | {edge for us, _ in future for edge in (us, us - DAY_US)}
    given, coming = _Sum(past), _Sum(future)
    held = given(0)
    return max(
        held - given(min(start, 0)) + coming(start + DAY_US) - coming(max(start, 0))
        for start in starts
        if -DAY_US <= start <= future[-1][0] - DAY_US
    )


class _Sum:
    """What a course comes to from its beginning up to a moment."""

    def __init__(self, course: _Course) -> None:
        self._course = course
        self._edges = [us for us, _ in course]
        spans = (later - sooner for sooner, later in pairwise(self._edges))
        parts = (pace * span for (_, pace), span in zip(course, spans, strict=False))
        self._sums = list(accumulate(parts, initial=Fraction(0)))

    def __call__(self, until: int) -> Fraction:
        at = bisect_right(self._edges, until) - 1
        if at < 0:
            return Fraction(0)
        return self._sums[at] + self._course[at][1] * (until - self._edges[at])
