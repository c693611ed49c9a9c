"""How the reference pump sounds, when, and what silences it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import MODEL, START, acting, alarms_of, continuous, fresh_id, implanted, read, running
from thecal.pump import (
    ALARM_CLASSES,
    TONES,
    AlarmClass,
    Cause,
    Kind,
    Pump,
    PumpRadio,
    Sounding,
    pump_model,
    soundings,
    tone_of,
)
from thecal.pump.hold import Raised
from thecal.quantities import DAY, HOUR, MINUTE, Interval
from thecal.therapy import Alarm, SilenceAlarms, Stop

CRITICAL = [alarm for alarm, kind in ALARM_CLASSES.items() if kind is AlarmClass.CRITICAL]


CAUSES = (Kind.CAUSE_ENDED, Kind.CAUSE_RETURNED)


def heard(pump: Pump, start: datetime, lasting: timedelta) -> tuple[Sounding, ...]:
    """Return what a patient hears of a pump."""
    return soundings(pump.memory, pump.hardware, Interval(start, start + lasting))


@pytest.mark.requirement("ITB-094")
def test_two_classes_sound_apart_and_their_intervals_can_be_set() -> None:
    critical, other = TONES[AlarmClass.CRITICAL], TONES[AlarmClass.NON_CRITICAL]
    assert (len({pitch for pitch, _ in critical.steps}), len({pitch for pitch, _ in other.steps})) == (2, 1)
    assert set(TONES) == set(ALARM_CLASSES.values())

    often = pump_model(MODEL.model).with_figure("critical_interval", Decimal(120), source="this clinic")
    as_delivered, set_before = implanted(), implanted(built_of=often)

    assert len(heard(as_delivered, START, HOUR)) == 6
    assert len(heard(set_before, START, HOUR)) == 30


@pytest.mark.requirement("ITB-096")
def test_while_a_critical_alarm_stands_it_alone_sounds_and_the_lower_stays_on_record() -> None:
    pump = running(continuous(200), fill="2")
    assert {one.alarm for one in heard(pump, START, HOUR)} == {Alarm.LOW_RESERVOIR}

    pump.handle(Stop(id=fresh_id()), START + HOUR)

    assert {one.alarm for one in heard(pump, START + HOUR, 5 * HOUR)} == {Alarm.PUMP_STOPPED}
    assert alarms_of(pump) == {Alarm.PUMP_STOPPED, Alarm.LOW_RESERVOIR}
    assert Kind.RESERVOIR_RAN_LOW in [entry.kind for entry in pump.log]


@pytest.mark.requirement("ITB-097")
@pytest.mark.parametrize("alarm", CRITICAL)
def test_every_critical_alarm_sounds_from_its_first_moment(alarm: Alarm) -> None:
    pump = running(continuous(200))
    memory = replace(pump.memory, raised=(Raised(alarm=alarm, since=START),))

    sounds = soundings(memory, pump.hardware, Interval(START, START + DAY))

    assert sounds[0] == Sounding(at=START, kind=AlarmClass.CRITICAL, alarm=alarm)
    assert len(sounds) == 144


@pytest.mark.requirement("ITB-098", "ITB-099")
def test_a_silence_ends_after_ten_minutes_and_hides_nothing_but_the_sound() -> None:
    pump = running(continuous(200))
    pump.handle(Stop(id=fresh_id()), START)
    pump.handle(SilenceAlarms(id=fresh_id(), against=read(pump)), START + 5 * MINUTE)

    assert heard(pump, START + 5 * MINUTE, 10 * MINUTE) == ()
    assert heard(pump, START + 15 * MINUTE, 10 * MINUTE) != ()
    assert alarms_of(pump) == {Alarm.PUMP_STOPPED}
    assert pump.log[-1].kind is Kind.ALARM_SILENCED


@pytest.mark.requirement("ITB-098")
def test_a_status_says_that_the_sound_is_off_and_still_names_the_alarm_and_its_record() -> None:
    pump = running(continuous(200))
    pump.handle(Stop(id=fresh_id()), START)
    assert not pump.status(now=START).sound_off
    records = len(pump.log)

    off = pump.handle(SilenceAlarms(id=fresh_id(), against=read(pump)), START)

    assert off.sound_off
    assert off.alarms == (Alarm.PUMP_STOPPED,)
    assert len(pump.log) == records + 1
    assert pump.status(now=START + 10 * MINUTE - timedelta(microseconds=1)).sound_off
    assert not pump.status(now=START + 10 * MINUTE).sound_off


@pytest.mark.requirement("ITB-100")
@given(silenced=st.timedeltas(timedelta(0), 2 * HOUR), lost=st.timedeltas(timedelta(0), 30 * MINUTE))
@settings(max_examples=60, deadline=None)
def test_a_silence_ends_when_the_link_is_lost_over_which_it_was_asked_for(
    silenced: timedelta, lost: timedelta
) -> None:
    pump = running(continuous(200))
    radio = PumpRadio(pump)
    pump.handle(Stop(id=fresh_id()), START)
    pump.handle(SilenceAlarms(id=fresh_id(), against=read(pump)), START + silenced)
    gone = START + silenced + lost

    radio.link_lost(now=gone)

    assert not pump.status(now=gone).sound_off
    assert alarms_of(pump) == {Alarm.PUMP_STOPPED}
    assert heard(pump, gone, 10 * MINUTE) != ()
    ended = [entry for entry in pump.log if entry.kind is Kind.SILENCE_ENDED]
    assert [entry.at for entry in ended] == ([gone] if lost < 10 * MINUTE else [])


@pytest.mark.requirement("ITB-100")
def test_a_link_that_is_lost_while_nothing_is_silenced_changes_nothing() -> None:
    pump = running(continuous(200))
    before = pump.memory

    PumpRadio(pump).link_lost(now=START)

    assert pump.memory == before


@pytest.mark.requirement("ITB-106")
def test_a_critical_alarm_sounds_at_its_interval_until_somebody_has_looked() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.WATCHDOG, HOUR))
    pump.advance(START + 3 * DAY)

    sounds = heard(pump, START + HOUR, 3 * DAY - HOUR)
    assert {later.at - sooner.at for sooner, later in pairwise(sounds)} == {10 * MINUTE}
    assert len(sounds) == (3 * DAY - HOUR) // (10 * MINUTE)
    pump.interrogate(now=START + 3 * DAY)

    assert heard(pump, START + 3 * DAY, DAY) == ()


@pytest.mark.requirement("ITB-103")
def test_every_alarm_has_a_tone_to_teach_it_by() -> None:
    assert {tone_of(alarm) for alarm in Alarm} == set(TONES.values())


@pytest.mark.requirement("ITB-106", "ITB-113")
def test_a_fault_that_is_back_before_somebody_looked_stands_after_the_look() -> None:
    pump = running(continuous(200))
    for hour in (1, 3):
        pump.arrange(acting(Cause.FEVER, hour * HOUR, lasting=HOUR, size="42"))

    pump.interrogate(now=START + 3 * HOUR + 30 * MINUTE)
    assert alarms_of(pump) == {Alarm.TEMPERATURE}
    pump.interrogate(now=START + 5 * HOUR)

    assert alarms_of(pump) == set()
    raised = [entry.at - START for entry in pump.log if entry.kind is Kind.ALARM_RAISED]
    assert raised == [HOUR]
    told = [(entry.kind, entry.at - START) for entry in pump.log.of_kind(*CAUSES)]
    assert told == [
        (Kind.CAUSE_ENDED, 2 * HOUR),
        (Kind.CAUSE_RETURNED, 3 * HOUR),
        (Kind.CAUSE_ENDED, 4 * HOUR),
    ]
    assert [fault.kind for fault in pump.log.faults] == [Kind.ALARM_RAISED, Kind.CAUSE_RETURNED]


@pytest.mark.requirement("ITB-101", "ITB-113")
def test_a_fault_that_flickers_escalates_and_each_of_its_returns_is_on_record() -> None:
    pump = running(continuous(200))
    pump.arrange(*(acting(Cause.FEVER, 2 * n * MINUTE, lasting=MINUTE, size="42") for n in range(1, 6)))

    pump.advance(START + HOUR)

    assert pump.status(now=START + HOUR).escalated == (Alarm.TEMPERATURE,)
    assert [entry.at - START for entry in pump.log.of_kind(Kind.ALARM_ESCALATED)] == [6 * MINUTE]
    assert len(pump.log.of_kind(Kind.CAUSE_RETURNED)) == 4
    assert len(pump.log.of_kind(Kind.CAUSE_ENDED)) == 5
    assert pump.memory.raised[0].returns == 4
