from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.bodies import PRIMED, SCREENING, continuous, fortnight, typical
from thecal.body import (
    LABEL,
    PLASMA,
    PUMP_RATE,
    SITES,
    TIP_LEVELS,
    TIP_RATE,
    TONE_ARMS,
    TONE_LEGS,
    Bolus,
    Ensemble,
    Implant,
    Inflow,
    balance_mass,
    csf_at,
    load_parameters,
    simulate,
)

FEW = Ensemble.drawn(load_parameters(), 12, seed=3, cells_per_cm=1)
CONCENTRATIONS = [csf_at(site) for site in SITES]


def boluses() -> st.SearchStrategy[Bolus]:
    return st.builds(
        Bolus,
        at_h=st.floats(0, 200),
        mass_ug=st.floats(1, 200),
        volume_mL=st.floats(0.5, 5),
        level=st.sampled_from(["L5", "L3", "T6", "C1", "cisterna"]),
        minutes=st.sampled_from([0.0, 1.0, 30.0]),
    )


@given(
    given=st.lists(boluses(), max_size=4),
    tip=st.sampled_from(TIP_LEVELS),
    prime=st.sampled_from([0.0, 2000.0]),
)
@settings(max_examples=25)
def test_no_drug_is_made_or_lost_on_the_way(given: list[Bolus], tip: str, prime: float) -> None:
    balance = balance_mass(
        FEW,
        sample_times_h=np.linspace(0, 400, 41),
        inflow=fortnight().stopped(until_h=400),
        implant=Implant(tip_level=tip, primed_with_ug_mL=prime),
        boluses=given,
    )

    assert balance.worst_error < 1e-9


def test_a_year_of_flex_loses_nothing_and_is_quick_without_samples() -> None:
    days = 365
    edges = (24.0 * np.arange(days)[:, np.newaxis] + np.array([0, 6.5, 9, 13.25, 18, 21.75])).ravel()
    flow = np.tile([0.01, 0.02, 0.005, 0.015, 0.0, 0.012], days)
    inflow = Inflow(np.append(edges, 24.0 * days), flow, np.full(6 * days, 500.0))

    began = time.perf_counter()
    balance = balance_mass(FEW, sample_times_h=[24.0 * days], inflow=inflow, implant=PRIMED)

    assert time.perf_counter() - began < 2
    assert balance.worst_error < 1e-9
    assert balance.administered[0] == pytest.approx(
        inflow.rate_ug_h @ np.diff(inflow.edges_h) + PRIMED.dead_volume_mL * 500
    )


def test_half_the_grid_step_changes_what_a_bolus_reports_by_less_than_a_percent() -> None:
    times = [0.5, 1, 2, 4, 8, 24]
    for level, volume_mL in (("L2", 1.0), ("L3", 1.0), ("L3", 2.0), ("L4", 1.5)):
        bolus = Bolus(at_h=0, mass_ug=50, volume_mL=volume_mL, level=level)
        coarse, fine = (simulate(typical(n), sample_times_h=times, boluses=[bolus]) for n in (2, 4))

        for quantity in (*CONCENTRATIONS, PLASMA, TONE_LEGS, TONE_ARMS):
            seen = fine.typical(quantity) > 0.1
            change = coarse.typical(quantity)[seen] / fine.typical(quantity)[seen] - 1
            assert np.max(np.abs(change)) < 0.01, (level, volume_mL, quantity)


@pytest.mark.parametrize("tip", TIP_LEVELS)
def test_half_the_grid_step_changes_what_an_infusion_reports_by_less_than_a_percent(tip: str) -> None:
    implant = Implant(tip_level=tip, primed_with_ug_mL=500)
    coarse, fine = (
        simulate(
            typical(n),
            sample_times_h=[1, 6, 24, 72],
            inflow=continuous(200, 72),
            implant=implant,
            sites=[*SITES, tip],
        )
        for n in (2, 4)
    )

    for quantity in coarse.quantities:
        seen = fine.typical(quantity) > 0.1
        change = coarse.typical(quantity)[seen] / fine.typical(quantity)[seen] - 1
        assert np.max(np.abs(change), initial=0) < 0.01, quantity


def test_half_the_grid_step_changes_the_band_by_less_than_a_percent() -> None:
    coarse, fine = (Ensemble.drawn(load_parameters(), 40, seed=5, cells_per_cm=n) for n in (2, 4))
    schedule = {"sample_times_h": [2, 12, 48], "inflow": continuous(200, 48), "implant": PRIMED}
    first, second = simulate(coarse, **schedule), simulate(fine, **schedule)

    for quantity in (*CONCENTRATIONS, PLASMA, TONE_LEGS, TONE_ARMS):
        one, two = first.band(quantity), second.band(quantity)
        for part in ("low", "median", "high"):
            assert np.allclose(getattr(one, part), getattr(two, part), rtol=0.01, atol=0.05), (quantity, part)


