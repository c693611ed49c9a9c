from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
    C500,
    C2000,
    START,
    acting,
    alarms_of,
    bolus,
    bridged,
    continuous,
    fresh_id,
    kinds_of,
    mL,
    program,
    read,
    refill,
    running,
    send,
    ug_a_day,
)
from thecal.journal import verify_chain
from thecal.pump import LEGACY, Cause, Kind, MemoryImageError, Pump
from thecal.pump.hold import Hold
from thecal.pump.store import Store, Write
from thecal.quantities import DAY, HOUR
from thecal.therapy import Alarm, Bridge, CompareResidual, Fallback, SimpleContinuous, Stop

OLD, NEW = b"old program" * 30, b"new program, and longer" * 40


@pytest.mark.parametrize("torn", [False, True])
def test_a_cut_at_any_page_leaves_the_old_or_the_new_and_nothing_else(*, torn: bool) -> None:
    store = Store.holding(OLD)
    pages = store.writes(NEW)

    found = [
        store.after(pages[:number], torn=pages[number] if torn and number < len(pages) else None)
        .recover()
        .content
        for number in range(len(pages) + 1)
    ]

    assert set(found) == {OLD, NEW}
    assert found == sorted(found, reverse=True)
    assert found[-1] == NEW


def test_a_single_copy_is_lost_by_a_cut() -> None:
    store = Store.holding(OLD, copies=1)
    pages = store.writes(NEW)

    with pytest.raises(MemoryImageError, match="no copy"):
        store.after(pages[:2]).recover()


@given(copy=st.integers(0, 1), place=st.integers(0, 300), bit=st.integers(0, 7))
@settings(max_examples=80)
def test_a_flipped_bit_in_one_copy_is_found_and_the_other_is_used(copy: int, place: int, bit: int) -> None:
    store = Store.holding(OLD)
    damaged = bytes([store.copies[copy][place] ^ 1 << bit])

    found = store.after((Write(copy, place, damaged),)).recover()

    assert found.content == OLD
    assert found.damaged == (copy,)


def change(pump: Pump) -> None:
    """Give another program with a bolus."""
    send(pump, program(SimpleContinuous(dose=ug_a_day(150)), bolus(25)))


def fill(pump: Pump) -> None:
    """Fill with another concentration, and the program that goes with it."""
    refill(pump, fill="16", concentration=C2000, what=bridged(200, C2000, C500))


def halt(pump: Pump) -> None:
    """Stop."""
    pump.handle(Stop(id=fresh_id()), pump.present)


@pytest.mark.requirement("ITB-116", "ITB-123")
@pytest.mark.parametrize("act", [change, fill, halt])
@pytest.mark.parametrize("torn", [False, True])
def test_power_lost_at_any_write_leaves_a_program_that_was_committed(act: object, *, torn: bool) -> None:
    assert callable(act)
    start = running(continuous(200))
    start.advance(START + 3 * DAY + HOUR / 7)
    image, old = start.image(), start.memory
    done = Pump.restore(image)
    act(done)

    seen, number, more = set(), 0, True
    while more:
        pump = Pump.restore(image)
        more = pump.lose_power_at_write(number, act, torn=torn)
        kept = pump.memory
        assert (kept.program, kept.reservoir, kept.revision - old.revision) in [
            (old.program, old.reservoir, 0),
            (done.memory.program, done.memory.reservoir, done.memory.revision - old.revision),
        ]
        assert kept.once_over or isinstance(kept.program.once, Bridge)
        assert Alarm.PUMP_RESET in alarms_of(pump)
        assert verify_chain((entry, entry.seal) for entry in pump.log) == len(pump.log)
        before = kept.drive.counts
        pump.advance(pump.present + DAY)
        assert pump.memory.program.is_stopped or pump.memory.drive.counts > before
        seen.add(kept.revision)
        number += 3

    assert seen == {old.revision, done.memory.revision}


