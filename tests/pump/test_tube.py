"""What catheter and tubing hold, by number: every rule of the tube, on a memory that stands still."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from pump.pumps import (
    C500,
    C2000,
    MODEL,
    START,
    bridged,
    continuous,
    implanted,
    mL,
    program,
    running,
    ug_a_day,
)
from thecal.pump import LEGACY, RefusedError
from thecal.pump.dead_space import MOST_DEAD_VOLUME, Tube
from thecal.pump.memory import Memory
from thecal.pump.motor import Drive
from thecal.pump.tape import Tape
from thecal.pump.tube import changed, check_tube, cleared, fills_the_tube, left_of, left_the_tube, named
from thecal.quantities import DAY, HOUR, Concentration, FlowRate, Volume, microseconds
from thecal.therapy import Program, SimpleContinuous, Stopped

C1000 = Concentration(ug_per_mL=Decimal(1000))
HOLDS = Tube(holds=C2000, since=START, counts=0, volume=mL("0.3"))


def memory_of(tube: Tube | None, counts: int = 0, strength: Concentration = C500) -> Memory:
    """Return a memory whose drive has counted so many quanta of 0.0005 mL, a day after the change."""
    memory = running(continuous(200, strength), fill="18").memory
    tape = Tape([(0, FlowRate(mL_per_day=Decimal("0.4")), strength)])
    return replace(memory, tube=tube, drive=Drive(counts=counts), at=START + DAY, tape=tape)


def refused(memory: Memory, what: Program) -> str:
    """Return what is said against a program."""
    with pytest.raises(RefusedError) as refusal:
        check_tube(memory, what)
    return str(refusal.value)


def test_what_is_left_goes_down_by_what_is_counted_and_never_below_nothing() -> None:
    assert left_of(memory_of(None)) == mL(0)
    assert left_of(memory_of(HOLDS)) == mL("0.3")
    assert left_of(memory_of(HOLDS, 599)) == mL("0.0005")
    assert [left_of(memory_of(HOLDS, counts)) for counts in (600, 601)] == [mL(0), mL(0)]
    assert left_of(memory_of(replace(HOLDS, counts=100), 300)) == mL("0.2")
    assert left_of(memory_of(replace(HOLDS, volume=None), 200)) == MOST_DEAD_VOLUME - mL("0.1")


def test_a_change_begins_with_what_ran_and_with_the_stronger_of_two_that_are_not_clear() -> None:
    plain = changed(memory_of(None, 7), None)
    assert plain == Tube(holds=C500, since=START + DAY, counts=7, volume=None)
    assert changed(memory_of(HOLDS, 7), mL("0.2")) == Tube(
        holds=C2000, since=START + DAY, counts=7, volume=mL("0.2")
    )
    assert changed(memory_of(HOLDS, 600), None).holds == C500
    assert changed(memory_of(replace(HOLDS, holds=C500), 1, C2000), None).holds == C2000


def test_a_bridge_names_the_volume_from_where_the_drive_stands_and_never_lessens_it() -> None:
    unnamed = replace(HOLDS, volume=None)
    once = bridged(200, C500, C2000, "0.2").once

    assert named(memory_of(None), once) is None
    assert named(memory_of(HOLDS), None) is HOLDS
    assert named(memory_of(unnamed, 200), once) == replace(HOLDS, volume=mL("0.3"))
    assert named(memory_of(HOLDS, 100), once) == HOLDS
    assert named(memory_of(HOLDS, 300), once) == replace(HOLDS, volume=mL("0.35"))


def test_a_bridge_that_ran_out_has_cleared_the_tube() -> None:
    assert cleared(memory_of(None)) is None
    assert cleared(memory_of(HOLDS, 599)) == replace(HOLDS, volume=mL("0.2995"))
    assert left_of(memory_of(cleared(memory_of(HOLDS, 599)), 599)) == mL(0)


def test_a_clear_tube_takes_any_program_and_no_bridge_once_something_flowed() -> None:
    for clear in (memory_of(None, 1), memory_of(HOLDS, 600)):
        check_tube(clear, continuous(200))
        assert refused(clear, bridged(200, C500, C2000, "0.2")) == (
            "bridge: this pump has given 500 mcg/mL and no other solution, so there is nothing to bridge"
        )
    check_tube(memory_of(None), bridged(200, C500, C2000, "0.2"))


def test_a_tube_that_is_not_clear_takes_a_stop_or_a_bridge_of_the_rest_and_nothing_else() -> None:
    memory = memory_of(HOLDS, 200)
    still = "bridge: catheter and tubing still hold"
    ends = "a new concentration comes with a bridge, and so does every program until it has ended (ITB-050)"

    check_tube(memory, Program(drug=memory.program.drug, concentration=C500, base=Stopped()))
    check_tube(memory, bridged(200, C500, C2000, "0.2"))
    check_tube(memory, bridged(200, C500, C2000, "0.6"))
    check_tube(replace(memory, profile=LEGACY), continuous(200))
    assert refused(memory, continuous(200)) == f"{still} 0.2 mL of 2000 mcg/mL; {ends}"
    assert refused(memory_of(replace(HOLDS, volume=None)), continuous(200)) == f"{still} 2000 mcg/mL; {ends}"
    assert refused(memory, bridged(200, C500, C2000, "0.6001")) == (
        "bridge: 0.6001 mL is outside what is allowed, above 0 mL to 0.6 mL "
        "(more than tubing and the longest catheter hold)"
    )
    assert refused(memory, bridged(200, C500, C1000, "0.2")) == (
        "bridge: 1000 mcg/mL is not what catheter and tubing hold, 2000 mcg/mL"
    )
    assert refused(memory, bridged(200, C500, C2000, "0.1999")) == (
        "bridge: 0.1999 mL is less than what is still to be driven out, 0.2 mL of 2000 mcg/mL"
    )
    check_tube(memory_of(replace(HOLDS, volume=None), 200), bridged(200, C500, C2000, "0.01"))


def test_a_prime_fills_a_tube_that_nothing_was_driven_into_and_no_more_than_it_holds() -> None:
    new = implanted().memory

    assert fills_the_tube(new, MOST_DEAD_VOLUME)
    assert not fills_the_tube(new, MOST_DEAD_VOLUME + mL("0.0001"))
    assert not fills_the_tube(replace(new, drive=Drive(counts=1)), mL("0.1"))


def strengths(memory: Memory, since: timedelta) -> list[tuple[timedelta, int]]:
    """Return when what left the tube changed, and to which strength, in mcg/mL."""
    changes = left_the_tube(memory, microseconds(since))
    return [(timedelta(microseconds=us), int(strength.ug_per_mL)) for us, _, strength in changes]


def test_what_leaves_the_tube_first_is_the_old_solution_by_volume() -> None:
    memory = memory_of(replace(HOLDS, volume=mL("0.1")))

    assert strengths(memory, timedelta(0)) == [(timedelta(0), 2000), (6 * HOUR, 500)]
    assert strengths(replace(memory, tube=None), timedelta(0)) == [(timedelta(0), 500)]
    later = replace(memory, tube=replace(HOLDS, volume=mL("0.1"), since=START + 12 * HOUR))
    assert strengths(later, timedelta(0)) == [(timedelta(0), 500), (12 * HOUR, 2000), (18 * HOUR, 500)]


def test_where_nobody_named_the_volume_the_stronger_counts_as_far_as_a_tube_can_hold() -> None:
    memory = memory_of(replace(HOLDS, volume=None))
    slow = FlowRate(mL_per_day=Decimal("0.6"))
    faster = replace(memory, tape=Tape([(0, slow, C500)]), at=START + 2 * DAY)

    assert strengths(faster, timedelta(0)) == [(timedelta(0), 2000), (DAY, 500)]
    weaker = replace(faster, tube=replace(HOLDS, volume=None, holds=C500), tape=Tape([(0, slow, C2000)]))
    assert strengths(weaker, timedelta(0)) == [(timedelta(0), 2000), (DAY, 2000)]


def test_the_share_of_a_moment_in_which_the_old_solution_runs_out_is_rounded_down() -> None:
    third = FlowRate(mL_per_day=Decimal("0.7"))
    memory = replace(memory_of(replace(HOLDS, volume=mL("0.1"))), tape=Tape([(0, third, C500)]))

    (_, _), (ends, strength) = strengths(memory, timedelta(0))

    assert strength == 500
    assert ends == timedelta(microseconds=int(Fraction(microseconds(DAY), 7)))
    assert MODEL.quantum == Volume(mL=Decimal("0.0005"))
    assert program(SimpleContinuous(dose=ug_a_day(1))).once is None
