"""What a command makes of a memory, field by field: nothing of what ran before may linger."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from pump.pumps import START, bolus, continuous, fresh_id, program, running, ug_a_day
from thecal.journal import Kind
from thecal.pump import commit
from thecal.pump.hold import Hold, Open, Work
from thecal.pump.memory import Memory
from thecal.pump.motor import Drive
from thecal.quantities import DAY, HOUR
from thecal.therapy import SimpleContinuous


def burdened(*, phase: str = "1/2") -> Memory:
    """Return the memory of a pump of which everything goes on that a command may end."""
    pump = running(program(SimpleContinuous(dose=ug_a_day(100)), bolus(50, minutes=120)))
    pump.advance(START + HOUR)
    memory = pump.memory
    return replace(
        memory,
        drive=Drive(counts=memory.drive.counts, phase=Fraction(phase)),
        once_paused_us=5,
        once_given=Fraction(2),
        boluses_withheld=True,
        paused_at=memory.at,
        open=Open(work=Work.UPDATE, since=memory.at, program=continuous(150), command=fresh_id()),
        holds=(Hold.OVER_DELIVERY, Hold.RESET, Hold.UPDATE, Hold.END_OF_SERVICE),
    )


@pytest.mark.requirement("ITB-160")
def test_a_stop_leaves_nothing_of_what_ran_but_the_end_of_service() -> None:
    before, command = burdened(), fresh_id()

    after = commit.stop(before, command, review_after=3 * HOUR)

    assert after.program.is_stopped
    assert (after.started, after.started_counts) == (before.at, before.drive.counts)
    assert (after.once_over, after.once_paused_us, after.once_given) == (True, 0, 0)
    assert (after.boluses_withheld, after.paused_at, after.open) == (False, None, None)
    assert after.holds == (Hold.END_OF_SERVICE,)
    assert after.review_at == before.at + 3 * HOUR
    assert (after.revision, after.last_command) == (before.revision + 1, command)
    assert after.lowest_doses[-1] == (before.at, ug_a_day(100))
    ended, stopped = after.log[-2:]
    assert (ended.kind, ended.fact("reason")) == (Kind.BOLUS_ENDED, "stopped")
    assert stopped.kind is Kind.PUMP_STOPPED
    assert dict(stopped.data) == {
        "command": command,
        "revision": str(before.revision + 1),
        **before.delivered_facts,
    }
    assert after.drive == before.drive


def test_a_stop_says_by_itself_when_it_is_to_be_looked_at_again() -> None:
    before = burdened()

    assert commit.stop(before, fresh_id()).review_at == before.at + timedelta(hours=24)


@pytest.mark.requirement("ITB-019")
@pytest.mark.parametrize(
    ("phase", "dose", "held", "finishes"),
    [
        ("1/2", 100, (), True),
        ("1/1000", 100, (), True),
        ("0", 100, (), False),
        ("1/2", 24, (), True),
        ("1/2", 100, (Hold.OVER_DELIVERY,), False),
    ],
)
def test_a_stop_finishes_the_quantum_under_way_of_a_drive_that_turns(
    phase: str, dose: int, held: tuple[Hold, ...], *, finishes: bool
) -> None:
    pump = running(continuous(dose))
    pump.advance(START + HOUR)
    drive = Drive(counts=pump.memory.drive.counts, phase=Fraction(phase))
    before = replace(pump.memory, drive=drive, holds=held)

    after = commit.stop(before, fresh_id())

    assert after.finishing == finishes
    assert commit.stop(after, fresh_id()).finishing == finishes


@pytest.mark.requirement("ITB-123")
def test_a_program_leaves_nothing_of_the_one_before_it() -> None:
    before, command, what = burdened(), fresh_id(), continuous(150)

    after = commit.run(before, command, what)

    assert after.program == what
    assert (after.started, after.started_counts) == (before.at, before.drive.counts)
    assert (after.once_over, after.once_paused_us, after.once_given) == (True, 0, 0)
    assert (after.open, after.review_at) == (None, None)
    assert after.holds == (Hold.END_OF_SERVICE,)
    assert (after.revision, after.last_command) == (before.revision + 1, command)
    ended, committed = after.log[-2:]
    assert (ended.kind, ended.fact("reason")) == (Kind.BOLUS_ENDED, "replaced")
    assert dict(committed.data) == {
        "command": command,
        "revision": str(before.revision + 1),
        "digest": after.plan.digest,
        **before.delivered_facts,
    }
    once = commit.run(before, command, program(SimpleContinuous(dose=ug_a_day(100)), bolus(5)))
    assert not once.once_over


def test_the_lowest_doses_of_a_week_are_kept_and_older_ones_go() -> None:
    pump = running(continuous(100))
    memory = pump.memory
    old = (memory.at - 7 * DAY - timedelta(microseconds=1), ug_a_day(50))
    week = (memory.at - 7 * DAY, ug_a_day(60))
    memory = replace(memory, lowest_doses=(old, week))

    assert commit.run(memory, fresh_id(), continuous(200)).lowest_doses == (
        week,
        (memory.at, ug_a_day(100)),
    )
    assert commit.run(memory, fresh_id(), memory.program).lowest_doses == (week,)
    stopped = commit.stop(memory, fresh_id())
    assert commit.run(stopped, fresh_id(), continuous(300)).lowest_doses == stopped.lowest_doses
