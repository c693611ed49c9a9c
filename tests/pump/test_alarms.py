from __future__ import annotations

from datetime import timedelta
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
from thecal.pump import (
    ALARM_CLASSES,
    FLOW_EFFECTS,
    LEGACY,
    REFERENCE,
    TONES,
    AlarmClass,
    Cause,
    FlowEffect,
    Kind,
    Profile,
    Pump,
    RefusedError,
    pump_model,
    soundings,
    tone_of,
)
from thecal.quantities import DAY, HOUR, MINUTE, Interval, PumpClock
from thecal.therapy import (
    AbandonProgram,
    Alarm,
    BeginUpdate,
    Bridge,
    CancelRefill,
    ConfirmRefill,
    Restart,
    SetClock,
    SilenceAlarms,
    SimpleContinuous,
    Stop,
)


@pytest.mark.requirement("ITB-004", "ITB-094", "ITB-103")
def test_every_alarm_has_a_class_an_effect_and_a_tone() -> None:
    assert set(ALARM_CLASSES) == set(FLOW_EFFECTS) == set(Alarm)
    assert {Alarm.LOW_RESERVOIR, Alarm.REPLACE_SOON} < {
        alarm for alarm, kind in ALARM_CLASSES.items() if kind is AlarmClass.NON_CRITICAL
    }
    assert TONES[AlarmClass.CRITICAL].lasts == timedelta(seconds=3)
    assert tone_of(Alarm.LOW_RESERVOIR).lasts == timedelta(seconds=1)
    assert len({pitch for pitch, _ in TONES[AlarmClass.CRITICAL].steps}) == 2


def sounding_times(pump: Pump, hours: int) -> list[float]:
    window = Interval(pump.present, pump.present + hours * HOUR)
    return [(sound.at - window.start) / MINUTE for sound in soundings(pump.memory, pump.hardware, window)]


def test_a_critical_alarm_sounds_every_ten_minutes_and_drowns_the_others() -> None:
    pump = implanted("1.9")

    assert alarms_of(pump) == {Alarm.PUMP_STOPPED, Alarm.LOW_RESERVOIR}
    assert sounding_times(pump, 1) == [0, 10, 20, 30, 40, 50]


def test_a_non_critical_alarm_sounds_once_an_hour() -> None:
    pump = running(continuous(200), fill="1.9")

    assert alarms_of(pump) == {Alarm.LOW_RESERVOIR}
    assert sounding_times(pump, 3) == [0, 60, 120]


def test_a_silenced_alarm_stays_raised_and_sounds_again_after_ten_minutes() -> None:
    pump = implanted()

    pump.handle(SilenceAlarms(id=fresh_id(), against=read(pump)), START + MINUTE)

    assert alarms_of(pump) == {Alarm.PUMP_STOPPED}
    assert kinds_of(pump)[-1] is Kind.ALARM_SILENCED
    assert sounding_times(pump, 1)[0] == 19


def test_a_broken_tone_is_found_by_the_next_self_test() -> None:
    pump = implanted()
    pump.arrange(acting(Cause.TONE_BROKEN, MINUTE))

    pump.advance(START + HOUR)

    assert sounding_times(pump, 5) == []
    assert Alarm.SELF_TEST_FAILED in alarms_of(pump)


@pytest.mark.requirement("ITB-102")
def test_the_history_of_the_alarms_is_in_the_log() -> None:
    pump = running(continuous(200), fill="1.9")
    pump.arrange(acting(Cause.FEVER, HOUR, lasting=HOUR, size="42"))
    pump.handle(SilenceAlarms(id=fresh_id(), against=read(pump)), START + 90 * MINUTE)
    pump.interrogate(now=START + 3 * HOUR)
    pump.advance(START + 4 * HOUR)

    assert [entry.kind for entry in pump.alarm_history] == [
        Kind.RESERVOIR_RAN_LOW,
        Kind.ALARM_RAISED,
        Kind.ALARM_SILENCED,
        Kind.CAUSE_ENDED,
        Kind.ALARM_CLEARED,
    ]
    assert [entry.at - START for entry in pump.alarm_history] == [
        timedelta(0),
        HOUR,
        90 * MINUTE,
        2 * HOUR,
        3 * HOUR,
    ]
    assert pump.alarm_history[1].fact("alarm") == "temperature"