@given(split=st.floats(0.05, 0.95), more=st.floats(0.1, 5))
@settings(max_examples=20)
def test_drug_adds_up_two_schedules_at_once_give_the_sum_of_each(split: float, more: float) -> None:
    times = np.array([0.5, 3.0, 30.0, 70.0])
    late = Bolus(at_h=72 * split, mass_ug=20 * more, volume_mL=1.5)
    pump = {"inflow": continuous(100, 72), "implant": PRIMED}

    both = simulate(FEW, sample_times_h=times, boluses=[SCREENING, late], **pump)
    parts = [
        simulate(FEW, sample_times_h=times, **pump),
        simulate(FEW, sample_times_h=times, boluses=[SCREENING]),
        simulate(FEW, sample_times_h=times, boluses=[late]),
    ]

    for quantity in (*CONCENTRATIONS, PLASMA):
        assert np.allclose(
            both.curves[quantity], sum(part.curves[quantity] for part in parts), rtol=1e-9, atol=1e-9
        )


def test_cutting_a_constant_flow_into_pieces_changes_nothing() -> None:
    times = np.linspace(0.1, 72, 30)
    whole = simulate(FEW, sample_times_h=times, inflow=continuous(100, 72), implant=PRIMED)
    edges = [0, 1e-3, 7.3, 7.31, 40, 71.9, 72]
    cut = simulate(
        FEW, sample_times_h=times, inflow=Inflow(edges, [100 / 24 / 500] * 6, [500] * 6), implant=PRIMED
    )

    for quantity in whole.quantities:
        assert np.allclose(whole.curves[quantity], cut.curves[quantity], rtol=1e-10, atol=1e-10)


def test_a_bolus_of_a_minute_tends_to_one_given_at_once() -> None:
    times = [0.5, 2, 8]
    once = simulate(FEW, sample_times_h=times, boluses=[Bolus(at_h=0, mass_ug=50, minutes=0)])
    slow = simulate(FEW, sample_times_h=times, boluses=[Bolus(at_h=0, mass_ug=50, minutes=0.001)])

    assert np.allclose(once.curves[csf_at("lumbar")], slow.curves[csf_at("lumbar")], rtol=1e-4)


def test_nothing_is_ever_below_nothing_and_tone_stays_on_its_scale() -> None:
    response = simulate(
        FEW, sample_times_h=np.linspace(0, 400, 801), inflow=fortnight().stopped(until_h=400), implant=PRIMED
    )

    assert all((response.curves[quantity] >= 0).all() for quantity in (*CONCENTRATIONS, PLASMA))
    for quantity in (TONE_LEGS, TONE_ARMS):
        assert ((response.curves[quantity] >= 1) & (response.curves[quantity] <= 5)).all()


def test_without_drug_tone_is_what_it_was_before() -> None:
    ensemble = typical(tone_legs_before=3.4, tone_arms_before=2.2)

    response = simulate(ensemble, sample_times_h=[0, 10])

    assert response.typical(TONE_LEGS).tolist() == [3.4, 3.4]
    assert response.typical(TONE_ARMS).tolist() == [2.2, 2.2]
    assert response.typical(PLASMA).tolist() == [0, 0]


def test_a_higher_tip_reaches_the_arms_and_leaves_the_legs() -> None:
    low, high = (
        simulate(
            typical(),
            sample_times_h=[200],
            inflow=continuous(150, 200),
            implant=Implant(tip_level=tip, primed_with_ug_mL=0),
        )
        for tip in ("T10", "C5")
    )

    assert high.typical(TONE_ARMS)[0] < low.typical(TONE_ARMS)[0]
    assert high.typical(TONE_LEGS)[0] > low.typical(TONE_LEGS)[0]


def test_rates_are_reported_where_they_flow_and_an_edge_belongs_to_what_it_begins() -> None:
    implant = Implant(catheter_length_cm=0, tubing_mL=0.1, primed_with_ug_mL=0)

    response = simulate(
        typical(), sample_times_h=[0, 1, 5, 10, 12], inflow=Inflow([1, 12], [0.02], [500]), implant=implant
    )

    assert response.typical(PUMP_RATE).tolist() == [0, 10, 10, 10, 0]
    assert response.typical(TIP_RATE).tolist() == [0, 0, 0, 10, 0]


