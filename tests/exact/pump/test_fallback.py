"""The fallback by number: what it is taken from, what is said of it, and when it is looked at again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from builders.pumps import (
    C500,
    C2000,
    START,
    continuous,
    fresh_id,
    implanted,
    mL,
    program,
    read,
    refill,
    running,
    send,
    ug_a_day,
)
from thecal.pump import Kind, RefusedError
from thecal.pump.fallback import fallback_of, lowest_dose
from thecal.quantities import DAY, HOUR
from thecal.therapy import Bridge, Fallback, SetFallback, SimpleContinuous, StartFallback, Stop


def test_the_lowest_dose_of_the_week_counts_what_ended_seven_days_ago_and_nothing_older() -> None:
    pump = running(continuous(100))
    send(pump, continuous(200), now=START + DAY)

    for after, lowest in ((7 * DAY, "100"), (7 * DAY + timedelta(microseconds=1), "200")):
        pump.advance(START + DAY + after)
        assert lowest_dose(pump.memory) == ug_a_day(lowest)


def test_nothing_ran_so_there_is_no_lowest_dose_and_no_fallback() -> None:
    pump = implanted()

    assert lowest_dose(pump.memory) is None
    assert fallback_of(pump.memory) is None
    with pytest.raises(RefusedError, match=r"safe at; no program ran \(ITB-163\)$"):
        pump.handle(SetFallback(id=fresh_id(), against=read(pump), daily_dose=ug_a_day(50)), START)


def test_a_fallback_may_be_the_lowest_dose_itself_and_is_recorded_with_its_order() -> None:
    pump, command = running(continuous(200)), fresh_id()

    status = pump.handle(SetFallback(id=command, against=read(pump), daily_dose=ug_a_day(200)), START)

    assert status.last_command == command
    assert pump.log[-1].kind is Kind.FALLBACK_SET
    assert pump.log[-1].data == (("command", command), ("dose", "200 mcg/day"))
    pump.handle(SetFallback(id=command, against=read(pump), daily_dose=ug_a_day(100)), START)
    assert pump.log[-1].kind is Kind.COMMAND_REPEATED
    assert pump.memory.fallback == ug_a_day(200)


def test_a_fallback_is_taken_back_to_the_lowest_of_the_week() -> None:
    pump = running(continuous(200))
    pump.handle(SetFallback(id=fresh_id(), against=read(pump), daily_dose=ug_a_day(100)), START)
    command = fresh_id()

    pump.handle(SetFallback(id=command, against=read(pump), daily_dose=None), START)

    assert pump.memory.fallback is None
    assert pump.log[-1].data == (("command", command), ("dose", "lowest of the week"))
    given = fallback_of(pump.memory)
    assert given is not None
    assert given.base == Fallback(dose=ug_a_day(200))


def test_an_entered_fallback_above_the_lowest_of_the_week_gives_way_to_it() -> None:
    pump = running(continuous(200))
    pump.handle(SetFallback(id=fresh_id(), against=read(pump), daily_dose=ug_a_day(150)), START)
    send(pump, continuous(100))

    given = fallback_of(pump.memory)

    assert given is not None
    assert given.base == Fallback(dose=ug_a_day(100))
    assert given.concentration == C500


@pytest.mark.parametrize(
    ("dose", "said"),
    [
        (
            "20",
            (
                r"^fallback: 20 mcg/day at 500 mcg/mL cannot be given as entered: .*24 mcg/day to .*\. "
                r"Enter another fallback, or none, first \(ITB-164\)$"
            ),
        ),
        (
            "100.01",
            (
                r"^fallback: 100\.01 mcg/day at 500 mcg/mL cannot be given as entered: .*: 100\.01 .* "
                r"would be 100 .*\. Enter"
            ),
        ),
    ],
)
def test_a_fallback_that_cannot_be_given_is_refused_with_what_is_in_the_way(dose: str, said: str) -> None:
    pump = running(continuous(200))

    with pytest.raises(RefusedError, match=said):
        pump.handle(SetFallback(id=fresh_id(), against=read(pump), daily_dose=ug_a_day(dose)), START)


@pytest.mark.parametrize(("entered", "kept"), [("150", "150 mcg/day"), (None, "lowest of the week")])
def test_a_change_of_concentration_says_what_was_kept(entered: str | None, kept: str) -> None:
    pump = running(continuous(200))
    if entered is not None:
        pump.handle(SetFallback(id=fresh_id(), against=read(pump), daily_dose=ug_a_day(entered)), START)
    once = Bridge(dose=ug_a_day(200), old_concentration=C500, dead_volume=mL("0.316"))

    refill(
        pump, fill="16", concentration=C2000, what=program(SimpleContinuous(dose=ug_a_day(200)), once, C2000)
    )

    (looked,) = pump.log.of_kind(Kind.FALLBACK_CHECKED)
    assert looked.data == (("kept", kept), ("ug_per_mL", "2000"))


def test_the_fallback_is_the_lowest_dose_of_the_last_week_and_starts_only_from_stopped() -> None:
    pump = running(continuous(100))
    send(pump, continuous(200), now=START + 8 * DAY)
    send(pump, continuous(150), now=START + 14 * DAY)
    with pytest.raises(RefusedError, match="only when the pump is stopped"):
        pump.handle(StartFallback(id=fresh_id(), against=read(pump)), START + 14 * DAY)
    pump.handle(Stop(id=fresh_id()), START + 15 * DAY + HOUR)

    pump.handle(StartFallback(id=fresh_id(), against=read(pump)), START + 16 * DAY)

    assert pump.memory.program.base == Fallback(dose=ug_a_day(150))


def test_a_pump_that_never_ran_has_no_fallback() -> None:
    pump = implanted()

    with pytest.raises(RefusedError, match="no program ran"):
        pump.handle(StartFallback(id=fresh_id(), against=read(pump)), START)
