"""Every periodic bolus leaves its account: what was programmed, delivered and left, and why it ended."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from builders.pumps import (
    MODEL,
    START,
    acting,
    bolus,
    continuous,
    fresh_id,
    implanted,
    program,
    read,
    records,
    refill,
    running,
    send,
    ug_a_day,
)
from thecal.pump import Cause, Kind, Pump
from thecal.quantities import DAY, HOUR, MICROSECONDS_PER_DAY, MINUTE, Mass, PumpClock, microseconds
from thecal.therapy import Pause, PeriodicBolus, Program, Resume, SetClock, Stop

NOON = START + 30 * MINUTE
"""The pump's clock shows 11:30 at the start."""
HALF = NOON + 30 * MINUTE
BASE = PeriodicBolus(background=ug_a_day(48), bolus=Mass(ug=Decimal(100)), duration=HOUR, interval=6 * HOUR)
CLOSE = Fraction(1, 10**9)
"""mL; a record has twelve decimal places, rounded down."""
Told = tuple[timedelta, timedelta, str, str, str, str]


def periodic() -> Program:
    """Return a program of 0.2 mL an hour, every six hours, on a background of 0.096 mL a day."""
    return program(BASE)


def told(pump: Pump) -> list[Told]:
    """Return when each bolus began and ended, after noon, its account in mL and its end."""
    facts = [(entry.at, dict(entry.data)) for entry in records(pump, Kind.BOLUS_ENDED)]
    return [
        (
            START.fromisoformat(said["began"]) - NOON,
            at - NOON,
            said["planned_mL"],
            said["delivered_mL"],
            said["remaining_mL"],
            said["reason"],
        )
        for at, said in facts
        if said["mode"] == "periodic bolus"
    ]


@pytest.mark.requirement("ITB-040", "ITB-113")
def test_each_bolus_of_a_day_is_on_record_when_it_has_ended_and_not_before() -> None:
    pump = running(periodic())
    pump.advance(NOON + HOUR - timedelta(microseconds=1))
    assert told(pump) == []

    pump.advance(NOON + DAY)

    assert told(pump) == [
        (6 * hour * HOUR, (6 * hour + 1) * HOUR, "0.2", "0.2", "0", "complete") for hour in range(4)
    ]


@pytest.mark.requirement("ITB-040", "ITB-115")
def test_ten_years_of_boluses_are_all_on_record() -> None:
    pump = running(program(PeriodicBolus(
        background=ug_a_day(24), bolus=Mass(ug=Decimal(5)), duration=MINUTE * 20, interval=6 * HOUR
    )))  # fmt: skip
    for day in range(45, 3650, 45):
        pump.advance(START + day * DAY)
        refill(pump, fill="5", left="13")

    days = (pump.present - START) // DAY
    assert [reason for *_, reason in told(pump)] == ["complete"] * (4 * days)


ENDS = {
    "a stop": (lambda pump: pump.handle(Stop(id=fresh_id()), HALF), "stopped"),
    "another program": (lambda pump: send(pump, continuous(48), now=HALF), "replaced"),
    "a pause": (lambda pump: pump.handle(Pause(id=fresh_id(), against=read(pump)), HALF), "paused"),
    "a power cut": (lambda pump: pump.arrange(acting(Cause.POWER_CUT, HOUR)), "reset"),
    "an exception": (lambda pump: pump.arrange(acting(Cause.EXCEPTION, HOUR, size="1")), "processor error"),
    "a lost memory": (lambda pump: pump.arrange(acting(Cause.BOTH_COPIES, HOUR)), "memory lost"),
    "a clock set far ahead": (
        lambda pump: pump.handle(
            SetClock(id=fresh_id(), against=read(pump), clock=PumpClock(timedelta(hours=9))), HALF
        ),
        None,
    ),
}


@pytest.mark.requirement("ITB-040")
@pytest.mark.parametrize("what", ENDS)
def test_a_bolus_that_is_cut_short_says_so_with_what_was_delivered_of_it(what: str) -> None:
    act, reason = ENDS[what]
    pump = running(periodic())
    pump.advance(HALF)

    act(pump)
    pump.advance(HALF + MINUTE)

    halved = (timedelta(0), 30 * MINUTE, "0.2", "0.1", "0.1", reason)
    assert told(pump) == ([halved] if reason is not None else [])


@pytest.mark.requirement("ITB-040", "ITB-158")
def test_a_bolus_in_which_the_drive_stood_says_that_and_is_not_made_up() -> None:
    pump = running(periodic())
    pump.arrange(acting(Cause.MRI_FIELD, HOUR, lasting=20 * MINUTE))

    pump.advance(NOON + DAY)

    first, *others = told(pump)
    began, ended, planned, delivered, remaining, reason = first
    assert (began, ended, planned, reason) == (timedelta(0), HOUR, "0.2", "motor stall")
    assert abs(Fraction(delivered) - Fraction(4, 30)) < Fraction(1, 1000)
    assert abs(Fraction(delivered) + Fraction(remaining) - Fraction(1, 5)) < CLOSE
    assert {reason for *_, reason in others} == {"complete"}