def test_an_alarm_that_comes_three_times_in_ten_minutes_escalates() -> None:
    pump = running(continuous(200))
    for minute in (21, 23, 25):
        pump.handle(Stop(id=fresh_id()), START + minute * MINUTE)
        send(pump, continuous(200), now=START + (minute + 1) * MINUTE)

    escalated = [entry for entry in pump.log if entry.kind is Kind.ALARM_ESCALATED]
    assert [entry.at for entry in escalated] == [START + 25 * MINUTE]


@pytest.mark.parametrize(("profile", "after"), [(REFERENCE, timedelta(0)), (LEGACY, 48 * HOUR)])
def test_a_stopped_pump_alarms_at_once_or_only_after_two_days(profile: Profile, after: timedelta) -> None:
    pump = running(continuous(200), profile=profile)
    pump.handle(Stop(id=fresh_id()), START + HOUR)

    if after:
        pump.advance(START + HOUR + after - timedelta(microseconds=1))
        assert alarms_of(pump) == set()
    pump.advance(START + HOUR + after)

    assert alarms_of(pump) == {Alarm.PUMP_STOPPED}


def test_a_stop_is_looked_at_again_and_its_tube_has_aged_after_two_days() -> None:
    pump = running(continuous(200))
    pump.handle(Stop(id=fresh_id(), review_after=6 * HOUR), START)

    pump.advance(START + 30 * DAY)

    due = {entry.kind: entry.at - START for entry in pump.log}
    assert due[Kind.REVIEW_DUE] == 6 * HOUR
    assert due[Kind.TUBE_AGED] == 48 * HOUR
    assert pump.memory.program.is_stopped
    assert pump.memory.raised[0].escalated


@pytest.mark.requirement("ITB-004", "ITB-005")
@pytest.mark.parametrize("alarm", [Alarm.LOW_RESERVOIR, Alarm.TEMPERATURE, Alarm.UNDER_DELIVERY])
def test_an_alarm_that_keeps_the_program_does_not_touch_the_flow(alarm: Alarm) -> None:
    pump = running(continuous(200), fill="2.9")
    pump.arrange(
        acting(Cause.FEVER, 2 * DAY, lasting=HOUR, size="41.5"), acting(Cause.LAGGING, 3 * DAY, size="0.5")
    )
    assert FLOW_EFFECTS[alarm] is FlowEffect.KEEPS

    flows = set()
    for hour in range(60):
        status = pump.status(now=START + DAY + hour * HOUR)
        if alarm in status.alarms:
            flows.add(status.flow.mL_per_day)

    assert flows == {Decimal("0.4")}


@pytest.mark.requirement("ITB-106")
def test_a_fault_that_is_over_sounds_until_somebody_has_looked() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.FEVER, HOUR, lasting=HOUR, size="42"))

    pump.advance(START + DAY)
    assert Alarm.TEMPERATURE in pump.interrogate(now=START + DAY).status.alarms
    assert alarms_of(pump) == set()


def test_interference_does_not_stop_a_reference_pump_and_does_a_legacy_pump_that_alarms() -> None:
    quiet, alarming, ours = (
        running(continuous(200), fill=fill, profile=profile)
        for fill, profile in (("18", LEGACY), ("1.9", LEGACY), ("1.9", REFERENCE))
    )
    for pump in (quiet, alarming, ours):
        pump.arrange(acting(Cause.EMI, HOUR))
        pump.advance(START + DAY)

    assert quiet.memory.drive.counts == ours.memory.drive.counts == 800
    assert alarming.memory.drive.counts == 33
    alarming.interrogate(now=START + DAY)
    assert alarming.status(now=START + DAY).flow.mL_per_day == Decimal("0.4")


# --- life --------------------------------------------------------------------------------------------------


