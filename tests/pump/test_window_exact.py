"""The dose window to the last figure: against sums over every minute, and at the maximum itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from decimal import Decimal
from itertools import accumulate

import pytest

from pump.pumps import C2000, MODEL, START, bolus, implanted, mL, program, ug_a_day
from thecal.pump import RefusedError
from thecal.pump.memory import Memory
from thecal.pump.tape import Tape
from thecal.pump.window import check_window
from thecal.quantities import HOUR, MINUTE, DoseRate, FlowRate, Interval, microseconds
from thecal.therapy import (
    DaySchedule,
    DoseStep,
    Flex,
    Priming,
    Program,
    SimpleContinuous,
    pieces,
)

Rows = list[tuple[int, int]]
"""For how many minutes, and mcg a minute."""

LESS = Decimal("0.001")


def minutes_of(rows: Rows) -> list[int]:
    """Return mcg, minute by minute."""
    return [rate for length, rate in rows for _ in range(length)]


def highest(past: Rows, future: Rows) -> int:
    """Return the most that any 1440 minutes hold that do not end before now, minute by minute."""
    minutes = [*minutes_of([(1440, 0), *past])[-1440:], *minutes_of(future)]
    sums = list(accumulate(minutes, initial=0))
    return max(sums[end] - sums[end - 1440] for end in range(1440, len(sums)))


def allowing(memory: Memory, most: Decimal | int) -> Memory:
    """Return the memory of a pump with another configured maximum."""
    return replace(
        memory, capability=replace(memory.capability, daily_dose_most=DoseRate(ug_per_day=Decimal(most)))
    )


def a_minute(rate: int) -> FlowRate:
    """Return the flow that gives so many mcg of 2000 mcg/mL a minute."""
    return FlowRate(mL_per_day=Decimal("0.72") * rate)


def remembered(past: Rows, what: Program | None = None, *, ran: int = 0, doubt: int = 0) -> Memory:
    """Return the memory of a pump that gave this, the last ``ran`` minutes of it by the program it runs."""
    at = START + sum(length for length, _ in past) * MINUTE
    tape, since = [], 0
    for length, rate in past:
        tape.append((since, a_minute(rate), C2000))
        since += microseconds(length * MINUTE)
    born = implanted(18, C2000).memory
    return replace(
        born,
        program=what or born.program,
        started=at - ran * MINUTE,
        once_over=what is None or what.once is None,
        at=at,
        tape=Tape(tape),
        doubt=doubt,
    )


def daily(rate: int) -> SimpleContinuous:
    """Return a base of so many mcg a minute."""
    return SimpleContinuous(dose=ug_a_day(1440 * rate))


def on(base: Flex | SimpleContinuous, once: object = None) -> Program:
    """Return a program in 2000 mcg/mL."""
    return program(base, once, C2000)  # type: ignore[arg-type]


# At the start of every pump the clock on it shows 11:30, on a Monday.
NOON = Flex.every_day(
    DoseStep(start=time(0), rate=ug_a_day(1440)),
    DoseStep(start=time(12), rate=ug_a_day(4320)),
    DoseStep(start=time(20), rate=ug_a_day(0)),
)
NOON_FROM_START: Rows = [(30, 1), (480, 3), (240, 0), (690, 1)]
WEEK = Flex(
    tuple(
        DaySchedule((DoseStep(start=time(0), rate=ug_a_day(1440 * rate)),)) for rate in (1, 4, 2, 2, 2, 2, 3)
    )
)

CASES: dict[str, tuple[Rows, Program, Rows]] = {
    "nothing ever": ([], on(daily(1)), [(1440, 1)]),
    "a day at rest": ([(1440, 0)], on(daily(2)), [(1440, 2)]),
    "less than a day of life": ([(100, 5)], on(daily(2)), [(1440, 2)]),
    "the same again": ([(2000, 2)], on(daily(2)), [(1440, 2)]),
    "the past is the highest": ([(2000, 3)], on(daily(1)), [(1440, 1)]),
    "what was long ago is not counted": ([(3000, 9), (1440, 1)], on(daily(1)), [(1440, 1)]),
    "up and down": ([(500, 1), (300, 4), (900, 0), (200, 3)], on(daily(2)), [(1440, 2)]),
    "a bolus on top": ([(1440, 1)], on(daily(1), bolus(180, minutes=60)), [(60, 4), (1440, 1)]),
    "a bolus longer than a day": (
        [(1440, 1)],
        on(daily(1), bolus(3000, minutes=3000)),
        [(3000, 2), (1440, 1)],
    ),
    "a bolus after a high past": ([(1440, 4)], on(daily(1), bolus(60, minutes=60)), [(60, 2), (1440, 1)]),
    "a prime fills the tube": (
        [(1440, 1)],
        on(daily(2), Priming(volume=mL("0.3"), duration=HOUR)),
        [(60, 0), (1440, 2)],
    ),
    "steps of the day": ([], on(NOON), NOON_FROM_START),
    "steps of the day after a high past": ([(1440, 2)], on(NOON), NOON_FROM_START),
    "a bolus within steps": (
        [(720, 1)],
        on(NOON, bolus(60, minutes=60)),
        # from 23:30, half an hour after it the day begins anew
        [(30, 1), (30, 2), (690, 1), (480, 3), (240, 0), (30, 1)],
    ),
    "weekdays": ([], on(WEEK), [(750, 1), (690, 4)]),
    "the end of a week": ([(6 * 1440, 0)], on(WEEK), [(750, 3), (690, 1)]),
    "a bolus over two midnights": (
        [],
        on(WEEK, bolus(3000, minutes=3000)),
        [(750, 2), (1440, 5), (810, 3), (1440, 2)],
    ),
}


@pytest.mark.requirement("ITB-030", "ITB-035")
@pytest.mark.parametrize(("past", "what", "future"), CASES.values(), ids=CASES)
def test_a_program_is_taken_at_exactly_the_maximum_and_refused_below_it(
    past: Rows, what: Program, future: Rows
) -> None:
    most = highest(past, future)
    memory = remembered(past)

    check_window(allowing(memory, most), what)
    with pytest.raises(RefusedError) as refusal:
        check_window(allowing(memory, most - LESS), what)
    assert str(refusal.value) == (
        f"24-hour dose: with what the pump has given, {most} mcg/day is outside what is allowed, "
        f"0 mcg/day to {most - LESS} mcg/day ({MODEL.source('daily_dose_most')}; ITB-030)"
    )


def test_the_minutes_that_these_tests_write_out_are_what_the_programs_mean() -> None:
    for past, what, future in CASES.values():
        if not isinstance(what.once, Priming):
            at = remembered(past).at
            length = sum(length for length, _ in future) * MINUTE
            parts = pieces(
                what,
                Interval(at, at + length),
                started=at,
                clock=implanted().memory.clock,
                minimum_rate=MODEL.minimum_rate,
            )
            told = [(part.interval.length // MINUTE, part.mL_per_day * 2000 / 1440) for part in parts]
            assert [rate for length, rate in told for _ in range(length)] == minutes_of(future)


@pytest.mark.requirement("ITB-030", "ITB-111")
def test_what_may_have_moved_uncounted_counts_as_given() -> None:
    memory = remembered([(1440, 1)], doubt=7)

    check_window(allowing(memory, 1447), on(daily(1)))
    with pytest.raises(RefusedError, match="1447 mcg/day is outside"):
        check_window(allowing(memory, 1447 - LESS), on(daily(1)))
