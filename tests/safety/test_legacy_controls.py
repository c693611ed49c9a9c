"""Controls that the documented pumps are not known to have: what the legacy profile does without them.

Each test fails as soon as the legacy pump does better than its row of the safety case says.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest

from builders.pumps import (
    C500,
    C2000,
    START,
    acting,
    alarms_of,
    arm_refill,
    bolus,
    continuous,
    flow,
    fresh_id,
    kinds_of,
    mL,
    program,
    read,
    records,
    running,
    send,
    ug_a_day,
)
from builders.twin.window import highest_day_ug
from thecal.pump import FLOW_EFFECTS, LEGACY, RULES, Cause, FlowEffect, Kind, Pump, RefusedError
from thecal.quantities import DAY, HOUR, MINUTE, PumpClock
from thecal.therapy import (
    AbandonProgram,
    Alarm,
    BeginUpdate,
    Bridge,
    CompareResidual,
    ConfirmRefill,
    DoseStep,
    Flex,
    Pause,
    Program,
    SetClock,
    SimpleContinuous,
    commands,
)

MINIMUM, PROGRAMMED = Decimal("0.006"), Decimal("0.4")
HIGH_AND_LOW = Flex.every_day(
    DoseStep(start=time(0), rate=ug_a_day(1400)), DoseStep(start=time(12), rate=ug_a_day(2400))
)


def legacy(what: Program | None = None, fill: str = "18", model: str = "SynchroMed II 20 mL") -> Pump:
    """Return a pump that behaves as the documented ones do."""
    return running(what or continuous(200), fill, profile=LEGACY, model=model)


def befallen(cause: Cause, size: str | None = None, lasting: timedelta | None = None) -> Pump:
    """Return a legacy pump ten days after something began to act upon it."""
    pump = legacy()
    pump.arrange(acting(cause, HOUR + MINUTE, size=size, lasting=lasting))
    pump.advance(START + 10 * DAY)
    return pump


# --- what its alarms do, and which it has ---------------------------------------------------------------


@pytest.mark.requirement("L-13")
@pytest.mark.parametrize(
    ("cause", "size", "alarm"),
    [
        (Cause.WATCHDOG, None, Alarm.PUMP_RESET),
        (Cause.EXCEPTION, "1", Alarm.PROCESSOR_ERROR),
        (Cause.BOTH_COPIES, None, Alarm.MEMORY_ERROR),
    ],
)
def test_an_alarm_after_which_therapy_should_go_on_lowers_the_flow_to_next_to_nothing(
    cause: Cause, size: str | None, alarm: Alarm
) -> None:
    pump = befallen(cause, size)

    assert alarm in alarms_of(pump)
    assert FLOW_EFFECTS[alarm] in {FlowEffect.RESUMES, FlowEffect.FALLS_BACK}
    assert flow(pump) == MINIMUM


@pytest.mark.requirement("L-14")
def test_a_low_reservoir_and_interference_together_stop_the_delivery() -> None:
    pump = legacy(fill="2")
    pump.arrange(acting(Cause.EMI, HOUR))

    pump.advance(START + DAY)

    assert alarms_of(pump) == {Alarm.LOW_RESERVOIR}
    assert flow(pump) == 0


@pytest.mark.requirement("L-15")
def test_there_is_no_pause() -> None:
    pump = legacy()

    with pytest.raises(RefusedError, match="this pump cannot pause"):
        pump.handle(Pause(id=fresh_id(), against=read(pump)), START)


@pytest.mark.requirement("L-16")
def test_programming_left_unfinished_reminds_nobody_for_two_days() -> None:
    pump = legacy()
    pump.handle(BeginUpdate(id=fresh_id(), against=read(pump)), START)

    pump.advance(START + 2 * DAY - MINUTE)

    assert alarms_of(pump) == set()


@pytest.mark.requirement("L-34")
@pytest.mark.parametrize(
    ("cause", "size", "missing"),
    [
        (Cause.RUNAWAY, "1.5", Alarm.OVER_DELIVERY),
        (Cause.LAGGING, "0.8", Alarm.UNDER_DELIVERY),
        (Cause.LIBRARY_BIT, None, Alarm.LIBRARY_ERROR),
        (Cause.KEY_STUCK, None, Alarm.KEY_STUCK),
        (Cause.TONE_BROKEN, None, Alarm.SELF_TEST_FAILED),
        (Cause.CODE_BIT, "1", Alarm.PROCESSOR_ERROR),
        (Cause.CLOCK_JUMP, "3600", Alarm.CLOCK_ERROR),
    ],
)
def test_most_faults_of_the_list_have_no_alarm(cause: Cause, size: str | None, missing: Alarm) -> None:
    assert missing in RULES
    assert alarms_of(befallen(cause, size)) == set()


@pytest.mark.requirement("L-41")
def test_a_stop_is_silent_at_its_planned_review() -> None:
    pump = legacy()
    pump.handle(commands.Stop(id=fresh_id(), review_after=2 * HOUR), START)

    pump.advance(START + DAY)

    assert alarms_of(pump) == set()


# --- doses, bridges and windows -------------------------------------------------------------------------


@pytest.mark.requirement("L-17")
def test_a_bridge_that_is_interrupted_is_over_while_the_tube_holds_the_old_solution() -> None:
    bridge = Bridge(dose=ug_a_day(200), old_concentration=C2000, dead_volume=mL("0.316"))
    pump = legacy(continuous(200, C2000))
    arm_refill(
        pump,
        fill=mL(16),
        concentration=C500,
        program=Program(
            drug=pump.memory.program.drug,
            concentration=C500,
            base=SimpleContinuous(dose=ug_a_day(200)),
            once=bridge,
        ),
        now=START,
    )
    pump.handle(ConfirmRefill(id=fresh_id(), against=read(pump), left_behind=mL(0)), START)
    assert flow(pump) == Decimal("0.1")

    pump.handle(BeginUpdate(id=fresh_id(), against=read(pump)), START + HOUR)
    pump.handle(AbandonProgram(id=fresh_id(), against=read(pump)), START + HOUR)

    assert flow(pump) == Decimal("0.4"), "of what the tube still holds, four times the dose"


@pytest.mark.requirement("L-18")
def test_a_bolus_that_exceeds_the_days_maximum_runs_to_its_end_without_a_word() -> None:
    pump = legacy(program(HIGH_AND_LOW, concentration=C2000))
    begun = pump.memory.clock.midnight_before(START) + DAY
    send(pump, program(HIGH_AND_LOW, bolus(95, minutes=120), C2000), now=begun)
    pump.handle(
        SetClock(id=fresh_id(), against=read(pump), clock=PumpClock(pump.memory.clock.offset + HOUR)),
        begun + 30 * MINUTE,
    )

    pump.advance(begun + 2 * DAY)

    assert [entry.fact("reason") for entry in records(pump, Kind.BOLUS_ENDED)] == ["complete"]
    assert highest_day_ug(pump) > pump.memory.capability.daily_dose_most.ug_per_day
    assert alarms_of(pump) == set()


@pytest.mark.requirement("L-19")
def test_a_clock_set_back_gives_the_high_half_of_a_day_twice() -> None:
    pump = legacy(program(HIGH_AND_LOW, concentration=C2000))
    midnight = pump.memory.clock.midnight_before(START) + 2 * DAY

    pump.handle(
        SetClock(id=fresh_id(), against=read(pump), clock=PumpClock(pump.memory.clock.offset - 12 * HOUR)),
        midnight,
    )
    pump.advance(midnight + DAY)

    assert highest_day_ug(pump) > pump.memory.capability.daily_dose_most.ug_per_day


@pytest.mark.requirement("L-21")
def test_a_new_concentration_is_armed_without_a_bridge() -> None:
    pump = legacy(continuous(400, C2000))

    arm_refill(pump, fill=mL(16), concentration=C500, program=continuous(400), now=START)
    pump.handle(ConfirmRefill(id=fresh_id(), against=read(pump), left_behind=mL(0)), START)

    assert pump.memory.program.once is None
    assert flow(pump) == Decimal("0.8")


@pytest.mark.requirement("L-20")
def test_with_a_damaged_drug_library_programs_are_taken_as_ever() -> None:
    pump = befallen(Cause.LIBRARY_BIT)

    send(pump, continuous(250))

    assert flow(pump) == Decimal("0.5")
    assert alarms_of(pump) == set()


# --- what it does not measure or count ------------------------------------------------------------------


@pytest.mark.requirement("L-22")
def test_a_filling_that_nobody_told_of_and_too_little_drawn_out_raise_no_alarm() -> None:
    pump = legacy(model="reference design 20 mL")
    pump.fill_by_needle(left_behind=mL(0), fill=mL(10), product=C500, now=START)
    pump.advance(START + 3 * DAY)

    pump.handle(CompareResidual(id=fresh_id(), against=read(pump), drained=mL("8.8")), START + 3 * DAY)

    assert pump.status(now=START + 3 * DAY).content == mL("16.8")
    assert alarms_of(pump) == set()


@pytest.mark.requirement("L-23", "L-25", "L-32")
@pytest.mark.parametrize(("size", "lasting"), [("1.01", 9 * DAY), ("1.5", HOUR), ("9", HOUR)])
def test_however_much_more_a_drive_gives_than_was_asked_for_nothing_alarms(
    size: str, lasting: timedelta
) -> None:
    pump = befallen(Cause.RUNAWAY, size, lasting=lasting)

    assert pump.true_delivery.mass.ug > 2000
    assert flow(pump) == PROGRAMMED
    assert alarms_of(pump) == set()


@pytest.mark.requirement("L-24", "L-25")
@pytest.mark.parametrize("ug_per_day", [24, 50, 200, 500])
def test_a_drive_that_gives_half_warns_at_no_rate(ug_per_day: int) -> None:
    pump = legacy(continuous(ug_per_day))
    pump.arrange(acting(Cause.LAGGING, size="0.5"))

    pump.advance(START + 10 * DAY)

    assert pump.true_delivery.mass.ug == pytest.approx(5 * ug_per_day, abs=1)
    assert alarms_of(pump) == set()


@pytest.mark.requirement("L-26")
def test_when_a_drive_turned_again_is_not_recorded() -> None:
    pump = befallen(Cause.FOREIGN_PARTICLE, lasting=HOUR)

    (recovered,) = records(pump, Kind.STALL_RECOVERED)

    assert recovered.fact("turned") == "not known"


@pytest.mark.requirement("L-27")
def test_a_flow_that_fails_every_hour_raises_no_warning() -> None:
    pump = legacy()
    pump.arrange(
        *(acting(Cause.FOREIGN_PARTICLE, number * HOUR, lasting=10 * MINUTE) for number in range(1, 20))
    )

    pump.advance(START + DAY)

    assert pump.true_delivery.volume < mL("0.4")
    assert alarms_of(pump) == set()


@pytest.mark.requirement("L-28")
def test_of_mechanism_flow_and_sensor_only_a_drive_that_stands_is_told() -> None:
    told = {
        cause: alarms_of(befallen(cause, size))
        for cause, size in [
            (Cause.SHAFT_WEAR, None),
            (Cause.LAGGING, "0.5"),
            (Cause.COUNTER_STUCK, None),
        ]
    }

    assert told == {
        Cause.SHAFT_WEAR: {Alarm.MOTOR_STALL},
        Cause.LAGGING: set(),
        Cause.COUNTER_STUCK: set(),
    }


# --- processor, memory, supply and clock ----------------------------------------------------------------


@pytest.mark.requirement("L-29", "L-30", "L-31")
def test_a_flipped_bit_of_the_code_is_never_found() -> None:
    pump = befallen(Cause.CODE_BIT, "4711")

    assert Kind.FAULT_FOUND not in kinds_of(pump)
    assert alarms_of(pump) == set()


@pytest.mark.requirement("L-29", "L-35")
@pytest.mark.parametrize("volts", ["2.1", "4.5"])
def test_a_supply_out_of_its_range_is_never_found(volts: str) -> None:
    pump = befallen(Cause.SUPPLY, volts)

    assert Kind.FAULT_FOUND not in kinds_of(pump)
    assert alarms_of(pump) == set()


@pytest.mark.requirement("L-33")
@pytest.mark.parametrize("number", ["1", "99"])
def test_an_exception_of_the_processor_costs_the_therapy(number: str) -> None:
    assert flow(befallen(Cause.EXCEPTION, number)) == MINIMUM


@pytest.mark.requirement("L-36")
def test_power_lost_at_a_write_can_cost_the_program() -> None:
    pump = legacy()
    pump.advance(START + DAY)

    pump.lose_power_at_write(12, lambda one: send(one, continuous(150)))

    assert Kind.MEMORY_LOST in kinds_of(pump)
    assert flow(pump) == MINIMUM


@pytest.mark.requirement("L-31", "L-37")
def test_a_clock_that_jumps_is_not_put_right_and_a_bolus_comes_hours_late() -> None:
    def morning(pump: Pump) -> datetime:
        return next(part.interval.start for part in pump.delivery.segments if part.flow.mL_per_day > 1)

    base = Flex.every_day(
        DoseStep(start=time(0), rate=ug_a_day(100)),
        DoseStep(start=time(20), rate=ug_a_day(2000)),
        DoseStep(start=time(20, 30), rate=ug_a_day(100)),
    )
    steady, jumped = legacy(program(base)), legacy(program(base))
    jumped.arrange(acting(Cause.CLOCK_JUMP, HOUR, size="-7200"))
    for pump in (steady, jumped):
        pump.advance(START + DAY)

    assert morning(jumped) - morning(steady) == 2 * HOUR
    assert alarms_of(jumped) == set()


@pytest.mark.requirement("L-40")
@pytest.mark.parametrize("cause", [Cause.WATCHDOG, Cause.PROGRAM_BIT])
def test_what_a_discharge_does_to_processor_or_memory_ends_the_program(cause: Cause) -> None:
    assert flow(befallen(cause)) == MINIMUM