def test_the_battery_asks_to_be_replaced_and_the_pump_stops_ninety_days_later() -> None:
    pump = running(continuous(200), fill="18")
    pump.arrange(acting(Cause.BATTERY_DRAIN, 10 * DAY, size="1400"))

    pump.advance(START + 20 * DAY)
    assert Alarm.REPLACE_SOON in alarms_of(pump)
    asked = pump.memory.replace_at
    assert asked is not None
    assert asked - (START + 10 * DAY) < 16 * MINUTE
    assert pump.life.ends_at == asked + 90 * DAY

    pump.advance(asked + 90 * DAY)
    assert Alarm.END_OF_SERVICE in alarms_of(pump)
    assert pump.status(now=pump.present).flow.is_zero
    with pytest.raises(RefusedError, match="end of its service"):
        pump.handle(Restart(id=fresh_id(), against=read(pump)), pump.present)


def test_a_pump_ends_at_its_age_limit_whatever_its_battery_says() -> None:
    name = "SynchroMed II 20 mL"
    lasting = pump_model(name).with_figure("battery", Decimal(9_000), source="this test")
    pump = implanted(model=name, built_of=lasting)

    pump.advance(START + 2557 * DAY - 90 * DAY)
    assert Alarm.REPLACE_SOON in alarms_of(pump)
    pump.advance(START + 2557 * DAY)

    assert Alarm.END_OF_SERVICE in alarms_of(pump)


def test_the_radio_costs_charge() -> None:
    pump = running(continuous(200))
    before = pump.life.used_uC

    pump.contact(timedelta(minutes=10), now=START)

    assert pump.life.used_uC - before == 5 * 600 * 1000


def test_a_decade_of_a_low_flow_fits_the_reference_battery() -> None:
    pump = running(continuous(24))
    for day in range(300, 3650, 300):
        pump.advance(START + day * DAY)
        refill(pump, fill="16")
    pump.advance(START + 3650 * DAY)

    assert pump.memory.replace_at is None
    assert 50 < pump.life.share < 90


# --- work that is begun and not finished ------------------------------------------------------------------


def test_an_update_left_open_stops_a_legacy_pump_for_two_days_in_silence() -> None:
    legacy, ours = (running(continuous(200), profile=profile) for profile in (LEGACY, REFERENCE))
    for pump in (legacy, ours):
        pump.handle(BeginUpdate(id=fresh_id(), against=read(pump)), START + HOUR)
        pump.advance(START + HOUR + 2 * MINUTE)

    assert (alarms_of(legacy), alarms_of(ours)) == (set(), {Alarm.TRANSACTION_OPEN})
    for pump in (legacy, ours):
        pump.advance(START + HOUR + 48 * HOUR)
    assert alarms_of(legacy) == {Alarm.PUMP_STOPPED}
    assert legacy.memory.drive.counts == 33
    assert ours.memory.drive.counts == 1633
    ours.handle(AbandonProgram(id=fresh_id(), against=read(ours)), ours.present)
    assert alarms_of(ours) == set()


def test_an_update_ends_with_the_program_that_is_committed() -> None:
    pump = running(continuous(200), profile=LEGACY)
    pump.handle(BeginUpdate(id=fresh_id(), against=read(pump)), START + HOUR)

    send(pump, continuous(100), now=START + 2 * HOUR)

    assert pump.status(now=START + 2 * HOUR).flow.mL_per_day == Decimal("0.2")
    assert pump.memory.open is None


def test_a_refill_left_open_sounds_after_half_an_hour_and_the_old_program_runs() -> None:
    pump = running(continuous(200))
    pump.advance(START + 30 * DAY)
    with pytest.raises(RefusedError, match="needs a bridge"):
        arm_refill(pump, fill=mL(16), concentration=C2000, program=continuous(200, C2000), now=pump.present)
    bridge = Bridge(dose=ug_a_day(200), old_concentration=C500, dead_volume=mL("0.316"))
    after = program(SimpleContinuous(dose=ug_a_day(200)), bridge, C2000)
    arm_refill(pump, fill=mL(16), concentration=C2000, program=after, now=pump.present)

    pump.advance(START + 30 * DAY + 30 * MINUTE)
    assert alarms_of(pump) == {Alarm.TRANSACTION_OPEN}
    assert pump.status(now=pump.present).flow.mL_per_day == Decimal("0.4")

    command = fresh_id()
    pump.handle(ConfirmRefill(id=command, against=read(pump), left_behind=mL("1.4")), pump.present)
    log = len(pump.log)
    pump.handle(ConfirmRefill(id=command, against=read(pump), left_behind=mL("1.4")), pump.present)
    assert alarms_of(pump) == set()
    assert kinds_of(pump)[log:] == [Kind.COMMAND_REPEATED]
    assert pump.status(now=pump.present).flow.mL_per_day == Decimal("0.4")
    assert pump.status(now=pump.present + DAY).flow.mL_per_day == Decimal("0.1")


