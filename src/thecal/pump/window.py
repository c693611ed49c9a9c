"""The dose window: no 24 hours hold more than the configured maximum, whatever came before (ITB-030).

A rule that counts only what was given since the last start lets a stop and a restart hide a dose (Vasicek et
al., ICLP 2024). So every stretch of 24 hours is held against the maximum that begins in the past and ends in
the future: with all that was counted, all that may or may not have moved, and the whole of the base program
to come, as if nothing would ever end it. A prime fills the tube, and is counted when it flows on; a bridge
is counted at the strength of the old solution that it drives out of the tube.
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
from thecal.pump.tally import in_doubt
from thecal.pump.tube import fills_the_tube, held, inside, left_the_tube
from thecal.quantities import DAY, DoseRate, microseconds, quotient, write_dose_rate
from thecal.therapy import Bridge, Priming, SingleBolus, most_in_any, once_flow

if TYPE_CHECKING:
    from thecal.pump.memory import Memory
    from thecal.pump.plan import Plan
    from thecal.pump.tape import Change
    from thecal.quantities import PumpClock
    from thecal.therapy import Program

_Course = list[tuple[int, Fraction]]
"""From when on (microseconds from now), and the pace of the dose, in mcg for each microsecond."""

_Weeks = tuple[tuple[Week, int, int, Decimal], ...]
"""What follows: weeks of paces, from when up to when (microseconds from now), of how many mcg/mL."""


def check_window(memory: Memory, program: Program, *, runs: Memory | None = None) -> None:
    """Refuse a program that would bring any 24 hours above the configured maximum.

    Args:
        memory: of the pump.
        program: what is to run.
        runs: the pump as it goes on without it: what makes no 24 hours higher than that is not refused, for
            then a lower dose could not be had.

    Raises:
        RefusedError: with the highest 24-hour dose there would be.
    """
    plan = plan_of(program, memory.capability)
    _check(memory, program, _once_and_base(memory, program, 0, plan.once_us, driven=0), runs=runs)


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

    It would give again what it has just given. A clock by which no 24 hours hold more than by the old one is
    not to blame.

    Raises:
        RefusedError: with the highest 24-hour dose there would be.
    """
    base = ((memory.plan.base, 0, DAY_US, max(_strongest(memory, memory.program), _held(memory))),)
    _check(replace(memory, clock=clock), memory.program, base, runs=replace(memory, once_over=True))


def fits_alone(memory: Memory) -> bool:
    """Say whether the base program by itself, out of this tube, keeps within the maximum in any 24 hours."""
    strength = Fraction(max(_strongest(memory, memory.program), _held(memory)))
    most = most_in_any(DAY, memory.program, memory.capability.minimum_rate)
    return most * strength <= Fraction(memory.capability.daily_dose_most.ug_per_day)


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
    program, ends = memory.program, memory.once_ends
    left = 0 if ends is None else max(0, microseconds(ends - memory.at))
    if memory.patient_until is not None and left:
        left -= microseconds(memory.patient_until - memory.at)
    strength = max(_strongest(memory, program), _held(memory))
    if left and isinstance(program.once, Bridge):
        strength = max(strength, program.once.old_concentration.ug_per_mL)
    driven = memory.drive.counts - memory.started_counts
    coming = _once_and_base(memory, program, asked, asked + left, driven=driven)
    return ((memory.plan.patient, 0, asked, strength), *coming)


def _once_and_base(memory: Memory, program: Program, begins: int, ends: int, *, driven: int) -> _Weeks:
    """Return what runs once, so many quanta after it began, and the base program that follows it."""
    plan, once = plan_of(program, memory.capability), program.once if ends > begins else None
    strength = _strongest(memory, program)
    leaves, changes, out = max(strength, _held(memory)), ends, _until_out(memory, plan)
    if isinstance(once, Priming):
        leaves = Decimal(0) if fills_the_tube(memory, once.volume) else leaves
    elif isinstance(once, Bridge):
        leaves, out = max(once.old_concentration.ug_per_mL, _held(memory)), 0
        left = Fraction(once.dead_volume.mL) - driven * Fraction(memory.capability.quantum.mL)
        lasts = max(Fraction(0), left) * DAY_US / once_flow(once, program.concentration)
        changes = min(ends, begins + int(lasts))
    return (
        (plan.once, begins, changes, leaves),
        (plan.once, changes, ends, strength),
        (plan.base, ends, ends + out, max(strength, _held(memory))),
        (plan.base, ends + out, ends + DAY_US, strength),
    )


def _until_out(memory: Memory, plan: Plan) -> int:
    """Return how long, in microseconds and a day at most, the slowest flow drives what is of before out."""
    quanta = inside(memory) / Fraction(memory.capability.quantum.mL)
    slowest = min(pace for day in plan.base for _, _, pace in day)
    if not quanta:
        return 0
    return min(DAY_US, int(quanta * plan.scale / slowest) + 1) if slowest else DAY_US


def _strongest(memory: Memory, program: Program) -> Decimal:
    """Return the strength that a program's flow may have: its label's, or the reservoir's."""
    return max(program.concentration, memory.reservoir.concentration).ug_per_mL


