"""Everything a pump records, what its time is worth, its supply, and the bounds of its surroundings."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
    C500,
    CLOCK,
    START,
    acting,
    alarms_of,
    arm_refill,
    continuous,
    fresh_id,
    implanted,
    kinds_of,
    mL,
    read,
    refill,
    running,
    send,
    ug_a_day,
)
from thecal.pump import Cause, Kind, Pump, RefusedError, load_models
from thecal.pump.conditions import IMPULSES
from thecal.pump.errors import CatalogueError
from thecal.pump.surroundings import BOUNDS, is_within, volume_factor
from thecal.quantities import DAY, HOUR, MINUTE, PumpClock
from thecal.therapy import Alarm, BeginUpdate, CompareResidual, SetClock, SetFallback, SilenceAlarms, Stop

if TYPE_CHECKING:
    from collections.abc import Callable

AT = START + DAY


def refused(act: Callable[..., object], *given: object, **named: object) -> None:
    """Do what is refused."""
    with pytest.raises(RefusedError):
        act(*given, **named)


def repeated(pump: Pump) -> None:
    """Send the last command again."""
    last = pump.memory.last_command
    assert last is not None
    send(pump, continuous(100), command=last)


ACTS: dict[str, tuple[Callable[[Pump], object], Kind]] = {
    "a program": (lambda pump: send(pump, continuous(150)), Kind.PROGRAM_COMMITTED),
    "a refill": (lambda pump: refill(pump, fill="10"), Kind.RESERVOIR_REFILLED),
    "a stop": (lambda pump: pump.handle(Stop(id=fresh_id()), AT), Kind.PUMP_STOPPED),
    "an interrogation": (lambda pump: pump.interrogate(now=AT), Kind.PUMP_INTERROGATED),
    "a contact": (lambda pump: pump.contact(MINUTE, now=AT), Kind.WAND_CONTACTED),
    "an update begun": (
        lambda pump: pump.handle(BeginUpdate(id=fresh_id(), against=read(pump)), AT),
        Kind.UPDATE_BEGUN,
    ),
    "a refill armed": (
        lambda pump: arm_refill(pump, fill=mL(10), concentration=C500, program=None, now=AT),
        Kind.REFILL_ARMED,
    ),
    "a drain": (
        lambda pump: pump.handle(CompareResidual(id=fresh_id(), against=read(pump), drained=mL("17.6")), AT),
        Kind.RESIDUAL_COMPARED,
    ),
    "a silence": (
        lambda pump: pump.handle(SilenceAlarms(id=fresh_id(), against=read(pump)), AT),
        Kind.ALARM_SILENCED,
    ),
    "a clock": (
        lambda pump: pump.handle(
            SetClock(id=fresh_id(), against=read(pump), clock=PumpClock(CLOCK.offset + HOUR)), AT
        ),
        Kind.CLOCK_ADJUSTED,
    ),
    "a fallback": (
        lambda pump: pump.handle(
            SetFallback(id=fresh_id(), against=read(pump), daily_dose=ug_a_day(100)), AT
        ),
        Kind.FALLBACK_SET,
    ),
    "a program that came before": (repeated, Kind.COMMAND_REPEATED),
    "a program that is refused": (lambda pump: refused(send, pump, continuous(3000)), Kind.COMMAND_REFUSED),
    "a restart": (lambda pump: refused(pump.restart, fresh_id(), now=AT), Kind.COMMAND_REFUSED),
    "a fallback from running": (
        lambda pump: refused(pump.start_fallback, fresh_id(), now=AT),
        Kind.COMMAND_REFUSED,
    ),
    "a bolus by the patient": (lambda pump: refused(pump.request_bolus, now=AT), Kind.COMMAND_REFUSED),
    "a confirmation of nothing": (
        lambda pump: refused(pump.confirm_refill, fresh_id(), left_behind=mL(1), now=AT),
        Kind.COMMAND_REFUSED,
    ),
    "a cancel of nothing": (lambda pump: refused(pump.cancel_refill, now=AT), Kind.COMMAND_REFUSED),
    "an end of no update": (lambda pump: refused(pump.abandon_update, now=AT), Kind.COMMAND_REFUSED),
    "no id": (
        lambda pump: refused(pump.set_clock, fresh_id()[:0], CLOCK, now=AT),
        Kind.COMMAND_REFUSED,
    ),
    "a moment that is past": (lambda pump: refused(pump.interrogate, now=START), Kind.COMMAND_REFUSED),
}
"""Everything that can be done with a pump, and what its log then says."""

EVENTS = {
    Cause.POWER_CUT: Kind.PUMP_RESET,
    Cause.WATCHDOG: Kind.PUMP_RESET,
    Cause.BATTERY_FILM: Kind.PUMP_RESET,
    Cause.EMI: Kind.TELEMETRY_ENTERED,
    Cause.PROGRAM_BIT: Kind.MEMORY_REPAIRED,
    Cause.BOTH_COPIES: Kind.MEMORY_LOST,
    Cause.LOG_DAMAGE: Kind.LOG_DAMAGED,
    Cause.CLOCK_JUMP: Kind.CLOCK_ADJUSTED,
}


# --- what is recorded ---------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-113")
@pytest.mark.parametrize("what", ACTS)
def test_whatever_is_done_with_a_pump_is_in_its_log_with_its_time(what: str) -> None:
    act, kind = ACTS[what]
    pump = running(continuous(200))
    pump.advance(AT)
    before = len(pump.log)

    act(pump)

    written = pump.log[before:]
    assert kind in [entry.kind for entry in written]
    assert {entry.at for entry in written} == {AT}
    if kind is Kind.COMMAND_REFUSED:
        assert len(written[-1].fact("reason")) > 10


@pytest.mark.requirement("ITB-113")
@pytest.mark.parametrize("cause", EVENTS)
def test_whatever_befalls_a_pump_and_can_be_noticed_is_in_its_log_with_its_time(cause: Cause) -> None:
    pump = running(continuous(200))
    pump.arrange(acting(cause, DAY, size="60" if cause is Cause.CLOCK_JUMP else None))

    pump.advance(AT + HOUR)

    assert EVENTS[cause] in [entry.kind for entry in pump.log if entry.at == AT]
    assert set(EVENTS) <= IMPULSES


@pytest.mark.requirement("ITB-113")
def test_what_comes_to_pass_by_itself_is_in_the_log_with_its_time() -> None:
    pump = running(continuous(200), fill="3")
    pump.advance(START + 30 * DAY)

    found = {entry.kind: entry.at - START for entry in pump.log}
    assert found[Kind.RESERVOIR_RAN_LOW] == 2.5 * DAY
    assert found[Kind.RESERVOIR_EMPTIED] == 4 * DAY


# --- what its time is worth ---------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-119")
@given(drift=st.integers(-20, 20), set_after=st.integers(0, 400), looked_after=st.integers(0, 400))
@settings(max_examples=40)
def test_what_the_clock_shows_and_what_a_record_says_is_as_right_as_is_declared(
    drift: int, set_after: int, looked_after: int
) -> None:
    pump = implanted(drift_ppm=drift)
    send(pump, continuous(200))
    then = START + set_after * DAY
    pump.advance(then)
    behind = then - pump.memory.at
    pump.handle(SetClock(id=fresh_id(), against=read(pump), clock=PumpClock(CLOCK.offset + behind)), then)
    assert pump.clock_error == timedelta(seconds=1)

    now = then + looked_after * DAY
    shown = pump.status(now=now).at.replace(tzinfo=None)
    pump.interrogate(now=now)

    true = (now + CLOCK.offset).replace(tzinfo=None)
    assert abs(shown - true) <= pump.clock_error
    assert pump.clock_error <= timedelta(seconds=1) + looked_after * DAY * 21 / 1_000_000
    record = pump.log[-1]
    assert abs(record.at - now) <= pump.record_error(record)
    assert pump.record_error(pump.log[0]) == timedelta(seconds=1)


@pytest.mark.requirement("ITB-119")
def test_every_model_declares_what_its_clock_is_worth_with_its_source() -> None:
    for model in load_models().values():
        assert model.number("clock_error") <= 1
        assert "ITB-119" in model.engineering["clock_error"].source
        assert model.number("clock_drift") > 0
        assert "assumed" in model.engineering["clock_drift"].source


# --- its supply ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-112")
@pytest.mark.parametrize(
    ("volts", "found"), [("2.19", True), ("2.2", False), ("3", False), ("3.8", False), ("3.81", True)]
)
def test_a_supply_out_of_its_range_is_found_by_the_next_self_test_and_only_that(
    volts: str, *, found: bool
) -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.SUPPLY, HOUR + MINUTE, lasting=HOUR, size=volts))

    pump.advance(START + HOUR + 15 * MINUTE)
    assert (Alarm.SELF_TEST_FAILED in alarms_of(pump)) == found
    assert (Kind.FAULT_FOUND in kinds_of(pump)) == found
    if found:
        assert pump.log.of_kind(Kind.FAULT_FOUND)[-1].fact("found") == "supply voltage"
        assert Kind.FAULT_FOUND in [fault.kind for fault in pump.log.faults]

    pump.advance(START + DAY)
    pump.interrogate(now=START + DAY)
    assert alarms_of(pump) == set()
    assert pump.status(now=START + DAY).delivered == mL("0.4")


# --- surroundings -------------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-156")
@pytest.mark.parametrize("name", load_models())
@pytest.mark.parametrize("cause", BOUNDS)
@given(share=st.integers(0, 100))
@settings(max_examples=10)
def test_within_its_bounds_no_model_leaves_its_tolerance_whatever_effect_it_may_be_given(
    name: str, cause: Cause, share: int
) -> None:
    model = load_models()[name]
    accuracy = Fraction(model.capability.accuracy)
    worst = {
        "temperature_effect": accuracy / 4,
        "pressure_effect": accuracy / Fraction("7.356"),
    }
    for figure, most in worst.items():
        model = model.with_figure(
            figure, Decimal(int(most * 100_000)) / 100_000, source="the most there may be"
        )
    bound = model.number(BOUNDS[cause])
    size = (37 + (bound - 37) * share / 100) if cause in (Cause.FEVER, Cause.COLD) else bound * share / 100

    assert abs(volume_factor(model.engineering, cause, size) - 1) <= accuracy


@pytest.mark.requirement("ITB-156")
@pytest.mark.parametrize(
    ("figure", "effect", "cause"),
    [
        ("temperature_effect", "0.037", "fever"),
        ("pressure_effect", "0.0198", "hyperbaric pressure"),
        ("deepest_dive", "100000", None),
        ("warmest", "60", None),
    ],
)
def test_a_model_that_would_leave_its_tolerance_within_its_bounds_is_refused(
    figure: str, effect: str, cause: str | None
) -> None:
    model = load_models()["reference design 20 mL"]
    if cause is None:
        model = model.with_figure("temperature_effect", Decimal("0.01"), source="this test")
        model = model.with_figure("pressure_effect", Decimal("0.01"), source="this test")

    with pytest.raises(CatalogueError, match=r"the flow would be off by .* up to 14\.5%") as refusal:
        model.with_figure(figure, Decimal(effect), source="this test")

    assert cause is None or cause in str(refusal.value)


@pytest.mark.requirement("ITB-156")
@pytest.mark.parametrize("name", load_models())
def test_every_bound_has_its_source_and_holds_what_is_outside_of_it_out(name: str) -> None:
    model = load_models()[name]
    for cause, figure in BOUNDS.items():
        bound = model.number(figure)
        inside, outside = (bound + 1, bound - 1) if cause is Cause.COLD else (bound - 1, bound + 1)
        assert model.engineering[figure].source
        assert is_within(model.engineering, cause, inside)
        assert not is_within(model.engineering, cause, outside)
        assert not is_within(model.engineering, cause, bound)


@pytest.mark.requirement("ITB-156")
@pytest.mark.parametrize(
    ("cause", "size", "noticed"),
    [
        (Cause.FEVER, "40.9", False),
        (Cause.FEVER, "41", True),
        (Cause.COLD, "34.1", False),
        (Cause.COLD, "34", True),
        (Cause.ALTITUDE, "150", False),
        (Cause.HYPERBARIC, "9", False),
    ],
)
def test_a_temperature_out_of_bounds_is_an_alarm_and_a_pressure_is_not_measured(
    cause: Cause, size: str, *, noticed: bool
) -> None:
    pump = running(continuous(200))
    pump.arrange(acting(cause, HOUR, lasting=DAY, size=size))

    pump.advance(START + 2 * HOUR)

    assert (Alarm.TEMPERATURE in alarms_of(pump)) == noticed
    assert pump.status(now=pump.present).flow.mL_per_day == Decimal("0.4")
