"""The drive by itself, to the last quantum and microsecond: what is told, what flows, what is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from builders.pumps import C500, C2000, MODEL, START, bolus, ug_a_day
from builders.therapy import OTHER_DRUG
from builders.twin.drive import PERIODIC, TICK, US_A_MINUTE, at, lived, per_minute, told_to
from builders.twin.window import NOON, WEEK, a_minute, daily, on
from thecal.pump import LEGACY, REFERENCE
from thecal.pump.hold import Hold
from thecal.pump.motor import Drive
from thecal.pump.scheduler import bolus_ends, commanded, flow, flow_now
from thecal.quantities import DAY, HOUR, MINUTE, FlowRate, Mass, Volume, microseconds
from thecal.therapy import Bridge, PatientBolus, Program, SimpleContinuous

# --- what is commanded ------------------------------------------------------------------------------------


def test_the_flow_follows_the_week_by_the_clock_on_the_pump() -> None:
    """It shows 11:30 on a Monday at the start."""
    memory, _ = told_to(on(NOON))
    edges = {30: (1, 3), 510: (3, 0), 750: (0, 1), 1470: (1, 3)}

    for minutes, (before, after) in edges.items():
        moment = START + minutes * MINUTE
        assert per_minute(at(memory, moment - TICK)) == before
        assert per_minute(at(memory, moment)) == after
    weekdays, _ = told_to(on(WEEK))
    midnights = [START + 750 * MINUTE + days * DAY for days in range(7)]
    assert [per_minute(at(weekdays, midnight)) for midnight in midnights] == [4, 2, 2, 2, 2, 3, 1]
    assert [per_minute(at(weekdays, midnight - TICK)) for midnight in midnights] == [1, 4, 2, 2, 2, 2, 3]


def test_what_runs_once_and_what_a_patient_asked_for_come_on_top() -> None:
    allowed = PatientBolus(dose=Mass(ug=Decimal(120)), duration=HOUR, most_per_day=1, lockout=DAY)
    what = Program(
        drug=OTHER_DRUG,
        concentration=C2000,
        base=daily(1),
        once=bolus(180, minutes=60),
        patient_bolus=allowed,
    )
    memory = replace(told_to(on(daily(1)))[0], program=what, once_over=False)

    assert per_minute(memory) == 4
    assert per_minute(replace(memory, once_over=True)) == 1
    assert per_minute(replace(memory, patient_until=START + HOUR)) == 3


@pytest.mark.parametrize("hold", list(Hold))
def test_a_hold_lets_the_drive_stand_or_turn_at_the_minimum_rate(hold: Hold) -> None:
    memory = replace(told_to(on(daily(1)))[0], holds=(hold,))

    ordered = commanded(memory)

    if hold in {Hold.RESET, Hold.PAUSE, Hold.WINDOW}:
        assert flow_now(memory) == Fraction(MODEL.minimum_rate.mL_per_day)
        assert ordered is not None
        assert ordered[1] == ordered[0].base
        assert ordered[0] is not memory.plan
    else:
        assert (ordered, flow_now(memory)) == (None, 0)


@pytest.mark.parametrize(("hold", "flows"), [(Hold.PAUSE, False), (Hold.WINDOW, False), (Hold.RESET, True)])
def test_a_pause_flows_no_more_than_the_program_would_and_a_reset_always(hold: Hold, *, flows: bool) -> None:
    memory = replace(told_to(on(NOON))[0], holds=(hold,))
    minimum = Fraction(MODEL.minimum_rate.mL_per_day)

    assert [flow_now(at(memory, START + minutes * MINUTE)) for minutes in (1, 30, 510, 750)] == [
        minimum,
        minimum,
        minimum if flows else 0,
        minimum,
    ]


def test_an_empty_pump_and_one_that_finishes_its_last_quantum_flow_no_more() -> None:
    memory, _ = told_to(on(daily(1)))

    assert commanded(replace(memory, drive=Drive(counts=memory.empty_counts))) is None
    assert flow_now(replace(memory, drive=Drive(counts=memory.empty_counts))) == 0
    assert flow_now(replace(memory, drive=Drive(counts=memory.empty_counts - 1))) > 0
    finishing = replace(memory, finishing=True)
    assert flow_now(finishing) == 0
    ordered = commanded(finishing)
    assert ordered is not None
    plan, week = ordered
    assert week is plan.base
    assert plan.pace_as_mL_per_day(week[0][0][2], MODEL.quantum) == Fraction(MODEL.flow_most.mL_per_day)
    assert commanded(replace(finishing, holds=(Hold.PAUSE,))) == ordered


@pytest.mark.requirement("ITB-036")
def test_periodic_boluses_that_are_withheld_do_not_come_with_another_bolus() -> None:
    allowed = PatientBolus(dose=Mass(ug=Decimal(120)), duration=HOUR, most_per_day=1, lockout=DAY)
    what = Program(
        drug=OTHER_DRUG,
        concentration=C2000,
        base=PERIODIC.base,
        once=bolus(180, minutes=60),
        patient_bolus=allowed,
    )
    due = at(replace(told_to(PERIODIC)[0], program=what, once_over=False), START + 30 * MINUTE)
    asked = replace(due, patient_until=due.at + HOUR)

    assert per_minute(due) == 1 + 2 + 3
    assert per_minute(asked) == 1 + 2 + 2
    assert per_minute(replace(due, boluses_withheld=True)) == 1 + 3
    assert per_minute(replace(asked, boluses_withheld=True)) == 1 + 2
    assert per_minute(replace(due, boluses_withheld=True, once_over=True)) == 1


def test_a_periodic_bolus_that_runs_ends_at_its_end_by_the_clock_on_the_pump() -> None:
    memory, _ = told_to(PERIODIC)
    noon = START + 30 * MINUTE

    begins = at(memory, noon)
    assert per_minute(begins) == per_minute(at(memory, noon - TICK)) + 2
    assert bolus_ends(begins) is None
    for began in (noon + days * DAY for days in range(9)):
        assert bolus_ends(at(memory, began + TICK)) == began + 10 * MINUTE
    assert bolus_ends(at(memory, noon + 10 * MINUTE - TICK)) == noon + 10 * MINUTE
    assert bolus_ends(at(memory, noon + 10 * MINUTE)) is None
    assert bolus_ends(at(memory, noon - TICK)) is None
    assert bolus_ends(told_to(on(NOON))[0]) is None
    assert bolus_ends(at(told_to(on(NOON))[0], noon)) is None
    withheld = replace(begins, boluses_withheld=True)
    assert per_minute(withheld) == per_minute(at(memory, noon - TICK))


# --- what flows -------------------------------------------------------------------------------------------


def test_every_minute_of_three_days_counts_what_the_week_says() -> None:
    memory, hardware = told_to(on(NOON))
    minutes, counted = 0, 0
    while minutes < 3 * 1440:
        memory, hardware = flow(memory, hardware, START + (minutes + 17) * MINUTE)
        for minute in range(minutes, minutes + 17):
            of_day = (690 + minute) % 1440
            counted += 1 if of_day < 720 else 3 if of_day < 1200 else 0
        minutes += 17
        assert (memory.at, memory.drive) == (START + minutes * MINUTE, Drive(counts=counted))
        assert (memory.asked, memory.doubt, memory.finishing) == (counted, 0, False)

    changes = [(30, 3), (510, 0), (750, 1)]
    later = [(days * 1440 + minute, rate) for days in range(3) for minute, rate in changes]
    edges = [(minute * US_A_MINUTE, rate) for minute, rate in [(0, 1), *later] if minute < minutes]
    assert [*memory.tape] == [(us, a_minute(rate), C2000) for us, rate in edges]
    at_once, _ = lived(on(NOON), minutes * MINUTE)
    assert at_once == memory


def test_a_flow_that_starts_within_a_week_finds_its_day() -> None:
    memory, hardware = told_to(on(WEEK))
    for hours, counts in ((24, 1 * 750 + 4 * 690), (48, 1 * 750 + 4 * 1440 + 2 * 690)):
        memory, hardware = flow(memory, hardware, START + hours * HOUR)
        assert memory.drive.counts == counts


def test_the_drive_keeps_how_far_it_is_into_its_quantum() -> None:
    memory, hardware = lived(on(daily(1)), 90 * timedelta(seconds=1))
    assert memory.drive == Drive(counts=1, phase=Fraction(1, 2))

    memory, hardware = flow(memory, hardware, START + timedelta(seconds=100))
    assert memory.drive == Drive(counts=1, phase=Fraction(2, 3))
    memory, hardware = flow(memory, hardware, START + timedelta(seconds=120))
    assert memory.drive == Drive(counts=2)
    third = replace(memory, drive=Drive(counts=2, phase=Fraction(1, 7)))
    memory, _ = flow(third, hardware, START + timedelta(seconds=150))
    assert memory.drive == Drive(counts=2, phase=Fraction(9, 14))


def test_it_stops_at_the_count_at_which_something_is_to_be_done_and_not_a_microsecond_later() -> None:
    """1500 mcg/day are 25/24 of a quantum a minute: ten of them take 9 min 36 s, seven 6 min 43.2 s."""
    what = on(SimpleContinuous(dose=ug_a_day(1500)))

    memory, _ = lived(what, HOUR, fill="2.005")
    assert memory.at == START + timedelta(minutes=9, seconds=36)
    assert (memory.drive, memory.asked) == (Drive(counts=10), 10)
    assert [*memory.tape] == [(0, FlowRate(mL_per_day=Decimal("0.75")), C2000)]

    # 1430 mcg/day: a quantum takes 60 419 580.42 microseconds; and is counted at the next whole one
    other, _ = lived(on(SimpleContinuous(dose=ug_a_day(1430))), HOUR, fill="2.0005")
    assert (other.at - START) == timedelta(microseconds=60_419_581)
    assert other.drive.counts == 1
    assert other.drive.phase == Fraction(1430 * 60_419_581, 1440 * US_A_MINUTE) - 1
    early, _ = lived(on(SimpleContinuous(dose=ug_a_day(1430))), timedelta(microseconds=60_419_580), "2.0005")
    assert early.drive.counts == 0


def test_it_stops_at_a_count_within_a_later_step_too() -> None:
    """Thirty quanta up to noon, then three a minute."""
    memory, _ = lived(on(NOON), DAY, fill="2.018")
    assert memory.drive == Drive(counts=36)
    assert memory.at == START + 32 * MINUTE
    assert [*memory.tape] == [(0, a_minute(1), C2000), (30 * US_A_MINUTE, a_minute(3), C2000)]

    memory, _ = lived(on(NOON), 30 * MINUTE, fill="2.015")
    assert (memory.drive, memory.at) == (Drive(counts=30), START + 30 * MINUTE)


def test_the_last_usable_quantum_leaves_nothing_begun() -> None:
    memory, _ = lived(on(SimpleContinuous(dose=ug_a_day(1430))), HOUR, fill="1.4005")

    assert memory.drive == Drive(counts=1)
    assert memory.is_empty


def test_what_runs_once_and_a_patients_bolus_have_their_own_share_of_what_was_counted() -> None:
    memory, hardware = told_to(on(daily(1), bolus(180, minutes=60)))
    for minutes in (20, 60):
        memory, hardware = flow(memory, hardware, START + minutes * MINUTE)
        assert (memory.once_given, memory.patient_given) == (3 * minutes, 0)
        assert memory.drive.counts == 4 * minutes
    after, _ = flow(replace(memory, once_over=True), hardware, START + 80 * MINUTE)
    assert (after.once_given, after.drive.counts) == (180, 260)

    allowed = PatientBolus(dose=Mass(ug=Decimal(120)), duration=HOUR, most_per_day=1, lockout=DAY)
    what = Program(drug=OTHER_DRUG, concentration=C2000, base=daily(1), patient_bolus=allowed)
    asked = replace(told_to(on(daily(1)))[0], program=what, patient_until=START + HOUR)
    first, hardware = flow(asked, hardware, START + 15 * MINUTE)
    second, _ = flow(first, hardware, START + HOUR)
    assert (first.patient_given, first.once_given, first.drive.counts) == (30, 0, 45)
    assert (second.patient_given, second.once_given, second.drive.counts) == (120, 0, 180)


def test_a_stop_finishes_the_quantum_under_way_at_the_fastest_flow_and_no_other() -> None:
    memory, hardware = told_to(on(daily(1)))
    half = replace(memory, finishing=True, drive=Drive(counts=3, phase=Fraction(1, 2)), asked=3)

    done, _ = flow(half, hardware, START + DAY)

    assert done.drive == Drive(counts=4)
    assert (done.finishing, done.asked) == (False, 4)
    quantum_us = Fraction(MODEL.quantum.mL) * microseconds(DAY) / Fraction(MODEL.flow_most.mL_per_day)
    assert done.at == START + timedelta(microseconds=-(-quantum_us // 2))
    cut, _ = flow(half, hardware, START + TICK)
    assert cut.finishing
    assert cut.drive == Drive(counts=3, phase=Fraction(1, 2) + 1 / quantum_us)


def test_it_stops_at_a_count_that_is_reached_as_a_pause_begins() -> None:
    memory, _ = lived(on(NOON), DAY, fill="2.735")

    assert (memory.drive, memory.at) == (Drive(counts=1470), START + 510 * MINUTE)


def test_a_place_within_a_quantum_that_no_flow_of_the_program_meets_is_kept_too() -> None:
    memory, hardware = told_to(on(daily(1)))
    odd = Fraction(1, 59_999_999)

    after, _ = flow(replace(memory, drive=Drive(phase=odd)), hardware, START + MINUTE / 2)

    assert after.drive == Drive(phase=Fraction(1, 2) + odd)


@pytest.mark.requirement("ITB-050")
@pytest.mark.parametrize("hold", [Hold.UPDATE, Hold.PAUSE])
def test_a_bridge_waits_in_a_hold_and_nothing_else_does(hold: Hold) -> None:
    bridge = Bridge(dose=ug_a_day(200), old_concentration=C500, dead_volume=Volume(mL=Decimal("0.1")))
    memory, hardware = told_to(on(daily(1), bridge))
    waiting = replace(memory, profile=REFERENCE, holds=(hold,), once_paused_us=7)
    still = {
        "no hold": replace(waiting, holds=()),
        "over": replace(waiting, once_over=True),
        "a legacy pump": replace(waiting, profile=LEGACY),
        "a bolus": replace(waiting, program=on(daily(1), bolus(60, minutes=60))),
    }

    assert flow(waiting, hardware, START + MINUTE)[0].once_paused_us == 7 + US_A_MINUTE
    assert {flow(one, hardware, START + MINUTE)[0].once_paused_us for one in still.values()} == {7}
