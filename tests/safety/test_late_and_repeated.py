"""What comes late or comes again: it neither undoes a stop nor runs what was meant for another moment."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from builders.bedside import AFTER, BEFORE, Bedside
from builders.pumps import (
    C500,
    START,
    acting,
    alarms_of,
    arm_refill,
    continuous,
    fresh_id,
    kinds_of,
    mL,
    read,
    refill,
    running,
)
from builders.twin.contact import Nearby, order
from thecal.pump import Cause, Kind, Pump, RefusedError
from thecal.pump.hold import Hold
from thecal.quantities import DAY, HOUR, MINUTE, PumpClock
from thecal.telemetry import ReadStatus
from thecal.therapy import (
    Alarm,
    CancelRefill,
    CommandId,
    ConfirmProgram,
    ConfirmRefill,
    Fallback,
    Pause,
    Restart,
    Resume,
    SetClock,
    StartFallback,
    Stop,
    WriteProgram,
    WrittenAgainst,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

OLD, NEW = continuous(200), continuous(150)
ORDER, STOP = CommandId("order"), CommandId("stop")


def written(pump: Pump, *, now: datetime) -> Pump:
    """Let a pump hold a program that waits to be read back."""
    status = pump.status(now=now)
    pump.handle(WriteProgram(id=ORDER, against=WrittenAgainst.of(status), program=NEW), now)
    return pump


@pytest.mark.requirement("ITB-123", "ITB-125")
@pytest.mark.parametrize("late", [timedelta(0), 119 * timedelta(seconds=1), 2 * MINUTE, HOUR, 30 * DAY])
def test_a_program_that_was_not_read_back_before_it_alarms_does_not_begin_long_after(late: timedelta) -> None:
    pump = written(running(OLD), now=START)

    if late < 2 * MINUTE:
        pump.handle(ConfirmProgram(id=ORDER), START + late)
        assert pump.memory.program == NEW
        return
    with pytest.raises(RefusedError, match=r"read.back"):
        pump.handle(ConfirmProgram(id=ORDER), START + late)
    assert pump.memory.program == OLD
    assert Alarm.TRANSACTION_OPEN in alarms_of(pump)


@pytest.mark.requirement("ITB-123", "ITB-162")
@pytest.mark.parametrize("seconds", [30, 31])
def test_a_read_back_that_lets_a_program_run_needs_contact_as_the_program_did(seconds: int) -> None:
    bedside = Bedside()
    touched = bedside.clock.now()
    bedside.pump.touch(now=touched)
    wand = Nearby(bedside.pump)
    wand.ask(order(bedside), now=touched + timedelta(seconds=90))

    wand.ask(ReadStatus(), now=touched + timedelta(seconds=90 + seconds))

    assert bedside.pump.memory.program == (AFTER if seconds == 30 else BEFORE)


@pytest.mark.requirement("ITB-123", "ITB-144")
def test_a_program_that_waits_is_dropped_when_the_pump_is_refilled_under_it() -> None:
    pump = written(running(OLD), now=START)

    refill(pump, fill="10")

    assert pump.memory.open is None
    with pytest.raises(RefusedError, match=r"read.back"):
        pump.handle(ConfirmProgram(id=ORDER), START)
    assert pump.memory.program == OLD


@pytest.mark.requirement("ITB-004", "ITB-123")
@pytest.mark.parametrize("cause", [Cause.OVER_INFUSION, Cause.BOTH_COPIES])
def test_a_read_back_neither_starts_a_drive_that_stands_nor_replaces_a_fallback(cause: Cause) -> None:
    pump = running(continuous(40_000 // 20), fill=18)
    pump.arrange(
        acting(cause, HOUR + timedelta(seconds=1), size="3" if cause is Cause.OVER_INFUSION else None)
    )
    written(pump, now=START + HOUR)
    pump.advance(START + HOUR + 110 * timedelta(seconds=1))

    assert pump.memory.open is None
    assert Kind.UPDATE_ABANDONED in kinds_of(pump)
    with pytest.raises(RefusedError, match=r"read.back"):
        pump.handle(ConfirmProgram(id=ORDER), START + HOUR + 110 * timedelta(seconds=1))
    stands = Hold.OVER_DELIVERY in pump.memory.holds
    assert stands or isinstance(pump.memory.program.base, Fallback)


@pytest.mark.requirement("ITB-160", "ITB-161")
def test_a_stop_that_is_repeated_also_takes_back_what_was_written_since() -> None:
    pump = running(OLD)
    pump.handle(Stop(id=STOP), START)
    written(pump, now=START)

    pump.handle(Stop(id=STOP), START)

    with pytest.raises(RefusedError, match=r"read.back"):
        pump.handle(ConfirmProgram(id=ORDER), START)
    assert pump.memory.program.is_stopped


@pytest.mark.requirement("ITB-160", "ITB-161")
def test_a_stop_that_is_repeated_also_takes_the_program_out_of_a_refill_armed_since() -> None:
    pump = running(OLD)
    pump.handle(Stop(id=STOP), START)
    arm_refill(pump, fill=mL(10), concentration=C500, program=NEW, now=START)

    pump.handle(Stop(id=STOP), START)
    revision = pump.memory.revision
    pump.handle(Stop(id=STOP), START)
    assert pump.memory.revision == revision

    pump.handle(ConfirmRefill(id=fresh_id(), against=read(pump), left_behind=mL(1)), START)
    assert pump.memory.program.is_stopped


@pytest.mark.requirement("ITB-039", "ITB-161")
def test_a_command_that_comes_again_after_a_stop_does_not_undo_it() -> None:
    pump, again = running(OLD), CommandId("fallback")
    pump.handle(Stop(id=fresh_id()), START)
    pump.handle(StartFallback(id=again, against=read(pump)), START)
    pump.handle(Stop(id=fresh_id()), START + HOUR)

    pump.handle(StartFallback(id=again, against=read(pump)), START + HOUR)
    assert pump.memory.program.is_stopped
    restored = Pump.restore(pump.image())
    assert restored.handle(StartFallback(id=again, against=read(restored)), START + HOUR).stopped
    assert kinds_of(pump)[-1] is Kind.COMMAND_REPEATED

    pump.handle(StartFallback(id=fresh_id(), against=read(pump)), START + HOUR)
    assert not pump.memory.program.is_stopped


@pytest.mark.requirement("ITB-039")
@pytest.mark.parametrize(
    ("act", "then"),
    [
        (
            lambda pump, command: pump.handle(
                SetClock(id=command, against=read(pump), clock=PumpClock(HOUR)), START
            ),
            lambda pump: pump.handle(
                SetClock(id=fresh_id(), against=read(pump), clock=PumpClock(2 * HOUR)), START
            ),
        ),
        (
            lambda pump, command: pump.handle(Pause(id=command, against=read(pump)), START),
            lambda pump: pump.handle(Resume(id=fresh_id(), against=read(pump)), START),
        ),
    ],
    ids=["clock", "pause"],
)
def test_an_earlier_command_that_comes_again_acts_once(
    act: Callable[[Pump, CommandId], object], then: Callable[[Pump], object]
) -> None:
    pump, earlier = running(OLD), fresh_id()
    act(pump, earlier)
    then(pump)
    before = pump.memory

    act(pump, earlier)

    assert (pump.memory.clock, pump.memory.holds) == (before.clock, before.holds)
    assert pump.memory.last_command == before.last_command


@pytest.mark.requirement("ITB-159")
def test_a_fault_that_ended_is_not_restarted_while_nobody_knows_what_the_reservoir_holds() -> None:
    pump = running(OLD)
    pump.arrange(acting(Cause.OVER_INFUSION, HOUR, size="3"))
    pump.advance(START + DAY)
    assert Hold.OVER_DELIVERY in pump.memory.holds
    arm_refill(pump, fill=mL(10), concentration=C500, program=NEW, now=START + DAY)

    with pytest.raises(RefusedError, match="neither the old program nor a new one is safe"):
        pump.handle(Restart(id=fresh_id(), against=read(pump)), START + DAY)

    pump.handle(CancelRefill(id=fresh_id(), against=read(pump)), START + DAY)
    pump.handle(Restart(id=fresh_id(), against=read(pump)), START + DAY)
    assert not pump.memory.holds


@pytest.mark.requirement("ITB-160")
def test_a_stop_is_taken_whenever_its_review_is_planned() -> None:
    for planned in (timedelta.max, timedelta(0), -DAY):
        pump = running(OLD)
        pump.handle(Stop(id=fresh_id(), review_after=planned), START)
        assert pump.memory.program.is_stopped
        pump.advance(START + DAY)


@pytest.mark.requirement("ITB-161")
@pytest.mark.parametrize("before", [timedelta(0), timedelta(seconds=1), timedelta(seconds=2)])
@pytest.mark.parametrize(("due", "kind"), [(12 * HOUR, Kind.WITHDRAWAL_DUE), (48 * HOUR, Kind.TUBE_AGED)])
def test_the_timers_of_a_stop_run_through_a_processor_that_hangs(
    due: timedelta, kind: Kind, before: timedelta
) -> None:
    pump = running(OLD)
    pump.handle(Stop(id=fresh_id()), START + DAY)
    pump.arrange(acting(Cause.HANG, DAY + due - before))

    pump.advance(START + 4 * DAY)

    assert kinds_of(pump).count(kind) == 1
