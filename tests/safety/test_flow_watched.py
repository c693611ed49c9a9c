"""The reference pump watches its drive: what stands, lags, runs ahead or comes and goes is told, and when."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
    C2000,
    MODEL,
    START,
    acting,
    alarms_of,
    bolus,
    continuous,
    flow,
    implanted,
    mL,
    program,
    raised_at,
    records,
    running,
    ug_a_day,
)
from thecal.pump import ALARM_CLASSES, LATENCY, AlarmClass, Cause, Kind
from thecal.pump.conditions import STALLS
from thecal.pump.detectors import GROWS_AFTER, GROWS_AT, STEADY_AFTER
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.therapy import Alarm, Priming, SimpleContinuous

SECOND = timedelta(seconds=1)
QUANTUM = Fraction(MODEL.quantum.mL)
LIMIT = MODEL.daily_dose_most.ug_per_day


def quantum_lasts(dose: int) -> timedelta:
    """Return how long a quantum takes at a dose of 500 mcg/mL."""
    return DAY * float(QUANTUM * 500 / dose)


# --- a drive that stands -----------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-078")
@given(
    cause=st.sampled_from(sorted(STALLS)),
    after=st.timedeltas(MINUTE, 3 * HOUR),
    dose=st.sampled_from([24, 50, 200, 1000]),
)
@settings(max_examples=40, deadline=None)
def test_a_stall_is_reported_within_thirty_seconds_of_the_quantum_that_is_missed(
    cause: Cause, after: timedelta, dose: int
) -> None:
    pump = running(continuous(dose))
    pump.arrange(acting(cause, after))
    detectable = -(-after // quantum_lasts(dose)) * quantum_lasts(dose)
    tested = -(-after // (15 * MINUTE)) * 15 * MINUTE

    pump.advance(START + after + quantum_lasts(dose) + LATENCY[Alarm.MOTOR_STALL])

    (noticed,) = raised_at(pump, Alarm.MOTOR_STALL)
    assert noticed <= min(detectable + 30 * SECOND, tested) + timedelta(milliseconds=1)
    assert min(detectable, tested) <= noticed + timedelta(milliseconds=1)


@pytest.mark.requirement("ITB-078")
def test_a_quantum_that_is_late_by_less_than_the_notice_is_not_taken_for_a_stall() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.FOREIGN_PARTICLE, HOUR + MINUTE, lasting=30 * SECOND))

    pump.advance(START + DAY)

    assert records(pump, Kind.PUMP_STALLED) == []
    assert alarms_of(pump) == set()
    assert pump.memory.asked - pump.memory.drive.counts == 1


@pytest.mark.requirement("ITB-078")
@pytest.mark.parametrize(
    ("cause", "size", "alarm"),
    [
        (Cause.RUNAWAY, "3", Alarm.OVER_DELIVERY),
        (Cause.LAGGING, "0.01", Alarm.UNDER_DELIVERY),
        (Cause.FEVER, "41", Alarm.TEMPERATURE),
        (Cause.COUNTER_STUCK, None, Alarm.UNDER_DELIVERY),
    ],
)
def test_what_counts_or_a_sensor_show_is_reported_at_that_moment(
    cause: Cause, size: str | None, alarm: Alarm
) -> None:
    pump = running(continuous(200))
    pump.arrange(acting(cause, HOUR, size=size))

    pump.advance(START + HOUR + 2 * quantum_lasts(200) + 30 * SECOND)

    (raised,) = raised_at(pump, alarm)
    assert raised <= HOUR + 2 * quantum_lasts(200)


@pytest.mark.requirement("ITB-080")
def test_a_stall_and_its_recovery_are_recorded_with_the_time_of_each_and_of_its_notice() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.FOREIGN_PARTICLE, HOUR + MINUTE, lasting=5 * HOUR))

    pump.advance(START + 7 * HOUR)

    (stalled,), (recovered,) = records(pump, Kind.PUMP_STALLED), records(pump, Kind.STALL_RECOVERED)
    missed = START + HOUR + 72 * SECOND
    turned = START + 6 * HOUR + 108 * SECOND
    assert (stalled.fact("first_missed"), stalled.at) == (missed.isoformat(), missed + 30 * SECOND)
    assert (recovered.fact("turned"), recovered.at) == (turned.isoformat(), turned + 108 * SECOND)


@pytest.mark.requirement("ITB-080")
def test_a_recovery_that_no_quantum_shows_is_found_by_a_self_test_and_says_so() -> None:
    pump = implanted()
    pump.arrange(acting(Cause.FOREIGN_PARTICLE, HOUR + MINUTE, lasting=HOUR))

    pump.advance(START + 3 * HOUR)

    (stalled,), (recovered,) = records(pump, Kind.PUMP_STALLED), records(pump, Kind.STALL_RECOVERED)
    assert (stalled.fact("first_missed"), stalled.at - START) == ("not known", 75 * MINUTE)
    assert (recovered.fact("turned"), recovered.at - START) == ("not known", 135 * MINUTE)


def test_a_jerk_of_one_quantum_does_not_end_a_stall() -> None:
    pump = running(continuous(200))
    pump.arrange(
        acting(Cause.FOREIGN_PARTICLE, HOUR + MINUTE, lasting=20 * MINUTE),
        acting(Cause.INTERNAL_SHORT, HOUR + 23 * MINUTE, lasting=3 * HOUR),
    )

    pump.advance(START + 3 * HOUR)

    assert records(pump, Kind.STALL_RECOVERED) == []
    assert Alarm.MOTOR_STALL in alarms_of(pump)


# --- a drive that lags -------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-075")
@pytest.mark.parametrize("size", ["0.02", "0.5", "0.9", "0.95", "0.98"])
def test_under_delivery_warns_and_is_critical_when_it_grows_large_or_lasts(size: str) -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.LAGGING, HOUR, size=size))

    pump.advance(START + DAY)

    (warned,) = raised_at(pump, Alarm.UNDER_DELIVERY)
    (grown,) = [entry.at - START for entry in records(pump, Kind.ALARM_ESCALATED)]
    assert ALARM_CLASSES[Alarm.UNDER_DELIVERY] is AlarmClass.NON_CRITICAL
    lost_each = quantum_lasts(200) / (1 - float(size))
    assert lost_each <= warned - HOUR <= 2 * lost_each + quantum_lasts(200)
    sooner, later = (
        min(HOUR + missing * lost_each, warned + GROWS_AFTER) for missing in (GROWS_AT - 1, GROWS_AT)
    )
    assert sooner <= grown <= later + 15 * MINUTE + quantum_lasts(200)
    (one,) = pump.memory.raised
    assert (one.alarm, one.escalated) == (Alarm.UNDER_DELIVERY, True)
    assert pump.status(now=START + DAY).flow.mL_per_day == Decimal("0.4")


@pytest.mark.requirement("ITB-075")
def test_one_missing_quantum_is_no_warning_and_two_are() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.LAGGING, size="0.9"))

    for number in range(1, 40):
        pump.advance(START + number * quantum_lasts(200))
        missing = pump.memory.asked - pump.memory.drive.counts
        assert (Alarm.UNDER_DELIVERY in alarms_of(pump)) == (missing > 1)


@pytest.mark.requirement("ITB-075", "ITB-106")
def test_a_drive_that_lags_no_more_is_seen_and_its_alarm_goes_when_somebody_has_looked() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.LAGGING, HOUR, lasting=4 * HOUR, size="0.9"))
    steady = START + 5 * HOUR + STEADY_AFTER * quantum_lasts(200) + 15 * MINUTE

    pump.interrogate(now=START + 5 * HOUR)
    assert Alarm.UNDER_DELIVERY in alarms_of(pump)
    pump.advance(steady)
    assert Alarm.UNDER_DELIVERY in pump.interrogate(now=steady).status.alarms

    assert alarms_of(pump) == set()
    assert pump.status(now=START + 3 * DAY).delivered < mL("1.2")


# --- a drive that runs ahead -------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-074")
@pytest.mark.parametrize("size", ["1.01", "1.05", "1.3", "2", "8"])
def test_a_small_excess_is_an_alarm_when_it_comes_to_two_quanta_and_a_large_one_at_once(size: str) -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.RUNAWAY, size=size))
    error = float(size) - 1

    pump.advance(START + DAY)

    (raised,) = raised_at(pump, Alarm.OVER_DELIVERY)
    assert quantum_lasts(200) * max(1, 2 / error - 1) <= raised <= quantum_lasts(200) * (2 / error + 1)
    assert pump.memory.drive.counts - pump.memory.asked == max(2, int(float(size)) - 1)
    assert pump.status(now=START + DAY).flow.is_zero


@pytest.mark.requirement("ITB-074")
@pytest.mark.parametrize("size", ["1.4", "5"])
def test_what_both_counters_share_is_stopped_at_the_drugs_high_limit(size: str) -> None:
    pump = running(continuous(2000), fill=20)
    pump.arrange(acting(Cause.PACED_FAST, 2 * DAY + MINUTE, size=size))

    pump.advance(START + 4 * DAY)

    (alarm,) = records(pump, Kind.ALARM_RAISED)
    assert alarm.fact("above") == "24-hour limit"
    assert flow(pump) == 0
    given = pump.delivery
    for minute in range(0, 2 * 1440, 5):
        ended = START + 2 * DAY + minute * MINUTE
        day = given.until(ended).mass.ug - given.until(ended - DAY).mass.ug
        assert day <= LIMIT + 2 * MODEL.quantum.mL * 500


@pytest.mark.requirement("ITB-074")
def test_what_was_ordered_within_the_limit_is_no_over_delivery_and_neither_is_a_prime() -> None:
    high = program(SimpleContinuous(dose=ug_a_day(1500)), bolus(80), C2000)
    primed = program(SimpleContinuous(dose=ug_a_day(1900)), Priming(volume=mL("0.3"), duration=HOUR), C2000)
    for what in (high, primed, continuous(2000, C2000)):
        pump = running(what, fill=20)
        pump.arrange(acting(Cause.FEVER, size="40"))
        pump.advance(START + 5 * DAY)

        assert alarms_of(pump) == set()


# --- a flow that comes and goes ----------------------------------------------------------------------------


@pytest.mark.requirement("ITB-081")
@pytest.mark.parametrize(("every", "unstable"), [(3 * HOUR, True), (11 * HOUR, True), (13 * HOUR, False)])
def test_a_flow_that_fails_three_times_in_a_day_warns_and_goes_on(
    every: timedelta, *, unstable: bool
) -> None:
    pump = running(continuous(200))
    pump.arrange(
        *(
            acting(Cause.FOREIGN_PARTICLE, number * every + MINUTE, lasting=100 * SECOND)
            for number in range(1, 4)
        )
    )

    pump.advance(START + 3 * every + 2 * MINUTE)

    assert (Alarm.UNSTABLE_FLOW in alarms_of(pump)) == unstable
    assert ALARM_CLASSES[Alarm.UNSTABLE_FLOW] is AlarmClass.NON_CRITICAL
    assert pump.memory.program == continuous(200)
    pump.advance(START + 5 * DAY)
    pump.interrogate(now=START + 5 * DAY)
    assert alarms_of(pump) == set()


@pytest.mark.requirement("ITB-081")
def test_a_flow_that_is_steadily_too_low_or_stands_is_another_alarm() -> None:
    lagging, standing = running(continuous(200)), running(continuous(200))
    lagging.arrange(acting(Cause.LAGGING, size="0.8"))
    standing.arrange(acting(Cause.SHAFT_WEAR, HOUR))
    for pump in (lagging, standing):
        pump.advance(START + 2 * DAY)

        assert Alarm.UNSTABLE_FLOW not in alarms_of(pump)


def test_every_alarm_of_the_flow_is_at_most_half_a_minute_late() -> None:
    flow = (Alarm.MOTOR_STALL, Alarm.OVER_DELIVERY, Alarm.UNDER_DELIVERY, Alarm.UNSTABLE_FLOW)

    assert {LATENCY[alarm] <= 30 * SECOND for alarm in flow} == {True}
