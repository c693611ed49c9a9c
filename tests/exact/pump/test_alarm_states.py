"""Alarms one by one: raised, told again, escalated, silenced, over, seen and cleared, to the last record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from builders.pumps import START, continuous, implanted, running
from thecal.pump import ALARM_CLASSES, LEGACY, AlarmClass, Kind, Profile
from thecal.pump.alarms import (
    alarming,
    cleared,
    escalated,
    heard_again,
    is_raised,
    is_silent,
    open_sounds_at,
    over,
    raised,
    seen,
    silenced,
    sounded,
    standing,
    states_of,
    stop_sounds_at,
)
from thecal.pump.counters import Counters
from thecal.pump.hold import Hold, Open, Raised, Work
from thecal.pump.memory import Memory
from thecal.pump.motor import Drive
from thecal.pump.profile import REFERENCE
from thecal.pump.rhythm import class_of
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.therapy import Alarm

TICK = timedelta(microseconds=1)
HOT, STALL = Alarm.TEMPERATURE, Alarm.MOTOR_STALL


def quiet(profile: Profile = REFERENCE) -> Memory:
    """Return the memory of a pump that has run for an hour and alarms about nothing."""
    pump = running(continuous(200), profile=profile)
    pump.advance(START + HOUR)
    assert pump.memory.raised == ()
    return pump.memory


def later(memory: Memory, by: timedelta) -> Memory:
    """Return the same memory at a later moment."""
    return replace(memory, at=memory.at + by)


def told(memory: Memory, before: Memory) -> list[tuple[Kind, timedelta, dict[str, str]]]:
    """Return what the log has grown by: kind, how long after, facts."""
    return [
        (entry.kind, entry.at - before.at, dict(entry.data)) for entry in [*memory.log][len(before.log) :]
    ]


def test_an_alarm_is_raised_at_the_present_and_recorded_with_its_facts() -> None:
    before = quiet()

    memory = raised(raised(before, HOT, celsius="42"), STALL)

    assert memory.raised == (
        Raised(alarm=HOT, since=before.at, escalated=False),
        Raised(alarm=STALL, since=before.at, escalated=False),
    )
    assert memory.alarm_starts == ((HOT, before.at), (STALL, before.at))
    assert told(memory, before) == [
        (Kind.ALARM_RAISED, timedelta(0), {"alarm": "temperature", "celsius": "42"}),
        (Kind.ALARM_RAISED, timedelta(0), {"alarm": "motor stall"}),
    ]
    assert [is_raised(memory, alarm) for alarm in (HOT, STALL, Alarm.OCCLUSION)] == [True, True, False]


@pytest.mark.parametrize("alarm", [Alarm.EMPTY_RESERVOIR, Alarm.LOW_RESERVOIR, Alarm.PUMP_STOPPED])
def test_an_alarm_whose_event_is_recorded_anyway_is_not_recorded_twice(alarm: Alarm) -> None:
    before = quiet()

    memory = raised(before, alarm)

    assert told(memory, before) == []
    assert told(cleared(memory, alarm), before) == []
    assert memory.alarm_starts == ((alarm, before.at),)
    assert cleared(memory, alarm).raised == ()


def test_a_legacy_pump_records_that_it_sounds_two_days_after_a_stop() -> None:
    before = quiet(LEGACY)

    memory = raised(before, Alarm.PUMP_STOPPED)

    assert told(memory, before) == [(Kind.ALARM_RAISED, timedelta(0), {"alarm": "pump stopped"})]
    assert told(cleared(memory, Alarm.PUMP_STOPPED), memory) == []


@pytest.mark.requirement("ITB-113")
def test_an_alarm_that_stands_is_told_that_its_cause_is_gone_and_that_it_is_back() -> None:
    before = raised(raised(quiet(), HOT), STALL)
    gone = over(over(later(before, MINUTE), HOT), STALL)

    again = raised(later(gone, MINUTE), HOT, degrees_c="42")

    assert [one.over for one in gone.raised] == [True, True]
    assert [one.over for one in again.raised] == [False, True]
    assert [one.since for one in again.raised] == [before.at, before.at]
    assert [one.returns for one in again.raised] == [1, 0]
    assert again.alarm_starts == ((STALL, before.at), (HOT, before.at), (HOT, again.at))
    assert told(again, before) == [
        (Kind.CAUSE_ENDED, MINUTE, {"alarm": "temperature", "returns": "0"}),
        (Kind.CAUSE_ENDED, MINUTE, {"alarm": "motor stall", "returns": "0"}),
        (Kind.CAUSE_RETURNED, 2 * MINUTE, {"alarm": "temperature", "returns": "1", "degrees_c": "42"}),
    ]
    assert raised(again, HOT) is again
    assert over(gone, HOT) is gone
    assert over(before, Alarm.OCCLUSION) is before
    assert standing(gone, HOT) is None
    assert standing(again, HOT) == again.raised[0]
    assert standing(again, Alarm.OCCLUSION) is None
    assert [one.over for one in over(before, STALL).raised] == [False, True]


@pytest.mark.requirement("ITB-113")
def test_a_cause_that_came_and_went_at_one_moment_is_told_once() -> None:
    before = quiet()

    memory = over(raised(before, Alarm.DOSE_LIMIT), Alarm.DOSE_LIMIT)

    assert memory.raised[0].over
    assert [kind for kind, _, _ in told(memory, before)] == [Kind.ALARM_RAISED]


@pytest.mark.requirement("ITB-101")
@pytest.mark.parametrize(("apart", "escalates"), [(5 * MINUTE - TICK, True), (5 * MINUTE, False)])
def test_a_cause_that_is_there_the_third_time_within_ten_minutes_escalates_the_alarm_that_stands(
    apart: timedelta, *, escalates: bool
) -> None:
    memory = first = silenced(raised(quiet(), Alarm.UNDER_DELIVERY))
    for _ in range(2):
        memory = over(later(memory, apart / 2), Alarm.UNDER_DELIVERY)
        memory = raised(later(memory, apart - apart / 2), Alarm.UNDER_DELIVERY)

    (one,) = memory.raised
    assert (one.since, one.escalated, one.returns) == (first.at, escalates, 2)
    assert (one.silent_until is None) == escalates
    assert (Kind.ALARM_ESCALATED in [kind for kind, _, _ in told(memory, first)]) == escalates


@pytest.mark.requirement("ITB-113")
def test_what_flickers_is_counted_to_the_last_and_does_not_fill_the_log() -> None:
    memory = before = raised(quiet(), HOT)
    for _ in range(1000):
        memory = raised(later(over(later(memory, MINUTE), HOT), MINUTE), HOT)

    assert memory.raised[0].returns == 1000
    days = 1000 * 2 * MINUTE / DAY
    assert len(memory.log) - len(before.log) <= 2 * 16 * (days + 1) + 1
    assert len(memory.alarm_starts) == 3
    ended = cleared(over(memory, HOT), HOT)
    assert told(ended, memory)[-1] == (
        Kind.ALARM_CLEARED,
        timedelta(0),
        {"alarm": "temperature", "returns": "1000"},
    )


@pytest.mark.requirement("ITB-101")
def test_the_third_time_within_ten_minutes_it_sounds_as_critical() -> None:
    first = raised(quiet(), Alarm.UNDER_DELIVERY)
    second = raised(raised(cleared(later(first, MINUTE), Alarm.UNDER_DELIVERY), HOT), Alarm.UNDER_DELIVERY)
    at_nine = cleared(later(second, 9 * MINUTE - TICK), Alarm.UNDER_DELIVERY)
    at_ten = cleared(later(second, 9 * MINUTE), Alarm.UNDER_DELIVERY)

    third, too_late = raised(at_nine, Alarm.UNDER_DELIVERY), raised(at_ten, Alarm.UNDER_DELIVERY)

    assert not second.raised[-1].escalated
    assert third.raised[-1] == Raised(alarm=Alarm.UNDER_DELIVERY, since=at_nine.at, escalated=True)
    assert class_of(third.raised[-1]) is AlarmClass.CRITICAL
    assert told(third, at_nine) == [
        (Kind.ALARM_RAISED, timedelta(0), {"alarm": "under-delivery"}),
        (Kind.ALARM_ESCALATED, timedelta(0), {"alarm": "under-delivery"}),
    ]
    assert not too_late.raised[-1].escalated
    assert class_of(too_late.raised[-1]) is AlarmClass.NON_CRITICAL
    assert len(too_late.alarm_starts) == 3


@pytest.mark.parametrize(
    ("alarm", "lasted", "sounded_times"),
    [
        (STALL, timedelta(0), 0),
        (STALL, TICK, 1),
        (STALL, 10 * MINUTE, 1),
        (STALL, 10 * MINUTE + TICK, 2),
        (STALL, DAY, 144),
        (Alarm.UNDER_DELIVERY, HOUR, 1),
        (Alarm.UNDER_DELIVERY, HOUR + TICK, 2),
        (Alarm.UNDER_DELIVERY, DAY, 24),
    ],
)
def test_what_is_cleared_leaves_its_tones_in_the_counters(
    alarm: Alarm, lasted: timedelta, sounded_times: int
) -> None:
    before = replace(quiet(), counters=Counters(radio_us=3, tones=7))
    memory = later(raised(raised(before, Alarm.LOW_RESERVOIR), alarm), lasted)
    if class_of(memory.raised[1]) is not AlarmClass.CRITICAL:
        memory = replace(memory, raised=memory.raised[1:])

    after = cleared(memory, alarm)

    assert memory.counters_now == after.counters
    assert after.counters == Counters(radio_us=3, tones=7 + sounded_times)
    assert after.raised == tuple(one for one in memory.raised if one.alarm is not alarm)
    assert told(after, memory) == [(Kind.ALARM_CLEARED, timedelta(0), {"alarm": alarm.value})]
    assert cleared(after, alarm) is after


def test_an_escalated_alarm_sounds_as_critical_silenced_or_not() -> None:
    before = silenced(raised(raised(quiet(), Alarm.UNDER_DELIVERY), HOT))

    after = escalated(before, Alarm.UNDER_DELIVERY)

    assert after.raised == (
        replace(before.raised[0], escalated=True, silent_until=None, sounds_from=before.at),
        before.raised[1],
    )
    assert [class_of(one) for one in after.raised] == [AlarmClass.CRITICAL, AlarmClass.CRITICAL]
    assert class_of(before.raised[0]) is AlarmClass.NON_CRITICAL
    assert told(after, before) == [(Kind.ALARM_ESCALATED, timedelta(0), {"alarm": "under-delivery"})]
    assert escalated(after, Alarm.UNDER_DELIVERY) is after
    assert escalated(before, STALL) is before
    gone = over(before, Alarm.UNDER_DELIVERY)
    assert escalated(gone, Alarm.UNDER_DELIVERY) is gone


@pytest.mark.requirement("ITB-106")
def test_who_looks_takes_away_what_is_over_and_leaves_what_stands() -> None:
    before = raised(raised(raised(quiet(), HOT), STALL), Alarm.OCCLUSION)
    gone = over(over(before, HOT), Alarm.OCCLUSION)

    after = seen(gone)

    assert after.raised == (before.raised[1],)
    assert told(after, before) == [
        (Kind.ALARM_CLEARED, timedelta(0), {"alarm": "temperature", "cause": "interrogated"}),
        (Kind.ALARM_CLEARED, timedelta(0), {"alarm": "occlusion", "cause": "interrogated"}),
    ]
    assert seen(before) is before


@pytest.mark.requirement("ITB-098", "ITB-099", "ITB-100")
def test_silence_lasts_ten_minutes_and_ends_with_the_link() -> None:
    before = raised(raised(quiet(), HOT), STALL)

    silent = silenced(before)

    until = before.at + 10 * MINUTE
    assert [one.silent_until for one in silent.raised] == [until, until]
    assert told(silent, before) == [(Kind.ALARM_SILENCED, timedelta(0), {"until": until.isoformat()})]
    assert is_silent(silent)
    assert is_silent(later(silent, 10 * MINUTE - TICK))
    assert not is_silent(later(silent, 10 * MINUTE))
    assert not is_silent(before)

    heard = heard_again(later(silent, MINUTE))

    assert heard.raised == before.raised
    assert told(heard, silent) == [(Kind.SILENCE_ENDED, MINUTE, {"cause": "link lost"})]
    assert heard_again(before) is before
    assert heard_again(heard) is heard


def test_the_gravest_is_told_first() -> None:
    memory = quiet()
    for alarm in reversed(ALARM_CLASSES):
        memory = raised(memory, alarm)

    assert alarming(memory) == tuple(ALARM_CLASSES)
    assert alarming(quiet()) == ()


# --- the states -------------------------------------------------------------------------------------------


def test_a_reservoir_is_low_from_its_count_on_and_empty_from_another() -> None:
    memory = quiet()
    low, empty = memory.low_counts, memory.empty_counts
    assert low < empty

    states = {
        counts: states_of(replace(memory, drive=Drive(counts=counts))) for counts in (low - 1, low, empty)
    }

    assert states == {
        low - 1: set(),
        low: {Alarm.LOW_RESERVOIR},
        empty: {Alarm.LOW_RESERVOIR, Alarm.EMPTY_RESERVOIR},
    }


def test_the_end_of_service_takes_the_place_of_the_wish_to_be_replaced() -> None:
    memory = quiet()
    asked = replace(memory, replacement=memory.reading)

    assert states_of(asked) == {Alarm.REPLACE_SOON}
    assert states_of(replace(asked, holds=(Hold.END_OF_SERVICE,))) == {Alarm.END_OF_SERVICE}
    assert states_of(replace(memory, holds=(Hold.END_OF_SERVICE,))) == {Alarm.END_OF_SERVICE}


@pytest.mark.parametrize(("profile", "after"), [(REFERENCE, timedelta(0)), (LEGACY, 48 * HOUR)])
def test_a_stop_sounds_so_long_after_it(profile: Profile, after: timedelta) -> None:
    memory = replace(implanted(profile=profile).memory, raised=())

    assert stop_sounds_at(memory) == START + after
    assert states_of(later_without_delivery(memory, after)) == {Alarm.PUMP_STOPPED}
    if after:
        assert states_of(later_without_delivery(memory, after - TICK)) == set()


def later_without_delivery(memory: Memory, by: timedelta) -> Memory:
    """Return the memory of a stopped pump so much later."""
    if not by:
        return memory
    pump = implanted(profile=memory.profile)
    pump.advance(START + by)
    return replace(pump.memory, raised=())


@pytest.mark.requirement("ITB-159")
@pytest.mark.parametrize(
    ("profile", "work", "after"),
    [
        (REFERENCE, Work.UPDATE, 2 * MINUTE),
        (REFERENCE, Work.REFILL, 30 * MINUTE),
        (LEGACY, Work.UPDATE, None),
        (LEGACY, Work.REFILL, None),
    ],
)
def test_what_is_left_open_sounds_so_long_after_it_was_begun(
    profile: Profile, work: Work, after: timedelta | None
) -> None:
    memory = quiet(profile)
    left = replace(memory, open=Open(work=work, since=memory.at))

    assert open_sounds_at(memory) is None
    assert open_sounds_at(left) == (None if after is None else memory.at + after)
    assert states_of(left) == set()
    if after is not None:
        assert states_of(later(left, after - TICK)) == set()
        assert states_of(later(left, after)) == {Alarm.TRANSACTION_OPEN}


def test_an_update_left_open_that_stops_a_pump_sounds_as_a_stop_two_days_later() -> None:
    memory = quiet(LEGACY)
    left = replace(memory, open=Open(work=Work.UPDATE, since=memory.at), holds=(Hold.UPDATE,))

    assert stop_sounds_at(left) == memory.at + 48 * HOUR
    assert stop_sounds_at(replace(left, holds=())) is None
    assert stop_sounds_at(replace(left, open=None)) is None
    assert states_of(later(left, 48 * HOUR - TICK)) == set()
    assert states_of(later(left, 48 * HOUR)) == {Alarm.PUMP_STOPPED}


def test_alarms_follow_the_state_gravest_first_and_leave_the_faults_alone() -> None:
    memory = raised(quiet(), HOT)
    ended = replace(memory, holds=(Hold.END_OF_SERVICE,), drive=Drive(counts=memory.empty_counts))
    left = replace(ended, open=Open(work=Work.UPDATE, since=START))

    after = sounded(left)

    assert [one.alarm for one in after.raised] == [
        HOT,
        Alarm.EMPTY_RESERVOIR,
        Alarm.END_OF_SERVICE,
        Alarm.TRANSACTION_OPEN,
        Alarm.LOW_RESERVOIR,
    ]
    assert sounded(after) is after
    well = sounded(replace(after, holds=(), open=None, drive=memory.drive))
    assert well.raised == memory.raised
    assert [facts for _, _, facts in told(well, after)] == [
        {"alarm": "end of service"},
        {"alarm": "refill or update left open"},
    ]
    assert sounded(memory) is memory
