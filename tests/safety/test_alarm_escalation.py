"""What escalates is heard and read as graver than it was; and the battery pays for what is heard, no more."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from builders.pumps import START, acting, alarms_of, continuous, fresh_id, read, running, send
from thecal.pump import TONES, AlarmClass, Cause, Pump, soundings
from thecal.quantities import DAY, HOUR, MINUTE, Interval
from thecal.therapy import Alarm, SilenceAlarms, Stop

TICK = timedelta(microseconds=1)


def minutes_heard(pump: Pump, start: datetime, lasting: timedelta = HOUR) -> list[float]:
    """Return when a pump sounds, as it stands, in minutes."""
    window = Interval(start, start + lasting)
    return [(sound.at - start) / MINUTE for sound in soundings(pump.memory, pump.hardware, window)]


@pytest.mark.requirement("ITB-161")
@pytest.mark.parametrize(("review", "escalates"), [(6 * HOUR, 6 * HOUR), (DAY, 12 * HOUR)])
def test_a_stop_is_heard_twice_as_often_from_its_review_or_from_the_time_of_withdrawal_on(
    review: timedelta, escalates: timedelta
) -> None:
    pump = running(continuous(200))
    pump.handle(Stop(id=fresh_id(), review_after=review), START + DAY)
    due = START + DAY + escalates

    pump.advance(due - TICK)
    assert minutes_heard(pump, due - HOUR) == [0, 10, 20, 30, 40, 50]
    assert pump.status(now=due - TICK).escalated == ()
    pump.advance(due)

    assert minutes_heard(pump, due) == [*range(0, 60, 5)]
    assert pump.status(now=due).escalated == (Alarm.PUMP_STOPPED,)


@pytest.mark.requirement("ITB-161")
def test_a_stop_that_escalates_while_it_is_silenced_is_heard_at_once_and_again_when_the_next_is_due() -> None:
    pump = running(continuous(200))
    pump.handle(Stop(id=fresh_id(), review_after=6 * HOUR + 3 * MINUTE), START + DAY)
    for due in (START + DAY + 6 * HOUR + 3 * MINUTE, START + DAY + 12 * HOUR):
        pump.handle(SilenceAlarms(id=fresh_id(), against=read(pump)), due - MINUTE)
        assert minutes_heard(pump, due - MINUTE, MINUTE) == []

        pump.advance(due)

        assert minutes_heard(pump, due, 10 * MINUTE) == ([0, 5] if due.minute else [3, 8])
        assert not pump.status(now=due).sound_off


@pytest.mark.requirement("ITB-161")
def test_a_stop_whose_review_is_due_at_once_escalates_at_once() -> None:
    pump = running(continuous(200))

    told = pump.handle(Stop(id=fresh_id(), review_after=timedelta(0)), START)

    assert told.escalated == (Alarm.PUMP_STOPPED,)
    assert minutes_heard(pump, START) == [*range(0, 60, 5)]


@pytest.mark.requirement("ITB-101")
def test_an_alarm_that_comes_the_third_time_in_ten_minutes_is_heard_more_often_than_the_second_time() -> None:
    pump = running(continuous(200))
    heard = []
    for minute in (21, 23, 25):
        pump.handle(Stop(id=fresh_id()), START + minute * MINUTE)
        heard.append(len(minutes_heard(pump, START + minute * MINUTE)))
        send(pump, continuous(200), now=START + (minute + 1) * MINUTE)

    assert heard == [6, 6, 12]


@pytest.mark.requirement("ITB-101", "ITB-094")
def test_a_warning_that_escalates_takes_the_critical_tone_and_is_told_so() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.LAGGING, HOUR, size="0.5"))
    while Alarm.UNDER_DELIVERY not in alarms_of(pump):
        pump.advance(pump.present + MINUTE)
    warned = pump.present
    (sound, *_) = soundings(pump.memory, pump.hardware, Interval(warned, warned + 2 * HOUR))
    assert (sound.kind, pump.status(now=warned).escalated) == (AlarmClass.NON_CRITICAL, ())

    pump.advance(warned + DAY)

    (sound, *_) = soundings(pump.memory, pump.hardware, Interval(warned + DAY, warned + DAY + HOUR))
    assert sound.kind is AlarmClass.CRITICAL
    assert set(TONES) == {AlarmClass.CRITICAL, AlarmClass.NON_CRITICAL}
    assert pump.status(now=warned + DAY).escalated == (Alarm.UNDER_DELIVERY,)


# --- the battery -----------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-109")
def test_an_alarm_that_nobody_heeds_costs_charge_while_it_stands_and_not_only_when_it_goes() -> None:
    pump = running(continuous(200))
    pump.handle(Stop(id=fresh_id()), START)
    used = []
    for day in range(4):
        pump.advance(START + day * DAY)
        used.append(pump.life.used_uC)

    days = [later - sooner - 86_400 * 10 for sooner, later in pairwise(used)]
    assert days == [144 * 20_000, 288 * 20_000, 288 * 20_000]
    pump.advance(START + 3 * 365 * DAY)
    asked = pump.memory.replace_at
    assert asked is not None
    assert 730 * DAY < asked - START < 740 * DAY
    assert pump.life.ends_at == asked + 90 * DAY


DOES = ("stop", "program", "silence", "link lost", "interrogate", "nothing")


@pytest.mark.requirement("ITB-109", "ITB-161")
@given(
    acts=st.lists(st.tuples(st.sampled_from(DOES), st.timedeltas(TICK, 20 * HOUR)), max_size=8),
    fever=st.timedeltas(timedelta(0), DAY),
)
@example(acts=[("stop", TICK), ("silence", 11 * HOUR + 55 * MINUTE), ("nothing", 20 * HOUR)], fever=DAY)
@settings(max_examples=60, deadline=None)
def test_the_battery_is_charged_for_every_tone_that_was_heard_and_for_no_other(
    acts: list[tuple[str, timedelta]], fever: timedelta
) -> None:
    pump = running(continuous(200), fill="2.5")
    pump.arrange(acting(Cause.FEVER, fever, lasting=HOUR, size="42"))
    due, at = [], START
    for what, after in acts:
        at += after
        due.append((at, what))
    heard, ends = 0, at + DAY

    while pump.present < ends:
        until = min([ends, *(when for when, _ in due if when > pump.present), *_changes(pump, ends)])
        heard += len(soundings(pump.memory, pump.hardware, Interval(pump.present, until)))
        pump.advance(until)
        for what in [what for when, what in due if when == until]:
            _do(pump, what)

    assert pump.memory.counters_now.tones == heard


def _changes(pump: Pump, ends: datetime) -> list[datetime]:
    """Return when what a pump alarms about changes next, found by trying."""
    tried = Pump.restore(pump.image())
    tried.advance(ends)
    return [entry.at for entry in tried.log if pump.present < entry.at < ends]


def _do(pump: Pump, what: str) -> None:
    match what:
        case "stop":
            pump.handle(Stop(id=fresh_id()), pump.present)
        case "program":
            send(pump, continuous(200))
        case "silence":
            pump.handle(SilenceAlarms(id=fresh_id(), against=read(pump)), pump.present)
        case "link lost":
            pump.link_lost(now=pump.present)
        case "interrogate":
            pump.interrogate(now=pump.present)
        case _:
            pass