@pytest.mark.requirement("ITB-040")
def test_a_pause_within_a_bolus_leaves_two_accounts_that_do_not_overlap() -> None:
    pump = running(periodic())
    pump.handle(Pause(id=fresh_id(), against=read(pump)), NOON + 10 * MINUTE)

    pump.advance(NOON + 2 * HOUR)

    kept_back = Fraction(1, 5) * 20 / 60
    cut, rest = told(pump)
    assert cut[-1] == "paused"
    assert (rest[0], rest[1], rest[-1]) == (40 * MINUTE, HOUR, "began late")
    assert abs(Fraction(cut[3]) + Fraction(rest[3]) + kept_back * 3 / 2 - Fraction(1, 5)) < CLOSE


@pytest.mark.requirement("ITB-040")
def test_a_program_that_begins_within_a_bolus_gives_the_rest_and_says_so() -> None:
    pump = implanted()
    send(pump, periodic(), now=NOON + 45 * MINUTE)

    pump.advance(NOON + 2 * HOUR)

    assert told(pump) == [(45 * MINUTE, HOUR, "0.2", "0.05", "0.15", "began late")]


@pytest.mark.requirement("ITB-040", "ITB-036")
def test_each_bolus_that_is_withheld_is_on_record_with_nothing_delivered() -> None:
    pump = running(periodic(), fill="1.7")

    pump.advance(NOON + 13 * HOUR)

    first, second, third = told(pump)
    assert first[-1] == "complete"
    assert second == (6 * HOUR, 6 * HOUR, "0.2", "0", "0.2", "withheld")
    assert third == (12 * HOUR, 12 * HOUR, "0.2", "0", "0.2", "withheld")
    refill(pump, fill="10")
    pump.advance(NOON + 20 * HOUR)
    assert [one[-1] for one in told(pump)[3:]] == ["complete"]


@pytest.mark.requirement("ITB-040")
def test_a_clinicians_bolus_on_top_leaves_the_periodic_ones_their_own_account() -> None:
    pump = implanted()
    send(pump, program(BASE, bolus(60, minutes=120)))

    pump.advance(NOON + 3 * HOUR)

    assert told(pump) == [(timedelta(0), HOUR, "0.2", "0.2", "0", "complete")]
    (once,) = [one for one in records(pump, Kind.BOLUS_ENDED) if one.fact("mode") == "single bolus"]
    assert once.fact("delivered_mL") == "0.12"


# --- against the record of the drive -----------------------------------------------------------------------

DOES = ("stop", "program", "pause", "resume", "clock", "refill", "power cut", "stall", "restart", "image")


@pytest.mark.requirement("ITB-040", "ITB-120")
@given(
    acts=st.lists(st.tuples(st.sampled_from(DOES), st.integers(1, 600).map(lambda n: n * MINUTE)), max_size=8)
)
@example(acts=[("clock", 40 * MINUTE), ("pause", 5 * MINUTE)])
@example(acts=[("stall", 40 * MINUTE), ("stop", 5 * MINUTE), ("program", 7 * MINUTE)])
@settings(max_examples=80, deadline=None)
def test_the_accounts_together_are_what_the_drive_moved_above_the_background(
    acts: list[tuple[str, timedelta]],
) -> None:
    pump = running(periodic())
    for what, after in acts:
        pump.advance(pump.present + after)
        pump = _done(pump, what)
    pump.advance(pump.present + DAY)

    moved = sum(
        (
            (Fraction(part.flow.mL_per_day) - Fraction("0.096")) * microseconds(part.interval.length)
            for part in pump.delivery.segments
            if Decimal("0.1") < part.flow.mL_per_day < 5  # a stop finishes its last quantum faster
        ),
        Fraction(0),
    )
    running_on = pump.memory.under_way
    given = Fraction(0) if running_on is None else running_on.given * Fraction(MODEL.quantum.mL)
    accounted = sum((Fraction(one[3]) for one in told(pump)), Fraction(0)) + given
    assert abs(accounted - moved / MICROSECONDS_PER_DAY) < CLOSE
    for began, ended, planned, delivered, remaining, reason in told(pump):
        assert timedelta(0) <= ended - began <= HOUR
        assert abs(Fraction(delivered) + Fraction(remaining) - Fraction(planned)) < CLOSE
        assert (reason == "complete") == (remaining == "0")


def _done(pump: Pump, what: str) -> Pump:
    memory, now = pump.memory, pump.present
    match what:
        case "stop":
            pump.handle(Stop(id=fresh_id()), now)
        case "program":
            send(pump, periodic())
        case "pause" if not memory.holds and not memory.program.is_stopped:
            pump.handle(Pause(id=fresh_id(), against=read(pump)), now)
        case "resume" if memory.paused_at is not None:
            pump.handle(Resume(id=fresh_id(), against=read(pump)), now)
        case "clock":
            pump.handle(
                SetClock(
                    id=fresh_id(), against=read(pump), clock=PumpClock(memory.clock.offset - 95 * MINUTE)
                ),
                now,
            )
        case "refill":
            refill(pump, fill="2", left="10")
        case "power cut":
            pump.arrange(acting(Cause.POWER_CUT, now - START + MINUTE))
        case "stall":
            pump.arrange(acting(Cause.MRI_FIELD, now - START, lasting=25 * MINUTE))
        case "image":
            return Pump.restore(pump.image())
        case _:
            pass
    return pump
