"""What the drive writes down while it flows: its own record, the truth behind it, counters and shares."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from builders.pumps import C500, C2000, START, acting, bolus, implanted
from builders.twin.drive import NOTHING, US_A_MINUTE, lived, told_to
from builders.twin.window import NOON, a_minute, daily, on
from thecal.pump import Cause
from thecal.pump.hold import Hold
from thecal.pump.scheduler import flow
from thecal.pump.tape import Change, Tape
from thecal.quantities import DAY, HOUR, MINUTE, FlowRate, PumpClock


def test_a_drive_that_stands_writes_that_nothing_flows_on_both_tapes() -> None:
    memory, hardware = told_to(on(daily(1)))
    memory, hardware = flow(memory, replace(hardware, truth=Tape()), START + MINUTE)
    standing = replace(memory, holds=(Hold.UPDATE,))

    for minutes in (2, 3):
        standing, hardware = flow(standing, hardware, START + minutes * MINUTE)

    written: list[Change] = [(0, a_minute(1), C2000), (US_A_MINUTE, NOTHING, C2000)]
    assert [*standing.tape] == written
    assert hardware.truth is not None
    assert [*hardware.truth] == written
    assert standing.at == START + 3 * MINUTE
    assert standing.drive == memory.drive
    unwatched, plain = flow(replace(memory, holds=(Hold.UPDATE,)), implanted().hardware, START + 2 * MINUTE)
    assert plain.truth is None
    assert [*unwatched.tape] == written


def test_another_solution_begins_a_new_stretch_of_the_record_and_the_same_flow_does_not() -> None:
    memory, hardware = lived(on(daily(1)), MINUTE)
    same, _ = flow(memory, hardware, START + 2 * MINUTE)
    assert [*same.tape] == [(0, a_minute(1), C2000)]

    other = replace(memory, reservoir=replace(memory.reservoir, concentration=C500))
    mixed, _ = flow(
        other, replace(hardware, truth=Tape([*memory.tape]), concentration=C500), START + 2 * MINUTE
    )
    assert [*mixed.tape] == [(0, a_minute(1), C2000), (US_A_MINUTE, a_minute(1), C500)]


def test_a_flow_that_goes_on_over_midnight_is_one_stretch_whoever_wrote_its_beginning() -> None:
    memory, hardware = lived(on(daily(1)), 2 * DAY)
    assert [*memory.tape] == [(0, a_minute(1), C2000)]

    equal = replace(memory, tape=Tape([(0, a_minute(1), C2000)]))
    further, _ = flow(equal, hardware, START + 3 * DAY)
    assert [*further.tape] == [(0, a_minute(1), C2000)]


def test_a_step_that_begins_with_the_flow_is_the_only_one_written() -> None:
    memory, hardware = told_to(on(NOON))
    at_noon = replace(memory, clock=PumpClock(memory.clock.offset + 30 * MINUTE))

    after, _ = flow(at_noon, hardware, START + MINUTE)

    assert [*after.tape] == [(0, a_minute(3), C2000)]


def test_the_truth_changes_when_the_flow_does() -> None:
    memory, hardware = told_to(on(NOON))

    _, done = flow(memory, replace(hardware, truth=Tape()), START + HOUR)

    assert done.truth is not None
    assert [*done.truth] == [(0, a_minute(1), C2000), (30 * US_A_MINUTE, a_minute(3), C2000)]


FIFTEEN = 15 * MINUTE

Row = tuple[Cause | None, str | None, tuple[int, int, int, int, int], int, int | str, int | str]
# cause, size: counted, asked, in doubt, too large, slip; drawn a quantum; what the pump records, what is true
MECHANISMS: dict[str, Row] = {
    "as its label": (None, None, (15, 15, 0, 0, 0), 15_000_000, 1, 1),
    "runs ahead": (Cause.RUNAWAY, "1.25", (18, 15, 0, 0, 750_000), 18_000_000, "1.25", "1.25"),
    "lags": (Cause.LAGGING, "0.5", (7, 15, 0, 0, 500_000), 7_000_000, "0.5", "0.5"),
    "told too much": (Cause.PACED_FAST, "1.25", (18, 18, 0, 0, 750_000), 18_000_000, "1.25", "1.25"),
    "uncounted": (Cause.COUNTER_STUCK, None, (0, 15, 15, 0, 0), 15_000_000, 0, 1),
    "too much in each": (Cause.OVER_INFUSION, "1.5", (15, 15, 0, 15, 0), 22_500_000, 1, "1.5"),
    "a little too much": (Cause.OVER_INFUSION, "1.1", (15, 15, 0, 0, 0), 16_500_000, 1, "1.1"),
    "leaks": (Cause.LEAK, None, (15, 15, 0, 0, 0), 15_000_000, 1, 0),
    "blocked": (Cause.OCCLUSION, None, (15, 15, 0, 0, 0), 15_000_000, 1, 0),
}


@pytest.mark.parametrize("row", MECHANISMS.values(), ids=MECHANISMS)
def test_the_counters_the_record_and_the_truth_part_as_the_mechanism_does(row: Row) -> None:
    cause, size, counters, drawn, recorded, true = row
    memory, hardware = told_to(on(daily(1), bolus(1, minutes=60)))
    memory = replace(memory, once_over=True)
    if cause is not None:
        hardware = hardware.with_conditions(acting(cause, size=size))
    hardware = replace(hardware, truth=Tape())

    after, done = flow(memory, hardware, START + FIFTEEN)

    counted, asked, doubt, large, slip = counters
    assert (after.drive.counts, after.asked) == (counted, asked)
    assert (after.doubt, after.large_strokes) == (doubt, large)
    assert (done.slip, done.drawn) == (slip, drawn)
    assert [*after.tape] == [(0, times(recorded), C2000)]
    assert done.truth is not None
    assert [*done.truth] == [(0, times(true), C2000)]
    assert after.at == START + FIFTEEN


def times(share: int | str) -> FlowRate:
    """Return a flow of so many quanta a minute."""
    return FlowRate(mL_per_day=Decimal("0.72") * Decimal(share))


@pytest.mark.parametrize(
    ("cause", "size", "share"),
    [(Cause.RUNAWAY, "1.25", Fraction(5, 4)), (Cause.COUNTER_STUCK, None, Fraction(0))],
)
def test_the_share_of_a_bolus_is_that_of_what_was_counted(
    cause: Cause, size: str | None, share: Fraction
) -> None:
    memory, hardware = told_to(on(daily(1), bolus(180, minutes=60)))

    after, _ = flow(memory, hardware.with_conditions(acting(cause, size=size)), START + FIFTEEN)

    assert after.once_given == 45 * share


def test_what_is_left_over_of_a_quantum_goes_into_the_next_stretch() -> None:
    memory, hardware = told_to(on(daily(1)))
    hardware = hardware.with_conditions(acting(Cause.RUNAWAY, size="1.25"))

    for minutes, counts in ((1, 1), (2, 2), (3, 3), (4, 5), (5, 6)):
        memory, hardware = flow(memory, hardware, START + minutes * MINUTE)
        assert memory.drive.counts == counts
        assert memory.asked == minutes
        assert hardware.drawn == counts * 1_000_000
    assert hardware.slip == 250_000
