"""Power that fails at any instant: what is kept, and what is known of what was delivered."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
    MODEL,
    START,
    acting,
    bolus,
    continuous,
    fresh_id,
    program,
    read,
    refill,
    running,
    send,
    ug_a_day,
)
from thecal.journal import verify_chain
from thecal.pump import Cause, Kind, Pump, soundings
from thecal.pump.store import Store
from thecal.pump.tally import Tally, around_a_quantum
from thecal.quantities import DAY, HOUR, Interval, microseconds
from thecal.therapy import CompareResidual, Program, SimpleContinuous, Stop

ROUNDED = Fraction(1, 10**9)
"""More than a record of flow, rounded down to twelve places, loses in these lives."""


def truly_moved(pump: Pump) -> Fraction:
    """Return what truly left a pump that does as it is told, in millilitres."""
    return sum(
        (
            Fraction(part.flow.mL_per_day) * Fraction(microseconds(part.interval.length), 86_400_000_000)
            for part in pump.true_delivery.segments
        ),
        Fraction(0),
    )


def ordered(new: Program) -> tuple[Pump, object]:
    """Return a pump that has run for a day, and the act of giving it a program."""
    pump, command = running(continuous(200)), fresh_id()
    pump.advance(START + DAY)
    return pump, lambda at: send(at, new, command=command)


@pytest.mark.requirement("ITB-116", "ITB-123")
@pytest.mark.parametrize("torn", [False, True])
@pytest.mark.parametrize("new", [continuous(300), program(SimpleContinuous(dose=ug_a_day(120)), bolus(50))])
def test_a_power_cut_at_any_write_leaves_the_old_program_or_the_new_one_and_the_log(
    new: Program, *, torn: bool
) -> None:
    number, cut, found = 0, True, set()
    while cut:
        pump, act = ordered(new)
        records = list(pump.log)
        cut = pump.lose_power_at_write(number, act, torn=torn)  # type: ignore[arg-type] # an act on a pump
        number += 1

        found.add(pump.memory.program)
        assert pump.memory.program in (continuous(200), new)
        assert pump.memory.revision == (1 if pump.memory.program == continuous(200) else 2)
        assert list(pump.log)[: len(records)] == records
        assert verify_chain((entry, entry.seal) for entry in pump.log) == len(pump.log)
        assert not pump.status(now=pump.present).flow.is_zero

    assert number > 10
    assert found == {continuous(200), new}


@pytest.mark.requirement("ITB-111")
@given(after=st.lists(st.timedeltas(timedelta(minutes=1), 20 * HOUR), min_size=1, max_size=5))
@settings(max_examples=40)
def test_what_was_delivered_lies_between_what_is_recorded_as_least_and_most(after: list[timedelta]) -> None:
    pump = running(continuous(200))
    at = timedelta(0)
    for gap in after:
        at += gap
        pump.arrange(acting(Cause.POWER_CUT, at))
        pump.advance(START + at)
    pump.advance(START + at + HOUR)

    least, most = pump.delivered_between
    assert least == pump.status(now=pump.present).delivered
    assert Fraction(least.mL) <= truly_moved(pump) + ROUNDED
    assert truly_moved(pump) <= Fraction(most.mL)
    assert most.mL - least.mL <= (len(after) + 1) * MODEL.quantum.mL
    drained = pump.true_content
    pump.handle(CompareResidual(id=fresh_id(), against=read(pump), drained=drained), pump.present)
    least, most = pump.delivered_between
    assert most.mL - least.mL <= MODEL.quantum.mL


@pytest.mark.requirement("ITB-111")
@pytest.mark.parametrize("torn", [False, True])
@pytest.mark.parametrize("quanta", [1, 2, 5])
def test_a_quantum_is_recorded_before_it_moves_so_that_a_cut_anywhere_leaves_it_between_two_numbers(
    quanta: int, *, torn: bool
) -> None:
    store, moved = Store.holding(Tally(counted=0, begun=0).content), 0
    for _ in range(quanta):
        before, after = around_a_quantum(store)
        for pages, has_moved in ((before, moved), (after, moved + 1)):
            start = store if pages is before else store.after(before)
            for number in range(len(pages) + 1):
                half = pages[number] if torn and number < len(pages) else None
                found = Tally.found(start.after(pages[:number], torn=half))
                assert found.counted <= has_moved <= found.begun
                assert found.begun - found.counted <= 1
        assert Tally.found(store.after(before)).begun == moved + 1, "recorded, and not moved yet"
        store, moved = store.after(before).after(after), moved + 1
        assert Tally.found(store) == Tally(counted=moved, begun=moved)


@pytest.mark.requirement("ITB-111")
@given(after=st.timedeltas(timedelta(0), 5 * DAY), used=st.integers(1_450, 1_499))
@settings(max_examples=30)
def test_a_battery_that_is_depleted_leaves_both_volumes_defined_and_nothing_more_flows(
    after: timedelta, used: int
) -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(120)), bolus(50)))
    pump.arrange(*(acting(Cause.BATTERY_DRAIN, after, size=size) for size in (str(used), "60")))
    records = list(pump.log)

    pump.advance(START + after)

    ended = pump.log[-2] if pump.log[-1].kind is Kind.ALARM_RAISED else pump.log[-1]
    assert (ended.kind, ended.fact("cause")) == (Kind.SERVICE_ENDED, "battery depleted")
    least, most = pump.delivered_between
    assert (ended.fact("delivered_least_mL"), ended.fact("delivered_most_mL")) == (
        f"{least.mL.normalize():f}",
        f"{most.mL.normalize():f}",
    )
    assert Fraction(least.mL) <= truly_moved(pump) + ROUNDED
    assert truly_moved(pump) <= Fraction(most.mL)
    assert list(pump.log)[: len(records)] == records
    assert pump.memory.once_over
    pump.advance(START + after + 30 * DAY)
    assert pump.delivered_between == (least, most)
    assert soundings(pump.memory, pump.hardware, Interval(pump.present, pump.present + DAY)) == ()
    assert Pump.restore(pump.image()).delivered_between == (least, most)


@pytest.mark.requirement("ITB-111")
def test_every_record_of_a_change_says_what_was_delivered_until_then_at_least_and_at_most() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.POWER_CUT, HOUR + timedelta(seconds=7)))
    pump.advance(START + DAY)
    send(pump, continuous(150))
    refill(pump, fill="16")
    pump.handle(Stop(id=fresh_id()), START + 2 * DAY)

    carried = [entry for entry in pump.log if "delivered_least_mL" in dict(entry.data)]

    assert [entry.kind for entry in carried] == [
        Kind.PROGRAM_COMMITTED,
        Kind.PUMP_RESET,
        Kind.PROGRAM_COMMITTED,
        Kind.RESERVOIR_REFILLED,
        Kind.PUMP_STOPPED,
    ]
    between = [(entry.fact("delivered_least_mL"), entry.fact("delivered_most_mL")) for entry in carried]
    assert between[:3] == [("0", "0"), ("0.0165", "0.017"), ("0.3995", "0.4005")]


def test_no_more_is_counted_than_was_begun() -> None:
    for counted, begun in ((2, 1), (-1, 0)):
        with pytest.raises(ValueError, match="no more is counted than was begun"):
            Tally(counted=counted, begun=begun)
