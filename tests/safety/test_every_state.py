"""The reference pump watches itself in every state: running, stopped, held, being written to, at its end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from builders.pumps import (
    C500,
    START,
    acting,
    alarms_of,
    arm_refill,
    bolus,
    continuous,
    fresh_id,
    implanted,
    kinds_of,
    mL,
    program,
    raised_at,
    read,
    records,
    running,
    stopped,
    ug_a_day,
)
from thecal.pump import (
    Cause,
    Kind,
    Pump,
)
from thecal.pump.self_tests import FINDS
from thecal.pump.watchdog import BITES_AFTER
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.therapy import Alarm, BeginUpdate, Fallback, SimpleContinuous

QUARTER = 15 * MINUTE
SIZE = {Cause.CODE_BIT: "4711", Cause.SUPPLY: "4.5"}


def in_telemetry_mode() -> Pump:
    """Return a pump that takes interference for a wand."""
    pump = running(continuous(200))
    pump.arrange(*(acting(Cause.EMI, number * MINUTE) for number in range(90)))
    return pump


def updating() -> Pump:
    """Return a pump that is being written to."""
    pump = running(continuous(200))
    pump.handle(BeginUpdate(id=fresh_id(), against=read(pump)), START)
    return pump


def refilling() -> Pump:
    """Return a pump that is armed for a refill."""
    pump = running(continuous(200))
    arm_refill(pump, fill=mL(10), concentration=C500, program=continuous(200), now=START)
    return pump


def held() -> Pump:
    """Return a pump whose drive stands because it ran ahead."""
    pump = running(continuous(200))
    pump.arrange(acting(Cause.RUNAWAY, lasting=HOUR, size="9"))
    return pump


def at_its_end() -> Pump:
    """Return a pump at the end of its service."""
    pump = running(continuous(200))
    pump.arrange(acting(Cause.BATTERY_DRAIN, size="1500"))
    return pump


STATES: dict[str, Callable[[], Pump]] = {
    "never programmed": implanted,
    "running": lambda: running(continuous(200)),
    "in a bolus": lambda: running(program(SimpleContinuous(dose=ug_a_day(200)), bolus(90, minutes=360))),
    "stopped": stopped,
    "telemetry": in_telemetry_mode,
    "update open": updating,
    "refill armed": refilling,
    "empty": lambda: running(continuous(200), fill="1.4"),
    "low": lambda: running(continuous(200), fill="1.9"),
    "over-delivery": held,
    "end of service": at_its_end,
    "fallback": lambda: running(program(Fallback(dose=ug_a_day(100)))),
}


@pytest.mark.requirement("ITB-079", "ITB-083", "ITB-084")
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("cause", [*FINDS, Cause.SHAFT_WEAR])
def test_the_self_test_finds_every_fault_within_a_quarter_of_an_hour_in_every_state(
    state: str, cause: Cause
) -> None:
    pump = STATES[state]()
    begins = 92 * DAY if state == "end of service" else HOUR
    pump.arrange(acting(cause, begins + MINUTE, size=SIZE.get(cause)))
    alarm = FINDS.get(cause, Alarm.MOTOR_STALL)

    pump.advance(START + begins + QUARTER)

    assert alarm in alarms_of(pump)
    (raised,) = raised_at(pump, alarm)
    assert begins + MINUTE < raised <= begins + QUARTER


@pytest.mark.requirement("ITB-087")
@pytest.mark.parametrize("state", STATES)
def test_the_watchdog_bites_in_every_state(state: str) -> None:
    pump = STATES[state]()
    begins = 92 * DAY if state == "end of service" else HOUR
    pump.arrange(acting(Cause.HANG, begins + MINUTE))
    pump.advance(START + begins)
    was_stopped = pump.status(now=pump.present).stopped

    pump.advance(START + begins + MINUTE + BITES_AFTER)

    (bitten,) = records(pump, Kind.PUMP_RESET)
    assert bitten.at == START + begins + MINUTE + BITES_AFTER
    assert bitten.fact("cause") == "watchdog"
    assert Alarm.PUMP_RESET in alarms_of(pump)
    assert pump.status(now=pump.present).stopped == was_stopped


@pytest.mark.requirement("ITB-084", "ITB-157")
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("cause", [Cause.PROGRAM_BIT, Cause.BOTH_COPIES])
def test_the_check_of_memory_runs_in_every_state_and_undoes_no_stop(state: str, cause: Cause) -> None:
    pump = STATES[state]()
    pump.arrange(acting(cause, HOUR + MINUTE))
    pump.advance(START + HOUR)
    was_stopped = pump.status(now=pump.present).stopped

    pump.advance(START + HOUR + MINUTE)

    both = cause is Cause.BOTH_COPIES
    assert (Kind.MEMORY_LOST if both else Kind.MEMORY_REPAIRED) in kinds_of(pump)
    assert (Alarm.MEMORY_ERROR in alarms_of(pump)) == both
    assert pump.status(now=pump.present).stopped == was_stopped
