"""What a command makes of a memory, field by field: nothing of what ran before may linger."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from builders.pumps import (
    C500,
    C2000,
    MODEL,
    START,
    bolus,
    continuous,
    fresh_id,
    mL,
    program,
    running,
    ug_a_day,
)
from builders.therapy import OTHER_DRUG
from builders.twin.memories import C1000, running_memory, written
from builders.twin.window import allowing
from thecal.pump import LEGACY, Kind, RefusedError, commit
from thecal.pump.alarms import over, raised
from thecal.pump.commit import Written
from thecal.pump.hold import Hold, Open, Work
from thecal.pump.memory import Memory
from thecal.pump.motor import Drive
from thecal.quantities import DAY, HOUR, PumpClock
from thecal.therapy import BACLOFEN, Alarm, Program, SimpleContinuous, Stopped


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
        boluses_by=(PumpClock(), memory.at + HOUR),
        paused_at=memory.at,
        open=Open(work=Work.UPDATE, since=memory.at, program=continuous(150), command=fresh_id()),
        holds=(Hold.OVER_DELIVERY, Hold.RESET, Hold.UPDATE, Hold.END_OF_SERVICE),
    )


@pytest.mark.requirement("ITB-030", "ITB-035")
@pytest.mark.parametrize("held", [(), (Hold.WINDOW,), (Hold.OVER_DELIVERY,)])
def test_a_lower_dose_is_taken_whatever_the_day_has_held_and_waits_where_the_one_before_waits(
    held: tuple[Hold, ...],
) -> None:
    pump = running(continuous(200))
    pump.advance(START + 2 * DAY)
    memory = allowing(replace(pump.memory, holds=held), 150)
    base = Written(revision=memory.revision, digest=memory.plan.digest)

    after = commit.set_program(memory, fresh_id(), base=base, program=continuous(140))

    assert (after.program, after.holds) == (continuous(140), held)


def test_a_program_begins_at_a_share_of_a_quantum_that_can_be_written_down() -> None:
    before = burdened(phase="1/3")

    after = commit.run(before, fresh_id(), continuous(150))

    assert after.drive.counts == before.drive.counts
    assert after.drive.phase != before.drive.phase
    assert abs(after.drive.phase - before.drive.phase) < Fraction(1, 10**9)


@pytest.mark.requirement("ITB-160")
def test_a_stop_leaves_nothing_of_what_ran_but_a_drive_to_be_checked_and_the_end_of_service() -> None:
    before, command = burdened(), fresh_id()

    after = commit.stop(before, command, review_after=3 * HOUR)

    assert after.program.is_stopped
    assert (after.started, after.started_counts) == (before.at, before.drive.counts)
    assert (after.once_over, after.once_paused_us, after.once_given) == (True, 0, 0)
    assert (after.boluses_withheld, after.paused_at, after.open) == (False, None, None)
    assert after.boluses_by is None
    assert after.holds == (Hold.OVER_DELIVERY, Hold.END_OF_SERVICE)
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
    assert (after.open, after.review_at, after.boluses_by) == (None, None, None)
    assert after.ordered_at == before.at
    assert after.holds == (Hold.OVER_DELIVERY, Hold.END_OF_SERVICE)
    assert (after.revision, after.last_command) == (before.revision + 1, command)
    ended, committed = after.log[-2:]
    assert (ended.kind, ended.fact("reason")) == (Kind.BOLUS_ENDED, "replaced")
    assert dict(committed.data) == {
        "command": command,
        "revision": str(before.revision + 1),
        "digest": after.plan.digest,
        **before.delivered_facts,
    }
    assert (after.boluses_withheld, after.paused_at) == (False, None)
    looked_at = replace(before, review_at=before.at + DAY)
    assert commit.run(looked_at, command, what).review_at is None
    stopped = Program(drug=BACLOFEN, concentration=C500, base=Stopped())
    assert commit.run(looked_at, command, stopped).review_at == before.at + DAY
    assert commit.run(replace(looked_at, holds=()), command, stopped).finishing
    assert not commit.run(looked_at, command, what).finishing
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


# --- what is said to a command that is not taken ----------------------------------------------------------


def refusal(memory: Memory, what: Program, base: Written | None = None) -> str:
    """Return what the pump says to a program that it does not take."""
    with pytest.raises(RefusedError) as refused:
        commit.set_program(memory, fresh_id(), base=base or written(memory), program=what)
    return str(refused.value)


def raised_day(memory: Memory) -> Memory:
    """Return a memory that does not know of one quantum whether it moved: 0.25 mcg."""
    return replace(memory, doubts=((memory.at, memory.at, 1),))


@pytest.mark.requirement("ITB-144")
def test_a_command_for_another_revision_or_another_program_is_told_to_interrogate() -> None:
    memory = running_memory()
    here = written(memory)

    assert refusal(memory, continuous(100), replace(here, revision=0)) == (
        "the pump is at revision 1, this command was written for revision 0: the pump's state has changed "
        "since. Interrogate the pump and write a new order"
    )
    assert refusal(memory, continuous(100), replace(here, digest="another")) == (
        "the pump does not run the program for which this command was written. "
        "Interrogate the pump and write a new order"
    )


def test_another_drug_and_another_concentration_are_named() -> None:
    memory = running_memory()
    other = Program(drug=OTHER_DRUG, concentration=C500, base=SimpleContinuous(dose=ug_a_day(100)))

    assert refusal(memory, other) == ("drug: the reservoir holds baclofen, not a drug that is not baclofen")
    assert refusal(memory, continuous(100, C2000)) == (
        "concentration: the program says 2000 mcg/mL, the reservoir holds 500 mcg/mL. "
        "A new concentration needs a refill"
    )


def test_what_the_pump_cannot_deliver_and_what_it_would_round_is_named() -> None:
    memory = running_memory()

    assert refusal(memory, continuous("5000")).startswith("the pump cannot deliver this: ")
    assert refusal(memory, program(SimpleContinuous(dose=ug_a_day("100.01")), bolus("50.1"))) == (
        "the pump cannot deliver this exactly as written, and does not round: "
        "daily dose: 100.01 mcg/day would be 100 mcg/day; single bolus: 50.1 mcg would be 50 mcg; "
        "24-hour dose: 100.01 mcg/day; first 24 h 150.11 mcg would be 100 mcg/day; first 24 h 150 mcg"
    )


@pytest.mark.requirement("ITB-159")
@pytest.mark.parametrize("profile", ["reference", "legacy"])
def test_nothing_is_programmed_while_a_refill_is_armed_on_a_reference_pump(profile: str) -> None:
    memory = running_memory()
    armed = replace(memory, open=Open(work=Work.REFILL, since=START + HOUR))
    if profile == "legacy":
        after = commit.set_program(
            replace(armed, profile=LEGACY), fresh_id(), base=written(armed), program=continuous(100)
        )
        assert after.program == continuous(100)
        return

    assert refusal(armed, continuous(100)) == (
        "a refill was armed at 2026-03-02T07:00:00+00:00 and is neither confirmed nor cancelled: "
        "neither the old program nor a new one is safe. Confirm it if the reservoir was filled, cancel "
        "it if nothing was filled; a STOP is always accepted"
    )
    commit.nothing_armed(memory)
    commit.nothing_armed(replace(memory, open=Open(work=Work.UPDATE, since=START + HOUR)))


def test_a_library_that_is_wrong_lets_no_program_through_until_it_is_replaced() -> None:
    memory = running_memory()
    wrong = raised(memory, Alarm.LIBRARY_ERROR)

    assert refusal(wrong, continuous(100)) == (
        "drug library: its checksum does not match, so its limits cannot be trusted. The running "
        "program continues; a STOP is always accepted. Replace the library before writing a program"
    )
    for fine in (over(wrong, Alarm.LIBRARY_ERROR), raised(memory, Alarm.TEMPERATURE)):
        after = commit.set_program(fine, fresh_id(), base=written(fine), program=continuous(100))
        assert after.program == continuous(100)


def test_a_bolus_applies_for_its_volume_its_history_and_the_window() -> None:
    memory = running_memory()
    with_bolus = program(SimpleContinuous(dose=ug_a_day(200)), bolus(50))

    lost = replace(memory, history_lost_at=memory.at)
    assert "ITB-041" in refusal(lost, with_bolus)
    assert commit.set_program(lost, fresh_id(), base=written(lost), program=continuous(100)).revision == 2
    most = replace(MODEL, daily_dose_most=ug_a_day(249))
    assert "249 mcg/day" in refusal(replace(memory, capability=most), with_bolus)
    small = replace(MODEL, daily_dose_most=ug_a_day(240))
    high = replace(memory, capability=small)
    assert "ITB-030" in refusal(raised_day(high), continuous(240))
    legacy = replace(raised_day(high), profile=LEGACY)
    assert commit.set_program(legacy, fresh_id(), base=written(legacy), program=continuous(240)).revision == 2


@pytest.mark.requirement("ITB-036")
def test_a_bolus_is_taken_to_the_last_quantum_that_the_reservoir_holds() -> None:
    """50 mcg are 200 quanta beside 33.33 of the base: 234 at most are counted while it runs."""
    with_bolus = program(SimpleContinuous(dose=ug_a_day(200)), bolus(50))
    memory = running_memory()
    left = {
        quanta: replace(memory, drive=Drive(counts=memory.empty_counts - quanta)) for quanta in (233, 234)
    }

    assert commit.set_program(left[234], fresh_id(), base=written(memory), program=with_bolus).revision == 2
    assert refusal(left[233], with_bolus).startswith("the pump cannot deliver this: ")


@pytest.mark.requirement("ITB-159", "ITB-161")
def test_a_stop_while_a_refill_is_armed_leaves_it_armed_with_nothing_to_run() -> None:
    memory = running_memory()
    armed = Open(
        work=Work.REFILL, since=START, fill=mL(10), concentration=C1000, program=continuous(180, C1000)
    )

    after = commit.stop(replace(memory, open=armed), fresh_id())
    again = commit.stop(replace(after, at=after.at + timedelta(microseconds=1)), fresh_id())

    assert after.open is not None
    assert after.open.program is not None
    assert replace(after.open, program=None) == replace(armed, program=None)
    assert after.open.program.is_stopped
    assert (after.open.program.drug, after.open.program.concentration) == (BACLOFEN, C1000)
    assert (again.started, again.started_counts) == (after.started, after.started_counts)
    assert commit.stop(replace(memory, open=Open(work=Work.UPDATE, since=START)), fresh_id()).open is None
