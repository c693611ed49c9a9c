"""What the legacy profile is known to violate, shown: it must go on doing it, or the page is wrong."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

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
    kinds_of,
    mL,
    program,
    read,
    running,
    send,
    ug_a_day,
)
from thecal.pump import LEGACY, Cause, Kind, Pump
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.therapy import Alarm, BeginUpdate, Program, SimpleContinuous, Stop

TICK = timedelta(microseconds=1)


def legacy(what: Program | None = None, fill: str = "18") -> Pump:
    """Return a pump that behaves as the documented ones do."""
    return running(what or continuous(200), fill, profile=LEGACY)


@pytest.mark.requirement("L-01")
def test_a_stop_is_silent_for_two_days() -> None:
    pump = legacy()
    pump.handle(Stop(id=fresh_id()), START)

    assert Alarm.PUMP_STOPPED not in pump.status(now=START + 2 * DAY - TICK).alarms
    assert Alarm.PUMP_STOPPED in pump.status(now=START + 2 * DAY).alarms


@pytest.mark.requirement("L-02", "L-03")
def test_an_update_stops_the_pump_and_one_left_open_leaves_it_so_in_silence() -> None:
    pump = legacy()
    pump.handle(BeginUpdate(id=fresh_id(), against=read(pump)), START + DAY)

    status = pump.status(now=START + 2 * DAY)

    assert status.flow.is_zero
    assert status.delivered == mL("0.4")
    assert status.alarms == ()


@pytest.mark.requirement("L-04")
def test_a_refill_left_open_never_sounds() -> None:
    pump = legacy()
    arm_refill(pump, fill=mL(10), concentration=C500, program=continuous(200), now=START)

    assert pump.status(now=START + 10 * DAY).alarms == ()


@pytest.mark.requirement("L-05")
def test_a_stall_while_it_is_stopped_is_not_noticed() -> None:
    pump = legacy()
    pump.handle(Stop(id=fresh_id()), START)
    pump.arrange(acting(Cause.MRI_FIELD, HOUR, lasting=HOUR, until_seen=True))

    pump.advance(START + 12 * HOUR)

    assert Kind.PUMP_STALLED not in kinds_of(pump)


@pytest.mark.requirement("L-06")
def test_a_drive_that_runs_ahead_is_not_noticed() -> None:
    pump = legacy()
    pump.arrange(acting(Cause.RUNAWAY, size="1.5"))

    pump.advance(START + 10 * DAY)

    assert alarms_of(pump) == set()
    assert pump.true_delivery.mass.ug == 3000


@pytest.mark.requirement("L-07")
def test_interference_while_alarming_stops_the_delivery_until_somebody_looks() -> None:
    pump = legacy(fill="2")
    pump.arrange(acting(Cause.EMI, HOUR))
    pump.advance(START + DAY)

    assert pump.status(now=START + DAY).flow.is_zero
    pump.interrogate(now=START + DAY)
    assert pump.status(now=START + DAY).flow.mL_per_day == Decimal("0.4")


@pytest.mark.requirement("L-08")
def test_after_a_reset_next_to_nothing_flows() -> None:
    pump = legacy()
    pump.arrange(acting(Cause.BATTERY_FILM, HOUR))

    assert pump.status(now=START + 10 * DAY).flow.mL_per_day == Decimal("0.006")


@pytest.mark.requirement("L-09")
def test_a_stop_and_a_restart_hide_a_dose() -> None:
    pump = legacy(continuous(1000))
    for number in range(20):
        at = START + number * HOUR
        pump.handle(Stop(id=fresh_id()), at)
        send(pump, program(SimpleContinuous(dose=ug_a_day(1000)), bolus(95, minutes=30)), now=at)

    pump.advance(START + DAY)

    assert pump.delivery.mass.ug > 2000


@pytest.mark.requirement("L-10")
def test_a_single_upset_of_memory_costs_the_program() -> None:
    pump = legacy()
    pump.arrange(acting(Cause.PROGRAM_BIT, HOUR))

    pump.advance(START + 2 * HOUR)

    assert Alarm.MEMORY_ERROR in alarms_of(pump)
    assert pump.status(now=START + 2 * HOUR).flow.mL_per_day == Decimal("0.006")


@pytest.mark.requirement("L-11")
def test_a_stall_is_told_twenty_minutes_after_the_quantum_that_was_missed() -> None:
    pump = legacy()
    pump.arrange(acting(Cause.SHAFT_WEAR, HOUR + MINUTE))
    missed = START + HOUR + MINUTE + timedelta(seconds=12)

    assert Alarm.MOTOR_STALL not in pump.status(now=missed + 20 * MINUTE - TICK).alarms
    assert Alarm.MOTOR_STALL in pump.status(now=missed + 20 * MINUTE).alarms


@pytest.mark.requirement("L-12")
def test_a_quantum_larger_than_its_label_is_given_until_the_reservoir_is_dry() -> None:
    pump = legacy()
    pump.arrange(acting(Cause.OVER_INFUSION, size="1.25"))

    pump.advance(START + 30 * DAY)
    assert pump.true_delivery.mass.ug == 30 * 250
    pump.advance(START + 34 * DAY)

    assert pump.true_content == mL("1.4")
    assert alarms_of(pump) == set()
