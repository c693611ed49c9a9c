from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.pumps import mL
from thecal.pump.motor import Drive, pace, recorded_flow, volume_of

flows = st.fractions(min_value=0, max_value=24, max_denominator=10_000)
spans_us = st.integers(0, 10**13)


def test_a_flow_of_one_quantum_a_day_counts_one_after_a_day_and_not_a_microsecond_sooner() -> None:
    speed = pace(Fraction(1, 2000), mL("0.0005"))

    assert Drive().run(speed, 86_400_000_000 - 1).counts == 0
    assert Drive().run(speed, 86_400_000_000) == Drive(counts=1)


@given(flow=flows, cuts=st.lists(spans_us, min_size=1, max_size=8))
def test_however_the_time_is_cut_the_count_is_the_same(flow: Fraction, cuts: list[int]) -> None:
    speed = pace(flow, mL("0.0005"))

    drive = Drive()
    for span in cuts:
        drive = drive.run(speed, span)

    assert drive == Drive().run(speed, sum(cuts))


@pytest.mark.requirement("ITB-021")
@given(flow=flows.filter(bool), before=spans_us, more=st.integers(1, 10_000))
def test_a_count_is_reached_on_the_first_microsecond_that_shows_it(
    flow: Fraction, before: int, more: int
) -> None:
    speed = pace(flow, mL("0.0005"))
    drive = Drive().run(speed, before)

    wait = drive.microseconds_to(drive.counts + more, speed)

    assert drive.run(speed, wait).counts == drive.counts + more
    assert drive.run(speed, wait - 1).counts == drive.counts + more - 1


@given(flow=flows)
def test_the_recorded_flow_is_never_above_the_true_one_and_hardly_below(flow: Fraction) -> None:
    recorded = Fraction(recorded_flow(flow).mL_per_day)

    assert 0 <= flow - recorded < Fraction(1, 10**12)


def test_volume_comes_from_counts() -> None:
    assert volume_of(3, mL("0.0005")) == mL("0.0015")


@pytest.mark.parametrize(("counts", "phase"), [(-1, Fraction(0)), (0, Fraction(1)), (0, Fraction(-1, 2))])
def test_a_drive_that_stands_nowhere_is_refused(counts: int, phase: Fraction) -> None:
    with pytest.raises(ValueError, match="stands within one quantum"):
        Drive(counts=counts, phase=phase)
