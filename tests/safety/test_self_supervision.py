"""The reference pump watches itself: code, processor, clock, watchdog, temperature, keys and library."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
    START,
    acting,
    alarms_of,
    bolus,
    continuous,
    flow,
    fresh_id,
    implanted,
    kinds_of,
    program,
    raised_at,
    records,
    running,
    send,
    stopped,
    ug_a_day,
)
from thecal.pump import (
    ALARM_CLASSES,
    FLOW_EFFECTS,
    LATENCY,
    AlarmClass,
    Cause,
    FlowEffect,
    Kind,
    MemoryImageError,
    Pump,
)
from thecal.pump.firmware import BITS, CODE, code_with, is_whole
from thecal.pump.hold import Hold
from thecal.pump.processor import EXCEPTIONS, UNFORESEEN
from thecal.pump.watchdog import BITES_AFTER
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.therapy import Alarm, Fallback, SimpleContinuous, Stop

QUARTER = 15 * MINUTE


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

    status = pump.handle(Stop(id=fresh_id()), START + HOUR)

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
