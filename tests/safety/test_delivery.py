"""Long runs, pauses, stops, and boluses that the reservoir does not hold: what the drive then does."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pump.pumps import (
    C500,
    CLOCK,
    MODEL,
    START,
    acting,
    alarms_of,
    bolus,
    continuous,
    fresh_id,
    implanted,
    kinds_of,
    mL,
    program,
    programs,
    refill,
    running,
    send,
    ug_a_day,
)
from thecal.journal import Kind
from thecal.pump import (
    ALARM_CLASSES,
    LEGACY,
    SIZES,
    AlarmClass,
    Cause,
    Condition,
    Pump,
    RefusedError,
    drawn_gain,
    load_models,
)
from thecal.quantities import DAY, HOUR, MICROSECONDS_PER_DAY, MINUTE, Interval, Mass, microseconds
from thecal.therapy import Alarm, CommandId, PeriodicBolus, Program, SimpleContinuous, Stopped, pieces

TICK = timedelta(microseconds=1)
QUANTUM = Fraction(MODEL.quantum.mL)
FINISHES_WITHIN = timedelta(seconds=10)


def flow(pump: Pump) -> Decimal:
    """Return what flows now, in mL/day."""
    return pump.status(now=pump.present).flow.mL_per_day


def moved(pump: Pump) -> Fraction:
    """Return what truly reached the patient, in mL."""
    return sum(
        (
            Fraction(part.flow.mL_per_day) * microseconds(part.interval.length) / MICROSECONDS_PER_DAY
            for part in pump.true_delivery.segments
        ),
        Fraction(0),
    )


# --- thirty days -----------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-003")
def test_thirty_days_of_a_pump_as_pumps_are_made_stay_within_the_tolerance() -> None:
    chance, model = Random(30), load_models()[MODEL.model]  # noqa: S311 - a drawn pump is no secret
    apart = []
    for _ in range(100):
        gain = drawn_gain(chance, model)
        pump = running(continuous(250), gain=str(gain.numerator / Decimal(gain.denominator)))
        pump.advance(START + 30 * DAY)
        apart.append(moved(pump) / 15 - 1)

    assert max(map(abs, apart)) <= Fraction(MODEL.accuracy)
    assert min(apart) < Fraction(-5, 100) < Fraction(5, 100) < max(apart)


@pytest.mark.requirement("ITB-003")
@given(what=programs(), seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_thirty_days_of_any_program_stay_within_the_tolerance(what: Program, seed: int) -> None:
    gain = drawn_gain(Random(seed), load_models()[MODEL.model])  # noqa: S311 - as above
    pump = implanted(fill=20, gain=str(gain.numerator / Decimal(gain.denominator)))
    send(pump, what)

    pump.advance(START + 30 * DAY)

    if pump.memory.is_low or pump.hardware.drawn >= pump.hardware.content:
        return
    window = Interval(START, START + 30 * DAY)
    parts = pieces(what, window, started=START, clock=CLOCK, minimum_rate=MODEL.minimum_rate)
    wanted = sum((part.volume for part in parts), Fraction(0))
    assert abs(moved(pump) - wanted) <= Fraction(MODEL.accuracy) * wanted + QUANTUM


# --- a pause ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-012")
def test_a_pause_lowers_the_flow_to_the_minimum_rate_and_every_status_says_so() -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(240)), bolus(60, minutes=360)))
    pump.advance(START + HOUR)
    least = min(dose for dose in pump.memory.program.daily_doses or () if not dose.is_zero)
    status = pump.pause(fresh_id(), now=START + HOUR)

    assert status.paused
    assert not status.stopped
    assert status.flow == MODEL.minimum_rate
    assert status.flow.as_dose(C500) < least
    assert pump.interrogate(now=START + HOUR + MINUTE).status.paused
    assert kinds_of(pump)[-2:] == [Kind.PROGRAM_PAUSED, Kind.PUMP_INTERROGATED]

    status = pump.resume(fresh_id(), now=START + HOUR + 10 * MINUTE)
    assert not status.paused
    assert status.flow.mL_per_day == Decimal("0.48")


@pytest.mark.requirement("ITB-013", "ITB-158")
def test_a_pause_of_half_an_hour_alarms_and_the_base_program_goes_on_with_nothing_made_up() -> None:
    pump = running(continuous(240))
    pump.pause(fresh_id(), now=START + HOUR)

    assert pump.status(now=START + HOUR + 30 * MINUTE - TICK).alarms == ()
    status = pump.status(now=START + HOUR + 30 * MINUTE)
    assert status.alarms == (Alarm.PAUSE_LONG,)
    assert ALARM_CLASSES[Alarm.PAUSE_LONG] is AlarmClass.CRITICAL
    assert not status.paused
    assert flow(pump) == Decimal("0.48")
    pump.advance(START + DAY)
    paused = Fraction(MODEL.minimum_rate.mL_per_day) / 48
    assert abs(moved(pump) - Fraction("0.48") * 47 / 48 - paused) <= QUANTUM
    pump.interrogate(now=START + DAY)
    assert alarms_of(pump) == set()


@pytest.mark.requirement("ITB-013")
def test_a_stop_of_any_length_alarms_from_its_beginning() -> None:
    pump = running(continuous(240))

    assert Alarm.PUMP_STOPPED in pump.stop(fresh_id(), now=START + HOUR).alarms
    assert Alarm.PUMP_STOPPED in pump.status(now=START + HOUR + 30 * MINUTE).alarms


@pytest.mark.parametrize("cause", [Cause.POWER_CUT, Cause.WATCHDOG])
def test_a_reset_ends_a_pause(cause: Cause) -> None:
    pump = running(continuous(240))
    pump.arrange(acting(cause, HOUR + MINUTE))
    pump.pause(fresh_id(), now=START + HOUR)

    pump.advance(START + HOUR + MINUTE)

    assert flow(pump) == Decimal("0.48")
    pump.advance(START + DAY)
    assert Alarm.PAUSE_LONG not in alarms_of(pump)


def test_a_stop_and_a_program_end_a_pause_for_good() -> None:
    stopped, told = running(continuous(240)), running(continuous(240))
    for pump in (stopped, told):
        pump.pause(fresh_id(), now=START + HOUR)
    stopped.stop(fresh_id(), now=START + HOUR)
    send(told, continuous(120), now=START + HOUR)

    for pump, left in ((stopped, Decimal(0)), (told, Decimal("0.24"))):
        assert flow(pump) == left
        pump.advance(START + DAY)
        assert flow(pump) == left
        assert Alarm.PAUSE_LONG not in alarms_of(pump)


def test_a_pump_that_is_stopped_held_or_has_no_pause_refuses_one() -> None:
    legacy, held = running(continuous(240), profile=LEGACY), running(continuous(240))
    held.arrange(acting(Cause.RUNAWAY, MINUTE, lasting=HOUR, size="3"))
    for pump, why in (
        (implanted(), "this pump is stopped"),
        (legacy, "has none"),
        (held, "held already, over-delivery"),
    ):
        with pytest.raises(RefusedError, match=why):
            pump.pause(fresh_id(), now=START + 2 * HOUR)
        with pytest.raises(RefusedError, match="not paused"):
            pump.resume(fresh_id(), now=START + 2 * HOUR)


# --- a stop ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-019")
@given(dose=st.integers(48, 2000), after=st.timedeltas(timedelta(0), 2 * DAY), stops=st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_stop_finishes_the_quantum_under_way_within_seconds_and_moves_no_other(
    dose: int, after: timedelta, *, stops: bool
) -> None:
    pump = running(continuous(dose))
    pump.advance(START + after)
    before = pump.memory

    if stops:
        pump.stop(fresh_id(), now=START + after)
    else:
        send(pump, program(Stopped()))

    assert pump.status(now=START + after).stopped
    under_way = int(before.drive.phase > 0)
    pump.advance(START + after + FINISHES_WITHIN)
    assert pump.memory.drive.counts == before.drive.counts + under_way
    assert pump.memory.drive.phase == 0
    assert abs(moved(pump) - pump.memory.drive.counts * QUANTUM) < QUANTUM / 1000
    pump.advance(START + after + 20 * DAY)
    assert pump.memory.drive.counts == before.drive.counts + under_way


@pytest.mark.requirement("ITB-019")
def test_an_occlusion_stops_what_reaches_the_patient_at_once_and_the_program_is_kept() -> None:
    """S-02: the drive goes on, for one that stands cannot find the tube open again."""
    pump = running(continuous(240))
    pump.arrange(acting(Cause.OCCLUSION, HOUR + 7 * MINUTE, lasting=DAY))
    pump.advance(START + HOUR + 7 * MINUTE)
    reached = moved(pump)

    pump.advance(START + 20 * HOUR)

    assert moved(pump) == reached
    assert pump.memory.program == continuous(240)
    pump.advance(START + 3 * DAY)
    assert moved(pump) > reached


def test_a_stop_of_a_drive_that_stands_or_of_an_empty_pump_moves_nothing() -> None:
    stalled, empty = running(continuous(240)), running(continuous(240), fill="1.5")
    stalled.arrange(acting(Cause.SHAFT_WEAR, HOUR))
    for pump in (stalled, empty):
        pump.advance(START + DAY)
        counts = pump.memory.drive.counts
        pump.stop(fresh_id(), now=START + DAY)
        pump.advance(START + 2 * DAY)
        assert pump.memory.drive.counts == counts
        assert not pump.memory.finishing


def test_a_program_that_comes_while_a_stop_finishes_its_quantum_goes_on_from_there() -> None:
    pump = running(continuous(240))
    pump.advance(START + HOUR)
    counts = pump.memory.drive.counts
    pump.stop(fresh_id(), now=START + HOUR)
    pump.advance(START + HOUR + timedelta(milliseconds=100))

    send(pump, continuous(240))

    assert not pump.memory.finishing
    pump.advance(START + 2 * HOUR)
    assert abs((pump.memory.drive.counts - counts) * QUANTUM - Fraction("0.02")) <= QUANTUM


# --- nothing flows back ----------------------------------------------------------------------------------

SHARES = ["0", "0.5", "0.99"]


@pytest.mark.requirement("ITB-020")
@given(
    share=st.sampled_from(SHARES),
    befalls=st.lists(st.sampled_from([Cause.OCCLUSION, Cause.LEAK, Cause.SHAFT_WEAR, Cause.HYPERBARIC])),
    looks=st.lists(st.timedeltas(timedelta(0), 3 * DAY), max_size=6),
    stops=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_nothing_flows_from_the_body_into_the_pump_whatever_valve_leaks(
    share: str, befalls: list[Cause], looks: list[timedelta], *, stops: bool
) -> None:
    pump = running(continuous(240))
    pump.arrange(acting(Cause.BACKFLOW, HOUR, size=share))
    for cause in befalls:
        pump.arrange(acting(cause, HOUR, lasting=DAY, size="20" if cause in SIZES else None))
    held, reached = pump.true_content, Fraction(0)
    for number, look in enumerate(looks):
        if stops and number == len(looks) // 2:
            pump.stop(fresh_id(), now=pump.present)
        pump.advance(pump.present + look)
        assert pump.true_content <= held
        assert moved(pump) >= reached
        held, reached = pump.true_content, moved(pump)

    assert all(part.flow.mL_per_day >= 0 for part in pump.true_delivery.segments)
    assert reached <= pump.memory.drive.counts * QUANTUM + QUANTUM


@pytest.mark.requirement("ITB-020")
def test_a_valve_that_leaks_back_gives_less_and_at_rest_nothing() -> None:
    leaks, sound = running(continuous(240)), running(continuous(240))
    leaks.arrange(acting(Cause.BACKFLOW, size="0.4"))
    for pump in (leaks, sound):
        pump.advance(START + DAY)

    assert abs(moved(leaks) - moved(sound) * 4 / 10) <= QUANTUM
    leaks.stop(fresh_id(), now=START + DAY)
    leaks.advance(START + DAY + MINUTE)
    held = leaks.true_content
    leaks.advance(START + 5 * DAY)
    assert leaks.true_content == held


# --- a bolus that the reservoir does not hold ------------------------------------------------------------

PERIODIC = PeriodicBolus(
    background=ug_a_day(48), bolus=Mass(ug=Decimal(100)), duration=HOUR, interval=6 * HOUR
)


@pytest.mark.requirement("ITB-036")
@given(fill=st.integers(14_500, 24_000))
@settings(max_examples=40, deadline=None)
def test_every_periodic_bolus_that_begins_has_all_it_needs_and_the_background_goes_on(fill: int) -> None:
    pump = implanted(fill=str(Decimal(fill).scaleb(-4)))
    send(pump, program(PERIODIC))

    pump.advance(START + 30 * DAY)

    high = max(part.flow.mL_per_day for part in pump.delivery.segments)
    boluses = [part for part in pump.delivery.segments if part.flow.mL_per_day == high > Decimal("0.1")]
    begun = START - timedelta(minutes=30)  # the pump's clock shows 11:30 then: the next one begins at noon
    assert all(part.interval.length == HOUR for part in boluses if part.interval.start > begun)
    assert Kind.BOLUS_WITHHELD in kinds_of(pump)
    assert pump.memory.is_empty
    assert kinds_of(pump).count(Kind.BOLUS_WITHHELD) == 1


@pytest.mark.requirement("ITB-036")
def test_a_refill_brings_the_periodic_boluses_back() -> None:
    pump = implanted(fill="1.7")
    send(pump, program(PERIODIC))
    pump.advance(START + DAY)
    assert pump.memory.boluses_withheld

    refill(pump, fill="10")
    pump.advance(START + 2 * DAY)

    assert not pump.memory.boluses_withheld
    assert abs(pump.memory.drive.counts * QUANTUM - moved(pump)) <= QUANTUM
    a_day = Fraction("0.096") + Fraction("0.8")
    given_since = Fraction(mL("11.4").mL) - Fraction(pump.status(now=START + 2 * DAY).content.mL)
    assert abs(given_since - a_day) <= QUANTUM


@pytest.mark.requirement("ITB-036")
def test_a_clinicians_bolus_is_refused_where_the_reservoir_does_not_hold_it() -> None:
    pump = running(continuous(48), fill="1.55")

    with pytest.raises(RefusedError, match="ITB-036"):
        send(pump, program(SimpleContinuous(dose=ug_a_day(48)), bolus(95)))
    send(pump, program(SimpleContinuous(dose=ug_a_day(48)), bolus(50)))


@pytest.mark.requirement("ITB-060")
def test_where_a_low_reservoir_forbids_boluses_the_periodic_ones_are_withheld_too() -> None:
    free, bound = implanted(fill="2.75"), implanted(fill="2.75")
    bound.set_bolus_when_low(fresh_id(), allowed=False, now=START)
    for pump in (free, bound):
        send(pump, program(PERIODIC))
        pump.advance(START + 30 * HOUR)

    assert bound.memory.boluses_withheld
    assert bound.memory.is_low
    assert not free.memory.boluses_withheld
    assert bound.memory.drive.counts < free.memory.drive.counts
    bound.set_bolus_when_low(fresh_id(), allowed=True, now=START + 30 * HOUR)
    assert not bound.memory.boluses_withheld


@pytest.mark.requirement("ITB-036")
@given(fill=st.integers(14_500, 24_000), looks=st.lists(st.timedeltas(timedelta(0), 2 * DAY), max_size=8))
@settings(max_examples=30, deadline=None)
def test_however_often_one_looks_the_same_boluses_are_withheld(fill: int, looks: list[timedelta]) -> None:
    seen, unseen = (implanted(fill=str(Decimal(fill).scaleb(-4))) for _ in range(2))
    for pump in (seen, unseen):
        send(pump, program(PERIODIC), command=CommandId("one"))
    for look in looks:
        seen.advance(seen.present + look)

    unseen.advance(seen.present)

    assert unseen.memory == seen.memory


# --- the level of the reservoir --------------------------------------------------------------------------


@pytest.mark.requirement("ITB-057")
@pytest.mark.parametrize(
    ("drained", "alarm"), [("10", False), ("11.1", False), ("8.9", False), ("11.2", True), ("8.8", True)]
)
def test_measured_and_computed_level_are_both_kept_and_their_difference_is_an_alarm(
    drained: str, *, alarm: bool
) -> None:
    pump = running(continuous(200))
    at = START + 20 * DAY  # 8 mL delivered: 14.5 % of it is 1.16 mL
    pump.advance(at)
    assert pump.status(now=at).content == mL(10)
    assert pump.memory.level is None

    status = pump.compare_residual(mL(drained), now=at)

    assert (Alarm.LEVEL_DIFFERS in status.alarms) == alarm
    level = pump.memory.level
    assert level is not None
    assert (level.at, level.measured, level.computed) == (at, mL(drained), mL(10))
    assert status.content == mL(10)
    assert Pump.restore(pump.image()).memory.level == level


@pytest.mark.requirement("ITB-057")
def test_the_computed_level_is_tracked_from_counts_and_a_measure_that_agrees_ends_the_alarm() -> None:
    pump = running(continuous(200))
    for day in range(1, 30):
        computed = pump.status(now=START + day * DAY).content
        assert computed.mL == Decimal(18) - pump.memory.drive.counts * MODEL.quantum.mL
    pump.compare_residual(mL("2"), now=START + 30 * DAY)
    pump.interrogate(now=START + 30 * DAY)
    assert Alarm.LEVEL_DIFFERS in alarms_of(pump)

    pump.compare_residual(mL("6"), now=START + 30 * DAY)
    pump.interrogate(now=START + 30 * DAY)

    assert Alarm.LEVEL_DIFFERS not in alarms_of(pump)


def test_conditions_of_these_tests_begin_where_they_say() -> None:
    assert acting(Cause.OCCLUSION, HOUR) == Condition(cause=Cause.OCCLUSION, since=START + HOUR)
