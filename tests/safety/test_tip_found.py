"""What was found at the catheter tip by looking for it: each sequence, and what leaves the tip."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from builders.pumps import (
    C500,
    C2000,
    MODEL,
    START,
    acting,
    alarms_of,
    bridged,
    continuous,
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
from builders.twin.tip import SLACK, concentration_of, course_at_the_tip, highest_day
from thecal.pump import Cause, RefusedError
from thecal.pump.hold import Hold
from thecal.pump.tube import held, left_of
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.therapy import Alarm, Priming, Program, SimpleContinuous, StartFallback, Stop, Stopped

MOST = MODEL.daily_dose_most.ug_per_day


@pytest.mark.requirement("ITB-030", "ITB-050")
@pytest.mark.parametrize("dose", [400, 1500, 1800])
@pytest.mark.parametrize("volume", ["0.2", "0.45", "0.6"])
def test_a_wrong_filling_that_is_put_right_gives_no_more_than_was_ordered(dose: int, volume: str) -> None:
    pump = running(continuous(dose, C2000))
    pump.advance(START + 2 * DAY)
    refill(pump, fill="10", left="0", concentration=C500, what=bridged(dose, C500, C2000, volume))
    pump.advance(pump.present + HOUR)

    with pytest.raises(RefusedError, match="no bridge is needed"):
        refill(pump, fill="10", left="0", concentration=C2000, what=bridged(dose, C2000, C500, volume))
    refill(pump, fill="10", left="0", concentration=C2000, what=continuous(dose, C2000))
    pump.advance(pump.present + 5 * DAY)

    assert highest_day(course_at_the_tip(pump, Decimal(volume), C2000)) <= dose + SLACK


@pytest.mark.requirement("ITB-030", "ITB-164")
def test_a_fallback_between_two_strong_solutions_goes_by_the_strong_one() -> None:
    pump = running(continuous(400, C2000))
    pump.advance(START + 2 * DAY)
    refill(pump, fill="10", left="0", concentration=C500, what=bridged(400, C500, C2000, "0.45"))
    pump.advance(pump.present + HOUR)
    refill(pump, fill="10", left="0", concentration=C2000, what=continuous(400, C2000))
    pump.handle(Stop(id=fresh_id()), pump.present)

    pump.handle(StartFallback(id=fresh_id(), against=read(pump)), pump.present)

    pump.advance(pump.present + 5 * DAY)
    assert highest_day(course_at_the_tip(pump, Decimal("0.45"), C2000)) <= 400 + SLACK


@pytest.mark.requirement("ITB-023", "ITB-030", "ITB-050")
def test_a_bridge_whose_time_is_over_while_the_drive_stood_has_cleared_nothing() -> None:
    pump = running(continuous(1600, C2000))
    pump.advance(START + 2 * DAY)
    refill(pump, fill="18", left="0", concentration=C500, what=bridged(1600, C500, C2000, "0.45"))
    filled = pump.present
    pump.arrange(acting(Cause.SHAFT_WEAR, filled - START + 5 * MINUTE, lasting=2 * DAY))
    pump.advance(filled + 2 * DAY + HOUR)
    assert pump.memory.once_over
    assert mL("0.44") < left_of(pump.memory) < mL("0.45")
    assert pump.memory.holds == (Hold.WINDOW,)
    assert Alarm.DOSE_LIMIT in alarms_of(pump)

    with pytest.raises(RefusedError, match="still hold"):
        send(pump, continuous(1990, C500))
    send(pump, bridged(1600, C500, C2000, str(round(left_of(pump.memory).mL, 6))))

    assert pump.memory.holds == ()
    pump.advance(pump.present + 3 * DAY)
    assert highest_day(course_at_the_tip(pump, Decimal("0.45"), C2000)) <= 1600 + SLACK


@pytest.mark.requirement("ITB-030")
@pytest.mark.parametrize(("old", "new"), [(2000, 1600), (1000, 800)])
def test_a_solution_that_needs_no_bridge_counts_with_its_own_strength_while_it_is_inside(
    old: int, new: int
) -> None:
    first, then = concentration_of(old), concentration_of(new)
    pump = running(continuous(2000, first))
    pump.advance(START + 2 * DAY)
    with pytest.raises(RefusedError, match="ITB-030"):
        refill(pump, fill="18", left="0", concentration=then, what=continuous(2000, then))

    refill(pump, fill="18", left="0", concentration=then, what=continuous(1600, then))

    pump.advance(pump.present + DAY)
    assert send(pump, continuous(2000, then)).flow.mL_per_day == Decimal(2000) / new
    pump.advance(pump.present + 2 * DAY)
    assert highest_day(course_at_the_tip(pump, Decimal("0.45"), first)) <= MOST + SLACK


@pytest.mark.requirement("ITB-023", "ITB-164")
def test_a_prime_of_less_than_a_tube_holds_names_no_volume_and_there_is_no_fallback_before_one_is() -> None:
    pump = implanted(18, C2000)
    prime = Priming(volume=mL("0.01"), duration=HOUR)
    send(pump, program(SimpleContinuous(dose=ug_a_day(1600)), prime, C2000))
    pump.advance(START + 2 * DAY)
    stopped = Program(drug=pump.memory.program.drug, concentration=C500, base=Stopped())
    refill(pump, fill="18", left="0", concentration=C500, what=stopped)

    with pytest.raises(RefusedError, match="fallback"):
        pump.handle(StartFallback(id=fresh_id(), against=read(pump)), pump.present)


@pytest.mark.requirement("ITB-030", "ITB-160")
@pytest.mark.parametrize(("dose", "is_taken"), [(1900, True), (1000, True), (1950, False)])
def test_a_refill_with_the_same_or_a_lower_dose_is_taken_whatever_is_in_doubt(
    dose: int, *, is_taken: bool
) -> None:
    pump = running(continuous(1900, C2000))
    pump.advance(START + 2 * DAY)
    pump._memory = replace(pump.memory, doubts=((pump.present, pump.present, 300),))
    what = continuous(dose, C2000)

    if is_taken:
        refill(pump, fill="10", left="1.4", concentration=C2000, what=what)
    else:
        with pytest.raises(RefusedError, match="ITB-030"):
            refill(pump, fill="10", left="1.4", concentration=C2000, what=what)

    assert (pump.memory.program == what) == is_taken


@pytest.mark.requirement("ITB-050")
def test_as_long_as_nothing_was_driven_a_kept_catheter_can_be_declared_after_a_prime() -> None:
    pump = implanted(18, C500)
    prime = Priming(volume=mL("0.3"), duration=HOUR)
    send(pump, program(SimpleContinuous(dose=ug_a_day(400)), prime, C500))

    send(pump, bridged(400, C500, C2000, "0.3"))

    assert held(pump.memory) == (C2000,)
    pump.advance(START + 3 * DAY)
    assert highest_day(course_at_the_tip(pump, Decimal("0.3"), C2000)) <= 400 + SLACK
