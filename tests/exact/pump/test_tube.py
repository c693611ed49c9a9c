"""What pump tubing and catheter hold, by number: every rule of the tube, on a memory that stands still."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from builders.pumps import (
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
from thecal.pump import tube as tubes
from thecal.pump.dead_space import (
    LEAST_DEAD_VOLUME,
    MOST_DEAD_VOLUME,
    NOTHING,
    Entered,
    Tube,
    are_alike,
)
from thecal.pump.memory import Memory
from thecal.pump.motor import Drive
from thecal.pump.tape import Tape
from thecal.pump.tube import (
    changed,
    check_tube,
    cleared,
    fills_the_tube,
    held,
    inside,
    left_of,
    left_the_tube,
    to_bridge,
)
from thecal.quantities import DAY, HOUR, Concentration, FlowRate, Volume, microseconds
from thecal.therapy import Bridge, MinimumRate, Priming, Program, SimpleContinuous, Stopped

C1000 = Concentration(ug_per_mL=Decimal(1000))


def tube_of(
    *layers: tuple[Concentration, int], volume: str | None = "0.3", at: timedelta = timedelta(0)
) -> Tube:
    """Return a tube into which solutions entered, each after so many quanta."""
    entered = tuple(Entered(concentration=one, counts=counts, at=START + at) for one, counts in layers)
    return Tube(entered=entered, volume=None if volume is None else mL(volume))


HOLDS = tube_of((C2000, 0), (C500, 0))
UNNAMED = replace(HOLDS, volume=None)


def memory_of(tube: Tube | None, counts: int = 0, concentration: Concentration = C500) -> Memory:
    """Return a memory whose drive has counted so many quanta of 0.0005 mL, a day after the change."""
    memory = running(continuous(200, concentration), fill="18").memory
    tape = Tape([(0, FlowRate(mL_per_day=Decimal("0.4")), concentration)])
    return replace(memory, tube=tube, drive=Drive(counts=counts), at=START + DAY, tape=tape)


def refused(memory: Memory, what: Program) -> str:
    """Return what is said against a program."""
    with pytest.raises(RefusedError) as refusal:
        check_tube(memory, what)
    return str(refusal.value)


# --- what is known ------------------------------------------------------------------------------------------


def test_what_is_left_goes_down_by_what_is_counted_and_never_below_nothing() -> None:
    assert left_of(memory_of(None)) == mL(0)
    assert left_of(memory_of(HOLDS)) == mL("0.3")
    assert left_of(memory_of(HOLDS, 599)) == mL("0.0005")
    assert [left_of(memory_of(HOLDS, counts)) for counts in (600, 601)] == [mL(0), mL(0)]
    assert left_of(memory_of(tube_of((C2000, 0), (C500, 100)), 300)) == mL("0.2")
    assert left_of(memory_of(UNNAMED, 200)) == MOST_DEAD_VOLUME - mL("0.1")


def test_a_change_is_remembered_with_the_count_at_which_it_entered() -> None:
    plain = changed(memory_of(None, 7), C2000, None)
    assert plain == Tube(
        entered=(
            Entered(concentration=C500, counts=0, at=START),
            Entered(concentration=C2000, counts=7, at=START + DAY),
        ),
        volume=None,
    )
    named = changed(memory_of(HOLDS, 7), C1000, mL("0.2"))
    assert named is not None
    assert [(one.concentration, one.counts) for one in named.entered] == [(C2000, 0), (C500, 0), (C1000, 7)]
    assert named.volume == mL("0.2")
    kept = changed(memory_of(HOLDS, 7), C1000, None)
    assert kept is not None
    assert kept.volume == mL("0.3")


def test_the_same_solution_again_is_no_change_and_one_that_never_entered_is_forgotten() -> None:
    assert changed(memory_of(None, 7), C500, None) is None
    assert changed(memory_of(HOLDS, 7), C500, None) == HOLDS
    never = tube_of((C2000, 0), (C500, 7))
    assert changed(memory_of(never, 7), C2000, None) is None
    other = changed(memory_of(never, 7), C1000, None)
    assert other is not None
    assert [one.concentration for one in other.entered] == [C2000, C1000]
    third = changed(memory_of(tube_of((C2000, 0), (C500, 7), (C1000, 9)), 9), C500, None)
    assert third == tube_of((C2000, 0), (C500, 7))
    new = changed(memory_of(None, 0), C2000, None)
    assert new is not None
    assert [(one.concentration, one.counts) for one in new.entered] == [(C500, 0), (C2000, 0)]


def test_what_left_the_tip_more_than_a_day_ago_is_forgotten_and_nothing_else_is() -> None:
    layers = [(C2000, 0), (C500, 2000), (C1000, 4000), (C2000, 6000), (C500, 8000)]
    memory = memory_of(tube_of(*layers), 9000)
    first_forgotten = (2000, 4000, 6000, 8000, 9000)

    for later, gone in ((26 * HOUR, 2), (25 * HOUR, 0), (HOUR, 0)):
        tube = changed(replace(memory, at=START + later), C2000, None)
        assert tube is not None
        assert [one.counts for one in tube.entered] == [0, *first_forgotten][gone:]
    begun = ((0, 0), (100, 1), (200, 30), (300, 31), (400, 32))
    layers = tuple(Entered(concentration=C500, counts=n, at=START + at * HOUR) for n, at in begun)
    known = replace(memory_of(Tube(entered=layers, volume=None), 1300), at=START + 40 * HOUR)
    tube = changed(known, C2000, None)
    assert tube is not None
    assert [one.counts for one in tube.entered] == [100, 200, 300, 400, 1300]
    inside = memory_of(tube_of((C2000, 0), *((C500 if n % 2 else C1000, n) for n in range(1, 6))), 9)
    kept = changed(replace(inside, at=START + 9 * DAY), C2000, None)
    assert kept is not None
    assert len(kept.entered) == 7


def test_a_bridge_names_the_volume_from_where_the_drive_stands() -> None:
    once = bridged(200, C500, C2000, "0.2")
    plain = continuous(200, C500)

    assert tubes.ordered(memory_of(None, 1), once) is None
    assert tubes.ordered(memory_of(HOLDS), plain) is HOLDS
    for counts, volume in ((1, "0.2005"), (200, "0.3"), (100, "0.25"), (300, "0.35")):
        for tube in (HOLDS, UNNAMED):
            assert tubes.ordered(memory_of(tube, counts), once) == replace(HOLDS, volume=mL(volume))


def test_on_a_new_pump_a_bridge_says_what_the_catheter_holds_and_a_prime_that_it_is_empty() -> None:
    new = memory_of(None)
    kept = tubes.ordered(new, bridged(200, C500, C2000, "0.2"))
    prime = Priming(volume=mL("0.25"), duration=2 * HOUR)
    primed = tubes.ordered(new, program(SimpleContinuous(dose=ug_a_day(200)), prime))

    assert kept == tube_of((C2000, 0), (C500, 0), volume="0.2", at=DAY)
    assert primed == tube_of((NOTHING, 0), (C500, 0), volume="0.25", at=DAY)
    assert held(replace(new, tube=kept)) == (C2000,)
    assert held(replace(new, tube=primed)) == ()
    for tube in (primed, kept):
        assert tubes.ordered(replace(new, tube=tube), bridged(200, C500, C2000, "0.2")) == kept
    for volume, known in (("0.1", mL("0.1")), ("0.0995", None)):
        prime = Priming(volume=mL(volume), duration=2 * HOUR)
        tube = tubes.ordered(new, program(SimpleContinuous(dose=ug_a_day(200)), prime))
        assert tube is not None
        assert tube.volume == known
    large = Priming(volume=MOST_DEAD_VOLUME + mL("0.01"), duration=2 * HOUR)
    assert tubes.ordered(new, program(SimpleContinuous(dose=ug_a_day(200)), large)) is None


def test_a_bridge_that_ran_out_has_cleared_the_tube() -> None:
    assert cleared(memory_of(None)) is None
    assert cleared(memory_of(HOLDS, 599)) == replace(HOLDS, volume=mL("0.2995"))
    assert left_of(memory_of(cleared(memory_of(HOLDS, 599)), 599)) == mL(0)
    assert cleared(memory_of(HOLDS, 598)) == replace(HOLDS, volume=mL("0.299"))
    for counts in (0, 300, 597):
        assert cleared(memory_of(HOLDS, counts)) == HOLDS
    assert cleared(memory_of(UNNAMED, 599)) == UNNAMED


# --- what is in it ------------------------------------------------------------------------------------------


def test_the_tube_holds_what_entered_and_has_not_left_and_the_strongest_of_it_is_bridged() -> None:
    three = tube_of((C2000, 0), (C500, 100), (C1000, 300))
    assert held(memory_of(three, 400)) == (C2000, C500)
    assert held(memory_of(three, 699)) == (C2000, C500)
    assert held(memory_of(three, 700)) == (C500,)
    assert held(memory_of(three, 899)) == (C500,)
    assert held(memory_of(three, 900)) == ()
    assert held(memory_of(None)) == ()
    never = tube_of((C2000, 0), (C500, 100), (C1000, 100))
    assert held(memory_of(never, 100)) == (C2000,)
    again = tube_of((C2000, 0), (C500, 100), (C2000, 200))
    assert held(memory_of(again, 300)) == (C2000, C500)
    assert to_bridge(memory_of(again, 300)) is None
    assert left_of(memory_of(again, 300)).is_zero
    assert inside(memory_of(again, 300)) == Fraction("0.25")
    assert to_bridge(memory_of(again, 750)) == C500
    beside = memory_of(tube_of((C500, 0), (Concentration(ug_per_mL=Decimal(625)), 0)))
    assert held(beside) == (C500,)
    assert to_bridge(beside) is None
    assert to_bridge(memory_of(three, 400)) == C2000
    assert to_bridge(memory_of(three, 700)) == C500
    assert inside(memory_of(three, 901)) == 0


@pytest.mark.parametrize(
    ("one", "other", "alike"), [(500, 625, True), (500, 626, False), (625, 500, True), (626, 500, False)]
)
def test_two_solutions_within_a_quarter_of_the_weaker_are_alike(one: int, other: int, *, alike: bool) -> None:
    first, second = (Concentration(ug_per_mL=Decimal(number)) for number in (one, other))

    assert are_alike(first, second) == alike


# --- what may run -------------------------------------------------------------------------------------------


def test_a_clear_tube_takes_any_program_and_no_bridge_once_something_flowed() -> None:
    between = memory_of(tube_of((C2000, 0), (C500, 100), (C2000, 300)), 400)
    between = replace(between, reservoir=memory_of(None, 0, C2000).reservoir)
    for clear, holds, newest in (
        (memory_of(None, 1), "nothing", 500),
        (memory_of(HOLDS, 600), "nothing", 500),
        (between, "2000 mcg/mL and 500 mcg/mL", 2000),
    ):
        check_tube(clear, continuous(200))
        assert refused(clear, bridged(200, C500, C2000, "0.2")) == (
            f"bridge: besides {newest} mcg/mL, pump tubing and catheter hold {holds}; the highest of these "
            f"concentrations can be delivered with the flow of {newest} mcg/mL, so no bridge is needed"
        )
    check_tube(memory_of(None), bridged(200, C500, C2000, "0.2"))
    check_tube(memory_of(tube_of((NOTHING, 0), (C500, 0))), bridged(200, C500, C2000, "0.2"))


def test_a_tube_that_is_not_clear_takes_a_stop_or_a_bridge_and_nothing_else() -> None:
    memory = memory_of(HOLDS, 200)
    still = "bridge: pump tubing and catheter still hold"
    ends = (
        "a new concentration needs a bridge, and so does every program until the bridge has ended (ITB-050)"
    )

    check_tube(memory, Program(drug=memory.program.drug, concentration=C500, base=Stopped()))
    check_tube(memory, bridged(200, C500, C2000, "0.2"))
    check_tube(replace(memory, profile=LEGACY), continuous(200))
    assert refused(memory, continuous(200)) == f"{still} 0.2 mL of 2000 mcg/mL; {ends}"
    assert refused(memory_of(UNNAMED), continuous(200)) == f"{still} 2000 mcg/mL; {ends}"
    two = tube_of((C2000, 0), (C500, 100), (C1000, 300))
    assert refused(memory_of(two, 300), continuous(200)) == (
        f"{still} 0.3 mL of 2000 mcg/mL and 500 mcg/mL; {ends}"
    )
    assert refused(memory, bridged(200, C500, C1000, "0.2")) == (
        "bridge: 1000 mcg/mL is not what pump tubing and catheter hold, 2000 mcg/mL; "
        "a bridge is for the highest concentration"
    )
    check_tube(memory, bridged(200, C500, Concentration(ug_per_mL=Decimal(1600)), "0.2"))
    check_tube(memory_of(two, 300), bridged(200, C1000, C2000, "0.2"))
    assert "a bridge is for the highest concentration" in refused(
        memory_of(two, 300), bridged(200, C1000, C500, "0.2")
    )


@pytest.mark.parametrize(
    ("tube", "counts", "low", "high"),
    [
        (HOLDS, 0, "0.1", "0.6"),
        (HOLDS, 100, "0.05", "0.55"),
        (HOLDS, 200, "0", "0.5"),
        (HOLDS, 300, "0", "0.45"),
        (UNNAMED, 1199, "0", "0.0005"),
        (None, 0, "0.1", "0.6"),
    ],
)
def test_a_bridge_and_what_was_driven_before_it_come_to_what_a_tube_can_hold(
    tube: Tube | None, counts: int, low: str, high: str
) -> None:
    memory = memory_of(tube, counts)
    for volume in {low, high} - {"0"}:
        check_tube(memory, bridged(200, C500, C2000, volume))
    least, most, step = Decimal(low), Decimal(high), Decimal("0.000001")
    for outside in [least - step] * (least > 0) + [most + step]:
        assert refused(memory, bridged(200, C500, C2000, str(outside))) == (
            f"bridge: {outside} mL is outside what is allowed, {low} mL to {high} mL in at most 6 decimal "
            "places (the remaining volume of pump tubing and the longest catheter, after the volume driven "
            "since the change)"
        )


def test_a_bridges_volume_has_no_more_places_than_anybody_measures() -> None:
    memory = memory_of(HOLDS, 200)

    check_tube(memory, bridged(200, C500, C2000, "0.200001"))
    assert "in at most 6 decimal places" in refused(memory, bridged(200, C500, C2000, "0.2000001"))
    assert mL("0.1") == LEAST_DEAD_VOLUME


def test_what_begins_by_itself_bridges_the_rest_or_says_that_it_cannot() -> None:
    plain = continuous(200, C500)
    assert tubes.bridged(memory_of(None), plain) == plain
    assert tubes.bridged(memory_of(HOLDS, 600), bridged(200, C500, C2000, "0.2")) == plain
    assert tubes.bridged(replace(memory_of(HOLDS), profile=LEGACY), plain) == plain
    rest = Bridge(dose=ug_a_day(200), old_concentration=C2000, dead_volume=mL("0.2"))
    assert tubes.bridged(memory_of(HOLDS, 200), plain) == replace(plain, once=rest)
    assert tubes.bridged(memory_of(UNNAMED, 200), plain) is None
    two = tube_of((C500, 0), (C2000, 100), (C1000, 300))
    found = tubes.bridged(memory_of(two, 300, C1000), continuous(200, C1000))
    assert found is not None
    assert isinstance(found.once, Bridge)
    assert (found.once.old_concentration, found.once.dead_volume) == (C2000, mL("0.3"))
    assert tubes.bridged(memory_of(HOLDS), replace(plain, base=MinimumRate())) is None


def test_a_rest_that_the_pump_cannot_give_at_that_dose_is_not_bridged() -> None:
    weak = tube_of((Concentration(ug_per_mL=Decimal(10)), 0), (C500, 0))

    assert tubes.bridged(memory_of(weak), continuous(900, C500)) is None


def test_a_rest_of_a_mixture_is_bridged_at_no_more_than_the_dose() -> None:
    mixture = Concentration(ug_per_mL=Decimal("1666.6666666666666666666666666667"))
    memory = memory_of(tube_of((mixture, 0), (C500, 0)))

    found = tubes.bridged(memory, continuous(200, C500))

    assert found is not None
    assert isinstance(found.once, Bridge)
    assert ug_a_day("199.8") < found.once.dose <= ug_a_day(200)


def test_a_prime_fills_a_tube_that_nothing_was_driven_into_and_no_more_than_it_holds() -> None:
    new = implanted().memory

    assert fills_the_tube(new, MOST_DEAD_VOLUME)
    assert not fills_the_tube(new, MOST_DEAD_VOLUME + mL("0.0001"))
    assert not fills_the_tube(replace(new, drive=Drive(counts=1)), mL("0.1"))


# --- what has left it ---------------------------------------------------------------------------------------


def concentrations_at_tip(memory: Memory, since: timedelta = timedelta(0)) -> list[tuple[timedelta, int]]:
    """Return when what left the tube changed, and to which concentration, in mcg/mL."""
    changes = left_the_tube(memory, microseconds(since))
    return [(timedelta(microseconds=us), int(concentration.ug_per_mL)) for us, _, concentration in changes]


def test_what_leaves_the_tube_first_is_the_old_solution_by_volume() -> None:
    """0.4 mL a day are 800 quanta: after a quarter of them 0.1 mL has left."""
    memory = memory_of(replace(HOLDS, volume=mL("0.1")), 800)

    assert concentrations_at_tip(memory) == [(timedelta(0), 2000), (6 * HOUR, 500)]
    twice = Tape([*memory.tape, (4 * microseconds(HOUR), FlowRate(mL_per_day=Decimal("0.4")), C500)])
    assert concentrations_at_tip(replace(memory, tape=twice), 5 * HOUR) == [(4 * HOUR, 2000), (6 * HOUR, 500)]
    assert concentrations_at_tip(replace(memory, tube=None)) == [(timedelta(0), 500)]
    later = replace(memory, tube=tube_of((C2000, 0), (C500, 400), volume="0.1"))
    assert concentrations_at_tip(later) == [(timedelta(0), 2000), (18 * HOUR, 500)]
    back = replace(memory, tube=tube_of((C500, 0), (C2000, 200), (C500, 400), volume="0.1"))
    assert concentrations_at_tip(back) == [(timedelta(0), 500), (12 * HOUR, 2000), (18 * HOUR, 500)]
    just = replace(memory, drive=Drive(counts=200))
    assert concentrations_at_tip(just) == [(timedelta(0), 2000)]
    primed = replace(memory, tube=tube_of((NOTHING, 0), (C500, 0), volume="0.1"))
    assert concentrations_at_tip(primed) == [(timedelta(0), 0), (6 * HOUR, 500)]


def test_what_the_drive_has_begun_and_not_counted_has_moved_too() -> None:
    memory = memory_of(replace(HOLDS, volume=mL("0.1")))
    memory = replace(memory, drive=Drive(counts=799, phase=Fraction(1, 2)))

    ends = 6 * HOUR + timedelta(seconds=54)  # half a quantum of eight hundred a day
    assert concentrations_at_tip(memory) == [(timedelta(0), 2000), (ends, 500)]


def test_where_nobody_named_the_volume_the_strongest_that_may_be_in_the_tube_counts() -> None:
    slow = FlowRate(mL_per_day=Decimal("0.6"))
    memory = replace(memory_of(UNNAMED, 2400), tape=Tape([(0, slow, C500)]), at=START + 2 * DAY)

    assert concentrations_at_tip(memory) == [(timedelta(0), 2000), (DAY, 500)]
    weaker = replace(memory, tube=tube_of((C500, 0), (C2000, 600), volume=None))
    assert concentrations_at_tip(weaker) == [(timedelta(0), 500), (12 * HOUR, 2000), (36 * HOUR, 2000)]


def test_the_share_of_a_moment_in_which_the_old_solution_runs_out_is_rounded_down() -> None:
    third = FlowRate(mL_per_day=Decimal("0.7"))
    memory = memory_of(replace(HOLDS, volume=mL("0.1")), 1400)
    memory = replace(memory, tape=Tape([(0, third, C500)]))

    (_, _), (ends, concentration) = concentrations_at_tip(memory)

    assert concentration == 500
    assert ends == timedelta(microseconds=int(Fraction(microseconds(DAY), 7)))
    assert MODEL.quantum == Volume(mL=Decimal("0.0005"))
