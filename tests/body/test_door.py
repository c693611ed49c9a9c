from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from thecal.body import hours_since, inflow_from_delivery
from thecal.quantities import Concentration, FlowRate, Interval
from thecal.therapy import Delivery, DeliverySegment

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
