from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.strategies import compiled_programs
from thecal.body import Inflow, hours_since, inflow_from_delivery, inflow_from_programs
from thecal.pump import capability, load_catalogue
from thecal.quantities import Concentration, DoseRate, FlowRate, Interval, PumpClock, Volume
from thecal.therapy import (
    BACLOFEN,
    Base,
    Bridge,
    Capability,
    DaySchedule,
    Delivery,
    DeliverySegment,
    DoseStep,
    Flex,
    MinimumRate,
    Program,
    SimpleContinuous,
    UndeliverableError,
    pieces,
)

START = datetime(2026, 1, 5, 8, tzinfo=UTC)


def segment(begins_h: float, ends_h: float, mL_per_day: str, ug_per_mL: str = "500") -> DeliverySegment:
    return DeliverySegment(
        interval=Interval(START + timedelta(hours=begins_h), START + timedelta(hours=ends_h)),
        flow=FlowRate(mL_per_day=Decimal(mL_per_day)),
        concentration=Concentration(ug_per_mL=Decimal(ug_per_mL)),
    )


def test_a_delivery_becomes_hours_and_floats() -> None:
    delivery = Delivery((segment(1, 4, "0.48"), segment(4, 6.5, "0"), segment(6.5, 30, "0.24", "2000")))

    inflow = inflow_from_delivery(delivery, START)

    assert inflow.edges_h.tolist() == [1, 4, 6.5, 30]
    assert inflow.flow_mL_h.tolist() == pytest.approx([0.02, 0, 0.01])
    assert inflow.concentration_ug_mL.tolist() == [500, 500, 2000]
    assert inflow.infused_ug(inflow.edges_h)[-1] == pytest.approx(float(delivery.mass.ug))


def test_segments_that_go_on_as_before_become_one_and_empty_ones_vanish() -> None:
    delivery = Delivery(
        (segment(0, 4, "0.48"), segment(4, 4, "9"), segment(4, 9, "0.480"), segment(9, 10, "0.1"))
    )

    inflow = inflow_from_delivery(delivery, START)

    assert inflow.edges_h.tolist() == [0, 9, 10]
    assert inflow.flow_mL_h.tolist() == pytest.approx([0.02, 0.1 / 24])


def test_no_delivery_is_no_inflow() -> None:
    assert len(inflow_from_delivery(Delivery(()), START).flow_mL_h) == 0


def test_a_delivery_from_before_the_start_is_refused() -> None:
    with pytest.raises(
        ValueError, match="the delivery begins 2 h before the start; allowed: from 2026-01-05T08:00"
    ):
        inflow_from_delivery(Delivery((segment(-2, 4, "0.48"),)), START)


def test_hours_are_counted_across_zones_and_need_one() -> None:
    there = datetime.fromisoformat("2026-01-05T15:30:00+05:30")

    assert hours_since(START, there) == 2
    with pytest.raises(ValueError, match="has no time zone"):
        hours_since(START, there.replace(tzinfo=None))


CAN = capability("reference design 20 mL")
NIGHT = Flex(
    (
        DaySchedule(
            (
                DoseStep(start=time(0), rate=DoseRate(ug_per_day=Decimal(240))),
                DoseStep(start=time(6), rate=DoseRate(ug_per_day=Decimal(120))),
            )
        ),
    )
    * 7
)


def simple(ug_per_day: int) -> SimpleContinuous:
    return SimpleContinuous(dose=DoseRate(ug_per_day=Decimal(ug_per_day)))


def program(base: Base, ug_per_mL: int = 500, once: Bridge | None = None) -> Program:
    concentration = Concentration(ug_per_mL=Decimal(ug_per_mL))
    return Program(drug=BACLOFEN, concentration=concentration, base=base, once=once)


def test_programs_run_one_after_the_other_by_the_clock_of_the_pump() -> None:
    inflow = inflow_from_programs({0: program(NIGHT), 12: program(simple(96))}, until_h=20, starts_at=time(4))

    assert inflow.edges_h.tolist() == [0, 2, 12, 20]
    assert inflow.rate_ug_h.tolist() == pytest.approx([10, 5, 4])


def test_a_bridge_gives_the_new_dose_of_the_old_drug_and_then_the_new_drug() -> None:
    bridge = Bridge(
        dose=DoseRate(ug_per_day=Decimal(120)),
        old_concentration=Concentration(ug_per_mL=Decimal(500)),
        dead_volume=Volume(mL=Decimal("0.24")),
    )

    inflow = inflow_from_programs({0: program(simple(120), 2000, bridge)}, until_h=48)

    assert inflow.edges_h.tolist() == [0, 24, 48]
    assert inflow.flow_mL_h.tolist() == pytest.approx([0.01, 0.0025])
    assert inflow.concentration_ug_mL.tolist() == [2000, 2000]


