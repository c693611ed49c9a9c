"""The log as it is kept: numbered, sealed, read back record by record; and the separate log of faults."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import START, acting, bolus, continuous, fresh_id, program, running, send, ug_a_day
from thecal.journal import verify_chain
from thecal.pump import Cause, Kind, Pump
from thecal.pump.fault_log import HOLDS, FaultLog, fault_rows, faults_from_rows
from thecal.pump.log import Log, recorded
from thecal.pump.log_pages import log_from_pages, log_pages, middle, told
from thecal.quantities import DAY, HOUR
from thecal.therapy import SimpleContinuous, Stop


def made() -> bytes:
    """Return a pump with some records, as bytes."""
    pump = running(program(SimpleContinuous(dose=ug_a_day(100)), bolus(50)))
    pump.advance(START + DAY)
    for number in range(4):
        send(pump, continuous(200 + number), now=START + (number + 1) * DAY)
    return pump.image()


IMAGE = made()


def lived() -> Pump:
    """Return that pump."""
    return Pump.restore(IMAGE)


def read(log: Log, pages: bytes) -> Log:
    """Read a log back from pages that may not be its own."""
    return log_from_pages(pages, written=log.written, tip=log.tip, faults=log.faults)


def test_the_pages_of_a_log_bring_it_back() -> None:
    log = lived().log

    again = read(log, log_pages(log))

    assert again == log
    assert (again.lost, again.written, again.tip) == ((), len(log), log[-1].seal)


def test_a_record_sealed_anew_by_another_hand_does_not_fit_the_one_that_follows() -> None:
    log = lived().log
    lines = log_pages(log).splitlines(keepends=True)
    fields = json.loads(lines[1].rpartition(b" ")[0])
    fields["data"]["revision"] = "9"
    forged = Log.of({}, written=1, tip=log[0].seal, faults=FaultLog()).then(
        Kind(fields["kind"]), log[1].at, fields["data"]
    )
    lines[1] = log_pages(forged)

    assert forged[0].seal != log[1].seal
    assert read(log, b"".join(lines)).lost == (2,)


def test_the_newest_record_is_held_against_its_seal_in_the_doubled_memory() -> None:
    log = lived().log
    lines = log_pages(log).splitlines(keepends=True)
    other = Log.of({}, written=log.written - 1, tip=log[-2].seal, faults=FaultLog()).then(
        log[-1].kind, log[-1].at, {"revision": "9"}
    )
    lines[-1] = log_pages(other)

    assert (other[-1].number, other[-1].previous) == (log[-1].number, log[-1].previous)
    assert read(log, b"".join(lines)).lost == (log.written,)


def test_what_is_lost_is_told_by_number_each_once() -> None:
    log = lived().log
    lines = log_pages(log).splitlines(keepends=True)
    two = read(log, b"".join([lines[0], *lines[3:]]))
    three = read(log, b"".join([lines[0], *lines[3:-1]]))

    assert told(log, (), START) is log
    first = told(two, (), START + DAY)
    assert first[-1].data == (("lost", "2, 3"), ("of", str(log.written)), ("record", "2"))
    assert (first[-1].kind, first[-1].at) == (Kind.LOG_DAMAGED, START + DAY)
    then = told(three, two.lost, START + DAY)
    assert then[-1].fact("lost") == str(log.written)
    assert told(two, (2, 3), START) is two


def test_records_that_were_swapped_or_doubled_are_found_by_their_numbers() -> None:
    log = lived().log
    lines = log_pages(log).splitlines(keepends=True)

    assert read(log, b"".join([lines[1], lines[0], *lines[2:], lines[3]])) == log
    assert read(log, b"".join([*lines[:2], lines[3], *lines[3:]])).lost == (3,)


def test_a_record_after_the_newest_was_never_committed() -> None:
    log = lived().log
    longer = recorded(log, Kind.PUMP_STOPPED, at=START + 9 * DAY)

    again = read(log, log_pages(longer))

    assert again == log
    assert again.tip == log.tip


def test_a_log_whose_newest_record_is_lost_goes_on_with_the_next_number() -> None:
    log = lived().log
    found = read(log, b"".join(log_pages(log).splitlines(keepends=True)[:-1]))

    longer = recorded(found, Kind.PUMP_STOPPED, at=START + 9 * DAY)

    assert found.lost == (log.written,)
    assert longer[-1].number == log.written + 1
    assert longer[-1].previous == log[-1].seal
    assert (len(longer), longer.written) == (len(log), len(log) + 1)


@pytest.mark.requirement("ITB-041", "ITB-117")
@given(places=st.lists(st.integers(0, 10_000), min_size=1, max_size=4), flip=st.integers(1, 255))
@settings(max_examples=60)
def test_damage_is_an_event_that_names_what_is_lost_and_the_therapy_goes_on(
    places: list[int], flip: int
) -> None:
    pump, whole = lived(), lived()
    for place in places:
        before = pump.log
        pump.damage_log(place % len(log_pages(before)), flip=flip, now=pump.present)
        assert set(before.lost) < set(pump.log.lost)
        assert pump.log[-1].kind is Kind.LOG_DAMAGED
        new = sorted(set(pump.log.lost) - set(before.lost))
        assert pump.log[-1].fact("lost") == ", ".join(map(str, new))
        assert pump.log.faults[-1].kind is Kind.LOG_DAMAGED

    assert pump.log.written == whole.log.written + len(places)
    for one in (pump, whole):
        one.advance(START + 30 * DAY)
    assert (pump.memory.program, pump.memory.drive) == (whole.memory.program, whole.memory.drive)
    again = Pump.restore(pump.image())
    assert (again.log, again.image()) == (pump.log, pump.image())


@pytest.mark.parametrize(("place", "flip", "error"), [(10_000, 1, IndexError), (0, 256, ValueError)])
def test_a_byte_that_is_none_cannot_be_altered(place: int, flip: int, error: type[Exception]) -> None:
    pump = lived()

    with pytest.raises(error):
        pump.damage_log(place, flip=flip, now=pump.present)

    assert pump.log == lived().log


# --- the log of faults -----------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-114")
def test_the_log_of_faults_stands_apart_holds_a_thousand_and_overwrites_the_oldest() -> None:
    log = Log()
    for number in range(1_003):
        log = recorded(log, Kind.PUMP_RESET, at=START + number * HOUR, cause=str(number))
        log = recorded(log, Kind.PUMP_INTERROGATED, at=START + number * HOUR)

    assert len(log) == 2_006
    assert len(log.faults) == HOLDS == 1_000
    assert (log.faults[0].number, log.faults[-1].number) == (4, 1_003)
    assert [fault.facts["cause"] for fault in log.faults] == [str(number) for number in range(3, 1_003)]


@pytest.mark.requirement("ITB-114")
def test_the_log_of_faults_outlives_damage_to_the_log_of_events_and_a_restart() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.POWER_CUT, HOUR), acting(Cause.SHAFT_WEAR, 2 * HOUR))
    pump.advance(START + DAY)
    before = list(pump.log.faults)

    for place in range(0, len(log_pages(pump.log)), 200):
        if place < len(log_pages(pump.log)):
            pump.damage_log(place, flip=1, now=pump.present)

    assert len(before) >= 4
    assert {fault.number for fault in before} <= {fault.number for fault in pump.log.faults}
    assert list(pump.log.faults[: len(before)]) == before
    assert Pump.restore(pump.image()).log.faults == pump.log.faults


@pytest.mark.requirement("ITB-114")
def test_a_fault_is_in_both_logs_and_what_a_person_did_is_in_the_log_of_events_alone() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.SHAFT_WEAR, HOUR), acting(Cause.CLOCK_JUMP, 2 * HOUR, size="60"))
    pump.handle(Stop(id=fresh_id()), START + DAY)

    kinds = [fault.kind for fault in pump.log.faults]
    assert {Kind.PUMP_STALLED, Kind.ALARM_RAISED, Kind.CLOCK_ADJUSTED} <= set(kinds)
    assert Kind.PROGRAM_COMMITTED not in kinds
    assert Kind.PUMP_STOPPED not in kinds
    for fault in pump.log.faults:
        (event,) = [entry for entry in pump.log if entry.data == tuple(sorted(fault.facts.items()))]
        assert (event.at, event.kind) == (fault.at, fault.kind)


def test_a_log_of_faults_with_a_gap_is_refused() -> None:
    faults = FaultLog()
    for number in range(3):
        faults = faults.then(Kind.PUMP_RESET, START + timedelta(hours=number), {"cause": "watchdog"})
    rows = fault_rows(faults)

    assert faults_from_rows(rows) == faults
    with pytest.raises(ValueError, match="gap"):
        faults_from_rows([rows[0], rows[2]])


def test_the_middle_of_a_log_lies_within_its_middle_record() -> None:
    log = lived().log

    for length in range(1, len(log) + 1):
        part = Log()
        for entry in log[:length]:
            part = recorded(part, entry.kind, at=entry.at, **dict(entry.data))
        lines = log_pages(part).splitlines(keepends=True)
        place = middle(part)
        before = len(b"".join(lines[: max(1, length // 2) - 1]))
        assert before < place < before + len(lines[max(1, length // 2) - 1])


def test_a_chain_without_loss_holds() -> None:
    log = lived().log

    assert verify_chain((entry, entry.seal) for entry in log) == len(log)
