"""What a stop starts and never ends, a refill that is one transaction, and the fallback."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
    C500,
    C2000,
    MODEL,
    START,
    acting,
    alarms_of,
    arm_refill,
    bridged,
    continuous,
    fresh_id,
    implanted,
    kinds_of,
    mL,
    program,
    read,
    refill,
    running,
    send,
    ug_a_day,
)
from thecal.pump import REFERENCE, SIZES, Cause, Kind, Pump, RefusedError
from thecal.pump.conditions import LESS
from thecal.pump.rhythm import class_of
from thecal.quantities import DAY, HOUR, MINUTE, Concentration
from thecal.therapy import (
    Alarm,
    Bridge,
    CancelRefill,
    ConfirmRefill,
    Fallback,
    MinimumRate,
    Program,
    SetFallback,
    SilenceAlarms,
    SimpleContinuous,
    StartFallback,
    Stop,
)

BRIDGE = Bridge(dose=ug_a_day(200), old_concentration=C500, dead_volume=mL("0.316"))
STRONGER = program(SimpleContinuous(dose=ug_a_day(200)), BRIDGE, C2000)


def arm(pump: Pump, what: Program | None = STRONGER, *, fill: str = "16") -> None:
    """Begin a refill."""
    concentration = C500 if what is None else what.concentration
    arm_refill(pump, fill=mL(fill), concentration=concentration, program=what, now=pump.present)


def confirm(pump: Pump) -> None:
    """End it: the reservoir is filled."""
    armed = pump.memory.open
    if armed is not None and armed.fill is not None and armed.concentration is not None:
        product = armed.concentration
        pump.fill_by_needle(left_behind=mL("1.4"), fill=armed.fill, product=product, now=pump.present)
    pump.handle(ConfirmRefill(id=fresh_id(), against=read(pump), left_behind=mL("1.4")), pump.present)


# --- a stop ------------------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-161")
@given(review=st.timedeltas(HOUR, 11 * HOUR), looks=st.lists(st.timedeltas(MINUTE, 9 * DAY), max_size=8))
@settings(max_examples=40)
def test_a_stop_never_ends_and_its_timers_run_whenever_somebody_looks(
    review: timedelta, looks: list[timedelta]
) -> None:
    pump = running(continuous(200))
    pump.handle(Stop(id=fresh_id(), review_after=review), START + DAY)
    at = START + DAY
    for gap in [*looks, 20 * DAY]:
        assert pump.status(now=at).stopped
        assert Alarm.PUMP_STOPPED in pump.status(now=at).alarms
        (alarm,) = [one for one in pump.memory.raised if one.alarm is Alarm.PUMP_STOPPED]
        assert alarm.escalated == (at >= START + DAY + review)
        pump.handle(SilenceAlarms(id=fresh_id(), against=read(pump)), at)
        at += gap
    pump.advance(at)

    after = {entry.kind: entry.at - START - DAY for entry in pump.log}
    assert after[Kind.REVIEW_DUE] == review
    assert after[Kind.WITHDRAWAL_DUE] == 12 * HOUR
    assert after[Kind.TUBE_AGED] == 48 * HOUR
    assert pump.memory.drive.counts == 800


@pytest.mark.requirement("ITB-161")
@pytest.mark.parametrize("kind", [Kind.REVIEW_DUE, Kind.WITHDRAWAL_DUE])
def test_each_timer_ends_a_silence_and_makes_the_stop_sound_at_its_gravest(kind: Kind) -> None:
    pump = running(continuous(200))
    review = HOUR if kind is Kind.REVIEW_DUE else 30 * HOUR
    pump.handle(Stop(id=fresh_id(), review_after=review), START + DAY)
    due = START + DAY + (HOUR if kind is Kind.REVIEW_DUE else 12 * HOUR)
    pump.handle(SilenceAlarms(id=fresh_id(), against=read(pump)), due - MINUTE)
    assert pump.memory.raised[0].silent_until is not None

    pump.advance(due)

    assert kinds_of(pump)[-2:] == [kind, Kind.ALARM_ESCALATED]
    (alarm,) = pump.memory.raised
    assert (alarm.escalated, alarm.silent_until) == (True, None)
    assert class_of(alarm).value == "critical"


@pytest.mark.requirement("ITB-161")
@pytest.mark.parametrize("cause", Cause)
def test_nothing_that_befalls_a_stopped_pump_starts_it_or_its_timers_anew(cause: Cause) -> None:
    pump = running(continuous(200))
    pump.handle(Stop(id=fresh_id(), review_after=6 * HOUR), START + DAY)
    size = "0.8" if cause in LESS else {"degrees C": "42"}.get(SIZES.get(cause, ""), "1.2")
    pump.arrange(acting(cause, DAY + HOUR, lasting=HOUR, size=size if cause in SIZES else None))
    pump.handle(Stop(id=fresh_id(), review_after=3 * HOUR), START + DAY + 3 * HOUR)

    pump.advance(START + 10 * DAY)

    assert pump.memory.program.is_stopped
    assert pump.memory.drive.counts == 800
    due = {entry.kind: entry.at - START - DAY for entry in pump.log}
    assert (due[Kind.WITHDRAWAL_DUE], due[Kind.TUBE_AGED]) == (12 * HOUR, 48 * HOUR)
    assert due[Kind.REVIEW_DUE] == 6 * HOUR


def test_a_pump_that_never_gave_anything_waits_for_its_first_program_without_a_withdrawal() -> None:
    pump = implanted()

    pump.advance(START + 10 * DAY)

    assert Kind.WITHDRAWAL_DUE not in kinds_of(pump)
    assert Kind.TUBE_AGED in kinds_of(pump)


# --- a refill ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-159")
@pytest.mark.parametrize("what", [None, STRONGER])
def test_a_refill_that_is_confirmed_is_over(what: Program | None) -> None:
    pump = running(continuous(200))
    pump.advance(START + 30 * DAY)
    arm(pump, what)
    pump.advance(START + 30 * DAY + HOUR)
    assert Alarm.TRANSACTION_OPEN in alarms_of(pump)

    confirm(pump)

    assert pump.memory.open is None
    assert Alarm.TRANSACTION_OPEN not in alarms_of(pump)
    pump.advance(pump.present + DAY)
    assert alarms_of(pump) == set()


@pytest.mark.requirement("ITB-159")
@pytest.mark.parametrize("step", ["armed", "filled", "filled and stopped", "reset"])
def test_a_refill_left_open_at_any_step_is_critical_and_lets_no_program_through(step: str) -> None:
    pump = running(continuous(200))
    pump.advance(START + 30 * DAY)
    arm(pump)
    if "filled" in step:
        pump.fill_by_needle(left_behind=mL("1.4"), fill=mL(16), product=C2000, now=pump.present)
    if "stopped" in step:
        pump.handle(Stop(id=fresh_id()), pump.present)
    if "reset" in step:
        pump.arrange(acting(Cause.POWER_CUT, 30 * DAY))

    pump.advance(START + 30 * DAY + 30 * MINUTE)

    assert Alarm.TRANSACTION_OPEN in alarms_of(pump)
    for what in (continuous(200), continuous(100), STRONGER):
        with pytest.raises(RefusedError, match="neither the old program nor a new one is safe"):
            send(pump, what)
    with pytest.raises(RefusedError, match="neither the old program nor a new one is safe"):
        pump.handle(StartFallback(id=fresh_id(), against=read(pump)), pump.present)
    with pytest.raises(RefusedError, match="refill: begun at"):
        arm(pump)
    assert Kind.COMMAND_REFUSED in kinds_of(pump)
    confirm(pump)
    assert pump.memory.open is None
    assert pump.memory.program == STRONGER if "stopped" not in step else pump.memory.program.is_stopped


@pytest.mark.requirement("ITB-159", "ITB-161")
@pytest.mark.parametrize("what", [None, STRONGER])
def test_a_stop_during_a_refill_outlives_its_confirmation_with_its_timers(what: Program | None) -> None:
    pump = running(continuous(200))
    pump.advance(START + 30 * DAY)
    arm(pump, what)
    pump.handle(Stop(id=fresh_id(), review_after=5 * HOUR), pump.present)
    pump.advance(pump.present + HOUR)

    confirm(pump)

    assert pump.memory.program.is_stopped
    assert pump.memory.holding.content == mL("17.4")
    assert pump.memory.started == START + 30 * DAY
    pump.advance(pump.present + 20 * HOUR)
    due = {entry.kind: entry.at - START - 30 * DAY for entry in pump.log}
    assert (due[Kind.REVIEW_DUE], due[Kind.WITHDRAWAL_DUE]) == (5 * HOUR, 12 * HOUR)
    if what is None:
        assert send(pump, continuous(200, C500)).flow.mL_per_day
        return
    with pytest.raises(RefusedError, match=r"still hold 0\.316 mL of 500 mcg/mL.*ITB-050"):
        send(pump, continuous(200, C2000))
    assert send(pump, bridged(200, C2000, C500)).flow.mL_per_day == Decimal("0.4")


@pytest.mark.requirement("ITB-159")
@pytest.mark.parametrize(
    ("concentration", "what", "reason"),
    [
        ("500", continuous(3000), "outside what is allowed"),
        ("500", continuous("200.01"), "exactly as written"),
        ("4000", None, "above 0 and up to 2000 mcg/mL"),
        ("2000", None, "comes with its program"),
        ("2000", program(SimpleContinuous(dose=ug_a_day(20)), BRIDGE, C2000), "cannot deliver"),
    ],
)
def test_a_refill_that_could_not_be_carried_out_is_refused_before_the_needle(
    concentration: str, what: Program | None, reason: str
) -> None:
    pump = running(continuous(200))
    before = pump.memory

    with pytest.raises(RefusedError, match=reason):
        arm_refill(
            pump,
            fill=mL(16),
            concentration=Concentration(ug_per_mL=Decimal(concentration)),
            program=what,
            now=START,
        )

    assert replace(pump.memory, log=before.log) == before
    assert pump.log[-1].kind is Kind.COMMAND_REFUSED


def test_a_refill_that_was_cancelled_leaves_the_program_as_it_was() -> None:
    pump = running(continuous(200))
    arm(pump)

    pump.handle(CancelRefill(id=fresh_id(), against=read(pump)), START)

    assert send(pump, continuous(100)).flow.mL_per_day == Decimal("0.2")
    with pytest.raises(RefusedError, match="no refill is armed"):
        confirm(pump)
    assert pump.log[-1].kind is Kind.COMMAND_REFUSED


# --- the fallback ------------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-164")
def test_minimum_rate_and_fallback_are_two_modes_of_two_names_and_a_fallback_is_a_dose() -> None:
    pump = running(continuous(200))
    pump.handle(SetFallback(id=fresh_id(), against=read(pump), daily_dose=ug_a_day(120)), START)
    pump.handle(Stop(id=fresh_id()), START + HOUR)

    status = pump.handle(StartFallback(id=fresh_id(), against=read(pump)), START + HOUR)

    base = pump.memory.program.base
    assert isinstance(base, Fallback)
    assert not isinstance(base, MinimumRate)
    assert base.dose == ug_a_day(120)
    assert status.flow.mL_per_day == Decimal("0.24")
    assert status.flow != MODEL.minimum_rate


@pytest.mark.requirement("ITB-164")
@pytest.mark.parametrize(
    ("dose", "reason"),
    [
        (
            "200.5",
            "more than any 24 h of the last 7 days are known to be safe at; the lowest was 200 mcg/day",
        ),
        ("20", "cannot be given as entered"),
        ("100.01", "cannot be given as entered"),
    ],
)
def test_a_fallback_that_cannot_be_given_or_is_more_than_the_lowest_is_refused(
    dose: str, reason: str
) -> None:
    pump = running(continuous(200))

    with pytest.raises(RefusedError, match=reason):
        pump.handle(SetFallback(id=fresh_id(), against=read(pump), daily_dose=ug_a_day(dose)), START)

    assert pump.memory.fallback is None
    assert pump.log[-1].kind is Kind.COMMAND_REFUSED


@pytest.mark.requirement("ITB-164")
def test_a_fallback_is_looked_at_again_at_every_change_of_concentration() -> None:
    kept, dropped = running(continuous(200)), running(continuous(200))
    kept.handle(SetFallback(id=fresh_id(), against=read(kept), daily_dose=ug_a_day(150)), START)
    dropped.handle(SetFallback(id=fresh_id(), against=read(dropped), daily_dose=ug_a_day(50)), START)
    for pump in (kept, dropped):
        pump.advance(START + DAY)

    with pytest.raises(RefusedError, match=r"50 mcg/day at 2000 mcg/mL cannot be given.*Enter another"):
        arm(dropped)
    dropped.handle(SetFallback(id=fresh_id(), against=read(dropped), daily_dose=None), dropped.present)
    for pump in (kept, dropped):
        arm(pump)
        confirm(pump)

    assert kept.memory.fallback == ug_a_day(150)
    (looked,) = kept.log.of_kind(Kind.FALLBACK_CHECKED)
    assert (looked.fact("kept"), looked.fact("ug_per_mL")) == ("150 mcg/day", "2000")
    assert dropped.memory.fallback is None
    (looked,) = dropped.log.of_kind(Kind.FALLBACK_CHECKED)
    assert looked.fact("kept") == "lowest of the week"
    for pump, flow in ((kept, "0.075"), (dropped, "0.1")):
        pump.advance(pump.present + 2 * DAY)
        pump.handle(Stop(id=fresh_id()), pump.present)
        assert pump.handle(
            StartFallback(id=fresh_id(), against=read(pump)), pump.present
        ).flow.mL_per_day == Decimal(flow)


@pytest.mark.requirement("ITB-164")
def test_a_change_that_keeps_the_concentration_does_not_ask_for_the_fallback_again() -> None:
    pump = running(continuous(200))
    pump.handle(SetFallback(id=fresh_id(), against=read(pump), daily_dose=ug_a_day(50)), START)

    send(pump, continuous(100))
    refill(pump, fill="10", what=continuous(100))

    assert pump.memory.fallback == ug_a_day(50)
    assert Kind.FALLBACK_CHECKED not in kinds_of(pump)


@pytest.mark.requirement("ITB-164")
def test_a_pump_that_lost_its_program_gives_the_fallback_that_was_entered() -> None:
    pump = running(continuous(200))
    pump.handle(SetFallback(id=fresh_id(), against=read(pump), daily_dose=ug_a_day(120)), START)
    pump = Pump.restore(pump.image())
    pump.arrange(acting(Cause.BOTH_COPIES, HOUR))

    pump.advance(START + 2 * HOUR)

    assert pump.memory.program.base == Fallback(dose=ug_a_day(120))


def test_a_dose_that_the_new_solution_cannot_give_is_no_fallback() -> None:
    pump = running(continuous(30))
    bridge = Bridge(dose=ug_a_day(96), old_concentration=C500, dead_volume=mL("0.316"))
    refill(
        pump, fill="16", concentration=C2000, what=program(SimpleContinuous(dose=ug_a_day(96)), bridge, C2000)
    )
    pump.handle(Stop(id=fresh_id()), START + HOUR)

    with pytest.raises(RefusedError, match="can give in 2000 mcg/mL"):
        pump.handle(StartFallback(id=fresh_id(), against=read(pump)), START + HOUR)


# --- telemetry mode ----------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-145")
@given(
    wakes=st.lists(st.timedeltas(timedelta(0), 2 * HOUR), min_size=1, max_size=5),
    fill=st.sampled_from(["2", "18"]),
)
@settings(max_examples=40)
def test_telemetry_mode_never_stops_the_delivery_and_ends_by_itself_in_a_minute(
    wakes: list[timedelta], fill: str
) -> None:
    pump, left = running(continuous(200), fill), running(continuous(200), fill)
    pump.arrange(*(acting(Cause.EMI, after) for after in wakes))
    last = START + max(wakes)
    pump.advance(last)
    assert pump.memory.telemetry_since == last

    pump.advance(last + MINUTE - timedelta(microseconds=1))
    assert pump.memory.telemetry_since == last
    pump.advance(last + MINUTE)

    assert pump.memory.telemetry_since is None
    assert pump.log[-1].kind is Kind.TELEMETRY_LEFT
    left.advance(last + MINUTE)
    assert pump.memory.drive == left.memory.drive
    assert pump.memory.profile is REFERENCE