def test_a_response_says_what_it_is_and_what_it_holds() -> None:
    response = simulate(FEW, sample_times_h=[1, 2], boluses=[SCREENING], sites=["lumbar", "T4"])

    assert response.label == LABEL == "model estimate, assumed parameters"
    assert response.quantities == (
        "csf_lumbar_ng_mL",
        "csf_T4_ng_mL",
        "plasma_ng_mL",
        "tone_legs",
        "tone_arms",
        "pump_rate_ug_h",
        "tip_rate_ug_h",
    )
    assert response.patients(PLASMA).shape == (12, 2)
    band = response.band(PLASMA)
    assert (band.low < band.median).all()
    assert (band.median < band.high).all()
    assert band.median == pytest.approx(np.median(response.curves[PLASMA][1:], axis=0))


def test_tone_is_shown_as_a_grade_with_its_band() -> None:
    response = simulate(FEW, sample_times_h=[0, 3], boluses=[SCREENING])

    shown = response.score(TONE_LEGS, 1)

    assert shown.middle.scale_id == "ashworth-1-5"
    assert str(shown) == f"Ashworth 1-5: {shown.middle.grade()} ({shown.low.grade()} to {shown.high.grade()})"


@pytest.mark.parametrize(
    ("requested", "said"),
    [
        ({"sample_times_h": [2, 1]}, r"sample_times_h must increase: sample_times_h\[1\] is 1 h after 2 h"),
        ({"sample_times_h": [-1]}, r"sample_times_h\[0\] is -1 h; allowed: 0 to"),
        ({"sample_times_h": [float("nan")]}, r"sample_times_h\[0\] is nan h"),
        ({"sample_times_h": [1], "inflow": continuous(50, 9)}, "an inflow needs an implant"),
        ({"sample_times_h": [1], "sites": ["knee"]}, "level 'knee' is unknown; allowed: S2, S1"),
        (
            {"sample_times_h": [1], "boluses": [SCREENING], "tolerance": 1e-16},
            "tolerance is 1e-16; allowed: 1e-14 to 0.1 for lags from",
        ),
        ({"sample_times_h": [1], "boluses": [SCREENING], "tolerance": float("nan")}, "tolerance is nan"),
        (
            {"sample_times_h": [1e-8, 2e5], "boluses": [Bolus(at_h=0, mass_ug=9)], "tolerance": 1e-14},
            r"tolerance is 1e-14; allowed: \de-1\d to 0.1 for lags from 1e-08 to 200000 h",
        ),
    ],
)
def test_a_simulation_that_cannot_be_is_refused(requested: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        simulate(FEW, **requested)


@pytest.mark.parametrize(
    ("bolus", "said"),
    [
        ({"at_h": -1, "mass_ug": 50}, "at_h is -1 h"),
        ({"at_h": 0, "mass_ug": -50}, "mass_ug is -50 ug; allowed: 0 to"),
        ({"at_h": 0, "mass_ug": 50, "volume_mL": 0}, "volume_mL is 0 mL; allowed: 0.01 to 50 mL"),
        ({"at_h": 0, "mass_ug": 50, "minutes": float("inf")}, "minutes is inf min"),
        ({"at_h": 0, "mass_ug": 50, "level": "L9"}, "level 'L9' is unknown"),
        ({"at_h": 0, "mass_ug": True}, "mass_ug must be a number in ug, got True"),
    ],
)
def test_a_bolus_that_cannot_be_is_refused(bolus: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Bolus(**bolus)


def test_what_was_not_reported_cannot_be_read() -> None:
    alone = simulate(typical(), sample_times_h=[1])

    with pytest.raises(ValueError, match="'csf_T1_ng_mL' was not reported; allowed: csf_lumbar_ng_mL"):
        alone.typical("csf_T1_ng_mL")
    with pytest.raises(ValueError, match="needs drawn patients"):
        alone.band(PLASMA)
    with pytest.raises(ValueError, match="'plasma_ng_mL' is not a score; allowed: tone_legs, tone_arms"):
        alone.score(PLASMA, 0)


def test_a_new_schedule_for_sixty_four_patients_is_redrawn_at_once() -> None:
    ensemble = Ensemble.drawn(load_parameters(), 64, seed=1)
    hourly = np.arange(0, 337.0)
    simulate(ensemble, sample_times_h=hourly, inflow=fortnight(), implant=PRIMED)

    took = []
    for _ in range(4):
        began = time.perf_counter()
        simulate(ensemble, sample_times_h=hourly, inflow=fortnight(), implant=PRIMED)
        took.append(time.perf_counter() - began)

    assert min(took) < 1.0  # about 0.1 s on two quiet cores; this guards the order of magnitude
