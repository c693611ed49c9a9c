"""The dose window to the last figure: against sums over every minute, and at the maximum itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from decimal import Decimal

import pytest

from builders.pumps import C500, C2000, MODEL, START, bolus, implanted, mL, program, ug_a_day
from builders.therapy import OTHER_DRUG
from builders.twin.window import (
    LESS,
    NOON,
    WEEK,
    Rows,
    allowing,
    daily,
    highest,
    minutes_of,
    on,
    remembered,
)
from thecal.pump import RefusedError
from thecal.pump.window import check_clock, check_patient_bolus, check_window, exceeds, quanta_to_limit
from thecal.quantities import HOUR, MINUTE, Interval, Mass, PumpClock, microseconds
from thecal.therapy import (
    DoseStep,
    Flex,
    PatientBolus,
    Priming,
    Program,
    SimpleContinuous,
    pieces,
)

NOON_FROM_START: Rows = [(30, 1), (480, 3), (240, 0), (690, 1)]

LATE = Flex.every_day(  # from 13:10 on nothing up to 13:00
    DoseStep(start=time(0), rate=ug_a_day(0)),
    DoseStep(start=time(13), rate=ug_a_day(1440)),
    DoseStep(start=time(13, 10), rate=ug_a_day(0)),
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
    "a prime between what was and what comes": (
        [(720, 0), (720, 3)],
        on(daily(1), Priming(volume=mL("0.3"), duration=HOUR)),
        [(60, 0), (1440, 1)],
    ),
    "all of it in a short life": ([(100, 5)], on(LATE), [(1430, 0), (10, 1)]),
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
    with pytest.raises(RefusedError):
        check_window(allowing(memory, most - LESS), what)
    with pytest.raises(RefusedError) as refusal:
        check_window(allowing(memory, most - 1), what)
    assert str(refusal.value) == (
        f"24-hour dose: with the dose already delivered, {most} mcg/day is outside what is allowed, "
        f"0 mcg/day to {most - 1} mcg/day ({MODEL.source('daily_dose_most')}; ITB-030)"
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
    """A quantum of 500 mcg/mL is 0.25 mcg."""
    memory = remembered([(1440, 0)])
    memory = replace(memory, doubts=((memory.at, memory.at, 8),))
    weak = replace(memory, reservoir=replace(memory.reservoir, concentration=C500))
    low = program(SimpleContinuous(dose=ug_a_day(360)), None, C500)

    check_window(allowing(weak, 362), low)
    with pytest.raises(RefusedError, match="362 mcg/day is outside"):
        check_window(allowing(weak, 362 - LESS), low)


@pytest.mark.requirement("ITB-074")
@pytest.mark.parametrize(
    ("ran", "most", "quanta"),
    [
        (3000, "3000", 121),
        (1440, "3000", 121),
        (100, "3000", 2801),
        (0, "3000", 3001),
        (3000, "2880.5", 1),
        (3000, "2880", 1),
        (3000, "2879.5", 0),
        (3000, "2870", -9),
    ],
)
def test_so_many_quanta_are_left_to_the_drugs_high_limit(ran: int, most: str, quanta: int) -> None:
    memory = remembered([(3000, 2)], on(daily(2)), ran=ran)

    assert quanta_to_limit(allowing(memory, Decimal(most))) == quanta


def test_weaker_quanta_are_more() -> None:
    memory = remembered([(3000, 2)], on(daily(2)), ran=3000)
    weak = replace(memory, reservoir=replace(memory.reservoir, concentration=C500))

    assert quanta_to_limit(allowing(weak, 3000)) == 481


@pytest.mark.parametrize(
    ("ran", "over", "quanta"), [(100, True, 2921), (30, False, 3001), (30, True, 3001), (3000, True, 121)]
)
def test_what_filled_the_tube_does_not_count_to_the_drugs_high_limit(
    *, ran: int, over: bool, quanta: int
) -> None:
    prime = Priming(volume=mL("0.3"), duration=HOUR)
    memory = replace(remembered([(3000, 2)], on(daily(2), prime), ran=ran), once_over=over)

    assert quanta_to_limit(allowing(memory, 3000)) == quanta


@pytest.mark.requirement("ITB-030", "ITB-035")
def test_a_clock_is_refused_where_the_base_program_would_give_again_what_it_gave() -> None:
    """At 20:00 the three quanta a minute of NOON have been given; put back to noon they are given again."""
    past: Rows = [(30, 1), (480, 3)]
    memory = remembered(past, on(NOON), ran=510)
    clock = memory.clock
    back = PumpClock(clock.offset - 8 * HOUR)
    most = highest(past, [(480, 3), (240, 0), (720, 1)])

    check_clock(allowing(memory, most), back)
    with pytest.raises(RefusedError, match=f"{most} mcg/day is outside"):
        check_clock(allowing(memory, most - LESS), back)
    as_it_is = highest(past, [(240, 0), (720, 1), (480, 3)])
    check_clock(allowing(memory, as_it_is), clock)
    assert as_it_is < most
    # Where the maximum is passed by the old clock too, one that makes it no worse is taken.
    check_clock(allowing(memory, as_it_is - 1), clock)
    with pytest.raises(RefusedError, match="is outside"):
        check_clock(allowing(memory, as_it_is - 1), back)
    # What runs once, and ends with the setting of the clock, does not excuse it.
    once = replace(on(NOON), once=bolus(1500, minutes=60))
    begun = replace(memory, program=once, started=memory.at, started_counts=memory.drive.counts)
    for over in (False, True):
        with pytest.raises(RefusedError, match="is outside"):
            check_clock(allowing(replace(begun, once_over=over), as_it_is - 1), back)


ASKED = PatientBolus(dose=Mass(ug=Decimal(60)), duration=30 * MINUTE, most_per_day=9, lockout=HOUR)


@pytest.mark.requirement("ITB-030")
@pytest.mark.parametrize(
    ("ran", "until", "over", "future"),
    [
        (0, None, False, [(60, 2), (1440, 1)]),
        (10, None, False, [(50, 2), (1440, 1)]),
        (60, None, False, [(1440, 1)]),
        (60, None, True, [(1440, 1)]),
        (60, 20, True, [(20, 3), (1440, 1)]),
        (10, 20, False, [(20, 3), (50, 2), (1440, 1)]),
    ],
)
def test_what_runs_now_counts_to_its_end(*, ran: int, until: int | None, over: bool, future: Rows) -> None:
    what = Program(
        drug=OTHER_DRUG,
        concentration=C2000,
        base=daily(1),
        once=bolus(60, minutes=60),
        patient_bolus=ASKED,
    )
    past: Rows = [(1440, 1)]
    memory = replace(
        remembered(past, what, ran=ran),
        once_over=over,
        patient_until=None if until is None else START + (1440 + until) * MINUTE,
        once_paused_us=0 if until is None else microseconds(until * MINUTE),
    )
    most = highest(past, future)

    assert not exceeds(allowing(memory, most))
    assert exceeds(allowing(memory, most - LESS))
    if until is None:
        asked: Rows = [(30, 3), *future]
        check_patient_bolus(allowing(memory, highest(past, asked)), ASKED.duration)
        with pytest.raises(RefusedError):
            check_patient_bolus(allowing(memory, highest(past, asked) - LESS), ASKED.duration)


@pytest.mark.requirement("ITB-030")
def test_a_pump_of_larger_quanta_is_held_to_the_same_dose() -> None:
    """A valve lets 0.0025 mL through at a time: 5 mcg of 2000 mcg/mL."""
    memory = remembered([(1440, 1)])
    valve = replace(memory, capability=replace(memory.capability, quantum=mL("0.0025")))

    check_window(allowing(valve, 2880), on(daily(2)))
    with pytest.raises(RefusedError, match="2880 mcg/day is outside"):
        check_window(allowing(valve, 2880 - LESS), on(daily(2)))
