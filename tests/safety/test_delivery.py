"""Long runs, the drive's pace, back-flow, boluses that the reservoir does not hold, and its level."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from builders.pumps import (
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
    read,
    refill,
    running,
    send,
    ug_a_day,
)
from builders.twin.delivered import QUANTUM, moved
from builders.twin.patient_bolus import asked_of, wanted
from thecal.pump import (
    SIZES,
    Cause,
    Condition,
    Kind,
    Pump,
    RefusedError,
    drawn_gain,
    load_models,
)
from thecal.quantities import DAY, HOUR, MINUTE, Interval, Mass
from thecal.therapy import (
    Alarm,
    CommandId,
    CompareResidual,
    PeriodicBolus,
    Program,
    RequestPatientBolus,
    SetBolusWhenLow,
    SimpleContinuous,
    Stop,
    pieces,
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


# --- how fast the command changes ------------------------------------------------------------------------

SHORTEST = timedelta(days=1) * float(MODEL.quantum.mL / MODEL.flow_most.mL_per_day)
"""The time of one quantum at the fastest flow."""


@pytest.mark.requirement("ITB-022")
@given(
    orders=st.lists(
        st.tuples(programs(), st.timedeltas(timedelta(0), DAY), st.booleans()), min_size=1, max_size=4
    )
)
@settings(max_examples=25, deadline=None)
def test_no_quantum_is_commanded_sooner_after_the_last_than_the_fastest_flow_allows(
    orders: list[tuple[Program, timedelta, bool]],
) -> None:
    """The drive is told one quantum at a time, so this is how fast its command can change."""
    pump = implanted(fill=20)
    for what, span, stops in orders:
        with suppress(RefusedError):
            send(pump, what)
        for _ in range(20):
            _one_more_at_most(pump, SHORTEST)
        pump.advance(pump.present + span)
        if stops:
            pump.handle(Stop(id=fresh_id()), pump.present)
        for _ in range(20):
            _one_more_at_most(pump, SHORTEST)

    assert all(part.flow <= MODEL.flow_most for part in pump.delivery.segments)


def _one_more_at_most(pump: Pump, span: timedelta) -> None:
    asked = pump.memory.asked
    pump.advance(pump.present + span)
    assert pump.memory.asked - asked <= 1


@pytest.mark.requirement("ITB-022")
def test_a_patients_bolus_on_top_of_all_else_stays_within_the_fastest_flow() -> None:
    pump = asked_of(wanted(bolus(60, minutes=60)))
    pump.handle(RequestPatientBolus(id=fresh_id()), START + 2 * HOUR)

    for _ in range(400):
        _one_more_at_most(pump, SHORTEST)

    assert max(part.flow for part in pump.delivery.segments) <= MODEL.flow_most


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
            pump.handle(Stop(id=fresh_id()), pump.present)
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
    leaks.handle(Stop(id=fresh_id()), START + DAY)
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
@example(fill=16_055)  # too short at the very moment at which a bolus would begin
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
    bound.handle(SetBolusWhenLow(id=fresh_id(), against=read(bound), allowed=False), START)
    for pump in (free, bound):
        send(pump, program(PERIODIC))
        pump.advance(START + 30 * HOUR)

    assert bound.memory.boluses_withheld
    assert bound.memory.is_low
    assert not free.memory.boluses_withheld
    assert bound.memory.drive.counts < free.memory.drive.counts
    bound.handle(SetBolusWhenLow(id=fresh_id(), against=read(bound), allowed=True), START + 30 * HOUR)
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

    status = pump.handle(CompareResidual(id=fresh_id(), against=read(pump), drained=mL(drained)), at)

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
    pump.handle(CompareResidual(id=fresh_id(), against=read(pump), drained=mL("2")), START + 30 * DAY)
    pump.interrogate(now=START + 30 * DAY)
    assert Alarm.LEVEL_DIFFERS in alarms_of(pump)

    pump.handle(CompareResidual(id=fresh_id(), against=read(pump), drained=mL("6")), START + 30 * DAY)
    pump.interrogate(now=START + 30 * DAY)

    assert Alarm.LEVEL_DIFFERS not in alarms_of(pump)


def test_conditions_of_these_tests_begin_where_they_say() -> None:
    assert acting(Cause.OCCLUSION, HOUR) == Condition(cause=Cause.OCCLUSION, since=START + HOUR)
