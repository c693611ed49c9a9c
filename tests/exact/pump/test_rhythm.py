"""How often an alarm sounds and is told of, by number."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from builders.pumps import START, implanted
from thecal.pump import Kind, pump_model
from thecal.pump.alarms import TOLD_MOST, TOLD_WITHIN, escalating, over, raised
from thecal.pump.hold import Intervals, Raised
from thecal.pump.memory import Memory
from thecal.pump.rhythm import delivered_with, interval_of, moments_of, most_tones_a_day, tones_of
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.therapy import Alarm

EVERY = Intervals(critical=10 * MINUTE, non_critical=HOUR)
STALL = Raised(alarm=Alarm.MOTOR_STALL, since=START)
LOW = Raised(alarm=Alarm.LOW_RESERVOIR, since=START)


def flickered(memory: Memory, alarm: Alarm, times: int) -> Memory:
    """Return the memory after an alarm's cause has come and gone so often."""
    for step in range(2 * times):
        memory = replace(memory, at=memory.at + timedelta(seconds=1))
        memory = over(memory, alarm) if step % 2 else raised(memory, alarm)
    return memory


def told(memory: Memory, kind: Kind, alarm: Alarm) -> int:
    """Return how often the log says that of an alarm."""
    return sum(one.fact("alarm") == alarm.value for one in memory.log.of_kind(kind))


@pytest.mark.requirement("ITB-113")
def test_each_alarm_is_told_of_so_often_and_no_more_whatever_another_does() -> None:
    assert (TOLD_MOST, TOLD_WITHIN) == (16, DAY)
    pump = implanted()
    pump.advance(START + DAY)
    memory = flickered(pump.memory, Alarm.TEMPERATURE, TOLD_MOST + 3)
    assert told(memory, Kind.CAUSE_ENDED, Alarm.TEMPERATURE) == TOLD_MOST
    assert told(memory, Kind.CAUSE_RETURNED, Alarm.TEMPERATURE) == TOLD_MOST

    memory = flickered(memory, Alarm.UNSTABLE_FLOW, 2)

    assert told(memory, Kind.CAUSE_ENDED, Alarm.UNSTABLE_FLOW) == 2


def test_what_has_escalated_is_named_gravest_first() -> None:
    low = replace(LOW, escalated=True)
    stall = replace(STALL, escalated=True)
    memory = replace(running_memory(), raised=(low, stall, Raised(alarm=Alarm.TEMPERATURE, since=START)))

    assert escalating(memory) == (Alarm.MOTOR_STALL, Alarm.LOW_RESERVOIR)
    assert escalating(replace(memory, raised=(stall, low))) == (Alarm.MOTOR_STALL, Alarm.LOW_RESERVOIR)


def running_memory() -> Memory:
    """Return the memory of a new pump."""
    return implanted().memory


def test_a_model_comes_with_its_own_two_intervals() -> None:
    model = pump_model("reference design 20 mL")
    slow = replace(
        model,
        engineering={
            **model.engineering,
            "critical_interval": replace(model.engineering["critical_interval"], value=300),
            "non_critical_interval": replace(model.engineering["non_critical_interval"], value=7200),
        },
    )

    assert delivered_with(model) == EVERY
    assert delivered_with(slow) == Intervals(critical=5 * MINUTE, non_critical=2 * HOUR)


def test_what_escalates_sounds_at_half_the_critical_interval() -> None:
    assert [interval_of(one, EVERY) for one in (STALL, LOW, replace(LOW, escalated=True))] == [
        10 * MINUTE,
        HOUR,
        5 * MINUTE,
    ]


def test_an_alarm_sounds_first_when_it_is_told_to_and_not_while_it_is_silent() -> None:
    from_then = replace(STALL, sounds_from=START + 3 * MINUTE)
    silent = replace(from_then, silent_until=START + 20 * MINUTE)

    def minutes(one: Raised, start: int, end: int) -> list[int]:
        moments = moments_of(one, EVERY, START + start * MINUTE, START + end * MINUTE)
        return [(moment - START) // MINUTE for moment in moments]

    assert minutes(STALL, 0, 30) == [0, 10, 20]
    assert minutes(from_then, 0, 30) == [3, 13, 23]
    assert minutes(from_then, 4, 13) == []
    assert minutes(silent, 0, 30) == [23]
    assert minutes(from_then, 0, 3) == []
    assert tones_of((STALL, LOW), EVERY, START, START + HOUR) == 6
    assert tones_of((LOW,), EVERY, START, START + HOUR) == 1
    assert tones_of((LOW,), EVERY, START - HOUR, START - MINUTE) == 0


def test_no_day_has_more_tones_than_the_most_there_can_be() -> None:
    for one in (STALL, LOW, replace(LOW, escalated=True)):
        most = most_tones_a_day((one,), EVERY)
        begins = (START + timedelta(seconds=seconds) for seconds in (0, 1, 299, 599))
        heard = [tones_of((one,), EVERY, begun, begun + DAY) for begun in begins]
        assert max(heard) <= most <= max(heard) + 1
    assert most_tones_a_day((STALL, LOW), EVERY) == 145 + 25
