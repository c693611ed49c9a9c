"""Requirements that no single room's tests show whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from types import NoneType
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.bedside import AFTER, BEFORE, TRUSTED, Bedside, nothing_written
from builders.pumps import (
    C500,
    CLOCK,
    MODEL,
    START,
    bolus,
    continuous,
    fresh_id,
    implanted,
    mL,
    program,
    programs,
    running,
    send,
    spans,
    ug_a_day,
)
from builders.therapy import CAN, OTHER_DRUG, a_day, flex, solution, ug
from thecal.programmer import send_and_verify
from thecal.programmer.transports.loopback import Cut
from thecal.pump import Kind, Pump
from thecal.quantities import DAY, HOUR, Interval, PumpClock
from thecal.therapy import (
    BACLOFEN,
    Alarm,
    Base,
    Flex,
    Once,
    PatientBolus,
    Program,
    PumpSerial,
    SimpleContinuous,
    SingleBolus,
    Stop,
    UndeliverableError,
    compile_program,
    pieces,
)


@pytest.mark.requirement("ITB-008")
@given(what=programs(), later=st.lists(spans(), max_size=4), stops=st.booleans())
@settings(max_examples=40)
def test_whatever_a_pump_lives_through_it_is_in_a_declared_mode(
    what: Program, later: list[timedelta], *, stops: bool
) -> None:
    pump, at = running(what), START
    for span in later:
        at += span
        if stops:
            pump.handle(Stop(id=fresh_id()), at)
        now_running = pump.interrogate(now=at).program

        assert type(now_running.base) in get_args(Base)
        assert type(now_running.once) in {*get_args(Once), NoneType}


ALLOWED = PatientBolus(dose=ug(5), duration=timedelta(minutes=10), most_per_day=4, lockout=timedelta(hours=2))


def with_allowance(base: Flex) -> Program:
    """Return a flex program of the drug that lets its patient ask for 20 mcg a day."""
    return Program(drug=OTHER_DRUG, concentration=solution(500), base=base, patient_bolus=ALLOWED)


@pytest.mark.requirement("ITB-018")
def test_a_flex_day_and_what_a_patient_may_ask_for_are_judged_together() -> None:
    fits, too_much = flex(("00:00", 1990), ("12:00", 1970)), flex(("00:00", 1990), ("12:00", "1971"))

    assert compile_program(with_allowance(fits), CAN)
    assert compile_program(Program(drug=BACLOFEN, concentration=solution(500), base=too_much), CAN)
    with pytest.raises(UndeliverableError, match=r"24-hour dose: 2000\.5 mcg/day is outside"):
        compile_program(with_allowance(too_much), CAN)


@pytest.mark.requirement("ITB-037")
@given(what=programs().filter(lambda what: isinstance(what.once, SingleBolus)))
@settings(max_examples=40)
def test_during_a_bolus_never_less_flows_than_without_it_and_never_more_than_the_pump_can(
    what: Program,
) -> None:
    assert isinstance(what.once, SingleBolus)
    window = Interval(START, START + what.once.duration)

    def flows(of: Program) -> list[tuple[object, Fraction]]:
        parts = pieces(of, window, started=START, clock=CLOCK, minimum_rate=MODEL.minimum_rate)
        return [(part.interval.start, part.mL_per_day) for part in parts]

    without = dict(flows(replace(what, once=None)))
    for start, flow in flows(what):
        below = [without[at] for at in without if at <= start]  # type: ignore[operator] # moments
        assert below[-1] < flow <= Fraction(MODEL.flow_most.mL_per_day)


@pytest.mark.requirement("ITB-058")
@pytest.mark.parametrize(("volume", "after"), [("2", 40 * DAY), ("4", 35 * DAY), ("1.5", 41.25 * DAY)])
def test_the_low_reservoir_alarm_comes_at_the_volume_that_was_set_for_this_patient(
    volume: str, after: timedelta
) -> None:
    pump = Pump.implanted(
        serial=PumpSerial("TH-0001"),
        capability=replace(MODEL, low_reservoir=mL(volume)),
        drug=BACLOFEN,
        fill=mL(18),
        concentration=C500,
        clock=PumpClock(),
        now=START,
    )
    send(pump, continuous(200))

    assert Alarm.LOW_RESERVOIR not in pump.status(now=START + after - timedelta(microseconds=1)).alarms
    assert Alarm.LOW_RESERVOIR in pump.status(now=START + after).alarms
    assert pump.log[-1].kind is Kind.RESERVOIR_RAN_LOW


@pytest.mark.requirement("ITB-115")
def test_forty_days_of_four_boluses_a_day_are_all_in_the_log() -> None:
    pump, given = implanted(), 40 * 4
    for number in range(given):
        what = program(SimpleContinuous(dose=ug_a_day(48 + number % 2)), bolus(5))
        send(pump, what, now=START + number * 6 * HOUR)
    pump.advance(START + 40 * DAY)

    kinds = [entry.kind for entry in pump.log]
    assert kinds.count(Kind.PROGRAM_COMMITTED) == kinds.count(Kind.BOLUS_ENDED) == given
    assert pump.log[0].kind is Kind.PUMP_IMPLANTED
    assert pump.log[0].at == START


@pytest.mark.requirement("ITB-143")
@pytest.mark.parametrize("frame", range(1, 8))
def test_wherever_the_radio_is_lost_the_pump_goes_on_with_the_whole_program_it_has(frame: int) -> None:
    bedside = Bedside()
    send_and_verify(
        bedside.link(Cut(frame=frame, lasting=True)),
        signed=bedside.signed(),
        verifier=TRUSTED,
        before_send=nothing_written,
    )
    whole = bedside.running
    before = bedside.found.status.delivered

    bedside.clock.advance(10 * DAY)

    assert whole in (BEFORE, AFTER)
    assert bedside.running == whole
    assert isinstance(whole.base, SimpleContinuous)
    wanted = whole.base.dose.ug_per_day / 500 * 10
    assert abs(bedside.found.status.delivered.mL - before.mL - wanted) <= MODEL.quantum.mL
    assert not bedside.found.status.stopped
    assert a_day("100") <= whole.base.dose
