"""What a pump does when told, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
    C500,
    C2000,
    CLOCK,
    MODEL,
    START,
    bolus,
    continuous,
    fresh_id,
    implanted,
    mL,
    program,
    read,
    refill,
    running,
    send,
    spans,
    ug_a_day,
)
from thecal.journal import verify_chain
from thecal.pump import ALARM_CLASSES, AlarmClass, Kind, Pump, RefusedError
from thecal.quantities import DAY, HOUR, Concentration
from thecal.therapy import (
    BACLOFEN,
    Alarm,
    CommandError,
    CommandId,
    Program,
    ProgramError,
    ReservoirError,
    SetProgram,
    SimpleContinuous,
    Stop,
    Stopped,
    WrittenAgainst,
    program_digest,
)


def refused(pump: Pump, what: Program, reason: str, *, now: datetime | None = None) -> None:
    """Send a program, and see that it is refused, logged, and has changed nothing."""
    before = pump.memory

    with pytest.raises(RefusedError, match=reason):
        send(pump, what, now=now)

    after = pump.memory
    assert (after.program, after.revision, after.last_command) == (
        before.program,
        before.revision,
        before.last_command,
    )
    assert after.log[-1].kind is Kind.COMMAND_REFUSED
    assert reason in after.log[-1].fact("reason")


@pytest.mark.requirement("ITB-010")
def test_a_new_implant_is_stopped_filled_and_at_revision_0() -> None:
    told = implanted().interrogate(now=START)

    assert told.program.base == Stopped()
    assert (told.status.revision, told.status.last_command, told.status.stopped) == (0, None, True)
    assert (told.status.content, told.status.concentration) == (mL(18), C500)
    assert told.status.alarms == (Alarm.PUMP_STOPPED,)
    assert told.status.serial == "TH-0001"
    assert (told.started, told.filled_at, told.clock_offset) == (START, START, CLOCK.offset)
    assert told.capability == MODEL


def test_the_status_carries_the_pumps_own_clock() -> None:
    at = implanted().status(now=START + HOUR).at

    assert at == START + HOUR
    assert at.utcoffset() == CLOCK.offset


@pytest.mark.requirement("ITB-064")
@pytest.mark.parametrize(
    ("fill", "concentration", "error"),
    [("20.1", C500, ReservoirError), ("18", Concentration(ug_per_mL=Decimal(4000)), ProgramError)],
)
def test_an_implant_with_what_does_not_fit_is_refused(
    fill: str, concentration: Concentration, error: type[ValueError]
) -> None:
    with pytest.raises(error, match="outside what is allowed"):
        implanted(fill, concentration)


# --- a program -------------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-113")
def test_a_program_is_committed_with_its_revision_and_command() -> None:
    pump, command = implanted(), fresh_id()

    status = send(pump, continuous(200), command=command)

    assert (status.revision, status.last_command, status.stopped) == (1, command, False)
    assert status.program_digest == program_digest(continuous(200))
    assert status.alarms == ()
    record = pump.log[-1]
    assert (record.kind, record.fact("command"), record.fact("revision")) == (
        Kind.PROGRAM_COMMITTED,
        command,
        "1",
    )


@pytest.mark.requirement("ITB-039")
def test_a_repeated_command_is_answered_and_does_nothing() -> None:
    pump, command = implanted(), fresh_id()
    what = program(SimpleContinuous(dose=ug_a_day(100)), bolus(25))
    send(pump, what, command=command)
    pump.advance(START + 2 * HOUR)
    before = pump.memory

    status = pump.handle(
        SetProgram(
            id=command,
            against=WrittenAgainst(revision=0, digest=program_digest(program(Stopped()))),
            program=what,
        ),
        START + 2 * HOUR,
    )

    assert replace(pump.memory, log=before.log) == before
    assert pump.log[-1].kind is Kind.COMMAND_REPEATED
    assert (status.revision, status.last_command) == (1, command)
    assert status.flow.mL_per_day == Decimal("0.2")


def test_a_command_without_an_id_is_refused() -> None:
    pump = implanted()

    with pytest.raises(CommandError, match="command id: '' is outside what is allowed, 1 to 200 printable"):
        send(pump, continuous(200), command=CommandId(""))


@pytest.mark.requirement("ITB-113", "ITB-144")
def test_a_command_written_for_another_revision_is_refused() -> None:
    pump = running(continuous(200))

    with pytest.raises(RefusedError, match="at revision 1, this command was written for revision 0"):
        pump.handle(
            SetProgram(
                id=fresh_id(),
                against=WrittenAgainst(revision=0, digest=program_digest(program(Stopped()))),
                program=continuous(300),
            ),
            START,
        )

    assert pump.memory.program == continuous(200)
    assert pump.log[-1].kind is Kind.COMMAND_REFUSED


def test_a_command_written_to_follow_another_program_is_refused() -> None:
    pump = running(continuous(200))

    with pytest.raises(RefusedError, match="does not run the program"):
        pump.handle(
            SetProgram(
                id=fresh_id(),
                against=WrittenAgainst(revision=1, digest=program_digest(continuous(100))),
                program=continuous(300),
            ),
            START,
        )

    assert pump.memory.program == continuous(200)


def test_a_program_that_would_need_rounding_is_refused() -> None:
    refused(running(continuous(200)), continuous("100.001"), "exactly as written")


@pytest.mark.requirement("ITB-016", "ITB-032", "ITB-034", "ITB-045")
def test_a_dose_beyond_the_pumps_limits_is_refused() -> None:
    refused(running(continuous(200)), continuous(5000), "2003 mcg/day")


@pytest.mark.requirement("ITB-036")
def test_a_bolus_that_the_reservoir_does_not_hold_is_refused() -> None:
    what = program(SimpleContinuous(dose=ug_a_day(100)), bolus(50, minutes=60))

    refused(running(continuous(100), fill="1.45"), what, "ITB-036")


def test_a_program_in_another_concentration_than_the_reservoirs_is_refused() -> None:
    refused(running(continuous(200)), continuous(200, C2000), "A new concentration needs a refill")


@pytest.mark.requirement("ITB-046")
def test_a_program_of_another_drug_than_the_reservoirs_is_refused() -> None:
    other = replace(continuous(200), drug=replace(BACLOFEN, name="morphine"))

    refused(running(continuous(200)), other, "the reservoir holds baclofen, not morphine")


@pytest.mark.requirement("ITB-123")
def test_the_old_program_runs_until_the_new_one_begins() -> None:
    pump = running(continuous(200))

    send(pump, continuous(300), now=START + 12 * HOUR)
    pump.advance(START + DAY)

    got = [(part.interval.length, part.mass.ug) for part in pump.delivery.segments]
    assert got == [(12 * HOUR, 100), (12 * HOUR, 150)]


def test_time_does_not_go_back() -> None:
    pump = running(continuous(200))
    pump.advance(START + DAY)
    before = pump.memory

    for act in (
        lambda: pump.advance(START),
        lambda: pump.status(now=START),
        lambda: pump.interrogate(now=START),
        lambda: pump.handle(
            SetProgram(id=fresh_id(), against=read(pump), program=continuous(300)),
            START,
        ),
    ):
        with pytest.raises(RefusedError, match="time does not go back"):
            act()

    assert replace(pump.memory, log=before.log) == before
    assert [entry.kind for entry in pump.log[len(before.log) :]] == [Kind.COMMAND_REFUSED] * 4


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        implanted().advance(START.replace(tzinfo=None))


# --- a stop ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-013", "ITB-160", "ITB-161")
def test_a_stop_needs_no_base_and_never_ends_by_itself() -> None:
    pump, command = running(continuous(200)), fresh_id()

    status = pump.handle(Stop(id=command), START + DAY)

    assert (status.stopped, status.revision, status.last_command) == (True, 2, command)
    assert (status.flow.mL_per_day, status.alarms) == (0, (Alarm.PUMP_STOPPED,))
    later = pump.status(now=START + 300 * DAY)
    assert (later.stopped, later.delivered) == (True, status.delivered)


@pytest.mark.requirement("ITB-160")
def test_a_stop_may_be_repeated_with_the_same_id_and_with_another() -> None:
    pump = running(continuous(200))
    first, second = fresh_id(), fresh_id()
    pump.handle(Stop(id=first), START)
    before = pump.memory

    assert pump.handle(Stop(id=first), START).revision == 2
    assert replace(pump.memory, log=before.log) == before
    assert pump.log[-1].kind is Kind.COMMAND_REPEATED
    assert pump.handle(Stop(id=second), START).last_command == second
    assert pump.memory.program.is_stopped


@pytest.mark.requirement("ITB-160")
def test_an_old_stop_that_comes_again_still_stops() -> None:
    pump, command = running(continuous(200)), fresh_id()
    pump.handle(Stop(id=command), START)
    send(pump, continuous(100))

    assert pump.handle(Stop(id=command), START).stopped


def test_a_stop_under_the_id_of_the_program_that_runs_still_stops() -> None:
    pump, command = implanted(), fresh_id()
    send(pump, continuous(200), command=command)

    assert pump.handle(Stop(id=command), START).stopped


def test_a_stop_from_a_clock_that_lags_stops_at_the_pumps_present() -> None:
    pump = running(continuous(200))
    pump.advance(START + DAY)

    status = pump.handle(Stop(id=fresh_id()), START)

    assert status.stopped
    assert status.at == START + DAY


def test_a_stop_ends_the_bolus_and_the_next_program_does_not_bring_it_back() -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(100)), bolus(50)))
    pump.handle(Stop(id=fresh_id()), START + HOUR / 2)

    send(pump, continuous(100))
    pump.advance(START + DAY)

    ended = [entry for entry in pump.log if entry.kind is Kind.BOLUS_ENDED]
    assert [(entry.fact("reason"), entry.fact("remaining_mL")) for entry in ended] == [("stopped", "0.05")]
    assert pump.delivery.segments[-1].flow.mL_per_day == Decimal("0.2")


@pytest.mark.requirement("ITB-161")
def test_a_refill_does_not_end_a_stop() -> None:
    pump = running(continuous(200))
    pump.handle(Stop(id=fresh_id()), START + DAY)

    assert refill(pump, fill="18").stopped


# --- log and alarms ------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-094", "ITB-096", "ITB-107")
def test_every_alarm_has_a_class_and_the_gravest_come_first() -> None:
    classes = list(ALARM_CLASSES.values())

    assert set(ALARM_CLASSES) == set(Alarm)
    assert classes == sorted(classes, key=[AlarmClass.CRITICAL, AlarmClass.NON_CRITICAL].index)


@given(gaps=st.lists(spans(timedelta(days=3)), max_size=6))
@settings(max_examples=30)
def test_the_log_is_one_unbroken_chain_in_order(gaps: list[timedelta]) -> None:
    pump, at = implanted(), START
    for number, gap in enumerate(gaps):
        at += gap
        if number % 3:
            send(pump, program(SimpleContinuous(dose=ug_a_day(100 + number)), bolus(10)), now=at)
        else:
            pump.handle(Stop(id=fresh_id()), at)

    assert verify_chain((entry, entry.seal) for entry in pump.log) == len(pump.log)
    assert [entry.at for entry in pump.log] == sorted(entry.at for entry in pump.log)
    assert pump.status(now=at).log_records == len(pump.log)
