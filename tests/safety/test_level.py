"""The level of the reservoir, computed and measured: both are kept, and a difference is an alarm."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
    C500,
    START,
    acting,
    alarms_of,
    continuous,
    flow,
    fresh_id,
    mL,
    raised_at,
    read,
    refill,
    running,
)
from thecal.pump import ALARM_CLASSES, LATENCY, LEGACY, AlarmClass, Cause, Kind, Pump, pump_model
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.therapy import Alarm, CompareResidual

ERROR = Fraction(pump_model("reference design 20 mL").number("level_error"))


def apart(pump: Pump) -> Fraction:
    """Return how far the two levels are apart, in mL."""
    level = pump.level
    assert level is not None
    return abs(Fraction(level.measured.mL) - Fraction(level.computed.mL))


@pytest.mark.requirement("ITB-057")
@given(days=st.integers(0, 35))
@settings(max_examples=20, deadline=None)
def test_both_levels_are_kept_and_agree_while_the_pump_does_what_its_label_says(days: int) -> None:
    pump = running(continuous(200))

    pump.advance(START + days * DAY)

    assert pump.level is not None
    assert pump.level.computed == pump.status(now=pump.present).content
    assert pump.level.measured == pump.level.computed == mL(str(18 - Decimal("0.4") * days))
    assert Alarm.LEVEL_DIFFERS not in alarms_of(pump)


@pytest.mark.requirement("ITB-057")
@pytest.mark.parametrize(
    ("cause", "size"),
    [(Cause.OCCLUSION, None), (Cause.UNDER_INFUSION, "0.6"), (Cause.BACKFLOW, "0.5")],
)
def test_levels_that_drift_apart_are_an_alarm_within_a_day_and_the_program_goes_on(
    cause: Cause, size: str | None
) -> None:
    pump = running(continuous(200))
    pump.arrange(acting(cause, DAY, size=size))

    for day in range(1, 20):
        pump.advance(START + day * DAY)
        delivered = Fraction("0.4") * day
        too_far = apart(pump) > min(2, ERROR + Fraction("0.145") * delivered)
        assert (Alarm.LEVEL_DIFFERS in alarms_of(pump)) == too_far

    assert Alarm.LEVEL_DIFFERS in alarms_of(pump)
    assert ALARM_CLASSES[Alarm.LEVEL_DIFFERS] is AlarmClass.CRITICAL
    assert flow(pump) == Decimal("0.4")


@pytest.mark.requirement("ITB-057", "ITB-159")
@given(after=st.timedeltas(timedelta(0), 20 * DAY))
@settings(max_examples=30, deadline=None)
def test_a_filling_that_nobody_told_the_pump_of_is_noticed_within_a_day(after: timedelta) -> None:
    pump = running(continuous(200))
    pump.advance(START + 10 * DAY + after)

    pump.fill_by_needle(left_behind=mL("1.4"), fill=mL(18), product=C500, now=pump.present)
    pump.advance(pump.present + LATENCY[Alarm.LEVEL_DIFFERS])

    assert Alarm.LEVEL_DIFFERS in alarms_of(pump)


@pytest.mark.requirement("ITB-057")
def test_a_filling_that_did_not_arrive_is_noticed_an_hour_later_and_one_that_did_is_no_alarm() -> None:
    pocket, well = running(continuous(200)), running(continuous(200))
    pocket.arrange(acting(Cause.FLIPPED, DAY))
    for pump in (pocket, well):
        pump.advance(START + 20 * DAY + 5 * HOUR)
        refill(pump, fill="16")
        pump.advance(START + 20 * DAY + 6 * HOUR)

    assert raised_at(pocket, Alarm.LEVEL_DIFFERS) == [20 * DAY + 6 * HOUR]
    assert alarms_of(well) == set()


@pytest.mark.requirement("ITB-057", "ITB-106")
def test_the_alarm_goes_when_the_levels_agree_again_and_somebody_has_looked() -> None:
    pump = running(continuous(200))
    pump.fill_by_needle(left_behind=mL(9), fill=mL(0), product=C500, now=START)
    pump.advance(START + 2 * DAY)
    assert Alarm.LEVEL_DIFFERS in alarms_of(pump)

    refill(pump, fill="16")
    pump.advance(pump.present + HOUR)
    assert Alarm.LEVEL_DIFFERS in pump.interrogate(now=pump.present).status.alarms

    assert Alarm.LEVEL_DIFFERS not in alarms_of(pump)


@pytest.mark.requirement("ITB-057")
@pytest.mark.parametrize("model", ["SynchroMed II 20 mL", "Prometra II 20 mL"])
def test_a_model_without_a_gauge_has_no_measured_level_before_it_is_drained(model: str) -> None:
    pump = running(continuous(200), model=model)
    pump.fill_by_needle(left_behind=mL(9), fill=mL(0), product=C500, now=START)

    pump.advance(START + 3 * DAY)

    assert pump.level is None
    assert Alarm.LEVEL_DIFFERS not in alarms_of(pump)


def test_a_legacy_pump_reads_no_gauge() -> None:
    pump = running(continuous(200), profile=LEGACY)
    pump.fill_by_needle(left_behind=mL(9), fill=mL(0), product=C500, now=START)

    pump.advance(START + 3 * DAY)

    assert Alarm.LEVEL_DIFFERS not in alarms_of(pump)


@pytest.mark.requirement("ITB-057", "ITB-058", "ITB-059", "ITB-061")
@pytest.mark.parametrize("gain", ["1.02", "1.05", "1.1", "1.14"])
def test_a_pump_that_gives_more_than_it_counts_is_low_and_empty_by_its_gauge_and_not_dry_in_silence(
    gain: str,
) -> None:
    pump = running(continuous(200), gain=gain)
    dry = START + (18 - Decimal("1.4")).__float__() / (0.4 * float(gain)) * DAY

    pump.advance(dry - DAY)
    assert Alarm.LOW_RESERVOIR in alarms_of(pump)
    assert Alarm.EMPTY_RESERVOIR not in alarms_of(pump)
    assert not pump.memory.is_low or gain == "1.02"

    pump.advance(dry + 61 * MINUTE)
    assert Alarm.EMPTY_RESERVOIR in alarms_of(pump)
    assert flow(pump) == 0
    assert not pump.memory.is_empty
    said = {one.kind: one.at for one in pump.log if ("by", "gauge") in one.data}
    assert said[Kind.RESERVOIR_EMPTIED] - dry < 61 * MINUTE

    refill(pump, fill="18", left="0")
    assert not alarms_of(pump) & {Alarm.LOW_RESERVOIR, Alarm.EMPTY_RESERVOIR}
    assert flow(pump) == Decimal("0.4")


@pytest.mark.requirement("ITB-058", "ITB-061")
@pytest.mark.parametrize("gain", ["1", "0.95"])
def test_a_pump_that_gives_no_more_than_it_counts_is_low_and_empty_by_its_count(gain: str) -> None:
    pump = running(continuous(200), gain=gain)

    pump.advance(START + 40 * DAY - MINUTE)
    assert Alarm.LOW_RESERVOIR not in alarms_of(pump)
    pump.advance(START + 40 * DAY + MINUTE)
    assert Alarm.LOW_RESERVOIR in alarms_of(pump)
    assert not pump.memory.shows_low


@pytest.mark.requirement("ITB-057")
def test_what_was_drawn_out_is_no_gauge_and_makes_no_reservoir_low() -> None:
    pump = running(continuous(200))
    pump.advance(START + DAY)

    pump.handle(CompareResidual(id=fresh_id(), against=read(pump), drained=mL("1.3")), pump.present)

    assert not alarms_of(pump) & {Alarm.LOW_RESERVOIR, Alarm.EMPTY_RESERVOIR}


def test_a_gauge_that_shows_little_is_read_every_hour() -> None:
    pump = running(continuous(200), gain="1.1")
    pump.advance(START + 36 * DAY + 6 * HOUR)
    assert pump.memory.shows_low

    read = pump.memory.level
    assert read is not None
    assert pump.memory.at - read.at < HOUR
