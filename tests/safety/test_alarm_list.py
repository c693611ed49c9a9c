"""The list of the alarms is complete: each of the published list is raised by its cause."""

from __future__ import annotations

from decimal import Decimal

import pytest

from builders.pumps import (
    C2000,
    START,
    acting,
    alarms_of,
    bolus,
    continuous,
    flow,
    fresh_id,
    program,
    read,
    running,
    send,
    ug_a_day,
)
from thecal.pump import (
    ALARM_CLASSES,
    AlarmClass,
    Cause,
    RefusedError,
)
from thecal.quantities import DAY, HOUR
from thecal.therapy import Alarm, CompareResidual, SimpleContinuous, Stop


@pytest.mark.requirement("ITB-088")
@pytest.mark.parametrize(
    ("cause", "degrees", "outside"),
    [
        (Cause.FEVER, "40.9", False),
        (Cause.FEVER, "41", True),
        (Cause.COLD, "34.1", False),
        (Cause.COLD, "34", True),
        (Cause.COLD, "28", True),
    ],
)
def test_a_temperature_out_of_range_is_a_critical_alarm_and_cuts_no_dose(
    cause: Cause, degrees: str, *, outside: bool
) -> None:
    pump = running(continuous(200))
    pump.arrange(acting(cause, HOUR, lasting=HOUR, size=degrees))

    pump.advance(START + HOUR)

    assert (Alarm.TEMPERATURE in alarms_of(pump)) == outside
    assert ALARM_CLASSES[Alarm.TEMPERATURE] is AlarmClass.CRITICAL
    assert flow(pump) == Decimal("0.4")
    pump.interrogate(now=START + 3 * HOUR)
    assert alarms_of(pump) == set()


@pytest.mark.requirement("ITB-105")
@pytest.mark.parametrize(
    ("named", "cause", "size", "alarm"),
    [
        ("occlusion", Cause.OCCLUSION, None, Alarm.OCCLUSION),
        ("flow", Cause.LAGGING, "0.8", Alarm.UNDER_DELIVERY),
        ("flow", Cause.RUNAWAY, "1.5", Alarm.OVER_DELIVERY),
        ("battery", Cause.BATTERY_DRAIN, "1400", Alarm.REPLACE_SOON),
        ("battery", Cause.BATTERY_FILM, None, Alarm.PUMP_RESET),
        ("key", Cause.KEY_STUCK, None, Alarm.KEY_STUCK),
        ("power-on self-test", Cause.COUNTER_STUCK, None, Alarm.SELF_TEST_FAILED),
        ("memory", Cause.BOTH_COPIES, None, Alarm.MEMORY_ERROR),
        ("tone", Cause.TONE_BROKEN, None, Alarm.SELF_TEST_FAILED),
        ("mechanism", Cause.SHAFT_WEAR, None, Alarm.MOTOR_STALL),
        ("watchdog", Cause.HANG, None, Alarm.PUMP_RESET),
        ("temperature", Cause.FEVER, "42", Alarm.TEMPERATURE),
        ("library", Cause.LIBRARY_BIT, None, Alarm.LIBRARY_ERROR),
    ],
)
def test_each_alarm_of_the_list_is_raised_by_its_cause(
    named: str, cause: Cause, size: str | None, alarm: Alarm
) -> None:
    pump = running(continuous(200))
    pump.arrange(acting(cause, DAY, size=size))

    pump.advance(START + 10 * DAY)
    pump.handle(
        CompareResidual(id=fresh_id(), against=read(pump), drained=pump.true_content), START + 10 * DAY
    )

    assert alarm in alarms_of(pump), named


@pytest.mark.requirement("ITB-105")
@pytest.mark.parametrize(("fill", "alarm"), [("1.4", Alarm.EMPTY_RESERVOIR), ("1.9", Alarm.LOW_RESERVOIR)])
def test_the_alarms_of_the_reservoir_are_in_the_list(fill: str, alarm: Alarm) -> None:
    assert alarm in alarms_of(running(continuous(200), fill=fill))


@pytest.mark.requirement("ITB-105")
def test_the_alarm_of_the_dose_limit_is_in_the_list() -> None:
    pump = running(continuous(1900, C2000))
    pump.arrange(acting(Cause.COUNTER_STUCK, 2 * DAY))
    pump.advance(START + 2 * DAY)
    send(pump, program(SimpleContinuous(dose=ug_a_day(1900)), bolus(95, minutes=360), C2000))

    pump.advance(START + 3 * DAY)

    assert Alarm.DOSE_LIMIT in alarms_of(pump)


@pytest.mark.requirement("ITB-105", "ITB-077")
def test_an_occlusion_is_an_alarm_when_far_too_much_is_drawn_out_and_goes_when_the_next_drain_is_right() -> (
    None
):
    pump = running(continuous(200))
    pump.arrange(acting(Cause.OCCLUSION, DAY, lasting=9 * DAY))
    pump.advance(START + 10 * DAY)

    pump.handle(
        CompareResidual(id=fresh_id(), against=read(pump), drained=pump.true_content), START + 10 * DAY
    )

    assert Alarm.OCCLUSION in alarms_of(pump)
    assert flow(pump) == Decimal("0.4")
    pump.interrogate(now=START + 11 * DAY)
    assert Alarm.OCCLUSION in alarms_of(pump)
    pump.handle(
        CompareResidual(id=fresh_id(), against=read(pump), drained=pump.memory.holding.content),
        START + 12 * DAY,
    )
    pump.interrogate(now=START + 12 * DAY)
    assert Alarm.OCCLUSION not in alarms_of(pump)


@pytest.mark.requirement("ITB-047", "ITB-105")
def test_while_the_drug_library_is_damaged_no_program_is_taken_and_a_stop_is() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.LIBRARY_BIT, HOUR, lasting=DAY))
    pump.advance(START + 2 * HOUR)

    with pytest.raises(RefusedError, match="drug library: its checksum does not match"):
        send(pump, continuous(300))

    assert flow(pump) == Decimal("0.4")
    assert pump.handle(Stop(id=fresh_id()), pump.present).stopped
    send(pump, continuous(300), now=START + 2 * DAY)
    assert flow(pump) == Decimal("0.6")
