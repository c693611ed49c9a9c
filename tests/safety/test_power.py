"""Power that fails at any instant: what is kept, and what is known of what was delivered."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pump.pumps import MODEL, START, acting, bolus, continuous, fresh_id, program, running, send, ug_a_day
from thecal.journal import verify_chain
from thecal.pump import Cause, Pump
from thecal.quantities import DAY, HOUR
from thecal.therapy import Program, SimpleContinuous

QUANTUM = Fraction(MODEL.quantum.mL)


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
    truly = sum(
        (
            Fraction(part.flow.mL_per_day) * Fraction(part.interval.length / DAY)
            for part in pump.true_delivery.segments
        ),
        Fraction(0),
    )
    assert least == pump.status(now=pump.present).delivered
    assert Fraction(least.mL) - QUANTUM <= truly <= Fraction(most.mL) + QUANTUM
    assert most.mL - least.mL <= len(after) * MODEL.quantum.mL
    drained = pump.true_content
    pump.compare_residual(drained, now=pump.present)
    assert pump.delivered_between == (least, least)
