"""Pumps with a past, minute by minute, and what 24 hours of it hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from decimal import Decimal
from itertools import accumulate

from builders.pumps import (
    C2000,
    START,
    implanted,
    program,
    ug_a_day,
)
from thecal.pump import Pump
from thecal.pump.memory import Memory
from thecal.pump.tape import Tape
from thecal.quantities import DAY, MINUTE, DoseRate, FlowRate, microseconds
from thecal.therapy import (
    DaySchedule,
    DoseStep,
    Flex,
    Program,
    SimpleContinuous,
)

Rows = list[tuple[int, int]]
"""For how many minutes, and mcg a minute."""


LESS = Decimal("0.000000001")


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


def remembered(past: Rows, what: Program | None = None, *, ran: int = 0) -> Memory:
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


WEEK = Flex(
    tuple(
        DaySchedule((DoseStep(start=time(0), rate=ug_a_day(1440 * rate)),)) for rate in (1, 4, 2, 2, 2, 2, 3)
    )
)


def highest_day_ug(pump: Pump) -> Decimal:
    """Return the highest dose of any 24 hours of a record, looked at where it changes."""
    segments = pump.delivery.segments
    edges = [one.interval.start for one in segments] + [segments[-1].interval.end]
    highest = Decimal(0)
    for edge in [*edges, *(edge - DAY for edge in edges)]:
        window = [
            (min(one.interval.end, edge + DAY) - max(one.interval.start, edge), one)
            for one in segments
            if one.interval.start < edge + DAY and one.interval.end > edge
        ]
        dose = sum((one.flow.as_dose(one.concentration).over(span).ug for span, one in window), Decimal(0))
        highest = max(highest, dose)
    return highest
