from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.strategies import deliveries
from builders.therapy import DAY, HOUR, NOW, flow, mL, solution, ug
from thecal.quantities import MICROSECONDS_PER_DAY, Interval, microseconds
from thecal.therapy import Delivery, DeliverySegment

NOTHING = Delivery(())


def segment(hours: int, mL_per_day: str | int = 1, at: datetime = NOW) -> DeliverySegment:
    return DeliverySegment(
        interval=Interval(at, at + hours * HOUR), flow=flow(mL_per_day), concentration=solution(500)
    )


def exact_volume(delivery: Delivery) -> Fraction:
    return sum(
        (
            Fraction(each.flow.mL_per_day) * microseconds(each.interval.length) / MICROSECONDS_PER_DAY
            for each in delivery.segments
        ),
        Fraction(0),
    )


def since(delivery: Delivery, moment: datetime) -> Delivery:
    """Return the part from ``moment`` on."""
    kept = [
        DeliverySegment(interval=part, flow=each.flow, concentration=each.concentration)
        for each in delivery.segments
        if (part := each.interval.overlap(Interval(moment, max(moment, each.interval.end))))
    ]
    return Delivery(tuple(kept))


@st.composite
def moments_within(draw: st.DrawFn, delivery: Delivery) -> datetime:
    start, end = delivery.segments[0].interval.start, delivery.segments[-1].interval.end
    return start + draw(st.timedeltas(-HOUR, end - start + HOUR))


SOME = deliveries().filter(lambda delivery: bool(delivery.segments))


@given(SOME, st.data())
def test_what_came_before_and_what_came_after_is_all_there_was(
    delivery: Delivery, data: st.DataObject
) -> None:
    moment = data.draw(moments_within(delivery))

    rejoined = delivery.until(moment).then(since(delivery, moment))

    assert exact_volume(rejoined) == exact_volume(delivery)
    assert NOTHING.then(rejoined) == NOTHING.then(delivery)


@given(SOME, st.data())
def test_until_one_moment_and_until_another_is_until_the_earlier(
    delivery: Delivery, data: st.DataObject
) -> None:
    one, other = data.draw(moments_within(delivery)), data.draw(moments_within(delivery))

    assert delivery.until(one).until(other) == delivery.until(min(one, other))
    assert all(each.interval.end <= one for each in delivery.until(one).segments)


@given(SOME, st.data())
def test_joining_does_not_depend_on_what_is_joined_first(delivery: Delivery, data: st.DataObject) -> None:
    early, late = sorted([data.draw(moments_within(delivery)), data.draw(moments_within(delivery))])
    one, two, three = delivery.until(early), since(delivery.until(late), early), since(delivery, late)

    assert one.then(two).then(three) == one.then(two.then(three))


@given(deliveries())
def test_the_mass_is_volume_times_concentration_of_each_part_rounded_down(delivery: Delivery) -> None:
    exact = sum(
        (
            exact_volume(Delivery((each,))) * Fraction(each.concentration.ug_per_mL)
            for each in delivery.segments
        ),
        Fraction(0),
    )

    assert 0 <= exact - Fraction(delivery.mass.ug) <= exact / 10**39
    assert 0 <= exact_volume(delivery) - Fraction(delivery.volume.mL) <= exact_volume(delivery) / 10**39


def test_nothing_delivered_is_nothing() -> None:
    assert (NOTHING.mass, NOTHING.volume) == (ug(0), mL(0))
    assert NOTHING.until(NOW) == NOTHING.then(NOTHING) == NOTHING


def test_equal_neighbours_are_joined_and_others_are_not() -> None:
    first, second = Delivery((segment(1),)), Delivery((segment(2, at=NOW + HOUR),))
    faster = Delivery((segment(2, 2, at=NOW + HOUR),))

    assert first.then(second) == Delivery((segment(3),))
    assert len(first.then(faster).segments) == 2


@pytest.mark.parametrize("start", [NOW, NOW + timedelta(minutes=59), NOW + 2 * HOUR])
def test_a_gap_or_an_overlap_is_refused(start: datetime) -> None:
    with pytest.raises(ValueError, match="does not adjoin"):
        Delivery((segment(1), segment(1, 2, at=start)))
    with pytest.raises(ValueError, match="does not adjoin"):
        Delivery((segment(1),)).then(Delivery((segment(1, 2, at=start),)))


def test_a_moment_at_an_edge_belongs_to_what_comes_after() -> None:
    delivery = Delivery((segment(1), segment(1, 2, at=NOW + HOUR)))

    assert delivery.until(NOW + HOUR) == Delivery((segment(1),))
    assert delivery.until(NOW) == NOTHING


def test_a_segment_of_a_long_decimal_concentration_has_a_mass() -> None:
    third = solution("605.371" + "3" * 33)
    part = DeliverySegment(
        interval=Interval(NOW, NOW + DAY), flow=flow("0.4132" + "1" * 36), concentration=third
    )

    assert abs(part.mass.ug - part.volume.mL * third.ug_per_mL) < Decimal("1e-20")


def test_the_mass_between_two_moments_is_what_flowed_between_them() -> None:
    delivery = Delivery((segment(2, 12), segment(2, 24, at=NOW + 2 * HOUR)))

    assert delivery.mass_between(NOW + HOUR, NOW + 3 * HOUR) == ug(750)
    assert delivery.mass_between(NOW - DAY, NOW + DAY) == delivery.mass
    assert delivery.mass_between(NOW + HOUR, NOW + HOUR) == ug(0)
