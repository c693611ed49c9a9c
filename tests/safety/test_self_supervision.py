"""The reference pump watches itself: code, processor, clock, watchdog, temperature, keys and library."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pump.pumps import (
    C500,
    C2000,
    START,
    acting,
    alarms_of,
    bolus,
    continuous,
    fresh_id,
    implanted,
    kinds_of,
    mL,
    program,
    running,
    send,
    ug_a_day,
)
from thecal.journal import Entry, Kind
from thecal.pump import (
    ALARM_CLASSES,
    FLOW_EFFECTS,
    LATENCY,
    AlarmClass,
    Cause,
    FlowEffect,
    MemoryImageError,
    Pump,
    RefusedError,
)
from thecal.pump.firmware import BITS, CODE, code_with, is_whole
from thecal.pump.hold import Hold
from thecal.pump.processor import EXCEPTIONS, UNFORESEEN
from thecal.pump.self_tests import FINDS
from thecal.pump.watchdog import BITES_AFTER
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.therapy import Alarm, Fallback, SimpleContinuous

QUARTER = 15 * MINUTE
SIZE = {Cause.CODE_BIT: "4711", Cause.SUPPLY: "4.5"}


def flow(pump: Pump) -> Decimal:
    """Return what flows now, in mL/day."""
    return pump.status(now=pump.present).flow.mL_per_day


def records(pump: Pump, kind: Kind) -> list[Entry]:
    """Return the records of one kind."""
    return [entry for entry in pump.log if entry.kind is kind]


def raised_at(pump: Pump, alarm: Alarm) -> list[timedelta]:
    """Return when an alarm was raised, since the start."""
    return [entry.at - START for entry in records(pump, Kind.ALARM_RAISED) if entry.fact("alarm") == alarm]


# --- every state -------------------------------------------------------------------------------------------


def stopped() -> Pump:
    """Return a pump that a person stopped."""
    pump = running(continuous(200))
    pump.stop(fresh_id(), now=START)
    return pump


def in_telemetry_mode() -> Pump:
    """Return a pump that takes interference for a wand."""
    pump = running(continuous(200))
    pump.arrange(*(acting(Cause.EMI, number * MINUTE) for number in range(90)))
    return pump


def updating() -> Pump:
    """Return a pump that is being written to."""
    pump = running(continuous(200))
    pump.begin_update(now=START)
    return pump


def refilling() -> Pump:
    """Return a pump that is armed for a refill."""
    pump = running(continuous(200))
    pump.arm_refill(fill=mL(10), concentration=C500, program=continuous(200), now=START)
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


# --- code and program --------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-084")
@given(number=st.integers(0, BITS - 1))
@settings(max_examples=60, deadline=None)
def test_any_flipped_bit_of_the_code_is_found_and_the_base_program_goes_on(number: int) -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(120)), bolus(50, minutes=120)))
    pump.arrange(acting(Cause.CODE_BIT, MINUTE, lasting=DAY, size=str(number)))

    pump.advance(START + QUARTER)

    assert alarms_of(pump) == {Alarm.PROCESSOR_ERROR}
    (found,) = records(pump, Kind.FAULT_FOUND)
    assert found.fact("found") == Cause.CODE_BIT.value
    assert pump.memory.once_over
    assert flow(pump) == Decimal("0.24")
    pump.interrogate(now=START + HOUR)
    assert alarms_of(pump) == {Alarm.PROCESSOR_ERROR}
    pump.interrogate(now=START + 2 * DAY)
    assert alarms_of(pump) == set()


@pytest.mark.requirement("ITB-084")
def test_a_code_is_whole_only_as_it_was_written() -> None:
    assert is_whole(CODE)
    assert not is_whole(CODE[:-1])
    assert not is_whole(code_with([0, 1]))
    assert is_whole(code_with([]))


@pytest.mark.requirement("ITB-084")
@given(place=st.integers(0, 10**6), flip=st.integers(1, 255))
@settings(max_examples=60, deadline=None)
def test_any_altered_byte_of_the_program_is_found(place: int, flip: int) -> None:
    image = IMAGE
    end = image.index(b"\n", image.index(b"\n") + 1)
    at = place % end
    altered = image[:at] + bytes([image[at] ^ flip]) + image[at + 1 :]

    with pytest.raises(MemoryImageError):
        Pump.restore(altered)


IMAGE = running(continuous(200)).image()


# --- processor, clock, watchdog ----------------------------------------------------------------------------


@pytest.mark.requirement("ITB-086")
@pytest.mark.parametrize(
    ("cause", "size", "alarm"),
    [
        (Cause.EXCEPTION, "2", Alarm.PROCESSOR_ERROR),
        (Cause.CODE_BIT, "9", Alarm.PROCESSOR_ERROR),
        (Cause.HANG, None, Alarm.PUMP_RESET),
        (Cause.WATCHDOG, None, Alarm.PUMP_RESET),
        (Cause.BOTH_COPIES, None, Alarm.MEMORY_ERROR),
        (Cause.CLOCK_JUMP, "-7200", Alarm.CLOCK_ERROR),
        (Cause.CLOCK_JUMP, "1", Alarm.CLOCK_ERROR),
    ],
)
def test_errors_of_processor_clock_memory_and_watchdog_are_critical_and_act_by_the_table(
    cause: Cause, size: str | None, alarm: Alarm
) -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(200)), bolus(90, minutes=360)))
    pump.arrange(acting(cause, HOUR + MINUTE, size=size))
    late = LATENCY[alarm] + BITES_AFTER

    pump.advance(START + HOUR + MINUTE + late)

    assert alarms_of(pump) == {alarm}
    assert ALARM_CLASSES[alarm] is AlarmClass.CRITICAL
    assert pump.memory.once_over == (FLOW_EFFECTS[alarm] is not FlowEffect.KEEPS)
    assert flow(pump) == (Decimal("0.4") if pump.memory.once_over else Decimal("1.12"))
    pump.interrogate(now=START + 2 * HOUR)
    if cause is not Cause.CODE_BIT:
        assert alarms_of(pump) == set()


@pytest.mark.requirement("ITB-086", "ITB-118")
def test_a_clock_that_jumps_is_an_alarm_and_gives_no_dose_twice_or_not_at_all() -> None:
    left, jumped = running(continuous(200)), running(continuous(200))
    jumped.arrange(acting(Cause.CLOCK_JUMP, DAY, size="-3600"))
    for pump in (left, jumped):
        pump.advance(START + 3 * DAY)

    assert raised_at(jumped, Alarm.CLOCK_ERROR) == [DAY]
    assert jumped.memory.drive == left.memory.drive
    assert jumped.memory.clock == left.memory.clock


@pytest.mark.requirement("ITB-087")
def test_a_processor_that_hangs_does_nothing_until_the_watchdog_bites_and_then_the_base_program_runs() -> (
    None
):
    pump = running(program(SimpleContinuous(dose=ug_a_day(200)), bolus(90, minutes=360)))
    pump.arrange(acting(Cause.HANG, HOUR), acting(Cause.FEVER, HOUR + BITES_AFTER / 2, size="42"))
    last = START + HOUR + BITES_AFTER - timedelta(microseconds=1)
    pump.advance(START + HOUR)
    counts, records_before = pump.memory.drive.counts, len(pump.log)

    pump.advance(last)
    assert flow(pump) == 0
    assert (pump.memory.drive.counts, len(pump.log)) == (counts, records_before)
    assert pump.memory.holds == (Hold.HUNG,)
    pump.advance(START + HOUR + BITES_AFTER)

    assert alarms_of(pump) == {Alarm.PUMP_RESET, Alarm.TEMPERATURE}
    assert pump.memory.holds == ()
    assert (pump.memory.once_over, flow(pump)) == (True, Decimal("0.4"))


@pytest.mark.requirement("ITB-087", "ITB-160")
def test_a_stop_that_reaches_a_hanging_processor_is_carried_out() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.HANG, HOUR))

    status = pump.stop(fresh_id(), now=START + HOUR)

    assert status.stopped
    assert Kind.PUMP_RESET in kinds_of(pump)
    assert pump.status(now=START + DAY).delivered == pump.status(now=START + 2 * DAY).delivered


@pytest.mark.requirement("ITB-091")
@given(number=st.integers(0, 100_000), again=st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_every_exception_has_a_handler_and_one_that_nobody_foresaw_leads_to_the_safe_program(
    number: int, again: int
) -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(200)), bolus(90, minutes=360)))
    for time in range(again + 1):
        pump.arrange(acting(Cause.EXCEPTION, HOUR + time * MINUTE, size=str(number)))

    pump.advance(START + 2 * HOUR)

    handled = records(pump, Kind.FAULT_FOUND)
    assert [entry.fact("found") for entry in handled] == [EXCEPTIONS.get(number, UNFORESEEN)] * (again + 1)
    assert alarms_of(pump) == {Alarm.PROCESSOR_ERROR}
    assert pump.memory.program.base == SimpleContinuous(dose=ug_a_day(200))
    assert (pump.memory.once_over, flow(pump)) == (True, Decimal("0.4"))


@pytest.mark.requirement("ITB-091")
def test_where_no_copy_of_the_program_is_whole_the_safe_program_is_the_fallback() -> None:
    pump = running(continuous(100))
    send(pump, continuous(200), now=START + DAY)
    pump.arrange(acting(Cause.BOTH_COPIES, 2 * DAY), acting(Cause.EXCEPTION, 2 * DAY, size="99"))

    pump.advance(START + 3 * DAY)

    assert pump.memory.program.base == Fallback(dose=ug_a_day(100))
    assert alarms_of(pump) == {Alarm.PROCESSOR_ERROR, Alarm.MEMORY_ERROR}


@pytest.mark.requirement("ITB-091", "ITB-161")
def test_no_exception_starts_a_pump_that_a_person_stopped_or_that_was_never_programmed() -> None:
    for pump in (stopped(), implanted()):
        pump.arrange(*(acting(Cause.EXCEPTION, number * HOUR, size=str(number)) for number in range(1, 9)))
        before = pump.memory.drive.counts

        pump.advance(START + 2 * DAY)

        assert pump.status(now=pump.present).stopped
        assert pump.memory.drive.counts == before


# --- temperature, key, library -----------------------------------------------------------------------------


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
    pump.compare_residual(pump.true_content, now=START + 10 * DAY)

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

    pump.compare_residual(pump.true_content, now=START + 10 * DAY)

    assert alarms_of(pump) == {Alarm.OCCLUSION}
    assert flow(pump) == Decimal("0.4")
    pump.interrogate(now=START + 11 * DAY)
    assert alarms_of(pump) == {Alarm.OCCLUSION}
    pump.compare_residual(pump.memory.holding.content, now=START + 12 * DAY)
    pump.interrogate(now=START + 12 * DAY)
    assert alarms_of(pump) == set()


@pytest.mark.requirement("ITB-047", "ITB-105")
def test_while_the_drug_library_is_damaged_no_program_is_taken_and_a_stop_is() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.LIBRARY_BIT, HOUR, lasting=DAY))
    pump.advance(START + 2 * HOUR)

    with pytest.raises(RefusedError, match="drug library: its checksum does not match"):
        send(pump, continuous(300))

    assert flow(pump) == Decimal("0.4")
    assert pump.stop(fresh_id(), now=pump.present).stopped
    send(pump, continuous(300), now=START + 2 * DAY)
    assert flow(pump) == Decimal("0.6")