def test_one_piece_of_work_is_open_at_a_time() -> None:
    pump = running(continuous(200))
    pump.handle(BeginUpdate(id=fresh_id(), against=read(pump)), START)

    with pytest.raises(RefusedError, match="update: begun at"):
        arm_refill(pump, fill=mL(10), concentration=C500, program=None, now=START)
    pump.handle(AbandonProgram(id=fresh_id(), against=read(pump)), START)
    with pytest.raises(RefusedError, match="no refill is armed"):
        pump.handle(ConfirmRefill(id=fresh_id(), against=read(pump), left_behind=mL(1)), START)
    with pytest.raises(RefusedError, match="comes with its program"):
        arm_refill(pump, fill=mL(10), concentration=C2000, program=None, now=START)
    with pytest.raises(RefusedError, match="more than the 20 mL"):
        arm_refill(pump, fill=mL(21), concentration=C500, program=None, now=START)
    arm_refill(pump, fill=mL(10), concentration=C500, program=None, now=START)
    pump.handle(CancelRefill(id=fresh_id(), against=read(pump)), START)
    with pytest.raises(RefusedError, match="no refill is armed"):
        pump.handle(CancelRefill(id=fresh_id(), against=read(pump)), START)
    with pytest.raises(RefusedError, match="no update is open"):
        pump.handle(AbandonProgram(id=fresh_id(), against=read(pump)), START)


def test_a_stop_ends_what_was_open() -> None:
    pump = running(continuous(200), profile=LEGACY)
    pump.handle(BeginUpdate(id=fresh_id(), against=read(pump)), START + HOUR)

    pump.handle(Stop(id=fresh_id()), START + 2 * HOUR)

    assert pump.memory.open is None
    assert pump.memory.program.is_stopped


# --- by contact -------------------------------------------------------------------------------------------


def test_a_pump_that_a_fault_stopped_is_restarted_and_one_that_a_person_stopped_is_not() -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(200)), bolus(50)))
    pump.arrange(acting(Cause.RUNAWAY, MINUTE, lasting=HOUR, size="3"))
    pump.advance(START + 2 * HOUR)
    assert alarms_of(pump) == {Alarm.OVER_DELIVERY}

    pump.handle(Restart(id=fresh_id(), against=read(pump)), START + 3 * HOUR)
    assert pump.status(now=START + 3 * HOUR).flow.mL_per_day == Decimal("0.4")
    with pytest.raises(RefusedError, match="no fault"):
        pump.handle(Restart(id=fresh_id(), against=read(pump)), START + 3 * HOUR)
    pump.handle(Stop(id=fresh_id()), START + 4 * HOUR)
    with pytest.raises(RefusedError, match="a person stopped"):
        pump.handle(Restart(id=fresh_id(), against=read(pump)), START + 4 * HOUR)


def test_setting_the_clock_is_an_event_and_gives_no_dose_twice() -> None:
    pump = running(continuous(200))

    pump.handle(
        SetClock(id=fresh_id(), against=read(pump), clock=PumpClock(timedelta(hours=-3))), START + DAY
    )
    pump.advance(START + 2 * DAY)

    adjusted = next(entry for entry in pump.log if entry.kind is Kind.CLOCK_ADJUSTED)
    assert adjusted.fact("by_s") == "-30600"
    assert pump.memory.drive.counts == 1600


def test_a_refill_clears_what_the_reservoir_alarmed_about() -> None:
    pump = running(continuous(200), fill="1.5")
    pump.advance(START + DAY)
    assert alarms_of(pump) == {Alarm.EMPTY_RESERVOIR, Alarm.LOW_RESERVOIR}

    refill(pump, fill="18", left="1.3", concentration=C500)

    assert alarms_of(pump) == set()
