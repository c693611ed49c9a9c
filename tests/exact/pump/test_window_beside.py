"""The dose window beside what runs: a lower dose is taken although the day holds too much already."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.pumps import C500, C2000, START, bolus, implanted, mL, ug_a_day
from builders.twin.window import LESS, Rows, allowing, daily, minutes_of, on, remembered
from thecal.pump import RefusedError
from thecal.pump.memory import Memory
from thecal.pump.motor import Drive
from thecal.pump.tally import in_doubt
from thecal.pump.window import check_window, exceeds, fits_alone
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.therapy import DoseStep, Flex, Priming, Program


def taken(memory: Memory, what: Program) -> bool:
    """Say whether a program is taken in place of the one that runs."""
    try:
        check_window(memory, what, runs=memory)
    except RefusedError:
        return False
    return True


def days_of(past: Rows, rate: int) -> list[int]:
    """Return what any 1440 minutes hold that do not end before now, if from now on so much flows a minute."""
    minutes = [*minutes_of([(1440, 0), *past])[-1440:], *[rate] * 1440]
    sums = list(accumulate(minutes, initial=0))
    return [sums[end] - sums[end - 1440] for end in range(1440, len(sums))]


pasts = st.lists(st.tuples(st.integers(1, 900), st.integers(0, 9)), min_size=1, max_size=5)


@pytest.mark.requirement("ITB-030", "ITB-160")
@given(past=pasts, rates=st.tuples(st.integers(0, 6), st.integers(0, 6)), most=st.integers(500, 9000))
def test_what_is_refused_makes_some_day_too_high_and_higher_than_it_would_be_and_nothing_else_is(
    past: Rows, rates: tuple[int, int], most: int
) -> None:
    runs, new = rates
    memory = allowing(remembered(past, on(daily(runs)) if runs else None), most)
    beside = list(zip(days_of(past, new), days_of(past, runs), strict=True))

    worse = [after for after, before in beside if after > max(most, before)]
    nearly = [after for after, before in beside if after > max(most, before) - 20]

    said = taken(memory, on(daily(new)) if new else memory.program)
    if worse:
        assert not said
    if not nearly:
        assert said


@pytest.mark.requirement("ITB-030")
def test_a_day_that_is_too_high_between_two_changes_alone_is_found() -> None:
    """After ten hours of 9 a minute 6000 is passed: 4 go on for a while, 5 go on longer."""
    past: Rows = [(840, 0), (600, 9)]
    memory = remembered(past, on(daily(4)))
    assert max(days_of(past, 4)) == 9 * 600 + 4 * 840
    assert taken(allowing(memory, 5400), on(daily(4)))
    assert taken(allowing(memory, 5400), on(daily(3)))
    assert not taken(allowing(memory, 5400), on(daily(5)))
    assert not taken(allowing(memory, 5400), on(daily(4), bolus(60, minutes=60)))


def halves(first: int, hour: int, then: int) -> Flex:
    """Return so many quanta a minute up to an hour of the day, and so many from then on."""
    return Flex.every_day(
        DoseStep(start=time(0), rate=ug_a_day(1440 * first)),
        DoseStep(start=time(hour), rate=ug_a_day(1440 * then)),
    )


@pytest.mark.requirement("ITB-030")
@pytest.mark.parametrize(
    ("past", "runs", "what", "most", "is_taken"),
    [
        ([(96, 7), (893, 5), (451, 0)], on(daily(1)), on(daily(3)), 4920, False),
        (
            [(405, 7), (91, 4), (519, 8), (425, 9)],
            on(halves(3, 13, 5)),
            on(daily(2), bolus(360, minutes=180)),
            8889,
            False,
        ),
        (
            [(452, 5), (695, 7), (165, 3), (128, 1)],
            on(halves(5, 18, 2), bolus(60, minutes=60)),
            on(halves(2, 1, 4), bolus(60, minutes=60)),
            6785,
            False,
        ),
        (
            [(168, 3), (628, 4), (644, 0)],
            on(halves(3, 10, 4)),
            on(halves(4, 8, 2), bolus(360, minutes=180)),
            1711,
            True,
        ),
        ([(1440, 1)], on(daily(1)), on(daily(1), bolus(60, minutes=60)), 1440, False),
    ],
    ids=[
        "where what goes on passes",
        "its own turns",
        "a bolus in each",
        "beyond its last day",
        "just at it",
    ],
)
def test_a_day_is_held_against_the_same_day_of_what_goes_on(
    past: Rows, runs: Program, what: Program, most: int, *, is_taken: bool
) -> None:
    memory = replace(allowing(remembered(past, runs), most), once_over=runs.once is None)

    assert taken(memory, what) == is_taken


def test_a_program_fits_by_itself_up_to_the_maximum_whatever_was_before_it() -> None:
    memory = remembered([(1440, 9)], on(halves(1, 12, 3), bolus(300, minutes=60)))

    assert fits_alone(allowing(memory, 2880))
    assert not fits_alone(allowing(memory, 2880 - LESS))


def test_without_what_runs_beside_it_every_program_is_held_against_the_maximum_alone() -> None:
    memory = allowing(remembered([(1440, 3)], on(daily(3))), 4000)

    with pytest.raises(RefusedError, match="4320 mcg/day is outside"):
        check_window(memory, on(daily(2)))
    assert taken(memory, on(daily(2)))


def test_a_stopped_pump_is_beside_nothing() -> None:
    memory = allowing(remembered([(1440, 3)]), 4000)

    assert not taken(memory, on(daily(1)))


@pytest.mark.requirement("ITB-167")
def test_a_flow_counts_by_the_stronger_of_label_and_reservoir() -> None:
    memory = remembered([(1440, 0)])
    weak = replace(memory, reservoir=replace(memory.reservoir, concentration=C500))
    what = replace(on(daily(1)), concentration=C500)

    for held, most in ((memory, 5760), (weak, 1440)):
        check_window(allowing(held, most), what)
        with pytest.raises(RefusedError, match=f"{most} mcg/day is outside"):
            check_window(allowing(held, most - LESS), what)
    running = allowing(replace(memory, program=what), 1440)
    assert exceeds(running)
    assert not exceeds(replace(running, reservoir=weak.reservoir))


@pytest.mark.requirement("ITB-023")
@pytest.mark.parametrize(("counts", "volume", "most"), [(0, "0.3", 1440), (1, "0.3", 1980), (0, "0.7", 2780)])
def test_a_prime_counts_unless_it_fills_an_empty_tube(counts: int, volume: str, most: int) -> None:
    """0.3 mL of 2000 mcg/mL within an hour are 600 mcg, and the base goes on for 23."""
    memory = replace(implanted(18, C2000).memory, drive=Drive(counts=counts))
    prime = on(daily(1), Priming(volume=mL(volume), duration=HOUR))

    check_window(allowing(memory, most), prime)
    with pytest.raises(RefusedError, match=f"{most} mcg/day is outside"):
        check_window(allowing(memory, most - LESS), prime)


def test_a_doubt_counts_in_full_to_the_day_after_its_end() -> None:
    whole = ((START, START + HOUR, 7),)
    assert [in_doubt(whole, START + HOUR + after) for after in (0 * HOUR, DAY, DAY + MINUTE)] == [7, 7, 0]
    assert in_doubt(((START, START, 1), (START + HOUR, START + 2 * HOUR, 2)), START + 2 * HOUR) == 3
