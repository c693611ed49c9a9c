"""What leaves the catheter's tip, whatever is filled in and ordered: never more in a day than is allowed.

The tip's account is in layers of what the drive truly moved; the pump knows nothing of it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
    C500,
    C2000,
    MODEL,
    START,
    acting,
    alarms_of,
    arm_refill,
    bolus,
    bridged,
    continuous,
    flow,
    fresh_id,
    implanted,
    mL,
    program,
    read,
    refill,
    running,
    send,
    ug_a_day,
)
from builders.twin.tip import SLACK, concentration_of, course_at_the_tip, dose_between, highest_day
from thecal.pump import Cause, Pump, RefusedError
from thecal.pump.dead_space import are_alike
from thecal.pump.hold import Hold
from thecal.pump.tube import held, left_of, to_bridge
from thecal.quantities import DAY, HOUR, MINUTE, Concentration, Volume
from thecal.therapy import (
    Alarm,
    Bridge,
    ConfirmRefill,
    Fallback,
    Priming,
    Program,
    Restart,
    SimpleContinuous,
    StartFallback,
    Stop,
)

MOST = MODEL.daily_dose_most.ug_per_day


# --- a kept catheter ----------------------------------------------------------------------------------------


def kept(dose: int = 400) -> Pump:
    """Return a new pump of 500 mcg/mL on a catheter of 0.3 mL that was kept, and holds 2000 mcg/mL."""
    pump = implanted(18, C500)
    send(pump, bridged(dose, C500, C2000, "0.3"))
    pump.advance(START + 2 * HOUR)
    return pump


@pytest.mark.requirement("ITB-050")
def test_what_a_kept_catheter_holds_is_bridged_by_every_program_until_it_is_out() -> None:
    pump = kept()
    with pytest.raises(RefusedError, match=r"still hold 0\.28\d* mL of 2000 mcg/mL"):
        send(pump, continuous(400, C500))
    pump.handle(Stop(id=fresh_id()), pump.present)
    with pytest.raises(RefusedError, match="still hold"):
        send(pump, continuous(400, C500))

    send(pump, bridged(360, C500, C2000, "0.28"))

    pump.advance(pump.present + 4 * DAY)
    assert highest_day(course_at_the_tip(pump, Decimal("0.3"), C2000)) <= 400 + SLACK


@pytest.mark.requirement("ITB-164", "ITB-050")
@pytest.mark.parametrize("lost", [False, True], ids=["by hand", "by itself"])
def test_a_fallback_on_a_kept_catheter_bridges_it(*, lost: bool) -> None:
    pump = kept()
    if lost:
        pump.arrange(acting(Cause.BOTH_COPIES, pump.present - START))
        pump.advance(pump.present + MINUTE)
    else:
        pump.handle(Stop(id=fresh_id()), pump.present)
        pump.handle(StartFallback(id=fresh_id(), against=read(pump)), pump.present)

    assert isinstance(pump.memory.program.base, Fallback)
    pump.advance(pump.present + 4 * DAY)
    assert highest_day(course_at_the_tip(pump, Decimal("0.3"), C2000)) <= 400 + SLACK


@pytest.mark.requirement("ITB-023", "ITB-050")
def test_a_first_prime_says_how_much_the_tube_holds_and_that_it_held_nothing() -> None:
    pump = implanted(18, C2000)
    prime = Priming(volume=mL("0.3"), duration=2 * HOUR)
    send(pump, program(SimpleContinuous(dose=ug_a_day(400)), prime, C2000))
    pump.advance(START + 2 * DAY)

    refill(pump, fill="18", left="0", concentration=C500, what=bridged(400, C500, C2000, "0.3"))
    pump.handle(Stop(id=fresh_id()), pump.present + HOUR)
    pump.handle(StartFallback(id=fresh_id(), against=read(pump)), pump.present)

    assert isinstance(pump.memory.program.once, Bridge)


# --- a bridge that is ordered again -------------------------------------------------------------------------


@pytest.mark.requirement("ITB-050")
def test_a_bridge_that_is_ordered_again_and_again_pushes_no_more_than_a_tube_can_hold() -> None:
    pump = running(continuous(400, C500))
    pump.advance(START + 2 * DAY)
    refill(pump, fill="18", left="0", concentration=C2000, what=bridged(400, C2000, C500, "0.3"))
    filled, counts = pump.present, pump.memory.drive.counts

    for _ in range(20):
        ends = pump.memory.once_ends
        pump.advance(pump.present + HOUR if ends is None else ends - MINUTE)
        try:
            send(pump, bridged(400, C2000, C500, "0.3"))
        except RefusedError as refusal:
            assert "bridge: " in refusal.reason  # noqa: PT017 - when it is refused is what is asked
            break
    pump.advance(pump.present + DAY)

    bridged_mL = Decimal(pump.memory.drive.counts - counts) * MODEL.quantum.mL
    assert bridged_mL > Decimal("0.6")
    assert highest_day(course_at_the_tip(pump, Decimal("0.3"), C500)) <= MOST
    assert pump.present - filled < 3 * DAY


# --- a refill that is confirmed later -----------------------------------------------------------------------


def armed(minutes: int) -> Pump:
    """Return a pump whose bridge runs out in so many minutes, with a refill of the same solution armed."""
    pump = running(continuous(400, C2000))
    pump.advance(START + 2 * DAY)
    refill(pump, fill="10", left="0", concentration=C500, what=bridged(400, C500, C2000, "0.3"))
    assert pump.memory.once_ends is not None
    pump.advance(pump.memory.once_ends - minutes * MINUTE)
    rest = str(round(left_of(pump.memory).mL, 4))
    arm_refill(
        pump,
        fill=mL(8),
        concentration=C500,
        program=bridged(500, C500, C2000, rest),
        now=pump.present,
    )
    return pump


@pytest.mark.requirement("ITB-050", "ITB-159")
def test_an_armed_program_whose_bridge_has_run_out_meanwhile_begins_without_one() -> None:
    pump = armed(10)
    pump.advance(pump.present + 20 * MINUTE)
    assert left_of(pump.memory).is_zero

    pump.fill_by_needle(left_behind=mL("1.4"), fill=mL(8), product=C500, now=pump.present)
    pump.handle(ConfirmRefill(id=fresh_id(), against=read(pump), left_behind=mL("1.4")), pump.present)

    assert pump.memory.program.once is None
    assert flow(pump) == Decimal(1)


@pytest.mark.requirement("ITB-050", "ITB-159")
def test_an_armed_program_whose_bridge_is_half_done_begins_with_the_rest_of_it() -> None:
    pump = armed(20)
    pump.advance(pump.present + 10 * MINUTE)
    rest = left_of(pump.memory)
    assert not rest.is_zero

    pump.fill_by_needle(left_behind=mL("1.4"), fill=mL(8), product=C500, now=pump.present)
    pump.handle(ConfirmRefill(id=fresh_id(), against=read(pump), left_behind=mL("1.4")), pump.present)

    assert isinstance(pump.memory.program.once, Bridge)
    assert flow(pump) == Decimal("0.25")


@pytest.mark.requirement("ITB-050", "ITB-159", "ITB-160")
def test_an_armed_program_without_the_bridge_that_the_tube_needs_by_now_stands_where_none_can_be_given() -> (
    None
):
    """Two solutions, of which the other is so weak that its flow is more than the drive can turn."""
    pump = running(continuous(900, C500))
    pump.advance(START + 2 * DAY)
    arm_refill(pump, fill=mL(18), concentration=C500, program=continuous(900, C500), now=pump.present)
    weak = concentration_of(10)
    tube = pump.memory.tube
    assert tube is None
    pump._memory = replace(
        pump.memory, reservoir=replace(pump.memory.reservoir, concentration=weak)
    )  # as if another hand had filled it

    pump.handle(ConfirmRefill(id=fresh_id(), against=read(pump), left_behind=mL(0)), pump.present)

    assert pump.memory.program.is_stopped
    assert flow(pump) == 0


@pytest.mark.requirement("ITB-050", "ITB-159", "ITB-160")
def test_an_armed_bridge_of_what_is_not_there_any_more_stands_where_no_other_can_be_given() -> None:
    pump = armed(20)
    tube, weak = pump.memory.tube, concentration_of(10)
    assert tube is not None
    first, *others = tube.entered
    layers = (replace(first, concentration=weak), *others)
    pump._memory = replace(pump.memory, tube=replace(tube, entered=layers))

    pump.handle(ConfirmRefill(id=fresh_id(), against=read(pump), left_behind=mL("1.4")), pump.present)

    assert pump.memory.program.is_stopped
    assert pump.memory.program.once is None
    assert flow(pump) == 0


@pytest.mark.requirement("ITB-035", "ITB-159")
def test_a_confirmed_program_that_the_mixture_brings_above_the_maximum_never_runs_and_is_said() -> None:
    pump = running(continuous(900, C2000))
    pump.advance(START + 2 * DAY)
    arm_refill(
        pump, fill=mL(4), concentration=C500, program=bridged(900, C500, C2000, "0.3"), now=pump.present
    )
    pump.fill_by_needle(left_behind=mL(14), fill=mL(4), product=C500, now=pump.present)

    pump.handle(ConfirmRefill(id=fresh_id(), against=read(pump), left_behind=mL(14)), pump.present)

    for days in range(8):
        pump.advance(pump.present + DAY)
        assert pump.memory.holds == (Hold.WINDOW,), days
        assert Alarm.DOSE_LIMIT in alarms_of(pump)
    assert highest_day(course_at_the_tip(pump, Decimal("0.3"), C2000)) <= MOST
    pump.handle(Stop(id=fresh_id()), pump.present)
    pump.interrogate(now=pump.present)
    assert Alarm.DOSE_LIMIT not in alarms_of(pump)


@pytest.mark.requirement("ITB-030", "ITB-035")
def test_what_waits_for_room_is_not_let_in_by_ordering_it_again() -> None:
    pump = running(continuous(1900, C2000))
    pump.advance(START + 2 * DAY)
    arm_refill(
        pump,
        fill=mL(16),
        concentration=C2000,
        program=program(SimpleContinuous(dose=ug_a_day(1950)), None, C2000),
        now=pump.present,
    )
    pump._memory = replace(pump.memory, doubts=((pump.present, pump.present, 100),))
    pump.handle(ConfirmRefill(id=fresh_id(), against=read(pump), left_behind=mL("1.4")), pump.present)
    assert pump.memory.holds == (Hold.WINDOW,)
    assert Alarm.DOSE_LIMIT in alarms_of(pump)

    send(pump, pump.memory.program)
    assert pump.memory.holds == (Hold.WINDOW,)
    pump.advance(pump.present + 12 * HOUR)
    send(pump, pump.memory.program)

    began = pump.present
    pump.advance(began + 2 * DAY)
    assert pump.memory.holds == ()
    assert flow(pump) == Decimal("0.975")
    pump.interrogate(now=pump.present)
    assert Alarm.DOSE_LIMIT not in alarms_of(pump)


@pytest.mark.requirement("ITB-035", "ITB-163")
@pytest.mark.parametrize("after", [timedelta(0), 12 * HOUR])
def test_a_drive_that_is_restarted_after_it_ran_ahead_waits_until_the_day_has_room(after: timedelta) -> None:
    pump = running(continuous(1900, C2000))
    pump.arrange(acting(Cause.RUNAWAY, 2 * DAY, lasting=5 * MINUTE, size="20"))
    pump.advance(START + 2 * DAY + 10 * MINUTE)
    pump._memory = replace(pump.memory, doubts=((pump.present, pump.present, 1000),))
    pump.advance(pump.present + after)

    pump.handle(Restart(id=fresh_id(), against=read(pump)), pump.present)

    began = pump.present
    assert pump.memory.holds == (Hold.WINDOW,)
    assert alarms_of(pump) == {Alarm.DOSE_LIMIT}
    while Hold.WINDOW in pump.memory.holds:
        pump.advance(pump.present + 15 * MINUTE)
    assert flow(pump) == Decimal("0.95")
    assert pump.present - began <= DAY + 15 * MINUTE


# --- whatever is done ---------------------------------------------------------------------------------------

STRENGTHS = st.sampled_from([250, 500, 1000, 2000]).map(concentration_of)
DOSES = st.integers(2, 18).map(lambda hundreds: hundreds * 100)
ACTS = ("refill", "refill", "order", "bolus", "stop", "fallback", "lost")


@dataclass(frozen=True)
class Step:
    """Something that is done, and how long the pump lives after it.

    Attributes:
        act: one of ``ACTS``.
        concentration: of the new solution.
        dose: mcg a day that are ordered.
        left: mL that stay behind in the reservoir.
        hours: until the next.
    """

    act: str
    concentration: Concentration
    dose: int
    left: Decimal
    hours: int


STEPS = st.builds(
    Step,
    act=st.sampled_from(ACTS),
    concentration=STRENGTHS,
    dose=DOSES,
    left=st.sampled_from(["0", "1.4", "8"]).map(Decimal),
    hours=st.integers(0, 60),
)


def with_its_bridge(pump: Pump, dose: int, concentration: Concentration, volume: Volume) -> Program:
    """Return what somebody would order who knows the tube, and what was in the reservoir."""
    memory = pump.memory
    same = concentration == memory.program.concentration
    old = to_bridge(memory) if same else max((memory.reservoir.concentration, *held(memory)))
    rest = volume if memory.tube is None or not same else left_of(memory)
    if old is None or rest.is_zero or are_alike(old, concentration):
        return continuous(dose, concentration)
    return bridged(dose, concentration, old, str(round(rest.mL, 6)))


@pytest.mark.requirement("ITB-030", "ITB-050")
@given(
    first=STRENGTHS,
    dose=DOSES,
    volume=st.sampled_from(["0.1", "0.2", "0.3", "0.45"]).map(mL),
    steps=st.lists(STEPS, min_size=1, max_size=7),
)
@settings(max_examples=40, deadline=None)
def test_whatever_is_filled_in_and_ordered_no_24_hours_at_the_tip_hold_more_than_the_maximum(
    first: Concentration,
    dose: int,
    volume: Volume,
    steps: list[Step],
) -> None:
    pump = running(continuous(min(dose, int(first.ug_per_mL) * 2), first), fill="18")
    pump.advance(START + DAY)
    for step in steps:
        with suppress(RefusedError):
            do(pump, step, volume)
        pump.advance(pump.present + timedelta(hours=step.hours))
    pump.advance(pump.present + DAY)

    course = course_at_the_tip(pump, volume.mL, first)
    assert highest_day(course) <= MOST + SLACK
    assert dose_between(course, START, pump.present) > 0


def do(pump: Pump, step: Step, volume: Volume) -> None:
    """Do one thing as somebody in the clinic would, or let it happen."""
    now, runs = pump.present, pump.memory.program.concentration
    if step.act == "refill":
        behind = min(step.left, pump.memory.holding.content.mL)
        what = with_its_bridge(pump, step.dose, step.concentration, volume)
        refill(pump, fill="10", left=str(behind), concentration=step.concentration, what=what)
    elif step.act == "order":
        send(pump, with_its_bridge(pump, step.dose, runs, volume))
    elif step.act == "bolus":
        send(pump, program(SimpleContinuous(dose=ug_a_day(step.dose)), bolus(90, minutes=60), runs))
    elif step.act == "stop":
        pump.handle(Stop(id=fresh_id()), now)
    elif step.act == "fallback":
        pump.handle(StartFallback(id=fresh_id(), against=read(pump)), now)
    else:
        pump.arrange(acting(Cause.BOTH_COPIES, now - START))
