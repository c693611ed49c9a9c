"""The reference pump under faults: what must hold whatever befalls it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
    C500,
    MODEL,
    START,
    acting,
    alarms_of,
    arm_refill,
    bolus,
    continuous,
    flow,
    fresh_id,
    implanted,
    kinds_of,
    log_is_unbroken_or_says_what_is_lost,
    mL,
    program,
    read,
    running,
    send,
    ug_a_day,
)
from thecal.pump import ALARM_CLASSES, LEGACY, REFERENCE, AlarmClass, Cause, Kind, RefusedError
from thecal.quantities import DAY, HOUR, MINUTE, PumpClock
from thecal.therapy import Alarm, BeginUpdate, CompareResidual, Fallback, SetClock, SimpleContinuous, Stop

RESETS = [Cause.POWER_CUT, Cause.WATCHDOG, Cause.BATTERY_FILM]
QUANTUM = Fraction(MODEL.quantum.mL)


# --- resets ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-009", "ITB-171")
@given(cause=st.sampled_from(RESETS), after=st.timedeltas(timedelta(0), 3 * HOUR))
@settings(max_examples=40)
def test_after_a_reset_the_base_program_runs_and_never_the_bolus(cause: Cause, after: timedelta) -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(120)), bolus(50, minutes=120)))
    pump.arrange(acting(cause, after))

    pump.advance(START + after)

    assert flow(pump) == Decimal("0.24")
    assert pump.memory.once_over
    assert not pump.status(now=pump.present).stopped
    before = pump.memory.drive.counts
    pump.advance(START + after + DAY)
    assert 0 <= Fraction("0.24") - (pump.memory.drive.counts - before) * QUANTUM < 2 * QUANTUM


@pytest.mark.requirement("ITB-009", "ITB-161")
@pytest.mark.parametrize("cause", RESETS)
def test_a_reset_before_the_first_program_or_during_a_stop_starts_nothing(cause: Cause) -> None:
    new, stopped = implanted(), running(continuous(200))
    stopped.handle(Stop(id=fresh_id()), START)
    for pump in (new, stopped):
        pump.arrange(acting(cause, HOUR))
        before = pump.memory.drive.counts

        pump.advance(START + 10 * DAY)

        assert pump.status(now=pump.present).stopped
        assert pump.memory.drive.counts == before


@pytest.mark.requirement("ITB-110")
@pytest.mark.parametrize("profile", [REFERENCE, LEGACY], ids=["reference", "legacy"])
def test_a_low_battery_reset_is_a_critical_alarm_whatever_then_flows(profile: object) -> None:
    pump = running(continuous(200), profile=profile)  # type: ignore[arg-type] # one of the two
    pump.arrange(acting(Cause.BATTERY_FILM, HOUR))

    pump.advance(START + HOUR)

    assert Alarm.PUMP_RESET in alarms_of(pump)
    assert ALARM_CLASSES[Alarm.PUMP_RESET] is AlarmClass.CRITICAL
    assert flow(pump) == (Decimal("0.4") if profile is REFERENCE else Decimal("0.006"))


# --- nothing is made up ----------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-158")
@pytest.mark.parametrize(
    "cause",
    [
        Cause.SHAFT_WEAR,
        Cause.INTERNAL_SHORT,
        Cause.GEAR_CORROSION,
        Cause.FOREIGN_PARTICLE,
        Cause.MRI_FIELD,
        Cause.VALVE_CLOSED,
        Cause.OCCLUSION,
        Cause.POWER_CUT,
        Cause.WATCHDOG,
        Cause.EMI,
    ],
)
def test_what_an_interruption_cost_is_never_made_up(cause: Cause) -> None:
    pump = running(continuous(200))
    lasting = None if cause in RESETS or cause is Cause.EMI else 10 * HOUR
    pump.arrange(acting(cause, HOUR, lasting=lasting))
    pump.advance(START + 12 * HOUR)
    counted, reached = pump.memory.drive.counts, pump.true_delivery.mass.ug

    pump.advance(START + 12 * HOUR + 3 * DAY)

    assert 0 <= 2400 - (pump.memory.drive.counts - counted) <= 1
    assert abs(600 - (pump.true_delivery.mass.ug - reached)) <= Decimal("0.5")


@pytest.mark.requirement("ITB-158")
def test_what_a_stop_cost_is_never_made_up() -> None:
    pump = running(continuous(200))
    pump.handle(Stop(id=fresh_id()), START + DAY)
    send(pump, continuous(200), now=START + 3 * DAY)

    assert pump.status(now=START + 5 * DAY).delivered == mL("1.2")


# --- counts ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-073", "ITB-090", "ITB-120")
@given(size=st.sampled_from(["0.5", "0.9", "0.99", "1.01", "1.1", "2"]), steps=st.integers(1, 30))
@settings(max_examples=40)
def test_two_counters_that_differ_by_more_than_a_quantum_are_an_alarm(size: str, steps: int) -> None:
    pump = running(continuous(200))
    ahead = Decimal(size) > 1
    pump.arrange(acting(Cause.RUNAWAY if ahead else Cause.LAGGING, size=size))

    for step in range(1, steps + 1):
        pump.advance(START + step * HOUR)
        memory = pump.memory
        apart = memory.drive.counts - memory.asked
        alarm = Alarm.OVER_DELIVERY if ahead else Alarm.UNDER_DELIVERY
        assert (alarm in alarms_of(pump)) == (apart > 1 if ahead else apart < -1)
        delivered = Fraction(pump.status(now=pump.present).delivered.mL)
        assert delivered == memory.drive.counts * QUANTUM
        assert abs(Fraction(pump.delivery.volume.mL) - delivered) <= 2 * QUANTUM


@pytest.mark.requirement("ITB-076")
@pytest.mark.parametrize("dose", [24, 50, 200, 500])
@pytest.mark.parametrize("size", ["0.5", "0.9", "1.1", "2"])
def test_a_drive_that_errs_is_noticed_within_the_quanta_that_its_error_takes(dose: int, size: str) -> None:
    pump = running(continuous(dose))
    error = abs(Fraction(size) - 1)
    pump.arrange(acting(Cause.RUNAWAY if Decimal(size) > 1 else Cause.LAGGING, size=size))
    quantum_lasts = DAY * float(QUANTUM * 500 / dose)

    pump.advance(START + 3 * DAY)

    noticed = next(entry for entry in pump.log if entry.kind is Kind.ALARM_RAISED)
    assert quantum_lasts < noticed.at - START <= (float(2 / error) + 1) * quantum_lasts


@pytest.mark.requirement("ITB-082")
def test_a_fault_of_the_mechanism_of_the_flow_and_of_a_sensor_are_told_apart() -> None:
    found = {}
    for cause, size in ((Cause.SHAFT_WEAR, None), (Cause.LAGGING, "0.8"), (Cause.COUNTER_STUCK, None)):
        pump = running(continuous(200))
        pump.arrange(acting(cause, HOUR, size=size))
        pump.advance(START + 6 * HOUR)
        found[cause] = alarms_of(pump)

    assert found == {
        Cause.SHAFT_WEAR: {Alarm.MOTOR_STALL},
        Cause.LAGGING: {Alarm.UNDER_DELIVERY},
        Cause.COUNTER_STUCK: {Alarm.SELF_TEST_FAILED, Alarm.UNDER_DELIVERY},
    }


# --- self-tests ------------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-083")
@pytest.mark.parametrize("cause", [Cause.COUNTER_STUCK, Cause.TONE_BROKEN])
@pytest.mark.parametrize("after", [timedelta(0), MINUTE, 7 * DAY + 16 * MINUTE])
def test_a_self_test_finds_a_fault_at_the_start_and_within_a_quarter_of_an_hour(
    cause: Cause, after: timedelta
) -> None:
    pump = running(continuous(200))
    pump.arrange(acting(cause, after))

    pump.advance(START + after + 15 * MINUTE)

    alarms = [entry for entry in pump.log if entry.kind is Kind.ALARM_RAISED]
    (found,) = [entry for entry in alarms if entry.fact("alarm") == "self-test failed"]
    assert found.fact("found") == cause.value
    assert found.at == START if not after else START + after < found.at <= START + after + 15 * MINUTE


@pytest.mark.requirement("ITB-079")
@pytest.mark.parametrize("state", ["running", "stopped", "telemetry", "update open", "refill armed", "empty"])
def test_a_stall_is_noticed_in_every_state(state: str) -> None:
    pump = (
        implanted()
        if state == "stopped"
        else running(continuous(200), fill="1.5" if state == "empty" else 18)
    )
    pump.advance(START + DAY)
    if state == "telemetry":
        pump.arrange(acting(Cause.EMI, DAY))
    elif state == "update open":
        pump.handle(BeginUpdate(id=fresh_id(), against=read(pump)), START + DAY)
    elif state == "refill armed":
        arm_refill(pump, fill=mL(10), concentration=C500, program=continuous(200), now=START + DAY)
    pump.arrange(acting(Cause.SHAFT_WEAR, DAY + MINUTE))

    pump.advance(START + DAY + 31 * MINUTE)

    assert Alarm.MOTOR_STALL in alarms_of(pump)
    assert Kind.PUMP_STALLED in kinds_of(pump)


# --- memory and log --------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-085")
def test_a_masked_upset_is_logged_and_an_unmasked_one_falls_to_a_safe_program() -> None:
    masked, unmasked = running(continuous(200)), running(continuous(200))
    masked.arrange(acting(Cause.PROGRAM_BIT, HOUR))
    unmasked.arrange(acting(Cause.BOTH_COPIES, HOUR))
    for pump in (masked, unmasked):
        pump.advance(START + 2 * HOUR)

    assert alarms_of(masked) == set()
    assert Kind.MEMORY_REPAIRED in kinds_of(masked)
    assert masked.memory.program == continuous(200)
    assert Alarm.MEMORY_ERROR in alarms_of(unmasked)
    assert unmasked.memory.program.base == Fallback(dose=ug_a_day(200))


@pytest.mark.requirement("ITB-157")
@pytest.mark.parametrize("cause", [Cause.EMI, Cause.PROGRAM_BIT, Cause.WATCHDOG])
def test_interference_and_discharge_do_not_change_the_program(cause: Cause) -> None:
    pump = running(continuous(200))
    pump.arrange(*(acting(cause, number * HOUR) for number in range(1, 20)))

    pump.advance(START + 2 * DAY)

    assert (pump.memory.program, pump.memory.revision) == (continuous(200), 1)
    assert flow(pump) == Decimal("0.4")


@pytest.mark.requirement("ITB-117")
def test_damage_to_the_log_is_itself_a_record_and_the_chain_goes_on() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.LOG_DAMAGE, HOUR))
    pump.handle(Stop(id=fresh_id()), START + 2 * HOUR)

    assert Kind.LOG_DAMAGED in kinds_of(pump)
    assert pump.log.lost == (1,)
    assert [entry.number for entry in pump.log] == list(range(2, pump.log.written + 1))
    assert log_is_unbroken_or_says_what_is_lost(pump)


@pytest.mark.requirement("ITB-118")
@pytest.mark.parametrize("hours", [-3, 1, 12])
def test_setting_the_clock_is_an_event_with_its_offset_and_moves_no_dose(hours: int) -> None:
    left, told = running(continuous(200)), running(continuous(200))
    clock = PumpClock(told.memory.clock.offset + hours * HOUR)
    told.handle(SetClock(id=fresh_id(), against=read(told), clock=clock), START + DAY)
    for pump in (left, told):
        pump.advance(START + 5 * DAY)

    adjusted = next(entry for entry in told.log if entry.kind is Kind.CLOCK_ADJUSTED)
    assert Decimal(adjusted.fact("by_s")) == hours * 3600
    assert (told.memory.at, told.memory.drive) == (left.memory.at, left.memory.drive)
    with pytest.raises(RefusedError, match="time does not go back"):
        told.advance(START + 4 * DAY)


@pytest.mark.requirement("ITB-145")
def test_interference_while_alarming_does_not_stop_the_delivery() -> None:
    pump = running(continuous(200), fill="2")
    pump.arrange(acting(Cause.EMI, HOUR))

    pump.advance(START + DAY)

    assert Alarm.LOW_RESERVOIR in alarms_of(pump)
    assert Kind.TELEMETRY_ENTERED in kinds_of(pump)
    assert pump.status(now=pump.present).delivered == mL("0.4")


@pytest.mark.requirement("ITB-086")
@pytest.mark.parametrize("cause", [Cause.WATCHDOG, Cause.BOTH_COPIES])
def test_errors_of_watchdog_and_memory_are_critical_and_the_therapy_goes_on(cause: Cause) -> None:
    pump = running(continuous(200))
    pump.arrange(acting(cause, HOUR))

    pump.advance(START + 2 * HOUR)

    (alarm,) = alarms_of(pump)
    assert ALARM_CLASSES[alarm] is AlarmClass.CRITICAL
    assert flow(pump) == Decimal("0.4")


@pytest.mark.requirement("ITB-077")
@pytest.mark.parametrize("model", [MODEL.model, "SynchroMed II 20 mL"])
@pytest.mark.parametrize("cause", [Cause.OCCLUSION, Cause.LEAK])
def test_a_catheter_that_is_blocked_is_noticed_by_a_gauge_or_when_it_is_drained_and_a_leak_by_neither(
    cause: Cause, model: str
) -> None:
    pump = running(continuous(200), model=model)
    pump.arrange(acting(cause, DAY))
    pump.advance(START + 20 * DAY)
    blocked = cause is Cause.OCCLUSION
    gauge = blocked and model == MODEL.model
    assert (Alarm.LEVEL_DIFFERS in alarms_of(pump)) == gauge

    pump.handle(
        CompareResidual(id=fresh_id(), against=read(pump), drained=pump.true_content), START + 20 * DAY
    )

    (compared,) = [entry for entry in pump.log if entry.kind is Kind.RESIDUAL_COMPARED]
    assert compared.fact("flagged") == ("yes" if blocked else "no")
    assert (Alarm.OCCLUSION in alarms_of(pump)) == blocked