def _held(memory: Memory) -> Decimal:
    """Return the strength of what is still in the tube of before; 0 where nothing is."""
    return max((one.ug_per_mL for one in held(memory)), default=Decimal(0))


def _check(memory: Memory, program: Program, coming: _Weeks, *, runs: Memory | None = None) -> None:
    plan = plan_of(program, memory.capability)
    dose_of_quantum = memory.capability.quantum.mL * max(strength for _, _, _, strength in coming)
    unsure = in_doubt(memory.doubts, memory.at) * dose_of_quantum
    now = microseconds(memory.at - memory.implanted_at)
    course = left_the_tube(memory, now - DAY_US)
    most = memory.capability.daily_dose_most.ug_per_day - unsure
    if _at_most(plan, coming, course, dose_of_quantum) <= most:
        return
    past = _past(course, now)
    days = _Days(past, _future(memory, plan, coming))
    highest = max(days(start) for start in days.starts)
    if highest > most and runs is not None:
        beside = _Days(past, _future(runs, runs.plan, _following(runs, 0)))
        highest = _worse(days, beside, Fraction(most))
    if highest > most:
        highest += Fraction(unsure)
        said = DoseRate(ug_per_day=quotient(Decimal(highest.numerator), Decimal(highest.denominator)))
        raise RefusedError(
            f"24-hour dose: with the dose already delivered, {write_dose_rate(said)} is outside what is "
            f"allowed, 0 mcg/day to {write_dose_rate(memory.capability.daily_dose_most)} "
            f"({memory.capability.source('daily_dose_most')}; ITB-030)"
        )


def _at_most(plan: Plan, coming: _Weeks, course: list[Change], dose_of_quantum: Decimal) -> Decimal:
    """Return what no 24 hours exceed, soon reckoned: the highest past all day, and all that is to come."""
    highest_pace = max(
        (flow.mL_per_day * strength.ug_per_mL for _, flow, strength in course), default=Decimal(0)
    )
    extra = sum(ends - begins for week, begins, ends, _ in coming if week is not plan.base)
    quanta = (plan.most_pace * DAY_US + plan.most_once_pace * extra) // plan.scale + 1
    return highest_pace + quanta * dose_of_quantum


def _past(changes: list[Change], now: int) -> _Course:
    """Return what flowed in the last 24 hours, as the counter says."""
    course = [
        (max(-DAY_US, us - now), Fraction(flow.mL_per_day) * Fraction(strength.ug_per_mL) / DAY_US)
        for us, flow, strength in changes
    ]
    return [(-DAY_US, Fraction(0)), *course]


def _future(memory: Memory, plan: Plan, coming: _Weeks) -> _Course:
    """Return what is to come, up to a day after the last of what does not last."""
    start = microseconds(memory.at - EPOCH) + microseconds(memory.dose_clock.offset)
    course: _Course = []
    for week, begins, ends, strength in coming:
        dose_of_quantum = Fraction(memory.capability.quantum.mL * strength)
        for day in range((start + begins) // DAY_US, (start + ends) // DAY_US + 1):
            for low, _, pace in week[(day + FIRST_WEEKDAY) % 7]:
                begun = max(day * DAY_US + low - start, begins)
                if begun < ends:
                    course.append((begun, Fraction(pace, plan.scale) * dose_of_quantum))
    return [*course, (max(ends for _, _, ends, _ in coming), Fraction(0))]


class _Days:
    """What any 24 hours hold that begin so many microseconds from now, and where that may turn."""

    starts: set[int]
    last: int
    _given: _Sum
    _coming: _Sum

    def __init__(self, past: _Course, future: _Course) -> None:
        self.starts = {us for us, _ in past} | {edge for us, _ in future for edge in (us, us - DAY_US)}
        self.last = future[-1][0] - DAY_US
        self._given, self._coming = _Sum(past), _Sum(future)

    def __call__(self, start: Fraction | int) -> Fraction:
        given = self._given(0) - self._given(min(start, 0))
        return given + self._coming(start + DAY_US) - self._coming(max(start, 0))


def _worse(days: _Days, beside: _Days, most: Fraction) -> Fraction:
    """Return the most of the 24 hours that hold more than allowed and more than without it; 0 for none."""

    def without(start: Fraction | int) -> Fraction:
        return beside(min(start, beside.last))

    starts: list[Fraction | int] = sorted(days.starts | beside.starts)
    for sooner, later in pairwise(tuple(starts)):  # and where what goes on passes what is allowed
        above, below = without(sooner) - most, without(later) - most
        if above * below < 0:
            starts.append(sooner + (later - sooner) * above / (above - below))
    return max(
        (days(start) for start in starts if days(start) > max(most, without(start))), default=Fraction(0)
    )


class _Sum:
    """What a course comes to from its beginning up to a moment."""

    _course: _Course
    _edges: list[int]
    _sums: list[Fraction]

    def __init__(self, course: _Course) -> None:
        self._course = course
        self._edges = [us for us, _ in course]
        parts = (pace * (later - sooner) for (sooner, pace), (later, _) in pairwise(course))
        self._sums = list(accumulate(parts, initial=Fraction(0)))

    def __call__(self, until: Fraction | int) -> Fraction:
        at = bisect_right(self._edges, until) - 1
        return self._sums[at] + self._course[at][1] * (until - self._edges[at])
