"""The ripple of a rotor: what each quantum truly holds, and that whole turns hold exactly their label."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import START, continuous, implanted, running
from thecal.pump.motor import Drive, rippled, strokes_of
from thecal.pump.truth import moved
from thecal.quantities import HOUR

ripples = st.decimals(min_value=0, max_value="0.99", places=3)


@given(ripple=ripples, quanta=st.integers(1, 60), turns=st.integers(0, 10**6))
def test_after_every_whole_turn_a_rotor_has_moved_exactly_what_it_counted(
    ripple: Decimal, quanta: int, turns: int
) -> None:
    strokes = strokes_of(ripple, quanta)

    assert sum(strokes) == quanta * 1_000_000
    assert rippled(turns * quanta, strokes) == turns * quanta * 1_000_000


@given(ripple=ripples, quanta=st.integers(1, 60), counts=st.integers(0, 10**6))
def test_each_quantum_of_a_rotor_is_within_its_ripple_and_none_goes_back(
    ripple: Decimal, quanta: int, counts: int
) -> None:
    strokes = strokes_of(ripple, quanta)

    stroke = rippled(counts + 1, strokes) - rippled(counts, strokes)

    assert stroke == strokes[counts % quanta]
    assert stroke > 0
    assert abs(stroke - 1_000_000) <= 1_000_000 * ripple + 1


def test_the_crest_of_a_turn_comes_first_and_its_trough_after_it() -> None:
    strokes = strokes_of(Decimal("0.1"), 24)

    assert max(strokes) == strokes[5] == 1_098_862
    assert min(strokes) == strokes[18] == 901_138


@pytest.mark.parametrize(("ripple", "quanta"), [("-0.1", 24), ("1", 24), ("0.1", 0)])
def test_a_ripple_that_would_run_backwards_is_refused(ripple: str, quanta: int) -> None:
    with pytest.raises(ValueError, match="from 0 to below 1"):
        strokes_of(Decimal(ripple), quanta)


@pytest.mark.requirement("ITB-003")
@given(turns=st.integers(0, 10**6), gain=st.integers(860, 1140))
def test_after_every_whole_turn_the_true_volume_is_counts_times_quantum_times_gain(
    turns: int, gain: int
) -> None:
    pump = implanted(gain=f"{gain}/1000")
    a_turn = int(pump.hardware.model.number("ripple_quanta"))

    assert moved(pump.hardware, Drive(counts=turns * a_turn)) == turns * a_turn * Fraction(gain, 1000)


@given(hours=st.integers(1, 400))
@settings(max_examples=20, deadline=None)
def test_between_two_turns_a_rotor_is_ahead_of_its_record_by_less_than_a_quantum(hours: int) -> None:
    pump = running(continuous(200), gain="1.1")

    pump.advance(START + hours * HOUR)

    recorded = Fraction(pump.true_delivery.mass.ug) / 500 / Fraction(pump.memory.capability.quantum.mL)
    ahead = moved(pump.hardware, pump.memory.drive) - recorded
    assert -Fraction(1, 1000) <= ahead < 1


def test_a_rotor_that_wears_moves_more_from_million_to_million() -> None:
    pump = implanted()
    worn = pump.hardware.model.with_figure("wear", Decimal(100_000), source="this test")
    hardware = replace(pump.hardware, model=worn)

    assert moved(hardware, Drive(counts=999_984)) == 999_984
    assert moved(hardware, Drive(counts=3_000_000)) == pytest.approx(1_000_000 * (1 + 1.1 + 1.2), rel=1e-6)


@given(
    counts=st.sampled_from([0, 5, 23, 24, 999_999, 1_000_000, 2_000_000]),
    part=st.fractions(0, Fraction(99, 100)),
)
def test_within_a_quantum_a_rotor_moves_on_evenly_to_the_next(counts: int, part: Fraction) -> None:
    hardware = implanted(gain="1.1").hardware
    before, after = (moved(hardware, Drive(counts=at)) for at in (counts, counts + 1))

    assert moved(hardware, Drive(counts=counts, phase=part)) == before + part * (after - before)


def test_a_valve_moves_nothing_within_a_quantum() -> None:
    pump = implanted(model="Prometra II 20 mL")

    assert moved(pump.hardware, Drive(counts=7, phase=Fraction(9, 10))) == 7