def test_a_legacy_pump_cut_while_it_writes_falls_to_its_minimum_rate() -> None:
    pump = running(continuous(200), profile=LEGACY)
    pump.advance(START + DAY)

    assert pump.lose_power_at_write(12, change)

    assert Hold.RESET in pump.memory.holds
    assert {Alarm.MEMORY_ERROR, Alarm.PUMP_RESET} <= alarms_of(pump)
    assert str(pump.status(now=START + DAY).flow.mL_per_day) == "0.006000000000"


@pytest.mark.requirement("ITB-009", "ITB-171")
@pytest.mark.parametrize("cause", [Cause.POWER_CUT, Cause.WATCHDOG, Cause.BATTERY_FILM])
def test_after_a_reset_the_base_program_goes_on_and_no_bolus_does(cause: Cause) -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(120)), bolus(60, minutes=120)))
    pump.arrange(acting(cause, HOUR + timedelta(seconds=7)))

    pump.advance(START + DAY)

    assert alarms_of(pump) == {Alarm.PUMP_RESET}
    ended = next(entry for entry in pump.log if entry.kind is Kind.BOLUS_ENDED)
    assert ended.fact("reason") == "reset"
    least, most = ended.fact("drive_moved_mL"), ended.fact("drive_moved_most_mL")
    assert 0 < float(most) - float(least) < 0.00051
    assert pump.memory.asked * 0.0005 == pytest.approx(0.24 + 0.06, abs=0.0006)
    least_mL, most_mL = pump.delivered_between
    assert most_mL - least_mL == mL("0.001"), "the quantum that the reset cut, and the one under way"


@pytest.mark.requirement("ITB-111")
def test_what_was_drawn_out_proves_what_a_reset_left_in_doubt() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.POWER_CUT, HOUR + timedelta(seconds=7)))
    pump.advance(START + DAY)
    assert pump.memory.doubt == 1
    least, most = pump.delivered_between
    assert most - least == mL("0.001")

    pump.handle(CompareResidual(id=fresh_id(), against=read(pump), drained=mL("17.6")), START + DAY)

    least, most = pump.delivered_between
    assert most - least == mL("0.0005"), "the one under way"
    assert kinds_of(pump)[-1] is Kind.DELIVERY_PROVEN


def test_a_legacy_reset_gives_the_minimum_rate_until_somebody_programs_the_pump() -> None:
    pump = running(continuous(200), profile=LEGACY)
    pump.arrange(acting(Cause.BATTERY_FILM, DAY))

    pump.advance(START + 11 * DAY)

    assert pump.status(now=START + 11 * DAY).delivered == mL("0.46")
    send(pump, continuous(200))
    pump.advance(START + 12 * DAY)
    assert pump.status(now=START + 12 * DAY).flow.mL_per_day == Decimal("0.4")


def test_a_flipped_bit_is_put_right_and_recorded_and_two_leave_the_fallback() -> None:
    pump = running(continuous(200))
    pump.advance(START + DAY)
    send(pump, continuous(150))
    pump.arrange(acting(Cause.PROGRAM_BIT, 2 * DAY), acting(Cause.BOTH_COPIES, 3 * DAY))

    pump.advance(START + 2 * DAY)
    assert kinds_of(pump)[-1] is Kind.MEMORY_REPAIRED
    assert alarms_of(pump) == set()

    pump.advance(START + 3 * DAY)
    assert pump.memory.program.base == Fallback(dose=ug_a_day(150))
    assert alarms_of(pump) == {Alarm.MEMORY_ERROR}


def test_a_damaged_log_says_so() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.LOG_DAMAGE, DAY))

    pump.advance(START + 2 * DAY)

    assert pump.log[-1].kind is Kind.LOG_DAMAGED
    assert (pump.log[-1].fact("record"), pump.log[-1].fact("of")) == ("1", "2")
    assert pump.log.lost == (1,)


@pytest.mark.requirement("ITB-161")
def test_a_stop_that_a_person_ordered_survives_a_reset() -> None:
    pump = running(continuous(200))
    halt(pump)
    pump.arrange(acting(Cause.POWER_CUT, HOUR))

    pump.advance(START + DAY)

    assert pump.memory.program.is_stopped
    assert pump.memory.drive.counts == 0