@given(can=st.sampled_from(list(load_catalogue().values())), drawn=st.data(), hours=st.integers(1, 200))
def test_an_inflow_holds_what_the_program_gives_and_nothing_else(
    can: Capability, drawn: st.DataObject, hours: int
) -> None:
    runs = drawn.draw(compiled_programs(can))

    inflow = inflow_from_programs({0: runs}, until_h=hours, capability=can)

    window = Interval(START, START + timedelta(hours=hours))
    midnight = PumpClock(offset=-timedelta(hours=START.hour))
    given_mL = sum(
        float(piece.volume)
        for piece in pieces(runs, window, started=START, clock=midnight, minimum_rate=can.minimum_rate)
    )
    assert inflow.pumped_mL[-1] == pytest.approx(given_mL, rel=1e-9, abs=1e-12)
    assert np.all(inflow.concentration_ug_mL == float(runs.concentration.ug_per_mL))


def test_programs_fitted_to_a_pump_are_rounded_down() -> None:
    odd = Program(
        drug=BACLOFEN,
        concentration=Concentration(ug_per_mL=Decimal(500)),
        base=SimpleContinuous(dose=DoseRate(ug_per_day=Decimal("100.777"))),
    )

    exact, fitted = (
        inflow_from_programs({0: odd}, until_h=240, capability=which).infused_ug(np.array([240.0]))[0]
        for which in (None, CAN)
    )

    assert exact == pytest.approx(1007.77)
    assert 1000 < fitted < exact


def test_what_the_pump_cannot_do_is_refused_with_its_reason() -> None:
    with pytest.raises(UndeliverableError):
        inflow_from_programs({0: program(simple(100_000))}, until_h=24, capability=CAN)


@pytest.mark.parametrize(
    ("hours", "until_h", "said"),
    [
        ([0, 48, 24], 72, r"hours must increase: hours\[2\] is 24 h after 48 h"),
        ([0, 48], 48, r"hours must increase: hours\[2\] is 48 h after 48 h"),
        ([-1], 48, r"hours\[0\] is -1 h; allowed: 0 to"),
    ],
)
def test_programs_or_doses_that_go_backwards_are_refused(
    hours: list[float], until_h: float, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        inflow_from_programs(dict.fromkeys(hours, program(NIGHT)), until_h=until_h)
    with pytest.raises(ValueError, match=said):
        Inflow.of_doses(dict.fromkeys(hours, 100.0), concentration_ug_mL=500, until_h=until_h)


def test_the_minimum_rate_is_the_pump_s_to_say() -> None:
    least = program(MinimumRate())

    assert inflow_from_programs({0: least}, until_h=24, capability=CAN).pumped_mL[-1] == pytest.approx(
        float(CAN.minimum_rate.mL_per_day)
    )
    with pytest.raises(ValueError, match="program from 0 h runs at the minimum rate; allowed: with a pump's"):
        inflow_from_programs({0: least}, until_h=24)


def test_daily_doses_run_until_the_next_and_none_stops_the_pump() -> None:
    inflow = Inflow.of_doses({0: 120, 24: 0, 48: 240}, concentration_ug_mL=2000, until_h=72)

    assert inflow.edges_h.tolist() == [0, 24, 48, 72]
    assert inflow.rate_ug_h.tolist() == pytest.approx([5, 0, 10])
    assert inflow.concentration_ug_mL.tolist() == [2000] * 3


@pytest.mark.parametrize(
    ("doses", "concentration", "said"),
    [
        ({0: -5}, 500, r"doses_ug_day\[0\] is -5 ug/day; allowed: 0 to"),
        ({0: 100}, 0, "concentration_ug_mL is 0 ug/mL; allowed: 0.001 to"),
        ({0: 90_000}, 1, r"flow_mL_h\[0\] is 3750 mL/h; allowed: 0 to 60 mL/h"),
    ],
)
def test_daily_doses_that_cannot_be_are_refused(
    doses: dict[float, float], concentration: float, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        Inflow.of_doses(doses, concentration_ug_mL=concentration, until_h=24)


ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(start=MOMENTS, span=st.timedeltas(timedelta(0), timedelta(days=400)), zone=st.sampled_from(ZONES))
def test_elapsed_hours_are_the_same_in_every_zone(start: datetime, span: timedelta, zone: str) -> None:
    there = ZoneInfo(zone)
    local, later = start.astimezone(there), (start + span).astimezone(there)

    assert hours_since(local, later) == pytest.approx(span / timedelta(hours=1), abs=1e-9)


def test_the_night_of_summer_time_has_23_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")

    assert hours_since(datetime(2026, 3, 29, tzinfo=berlin), datetime(2026, 3, 30, tzinfo=berlin)) == 23
