"""The dates of a pump's life, worked out of raw counters."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import START, acting, alarms_of, continuous, kinds_of, running
from thecal.pump import Cause, Kind, Pump
from thecal.pump.counters import Counters, Reading
from thecal.pump.life import life_of
from thecal.pump.log import Log
from thecal.quantities import DAY, MINUTE, microseconds
from thecal.therapy import Alarm


@pytest.mark.requirement("ITB-108")
@given(drained=st.integers(0, 1_340), days=st.integers(1, 700), ug=st.integers(24, 900))
@settings(max_examples=25)
def test_both_dates_follow_from_raw_counters_and_the_models_figures_alone(
    drained: int, days: int, ug: int
) -> None:
    pump = running(continuous(ug), fill=20)
    if drained:
        pump.arrange(acting(Cause.BATTERY_DRAIN, DAY, size=str(drained)))
    pump.contact(timedelta(minutes=drained), now=START)
    pump.advance(START + days * DAY)
    memory, model, life = pump.memory, pump.hardware.model, pump.life

    lived, counters = (memory.at - START).total_seconds(), memory.reading.counters
    used = (
        lived * 10
        + memory.drive.counts * 400
        + counters.radio_us * 5_000 / 1_000_000
        + counters.tones * 20_000
        + counters.extra_uC
    )
    assert abs(used - life.used_uC) <= 1
    battery = 1_500 * 3_600_000
    left = (battery * 0.9 - used) / used * lived
    by_charge = memory.at + timedelta(seconds=left) if left < 12 * 365 * 86_400 else START + 4_017 * DAY
    expected = min(by_charge, START + 3_927 * DAY)
    if life.replace_at is None:
        assert abs(life.replace_expected - expected) < timedelta(minutes=1)
        assert life.ends_at == START + 4_017 * DAY
    else:
        assert life.replace_expected == life.replace_at
        assert life.ends_at == min(life.replace_at + 90 * DAY, START + 4_017 * DAY)
    assert life_of(replace(memory, log=Log(), lowest_doses=()), model) == life


@pytest.mark.requirement("ITB-108")
@pytest.mark.parametrize("kept", [timedelta(hours=1), timedelta(days=9999)])
def test_a_date_of_replacement_that_the_counters_do_not_bear_out_is_not_believed(kept: timedelta) -> None:
    pump = running(continuous(48), fill=20)
    pump.arrange(acting(Cause.BATTERY_DRAIN, DAY, size="1400"))
    pump.advance(START + 2 * DAY)
    true = pump.life.replace_at
    assert pump.memory.replacement is not None
    early = replace(pump.memory.reading, lived_us=microseconds(kept), counters=Counters())
    altered = Pump(replace(pump.memory, replacement=early), pump.hardware)

    altered.advance(START + 3 * DAY)

    assert true is not None
    assert altered.life.replace_at is not None
    assert START + 2 * DAY < altered.life.replace_at <= START + 2 * DAY + 15 * MINUTE
    assert Kind.MEMORY_REPAIRED in kinds_of(altered)
    assert altered.life.ends_at == altered.life.replace_at + 90 * DAY


@pytest.mark.requirement("ITB-108")
def test_figures_that_are_put_right_put_both_dates_right() -> None:
    pump = running(continuous(48), fill=20)
    pump.arrange(acting(Cause.BATTERY_DRAIN, DAY, size="1400"))
    pump.advance(START + 2 * DAY)
    assert Alarm.REPLACE_SOON in alarms_of(pump)
    larger = pump.hardware.model.with_figure("battery", Decimal(3000), source="the maker's correction")

    corrected = Pump(pump.memory, replace(pump.hardware, model=larger))
    corrected.advance(START + 3 * DAY)

    assert corrected.life.replace_at is None
    assert corrected.life.ends_at == START + 4_017 * DAY
    assert Alarm.REPLACE_SOON not in alarms_of(corrected)


@pytest.mark.parametrize("counter", ["lived_us", "counts", "radio_us", "tones", "resets", "extra_uC"])
def test_a_reading_precedes_another_only_if_no_counter_went_down(counter: str) -> None:
    def reading(number: int) -> Reading:
        counters = Counters(radio_us=5, tones=5, resets=5, extra_uC=5)
        if counter in {"lived_us", "counts"}:
            return replace(Reading(lived_us=5, counts=5, counters=counters), **{counter: number})
        return Reading(lived_us=5, counts=5, counters=replace(counters, **{counter: number}))

    assert reading(4).precedes(reading(5))
    assert reading(5).precedes(reading(5))
    assert not reading(6).precedes(reading(5))
    with pytest.raises(ValueError, match="only go up"):
        reading(-1)
