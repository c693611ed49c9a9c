"""What can be set of the alarms after implantation: this patient's alarm volume, and how often they sound."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
    START,
    alarms_of,
    continuous,
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
from builders.twin.patient_bolus import asked_of, wanted
from thecal.pump import Kind, Pump, RefusedError, soundings
from thecal.pump.alarm_settings import CRITICAL_RANGE, NON_CRITICAL_RANGE, days_to_dry
from thecal.quantities import DAY, HOUR, MINUTE, Interval, Mass, Volume
from thecal.therapy import (
    Alarm,
    AlarmSettings,
    CommandError,
    PeriodicBolus,
    SetAlarms,
    SetBolusWhenLow,
    SilenceAlarms,
    Stop,
)

AT = START + DAY
EVERY_SIX_HOURS = PeriodicBolus(
    background=ug_a_day(48), bolus=Mass(ug=Decimal(100)), duration=HOUR, interval=6 * HOUR
)
TICK = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)


def hour(pump: Pump) -> list[float]:
    """Return when a pump sounds in the next hour, in minutes."""
    window = Interval(pump.present, pump.present + HOUR)
    return [(sound.at - window.start) / MINUTE for sound in soundings(pump.memory, pump.hardware, window)]


@pytest.mark.requirement("ITB-058")
@pytest.mark.parametrize("volume", ["2", "4", "3.25", "17"])
def test_the_low_reservoir_alarm_comes_at_the_volume_that_was_set_after_implantation(volume: str) -> None:
    pump = running(continuous(200))
    pump.handle(SetAlarms(id=fresh_id(), against=read(pump), settings=AlarmSettings(low=mL(volume))), AT)
    after = (18 - Decimal(volume)) / Decimal("0.4")
    comes = START + timedelta(days=float(after))

    if comes > AT:
        pump.advance(comes - MINUTE)
        assert Alarm.LOW_RESERVOIR not in alarms_of(pump)
    pump.advance(comes + MINUTE)

    assert Alarm.LOW_RESERVOIR in alarms_of(pump)
    assert len(records(pump, Kind.RESERVOIR_RAN_LOW)) == 1


@pytest.mark.requirement("ITB-058")
def test_a_volume_above_what_is_there_alarms_at_once_and_one_below_ends_it_and_both_are_on_record() -> None:
    pump = running(continuous(200), fill="3")
    assert alarms_of(pump) == set()

    raised = pump.handle(
        SetAlarms(id=fresh_id(), against=read(pump), settings=AlarmSettings(low=mL(4))), START + HOUR
    )
    assert raised.alarms == (Alarm.LOW_RESERVOIR,)
    assert kinds_of(pump)[-2:] == [Kind.SETTING_CHANGED, Kind.RESERVOIR_RAN_LOW]
    ended = pump.handle(
        SetAlarms(id=fresh_id(), against=read(pump), settings=AlarmSettings(low=mL(2))), START + 2 * HOUR
    )

    assert ended.alarms == ()
    assert kinds_of(pump)[-2:] == [Kind.SETTING_CHANGED, Kind.ALARM_CLEARED]
    assert [entry.kind for entry in pump.alarm_history] == [Kind.RESERVOIR_RAN_LOW, Kind.ALARM_CLEARED]


@pytest.mark.requirement("ITB-058", "ITB-121")
def test_who_interrogates_reads_the_volume_that_is_set_and_by_whom() -> None:
    pump = running(continuous(200))
    pump.handle(SetAlarms(id=fresh_id(), against=read(pump), settings=AlarmSettings(low=mL(4))), AT)

    can = pump.interrogate(now=AT).capability

    assert can.low_reservoir == mL(4)
    assert can.source("low_reservoir").startswith("set for this patient on 2026-03-03")


@pytest.mark.requirement("ITB-094")
def test_each_interval_can_be_set_alone_and_is_what_is_heard_from_then_on() -> None:
    pump = running(continuous(200), fill="1.9")
    assert hour(pump) == [0]

    pump.handle(
        SetAlarms(id=fresh_id(), against=read(pump), settings=AlarmSettings(non_critical=20 * MINUTE)),
        START + HOUR,
    )
    assert hour(pump) == [0, 20, 40]
    pump.handle(Stop(id=fresh_id()), START + HOUR)
    assert hour(pump) == [*range(0, 60, 10)]
    pump.handle(
        SetAlarms(id=fresh_id(), against=read(pump), settings=AlarmSettings(critical=5 * MINUTE)),
        START + HOUR,
    )

    assert hour(pump) == [*range(0, 60, 5)]
    pump.advance(START + 2 * DAY)
    assert hour(pump) == [n / 2 for n in range(0, 120, 5)]


@pytest.mark.requirement("ITB-094", "ITB-109")
def test_the_battery_is_charged_by_the_interval_that_is_set_and_not_while_it_is_silent() -> None:
    pump = running(continuous(200))
    pump.handle(Stop(id=fresh_id(), review_after=30 * DAY), START)

    pump.handle(
        SetAlarms(id=fresh_id(), against=read(pump), settings=AlarmSettings(critical=5 * MINUTE)),
        START + HOUR,
    )
    pump.advance(START + 2 * HOUR)
    pump.handle(SilenceAlarms(id=fresh_id(), against=read(pump)), START + 2 * HOUR)
    pump.advance(START + 3 * HOUR)

    assert pump.memory.counters_now.tones == 6 + 12 + 10


@pytest.mark.requirement("ITB-058", "ITB-094")
@pytest.mark.parametrize(
    ("wanted_so", "says"),
    [
        (AlarmSettings(low=mL("1.4")), r"1\.4 mL is outside what is allowed, above the 1\.4 mL"),
        (
            AlarmSettings(low=mL("20.1")),
            r"up to the 20 mL that this pump.*; 7 days are left at 4\.7 mL",
        ),
        (AlarmSettings(low=mL("3.0005")), "at most 3 decimal places"),
        (AlarmSettings(critical=2 * MINUTE - SECOND), "whole seconds from 2 min to 20 min"),
        (AlarmSettings(critical=20 * MINUTE + SECOND), "whole seconds from 2 min to 20 min"),
        (AlarmSettings(non_critical=9 * MINUTE), "from 10 min to 4 h"),
        (AlarmSettings(non_critical=5 * HOUR), "from 10 min to 4 h"),
        (AlarmSettings(critical=20 * MINUTE, non_critical=15 * MINUTE), "less often than a non-critical"),
    ],
)
def test_what_is_out_of_range_is_refused_with_the_range_and_changes_nothing(
    wanted_so: AlarmSettings, says: str
) -> None:
    pump = running(continuous(200))
    pump.advance(AT)
    before = pump.memory

    with pytest.raises(RefusedError, match=says):
        pump.handle(SetAlarms(id=fresh_id(), against=read(pump), settings=wanted_so), AT)

    assert (pump.memory.capability, pump.memory.intervals) == (before.capability, before.intervals)
    assert kinds_of(pump)[len(before.log) :] == [Kind.COMMAND_REFUSED]


@pytest.mark.requirement("ITB-094")
@pytest.mark.parametrize("settings", [AlarmSettings(), AlarmSettings(critical=5 * MINUTE + TICK)])
def test_settings_that_no_pump_could_mean_are_no_command(settings: AlarmSettings) -> None:
    with pytest.raises(CommandError, match="outside what is allowed"):
        SetAlarms(id=fresh_id(), against=read(running(continuous(200))), settings=settings)


@pytest.mark.requirement("ITB-168")
@pytest.mark.parametrize(
    ("volume", "days", "warned"), [("2", "1.3", True), ("4.6", "6.9", True), ("4.7", "7.2", False)]
)
def test_a_volume_with_fewer_than_seven_days_to_dry_is_taken_and_the_log_warns(
    volume: str, days: str, *, warned: bool
) -> None:
    pump = running(continuous(200))

    pump.handle(SetAlarms(id=fresh_id(), against=read(pump), settings=AlarmSettings(low=mL(volume))), AT)

    (changed,) = records(pump, Kind.SETTING_CHANGED)
    assert changed.fact("days_to_dry") == days
    assert ("warning" in dict(changed.data)) == warned
    assert pump.memory.capability.low_reservoir == mL(volume)


@pytest.mark.requirement("ITB-168")
def test_the_days_to_dry_count_every_bolus_and_are_not_known_of_a_stopped_pump() -> None:
    pump = asked_of(wanted())
    every = (Fraction("0.24") + 4 * Fraction("0.02")) * Fraction("1.145")
    assert days_to_dry(pump.memory, mL(4)) == Fraction("2.6") / every

    send(pump, replace(wanted(allowed=None), base=EVERY_SIX_HOURS))
    periodic = Fraction("0.896") * Fraction("1.145")
    assert days_to_dry(pump.memory, mL(4)) == Fraction("2.6") / periodic
    pump.handle(Stop(id=fresh_id()), AT)
    assert days_to_dry(pump.memory, mL(4)) is None
    pump.handle(SetAlarms(id=fresh_id(), against=read(pump), settings=AlarmSettings(low=mL(4))), AT)
    assert records(pump, Kind.SETTING_CHANGED)[-1].fact("days_to_dry") == "not known: the pump is stopped"


@pytest.mark.requirement("ITB-060", "ITB-058")
def test_boluses_that_were_withheld_for_a_low_reservoir_come_back_when_it_is_not_low_any_more() -> None:
    pump = running(program(EVERY_SIX_HOURS), fill="4")
    pump.handle(SetBolusWhenLow(id=fresh_id(), against=read(pump), allowed=False), START)
    pump.handle(
        SetAlarms(id=fresh_id(), against=read(pump), settings=AlarmSettings(low=mL(4))), START + 2 * HOUR
    )
    pump.advance(START + 3 * HOUR)
    assert pump.memory.boluses_withheld

    pump.handle(
        SetAlarms(id=fresh_id(), against=read(pump), settings=AlarmSettings(low=mL("3.9"))), START + 3 * HOUR
    )
    assert pump.memory.boluses_withheld
    pump.handle(
        SetAlarms(id=fresh_id(), against=read(pump), settings=AlarmSettings(low=mL(2))), START + 3 * HOUR
    )

    assert not pump.memory.boluses_withheld


@pytest.mark.requirement("ITB-058", "ITB-094", "ITB-116")
@given(
    low=st.none() | st.integers(1401, 20_000).map(lambda n: Volume(mL=Decimal(n).scaleb(-3))),
    critical=st.none() | st.timedeltas(*CRITICAL_RANGE).map(lambda span: span - span % timedelta(seconds=1)),
    other=st.none() | st.timedeltas(*NON_CRITICAL_RANGE).map(lambda span: span - span % timedelta(seconds=1)),
)
@settings(max_examples=60, deadline=None)
def test_what_was_set_survives_power_loss_and_the_image_and_changes_no_dose(
    low: Volume | None, critical: timedelta | None, other: timedelta | None
) -> None:
    pump, untouched = running(continuous(200)), running(continuous(200))
    for one in (pump, untouched):
        one.advance(AT)
    try:
        pump.handle(
            SetAlarms(
                id=fresh_id(),
                against=read(pump),
                settings=AlarmSettings(low=low, critical=critical, non_critical=other),
            ),
            AT,
        )
    except (RefusedError, CommandError):
        return

    again = Pump.restore(pump.image())

    assert (again.memory, again.hardware) == (pump.memory, pump.hardware)
    for one in (again, untouched):
        one.advance(AT + 3 * DAY)
    assert again.memory.drive == untouched.memory.drive
    assert again.memory.tape == untouched.memory.tape
    assert low is None or again.memory.capability.low_reservoir == low


@pytest.mark.requirement("ITB-039")
def test_a_setting_that_is_repeated_is_carried_out_once() -> None:
    pump, command = running(continuous(200)), fresh_id()
    pump.handle(SetAlarms(id=command, against=read(pump), settings=AlarmSettings(low=mL(4))), AT)

    told = pump.handle(
        SetAlarms(id=command, against=read(pump), settings=AlarmSettings(low=mL(3))), AT + HOUR
    )

    assert told.last_command == command
    assert pump.memory.capability.low_reservoir == mL(4)
    assert kinds_of(pump)[-1] is Kind.COMMAND_REPEATED
