"""Whose share what flows is, what is in doubt of it, and when what runs once will be over; by number."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from builders.pumps import C500, C2000, MODEL, START, acting, bolus, mL, ug_a_day
from builders.therapy import OTHER_DRUG
from builders.twin.drive import PERIODIC, at, told_to
from builders.twin.window import daily, on
from thecal.pump import REFERENCE, Cause
from thecal.pump.hardware import PPM, Hardware
from thecal.pump.hold import Hold
from thecal.pump.memory import Memory
from thecal.pump.motor import Drive
from thecal.pump.scheduler import flow, flow_now, next_bolus, once_due
from thecal.quantities import DAY, HOUR, MINUTE, Concentration, Mass
from thecal.therapy import Bridge, PatientBolus, PeriodicBolus, Program, SimpleContinuous

TICK = timedelta(microseconds=1)
ALLOWED = PatientBolus(dose=Mass(ug=Decimal(120)), duration=HOUR, most_per_day=1, lockout=DAY)
BOTH = Program(
    drug=OTHER_DRUG,
    concentration=C2000,
    base=PERIODIC.base,
    once=bolus(180, minutes=60),
    patient_bolus=ALLOWED,
)


@pytest.mark.requirement("ITB-040")
@pytest.mark.parametrize("withheld", [False, True])
@pytest.mark.parametrize(
    ("asked", "once_over", "hold", "once", "patient"),
    [
        (False, False, None, 3, 0),
        (True, False, None, 0, 2),
        (True, True, None, 0, 2),
        (False, True, None, 0, 0),
        (False, False, Hold.PAUSE, 0, 0),
        (True, False, Hold.PAUSE, 0, 0),
    ],
)
def test_what_flows_in_a_minute_is_shared_by_what_runs(
    *, asked: bool, once_over: bool, hold: Hold | None, once: int, patient: int, withheld: bool
) -> None:
    memory, hardware = told_to(PERIODIC)
    due = at(replace(memory, program=BOTH, once_over=once_over), START + 30 * MINUTE)
    due = replace(
        due,
        boluses_withheld=withheld,
        patient_until=due.at + HOUR if asked else None,
        holds=() if hold is None else (hold,),
    )

    after, _ = flow(due, hardware, due.at + MINUTE)

    assert (after.once_given, after.patient_given) == (once, patient)


def struck(cause: Cause, size: str | None = None) -> tuple[Memory, Hardware]:
    """Return a pump of one quantum a minute upon which something acts."""
    memory, hardware = told_to(on(daily(1)))
    return memory, hardware.with_conditions(acting(cause, size=size))


@pytest.mark.requirement("ITB-111")
def test_what_is_not_counted_is_in_doubt_with_its_moments_and_what_is_counted_is_not() -> None:
    memory, hardware = struck(Cause.COUNTER_STUCK)

    after, hardware = flow(memory, hardware, START + 3 * MINUTE)
    after, _ = flow(after, hardware, START + 5 * MINUTE)

    assert (after.doubt, after.doubts) == (5, ((START, START + 5 * MINUTE, 5),))
    counted, _ = flow(*told_to(on(daily(1))), START + 5 * MINUTE)
    assert (counted.doubt, counted.doubts) == (0, ())


@pytest.mark.requirement("ITB-059")
@pytest.mark.parametrize(("left", "counted"), [(1, 1), (2, 2), (3, 3), (100, 3)])
def test_a_drive_that_runs_ahead_counts_and_draws_no_more_than_there_is(left: int, counted: int) -> None:
    memory, hardware = struck(Cause.RUNAWAY, "3")
    begun = memory.empty_counts - left
    near = replace(memory, drive=Drive(counts=begun))

    after, hardware = flow(near, hardware, START + MINUTE)

    assert after.drive.counts - begun == counted
    assert hardware.drawn == counted * PPM


def test_a_line_that_is_blocked_stores_what_was_drawn_and_an_open_one_nothing() -> None:
    memory, blocked = struck(Cause.OCCLUSION)

    _, after = flow(memory, blocked, START + 2 * MINUTE)
    assert (after.stored, after.drawn) == (2 * PPM, 2 * PPM)

    _, open_ = flow(*told_to(on(daily(1))), START + 2 * MINUTE)
    assert (open_.stored, open_.drawn) == (0, 2 * PPM)


def bridging(old: Concentration = C2000) -> Memory:
    """Return a memory that bridges 0.1 mL at 0.1 mL/day: a day long."""
    dose = ug_a_day(str(old.ug_per_mL / 10))
    bridge = Bridge(dose=dose, old_concentration=old, dead_volume=mL("0.1"))
    what = replace(on(daily(1), bridge), concentration=C500 if old == C2000 else C2000)
    return replace(told_to(on(daily(1)))[0], program=what, once_over=False, profile=REFERENCE)


@pytest.mark.requirement("ITB-023")
@pytest.mark.parametrize(
    ("old", "cause", "size", "given", "ends"),
    [
        (C2000, None, None, 0, DAY),
        (C2000, Cause.SHAFT_WEAR, None, 0, 2 * DAY),
        (C2000, Cause.COUNTER_STUCK, None, 0, 2 * DAY),
        (C2000, Cause.LAGGING, "0.8", 0, DAY * 5 / 4),
        (C2000, Cause.LAGGING, "0.8", 100, DAY * 5 / 8),
        (C2000, Cause.LAGGING, "0.1", 0, 2 * DAY),
        (C2000, Cause.RUNAWAY, "2", 0, DAY),
        (C500, Cause.SHAFT_WEAR, None, 0, DAY),
        (C500, Cause.LAGGING, "0.5", 0, DAY),
    ],
)
def test_a_bridge_ends_by_its_time_or_by_what_is_counted_and_at_twice_its_time(
    old: Concentration, cause: Cause | None, size: str | None, given: int, ends: timedelta
) -> None:
    memory, hardware = bridging(old), told_to(on(daily(1)))[1]
    begun = replace(memory, once_given=Fraction(given))
    if cause is not None:
        hardware = hardware.with_conditions(acting(cause, size=size))

    due = once_due(begun, hardware)

    assert due == START + max(ends, DAY)
    assert once_due(replace(begun, holds=(Hold.PAUSE,)), hardware) is None
    assert once_due(replace(begun, once_over=True), hardware) is None


def test_a_bridge_that_is_late_ends_when_the_rest_is_counted_whatever_was_lost_before() -> None:
    memory, hardware = bridging(), told_to(on(daily(1)))[1]
    late = replace(at(memory, START + DAY), once_given=Fraction(100))

    assert late.once_ends == START + DAY + DAY / 2
    assert once_due(late, hardware) == late.once_ends
    ahead = hardware.with_conditions(acting(Cause.RUNAWAY, size="2"))
    assert once_due(late, ahead) == START + DAY + DAY / 4


@pytest.mark.requirement("ITB-118")
def test_the_next_periodic_bolus_is_an_interval_after_one_that_this_program_gave() -> None:
    memory, _ = told_to(PERIODIC)
    noon = START + 30 * MINUTE

    assert next_bolus(memory) is None
    assert next_bolus(at(memory, noon)) is None
    assert next_bolus(at(memory, noon + TICK)) == noon + 4 * HOUR
    assert next_bolus(at(memory, noon + 4 * HOUR - TICK)) == noon + 4 * HOUR
    ended = replace(at(memory, noon + HOUR), started=noon + 10 * MINUTE)
    assert next_bolus(ended) is None
    assert next_bolus(replace(ended, started=noon + 10 * MINUTE - TICK)) == noon + 4 * HOUR
    assert isinstance(PERIODIC.base, PeriodicBolus)
    from_one = replace(memory, program=replace(PERIODIC, base=replace(PERIODIC.base, first=time(1))))
    assert next_bolus(at(from_one, START + 91 * MINUTE)) == START + 90 * MINUTE + 4 * HOUR
    assert next_bolus(replace(at(memory, noon + HOUR), program=on(daily(1)))) is None


@pytest.mark.requirement("ITB-012")
@pytest.mark.parametrize("dose", ["7", "11.3", "12", "13", "1440"])
def test_a_pause_gives_exactly_the_lesser_of_program_and_minimum_rate(dose: str) -> None:
    what = on(SimpleContinuous(dose=ug_a_day(dose)))
    memory = replace(told_to(what)[0], holds=(Hold.PAUSE,))

    lesser = min(Fraction(dose) / 2000, Fraction(MODEL.minimum_rate.mL_per_day))
    assert flow_now(memory) == lesser
    after, _ = flow(memory, told_to(what)[1], START + 100 * DAY)
    assert after.drive.counts + after.drive.phase == lesser * 100 / Fraction(MODEL.quantum.mL)
