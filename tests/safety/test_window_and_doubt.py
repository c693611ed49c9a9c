"""The dose window beside what nobody counted, what already exceeds it, and a clock that is set."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.pumps import (
    C500,
    C2000,
    MODEL,
    START,
    acting,
    alarms_of,
    bolus,
    continuous,
    flow,
    fresh_id,
    mL,
    program,
    read,
    records,
    running,
    send,
    ug_a_day,
)
from builders.twin.bridge import bridged
from thecal.pump import Cause, Kind, Pump, RefusedError
from thecal.pump.hold import Hold
from thecal.pump.tally import Doubts, doubted, in_doubt
from thecal.quantities import DAY, HOUR, MINUTE, PumpClock
from thecal.therapy import (
    Alarm,
    CommandError,
    CompareResidual,
    DoseStep,
    Fallback,
    Flex,
    Restart,
    SetClock,
    SetFallback,
    SimpleContinuous,
    StartFallback,
    Stop,
)

MOST = MODEL.daily_dose_most.ug_per_day


def stuck(hours: int = 12) -> Pump:
    """Return a pump whose counter stood for some hours while its drive turned."""
    pump = running(continuous(1200, C2000))
    pump.advance(START + DAY)
    pump.arrange(acting(Cause.COUNTER_STUCK, DAY, lasting=hours * HOUR))
    pump.advance(START + DAY + hours * HOUR + HOUR)
    return pump


@pytest.mark.requirement("ITB-030", "ITB-111", "ITB-169")
def test_a_residual_that_is_flagged_proves_nothing_and_one_that_agrees_leaves_the_window_its_doubt() -> None:
    for missing, flagged in (("0", False), ("1.4", True)):
        pump = stuck()
        before = pump.memory.doubts
        assert pump.memory.doubt

        pump.handle(
            CompareResidual(
                id=fresh_id(), against=read(pump), drained=pump.memory.holding.content - mL(missing)
            ),
            pump.present,
        )

        assert records(pump, Kind.RESIDUAL_COMPARED)[-1].fact("flagged") == ("yes" if flagged else "no")
        assert bool(pump.memory.doubt) == flagged
        assert pump.memory.doubts == before
        with pytest.raises(RefusedError, match="ITB-030"):
            send(pump, continuous(1950, C2000), now=pump.present)


@pytest.mark.requirement("ITB-030", "ITB-111")
def test_what_nobody_counted_leaves_the_window_after_a_day_and_bars_no_dose_for_ever() -> None:
    pump = stuck(6 * 24)

    with pytest.raises(RefusedError, match="ITB-030"):
        send(pump, continuous(1900, C2000), now=pump.present)
    assert send(pump, continuous(1900, C2000), now=pump.present + 25 * HOUR).flow.mL_per_day


@pytest.mark.requirement("ITB-030", "ITB-160")
def test_a_lower_dose_is_taken_although_the_day_holds_too_much_already_and_a_higher_one_is_not() -> None:
    pump = running(continuous(1200, C2000))
    pump.advance(START + DAY)
    pump._memory = replace(pump.memory, doubts=((pump.present, pump.present, 900),))

    with pytest.raises(RefusedError, match="ITB-030"):
        send(pump, continuous(1201, C2000), now=pump.present)
    assert send(pump, continuous(1200, C2000), now=pump.present).flow.mL_per_day
    assert send(pump, continuous(400, C2000), now=pump.present).flow.mL_per_day
    with pytest.raises(RefusedError, match="ITB-030"):
        send(pump, continuous(1200, C2000), now=pump.present)


@pytest.mark.requirement("ITB-118", "ITB-035")
@pytest.mark.parametrize("cuts", [0, 2, 5])
def test_a_clock_by_which_a_day_holds_more_is_refused_whatever_else_is_above_the_maximum(cuts: int) -> None:
    day = Flex.every_day(
        DoseStep(start=time(0), rate=ug_a_day(1604)), DoseStep(start=time(12), rate=ug_a_day(2400))
    )
    pump = running(program(day, concentration=C2000))
    noon = pump.memory.clock.midnight_before(START) + 3 * DAY + 12 * HOUR
    for number in range(cuts):
        pump.arrange(acting(Cause.POWER_CUT, noon - START - (number + 1) * HOUR))
    pump.advance(noon + 12 * HOUR)

    with pytest.raises(RefusedError, match="ITB-030"):
        pump.handle(
            SetClock(
                id=fresh_id(), against=read(pump), clock=PumpClock(pump.memory.clock.offset + 12 * HOUR)
            ),
            pump.present,
        )
    pump.handle(SetClock(id=fresh_id(), against=read(pump), clock=pump.memory.clock), pump.present)


@pytest.mark.requirement("ITB-059", "ITB-160")
@pytest.mark.parametrize("cause", [Cause.RUNAWAY, Cause.PACED_FAST])
@pytest.mark.parametrize("quanta", [1, 2, 3, 4, 7])
def test_a_drive_that_runs_ahead_finds_no_more_than_there_is_and_a_stop_is_taken(
    cause: Cause, quanta: int
) -> None:
    pump = running(continuous(200))
    ends = START + DAY * 83 * 5 // 10 - quanta * DAY // 800
    pump.advance(ends)
    pump.arrange(acting(cause, ends - START, size="2.5"))

    pump.advance(ends + DAY)
    pump.handle(Stop(id=fresh_id()), pump.present)

    assert pump.memory.drive.counts <= pump.memory.empty_counts
    assert pump.memory.program.is_stopped


moments = st.integers(0, 4 * 86_400).map(lambda s: START + timedelta(seconds=s))


@given(
    st.lists(st.tuples(moments, st.integers(1, 86_400), st.integers(1, 500)), max_size=8), st.integers(1, 5)
)
def test_no_cut_of_a_doubt_changes_what_is_in_doubt_and_a_day_later_none_is(
    stretches: list[tuple[object, int, int]], parts: int
) -> None:
    whole: Doubts = ()
    cut: Doubts = ()
    at = START
    for _, seconds, quanta in stretches:
        begun, length = at + HOUR, timedelta(seconds=seconds)
        at = begun + length
        tests = [START + n * 15 * MINUTE for n in range(500)]
        quarters = [begun, *(one for one in tests if begun < one < at), at]
        for begins, ends in pairwise(quarters):
            whole = doubted(whole, begins, ends, quanta, born=START)
            edges = [begins + (ends - begins) * n / parts for n in range(parts)] + [ends]
            shares = [quanta // parts] * (parts - 1) + [quanta - quanta // parts * (parts - 1)]
            for (low, high), share in zip(pairwise(edges), shares, strict=True):
                cut = doubted(cut, low, high, share, born=START)
        assert cut == whole
    assert in_doubt(whole, at + DAY + MINUTE) == 0
    assert all(until - since <= 15 * MINUTE for since, until, _ in whole)


@pytest.mark.requirement("ITB-106", "ITB-163")
def test_while_nothing_is_given_in_place_of_a_lost_program_the_alarm_stands_and_no_restart_helps() -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(24)), concentration=C500))
    pump.handle(SetFallback(id=fresh_id(), against=read(pump), daily_dose=ug_a_day(24)), START)
    pump._memory = replace(pump.memory, capability=replace(MODEL, flow_least=MODEL.flow_least.scaled(2)))
    pump.arrange(acting(Cause.BOTH_COPIES, DAY))
    pump.advance(START + DAY)
    assert flow(pump) == MODEL.minimum_rate.mL_per_day

    for days in (1, 2, 90):
        pump.interrogate(now=START + DAY + days * DAY)
        assert alarms_of(pump) != set()
    with pytest.raises(RefusedError, match="no copy of the program is intact"):
        pump.handle(Restart(id=fresh_id(), against=read(pump)), pump.present)

    pump._memory = replace(pump.memory, capability=MODEL)
    send(pump, continuous(30))
    pump.interrogate(now=pump.present + MINUTE)
    assert alarms_of(pump) == set()


@pytest.mark.requirement("ITB-074", "ITB-107")
def test_a_drive_that_ran_ahead_stands_until_somebody_who_has_checked_it_restarts_it() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.RUNAWAY, DAY, lasting=HOUR, size="3"))
    pump.advance(START + 2 * DAY)
    assert flow(pump) == 0

    send(pump, continuous(150), now=pump.present)
    assert flow(pump) == 0
    pump.handle(Stop(id=fresh_id()), pump.present)
    pump.handle(StartFallback(id=fresh_id(), against=read(pump)), pump.present)
    assert flow(pump) == 0
    pump.advance(pump.present + 3 * DAY)
    pump.interrogate(now=pump.present)
    assert flow(pump) == 0
    assert pump.memory.drive.counts == pump.memory.started_counts

    pump.handle(Restart(id=fresh_id(), against=read(pump)), pump.present)
    assert flow(pump) > 0
    assert alarms_of(pump) == set()


@pytest.mark.requirement("ITB-163")
def test_a_restart_long_after_a_drive_ran_ahead_needs_a_program_that_a_person_ordered_since() -> None:
    pump = running(continuous(400))
    pump.arrange(
        acting(Cause.RUNAWAY, DAY, lasting=HOUR, size="3"), acting(Cause.BOTH_COPIES, DAY + 5 * HOUR)
    )
    pump.advance(START + 5 * DAY)
    assert pump.memory.program.base == Fallback(dose=ug_a_day(400))

    with pytest.raises(RefusedError, match="older than 1 day"):
        pump.handle(Restart(id=fresh_id(), against=read(pump)), pump.present)
    send(pump, continuous(300))
    pump.handle(Restart(id=fresh_id(), against=read(pump)), pump.present)

    assert flow(pump) > 0


@pytest.mark.requirement("ITB-163")
def test_a_reset_that_nobody_looked_at_makes_no_later_fault_older_than_it_is() -> None:
    pump = running(continuous(400))
    pump.arrange(acting(Cause.WATCHDOG, DAY), acting(Cause.RUNAWAY, 4 * DAY, lasting=HOUR, size="3"))
    pump.advance(START + 4 * DAY + 2 * HOUR)
    assert alarms_of(pump) >= {Alarm.PUMP_RESET, Alarm.OVER_DELIVERY}

    pump.handle(Restart(id=fresh_id(), against=read(pump)), pump.present)

    assert flow(pump) > 0


@pytest.mark.requirement("ITB-030", "ITB-111")
def test_what_a_standing_counter_leaves_in_doubt_is_that_of_the_last_day_and_not_evened_out() -> None:
    pump = running(continuous(30))
    pump.arrange(acting(Cause.COUNTER_STUCK, HOUR))
    pump.advance(START + 9 * DAY)
    send(pump, continuous(1800))
    pump.advance(pump.present + DAY)

    quanta = in_doubt(pump.memory.doubts, pump.present)
    assert 1800 <= quanta * MODEL.quantum.mL * C500.ug_per_mL < 1801
    with pytest.raises(RefusedError, match="ITB-030"):
        send(pump, program(SimpleContinuous(dose=ug_a_day(1800)), bolus(100, minutes=60)))


@pytest.mark.requirement("ITB-151")
def test_a_radio_that_used_the_battery_up_ends_the_service_then_and_not_later() -> None:
    pump = running(continuous(200))
    pump.advance(START + DAY)

    pump.spend_radio(2000 * 3600 * 1_000_000)

    assert Hold.END_OF_SERVICE in pump.memory.holds
    assert Alarm.END_OF_SERVICE in alarms_of(pump)


@pytest.mark.requirement("ITB-161")
@pytest.mark.parametrize("review", [timedelta.min, -DAY, timedelta(0), timedelta.max])
def test_a_stop_is_taken_whatever_review_applies_for_and_a_second_one_does_not_put_the_first_off(
    review: timedelta,
) -> None:
    pump = running(continuous(200))
    pump.handle(Stop(id=fresh_id(), review_after=review), START)
    assert pump.memory.program.is_stopped

    planned = running(continuous(200))
    planned.handle(Stop(id=fresh_id(), review_after=HOUR), START)
    planned.handle(Stop(id=fresh_id(), review_after=timedelta(days=1_000)), START + MINUTE)
    planned.advance(START + 2 * HOUR)
    assert [one.at for one in records(planned, Kind.REVIEW_DUE)] == [START + HOUR]


@pytest.mark.requirement("ITB-161")
def test_a_stop_that_is_ordered_as_a_program_is_reviewed_too() -> None:
    pump = running(continuous(200))
    send(pump, replace(continuous(200), base=type(running_stop(pump))()))

    pump.advance(START + 2 * DAY)

    assert [one.at for one in records(pump, Kind.REVIEW_DUE)] == [START + DAY]


def running_stop(pump: Pump) -> object:
    """Return the base program of a stopped pump."""
    other = Pump.restore(pump.image())
    other.handle(Stop(id=fresh_id()), other.present)
    return other.memory.program.base


@pytest.mark.requirement("ITB-041", "ITB-169")
def test_more_than_a_reservoir_holds_cannot_have_been_drawn_out() -> None:
    pump = running(continuous(200))

    with pytest.raises(RefusedError, match=r"drained: 22\.1 mL is outside what is allowed, 0 mL to 22 mL"):
        pump.handle(CompareResidual(id=fresh_id(), against=read(pump), drained=mL("22.1")), START)


@pytest.mark.requirement("ITB-164")
def test_a_fallback_of_nothing_is_refused() -> None:
    pump = running(continuous(200))

    with pytest.raises(CommandError, match="fallback dose: 0 mcg/day is outside what is allowed"):
        pump.handle(SetFallback(id=fresh_id(), against=read(pump), daily_dose=ug_a_day(0)), START)


@pytest.mark.requirement("ITB-023")
def test_a_washing_bridge_whose_counter_stands_ends_after_twice_its_time_at_the_latest() -> None:
    pump = bridged(C2000, C500)
    ends, begun = pump.memory.once_ends, pump.memory.started
    assert ends is not None
    pump.arrange(acting(Cause.COUNTER_STUCK, pump.present - START + HOUR))

    pump.advance(begun + 2 * (ends - begun) + MINUTE)

    assert pump.memory.once_over


@pytest.mark.requirement("ITB-160")
@pytest.mark.parametrize("size", ["0.000001", "0.0001"])
def test_a_bridge_of_a_drive_that_hardly_turns_stops_when_it_is_told_to(size: str) -> None:
    pump = bridged(C2000, C500)
    pump.arrange(acting(Cause.LAGGING, pump.present - START + HOUR, size=size))

    pump.advance(pump.present + 30 * DAY)
    pump.handle(Stop(id=fresh_id()), pump.present)

    assert pump.memory.program.is_stopped
