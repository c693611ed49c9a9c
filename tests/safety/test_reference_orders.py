"""The reference pump as it is ordered, refilled and grows old: its alarms, its window, its life."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

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
    mL,
    program,
    read,
    running,
    send,
    ug_a_day,
)
from thecal.pump import ALARM_CLASSES, AlarmClass, Cause, Kind, Pump, RefusedError, load_models
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.therapy import (
    Alarm,
    BeginUpdate,
    CompareResidual,
    ConfirmRefill,
    Fallback,
    Restart,
    SimpleContinuous,
    StartFallback,
    Stop,
)

# --- alarms ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-107")
def test_over_delivery_is_the_gravest_and_each_named_cause_has_its_class() -> None:
    assert next(iter(ALARM_CLASSES)) is Alarm.OVER_DELIVERY
    for alarm in (Alarm.OVER_DELIVERY, Alarm.EMPTY_RESERVOIR, Alarm.MOTOR_STALL):
        assert ALARM_CLASSES[alarm] is AlarmClass.CRITICAL
    for alarm in (Alarm.LOW_RESERVOIR, Alarm.REPLACE_SOON):
        assert ALARM_CLASSES[alarm] is AlarmClass.NON_CRITICAL


@pytest.mark.requirement("ITB-005")
def test_every_non_critical_alarm_keeps_the_program() -> None:
    low, old, slow = running(continuous(200), fill="2.1"), running(continuous(200)), running(continuous(200))
    old.arrange(acting(Cause.BATTERY_DRAIN, HOUR, size="1400"))
    slow.arrange(acting(Cause.LAGGING, HOUR, size="0.9"))
    seen = set()
    for pump in (low, old, slow):
        pump.advance(START + DAY)
        seen |= alarms_of(pump)
        assert pump.memory.program == continuous(200)
        assert flow(pump) == Decimal("0.4")

    assert seen == {Alarm.LOW_RESERVOIR, Alarm.REPLACE_SOON, Alarm.UNDER_DELIVERY}


@pytest.mark.requirement("ITB-101")
def test_the_same_alarm_three_times_in_ten_minutes_escalates_and_not_in_more() -> None:
    often, seldom = running(continuous(200)), running(continuous(200))
    for pump, gap in ((often, 4 * MINUTE), (seldom, 6 * MINUTE)):
        for number in range(3):
            pump.handle(Stop(id=fresh_id()), START + DAY + number * gap)
            send(pump, continuous(200))

    assert Kind.ALARM_ESCALATED in kinds_of(often)
    assert Kind.ALARM_ESCALATED not in kinds_of(seldom)


@pytest.mark.requirement("ITB-159")
def test_a_refill_left_open_is_critical_after_half_an_hour_and_no_order_changes_it_by_halves() -> None:
    pump = running(continuous(200))
    arm_refill(pump, fill=mL(10), concentration=C500, program=continuous(200), now=START)

    assert (
        Alarm.TRANSACTION_OPEN not in pump.status(now=START + 30 * MINUTE - timedelta(microseconds=1)).alarms
    )
    assert Alarm.TRANSACTION_OPEN in pump.status(now=START + 30 * MINUTE).alarms
    assert ALARM_CLASSES[Alarm.TRANSACTION_OPEN] is AlarmClass.CRITICAL
    status = pump.handle(
        ConfirmRefill(id=fresh_id(), against=read(pump), left_behind=mL("1.4")), START + HOUR
    )
    assert status.content == mL("11.4")
    assert Alarm.TRANSACTION_OPEN not in status.alarms


@pytest.mark.requirement("ITB-014", "ITB-125")
def test_an_update_left_open_alarms_within_two_minutes_and_the_old_program_never_stopped() -> None:
    pump = running(continuous(200))
    pump.handle(BeginUpdate(id=fresh_id(), against=read(pump)), START + DAY)

    assert Alarm.TRANSACTION_OPEN in pump.status(now=START + DAY + 2 * MINUTE).alarms
    assert pump.status(now=START + 3 * DAY).delivered == mL("1.2")


@pytest.mark.requirement("ITB-161")
def test_a_stop_escalates_at_its_review_and_tells_that_the_tube_stood_48_hours() -> None:
    pump = running(continuous(200))
    pump.handle(Stop(id=fresh_id(), review_after=2 * HOUR), START)

    pump.advance(START + 2 * HOUR)
    assert kinds_of(pump)[-2:] == [Kind.REVIEW_DUE, Kind.ALARM_ESCALATED]
    (standing,) = [one for one in pump.memory.raised if one.alarm is Alarm.PUMP_STOPPED]
    assert standing.escalated
    pump.advance(START + 48 * HOUR)
    assert kinds_of(pump)[-1] is Kind.TUBE_AGED


@pytest.mark.requirement("ITB-163", "ITB-164")
def test_the_fallback_is_the_lowest_dose_of_the_week_and_undoes_only_a_stop() -> None:
    pump = running(continuous(200))
    with pytest.raises(RefusedError, match="only when the pump is stopped"):
        pump.handle(StartFallback(id=fresh_id(), against=read(pump)), START)
    send(pump, continuous(150), now=START + DAY)
    send(pump, continuous(300), now=START + 2 * DAY)
    pump.handle(Stop(id=fresh_id()), START + 3 * DAY)
    with pytest.raises(RefusedError, match="a person stopped this pump"):
        pump.handle(Restart(id=fresh_id(), against=read(pump)), START + 3 * DAY)

    pump.handle(StartFallback(id=fresh_id(), against=read(pump)), START + 3 * DAY)

    assert pump.memory.program.base == Fallback(dose=ug_a_day(150))


# --- life ------------------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-108")
def test_a_pump_asks_to_be_replaced_and_stops_ninety_days_later() -> None:
    pump = running(continuous(48), fill=20)
    pump.arrange(acting(Cause.BATTERY_DRAIN, DAY, size="1400"))
    pump.advance(START + 2 * DAY)
    asked = pump.life.replace_at
    assert asked is not None
    assert alarms_of(pump) == {Alarm.REPLACE_SOON}
    assert ALARM_CLASSES[Alarm.REPLACE_SOON] is AlarmClass.NON_CRITICAL
    assert pump.life.ends_at == asked + 90 * DAY
    assert Pump.restore(pump.image()).life == pump.life

    assert pump.status(now=asked + 90 * DAY - timedelta(microseconds=1)).flow.mL_per_day
    status = pump.status(now=asked + 90 * DAY)
    assert Alarm.END_OF_SERVICE in status.alarms
    assert status.flow.is_zero
    assert status.flow.is_zero


@pytest.mark.requirement("ITB-108")
def test_a_pump_stops_at_its_age_whatever_its_battery_says() -> None:
    lasting = load_models()[MODEL.model].with_figure("battery", Decimal(9_000), source="this test")
    pump = implanted(built_of=lasting)
    limit = timedelta(days=int(lasting.number("life_days")))

    assert Alarm.REPLACE_SOON in pump.status(now=START + limit - DAY).alarms
    assert Alarm.END_OF_SERVICE in pump.status(now=START + limit).alarms
    assert pump.life.ends_at == START + limit


@pytest.mark.requirement("ITB-109")
def test_every_model_declares_the_error_of_its_battery_estimate() -> None:
    for model in load_models().values():
        error = model.engineering["battery_error"]
        assert error.value == Decimal("0.25")
        assert error.source


@pytest.mark.requirement("ITB-063", "ITB-169")
@pytest.mark.parametrize(
    ("apart", "flagged"), [("1.1", "no"), ("1.2", "yes"), ("-1.2", "yes"), ("-1.1", "no")]
)
def test_a_drain_is_flagged_above_its_share_of_what_was_delivered(apart: str, flagged: str) -> None:
    pump = running(continuous(200))
    pump.advance(START + 20 * DAY)  # 8 mL delivered: 14.5 % of it is 1.16 mL

    pump.handle(
        CompareResidual(id=fresh_id(), against=read(pump), drained=mL(str(Decimal(10) + Decimal(apart)))),
        START + 20 * DAY,
    )

    (compared,) = [entry for entry in pump.log if entry.kind is Kind.RESIDUAL_COMPARED]
    assert compared.fact("flagged") == flagged


@pytest.mark.requirement("ITB-030", "ITB-035")
def test_stopping_and_starting_again_hides_no_dose_from_the_window() -> None:
    pump = running(continuous(1000))
    given = 0
    for number in range(30):
        at = START + number * HOUR
        pump.handle(Stop(id=fresh_id()), at)
        try:
            send(pump, program(SimpleContinuous(dose=ug_a_day(1000)), bolus(95, minutes=30)), now=at)
        except RefusedError as refusal:
            assert "ITB-030" in refusal.reason  # noqa: PT017 - either is right
            send(pump, continuous(480), now=at)
        else:
            given += 1

    pump.advance(START + 3 * DAY)

    assert 0 < given < 30
    for hour in range(48):
        begun, ended = START + hour * HOUR, START + hour * HOUR + DAY
        day = Fraction((pump.delivery.until(ended).mass.ug) - (pump.delivery.until(begun).mass.ug))
        assert day <= Fraction(MODEL.daily_dose_most.ug_per_day)
