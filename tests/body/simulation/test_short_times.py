"""Injections and infusions in almost no time: no drug is lost, and the level is that of a bolus at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.bodies import typical
from thecal.body import Bolus, Implant, Inflow, Phase, balance_mass, csf_at, simulate, simulate_phases

ONE = typical(1)
LUMBAR = csf_at("lumbar")
AT_THE_TIP = Implant(primed_with_ug_mL=500, catheter_length_cm=0, tubing_mL=0)


def after_an_hour(at_h: float, minutes: float) -> float:
    bolus = Bolus(at_h=at_h, mass_ug=50, minutes=minutes)
    return float(simulate(ONE, sample_times_h=[at_h, at_h + 1], boluses=[bolus]).typical(LUMBAR)[1])


@pytest.mark.parametrize("at_h", [0, 5, 5000])
@pytest.mark.parametrize("minutes", [1e-300, 1e-12, 1e-10, 1e-9, 1e-6, 1e-4, 1e-3])
def test_an_injection_in_almost_no_time_is_one_at_once(at_h: float, minutes: float) -> None:
    assert after_an_hour(at_h, minutes) == pytest.approx(after_an_hour(5, 0), rel=1e-5)


@settings(deadline=None, max_examples=40)
@given(
    st.floats(0, 200_000), st.floats(-12, 3.1), st.lists(st.floats(0, 3), min_size=1, max_size=4, unique=True)
)
def test_no_duration_of_an_injection_loses_drug(at_h: float, power: float, during: list[float]) -> None:
    bolus = Bolus(at_h=at_h, mass_ug=50, minutes=10**power)
    length_h = bolus.ends_h - at_h
    samples = np.unique([at_h, *(at_h + share * length_h for share in during), at_h + length_h + 1])

    balance = balance_mass(ONE, sample_times_h=samples, boluses=[bolus])

    assert balance.worst_error < 1e-5
    assert balance.administered[-1] == 50


@pytest.mark.parametrize("minutes", [1e-13, 1e-9, 1e-7, 1e-4])
def test_short_injections_that_overlap_lose_nothing(minutes: float) -> None:
    ends_h = 5 + minutes / 60
    boluses = [
        Bolus(at_h=5, mass_ug=50, minutes=minutes),
        Bolus(at_h=5 + minutes / 120, mass_ug=20, minutes=2 * minutes),
        Bolus(at_h=5, mass_ug=30, minutes=60),
    ]

    balance = balance_mass(ONE, sample_times_h=np.unique([5, ends_h, 6, 50]), boluses=boluses)

    assert balance.worst_error < 1e-9


@pytest.mark.parametrize("width_h", [1e-12, 1e-9, 1e-7, 1e-6])
def test_a_step_of_the_pump_in_almost_no_time_loses_nothing(width_h: float) -> None:
    edges = [0, 5, 5 + width_h, 5 + 2 * width_h, 40]
    inflow = Inflow(edges, [0.01, 60, 30, 0.01], [500, 10_000, 10_000, 500])
    samples = [4, *edges[1:4], 6, 40]

    balance = balance_mass(ONE, sample_times_h=samples, inflow=inflow, implant=AT_THE_TIP)

    assert balance.worst_error < 1e-9


def test_samples_a_hair_apart_each_see_what_has_entered_before_them() -> None:
    boluses = [Bolus(at_h=5, mass_ug=50, minutes=0), Bolus(at_h=5 + 4e-10, mass_ug=30, minutes=0)]
    samples = [5, 5 + 3e-10, 5 + 6e-10]

    balance = balance_mass(ONE, sample_times_h=samples, boluses=boluses)

    assert balance.csf == pytest.approx(np.array([[50, 50, 80]]), rel=1e-6)


def test_many_samples_each_a_hair_after_the_last_are_not_all_the_first() -> None:
    times = np.linspace(5, 5 + 1e-6, 5001)

    curve = simulate(ONE, sample_times_h=times, boluses=[Bolus(at_h=4.99, mass_ug=50)]).typical(LUMBAR)

    assert abs(np.diff(curve)).max() < abs(curve[-1] - curve[0]) / 2


def test_a_short_injection_is_carried_over_a_change_of_the_patient() -> None:
    phases = [Phase(0, ONE), Phase(5 + 1e-10, ONE)]
    bolus = Bolus(at_h=5, mass_ug=50, minutes=1e-8)

    level = simulate_phases(phases, sample_times_h=[6], boluses=[bolus]).typical(LUMBAR)

    assert level == pytest.approx([after_an_hour(5, 0)], rel=1e-6)


def test_many_short_steps_are_one_long_one() -> None:
    edges = np.linspace(0, 0.01, 5001)
    cut = Inflow(edges, np.full(5000, 0.01), np.full(5000, 500.0)).stopped(until_h=6)
    whole = Inflow([0, 0.01], [0.01], [500]).stopped(until_h=6)

    curves = [
        simulate(ONE, sample_times_h=[0.005, 0.01, 6], inflow=one, implant=AT_THE_TIP, sites=["T10"])[
            csf_at("T10")
        ]
        for one in (cut, whole)
    ]

    assert curves[0] == pytest.approx(curves[1], rel=1e-6)
