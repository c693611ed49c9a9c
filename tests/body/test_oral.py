from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.linalg import expm

from body.bodies import PRIMED, SCREENING, continuous, typical
from thecal.body import (
    PLASMA,
    SEDATION,
    SUPRASPINAL,
    TONE_LEGS,
    OralDose,
    csf_at,
    load_parameters,
    plasma_clearance,
    simulate,
)

HOURS = np.arange(0.0, 72.01, 0.5)


def test_one_dose_is_batemans_function() -> None:
    body = typical()
    value = {name: float(of[0]) for name, of in body.patients.values.items()}
    absorbed, volume = value["oral_absorption_per_h"], value["plasma_volume_L"]
    leaving = value["plasma_clearance_L_h"] / volume

    found = simulate(body, sample_times_h=HOURS, oral=[OralDose(at_h=1, dose_mg=20)]).typical(PLASMA)

    after = np.maximum(HOURS - 1, 0)
    arrived = value["oral_bioavailability"] * 20_000 / volume
    expected = (
        arrived * absorbed / (absorbed - leaving) * (np.exp(-leaving * after) - np.exp(-absorbed * after))
    )
    assert found == pytest.approx(expected, abs=1e-8 * expected.max())


ALL_ALIKE = {
    "oral_absorption_per_h": 0.5,
    "plasma_to_csf_per_h": 0.5,
    "cord_exchange_per_h": 0.5,
    "brain_delay_per_h": 0.5,
    "effect_delay_per_h": 0.5,
}


@pytest.mark.parametrize("known", [{}, ALL_ALIKE], ids=["as shipped", "all rates alike"])
def test_every_place_is_what_the_matrix_exponential_says(known: dict[str, float]) -> None:
    body = typical(1, **known)
    value = {name: float(of[0]) for name, of in body.patients.values.items()}
    leaving = value["plasma_clearance_L_h"] / value["plasma_volume_L"]
    follows, brain = value["plasma_to_csf_per_h"], value["brain_delay_per_h"]
    chain = np.diag([-value["oral_absorption_per_h"], -leaving, -follows, -brain])
    chain[1, 0] = value["oral_absorption_per_h"] * value["oral_bioavailability"] / value["plasma_volume_L"]
    chain[2, 1] = follows * value["csf_plasma_ratio"]
    chain[3, 2] = brain

    doses = OralDose.repeated(25, every_h=8, doses=4)
    found = simulate(body, sample_times_h=HOURS, oral=doses, sites=["lumbar"], also=[SUPRASPINAL])

    expected = sum(
        np.array(
            [expm(chain * (hour - dose.at_h))[:, 0] if hour > dose.at_h else np.zeros(4) for hour in HOURS]
        )
        for dose in doses
    )
    for place, curve in ((1, PLASMA), (2, csf_at("lumbar")), (3, SUPRASPINAL)):
        want = 25_000 * expected[:, place]
        assert found.typical(curve) == pytest.approx(want, abs=1e-8 * want.max())


def test_oral_and_intrathecal_drug_add_up() -> None:
    body, oral = typical(1), OralDose.repeated(20, every_h=8, doses=9)
    pumped = {"inflow": continuous(100, 72), "implant": PRIMED, "boluses": [SCREENING]}

    both = simulate(body, sample_times_h=HOURS, oral=oral, **pumped)
    by_mouth = simulate(body, sample_times_h=HOURS, oral=oral)
    by_pump = simulate(body, sample_times_h=HOURS, **pumped)

    for curve in (PLASMA, csf_at("lumbar"), csf_at("cisternal")):
        total = by_mouth.typical(curve) + by_pump.typical(curve)
        assert both.typical(curve) == pytest.approx(total, abs=1e-8 * total.max())
    assert (both.typical(TONE_LEGS) <= by_pump.typical(TONE_LEGS)).all()


def test_what_is_absorbed_is_what_plasma_is_cleared_of() -> None:
    body = typical()
    times = np.concatenate(([0.0], np.geomspace(1e-3, 400, 6000)))

    plasma = simulate(body, sample_times_h=times, oral=[OralDose(at_h=0, dose_mg=40)]).typical(PLASMA)

    cleared_ug = float(plasma_clearance(body.patients)[0]) * np.trapezoid(plasma, times)
    assert cleared_ug == pytest.approx(0.74 * 40_000, rel=1e-4)


def test_sixty_milligrams_a_day_average_what_simon_measured() -> None:
    doses = OralDose.repeated(20, every_h=8, doses=30)

    plasma = simulate(typical(), sample_times_h=np.arange(192, 240.01, 0.1), oral=doses).typical(PLASMA)

    assert plasma.mean() == pytest.approx(60_000 / 24 / 11.6, rel=0.01)


@pytest.mark.parametrize(("function", "cut"), [(120, 0), (65, 1 / 3), (40, 1 / 2), (20, 2 / 3)])
def test_the_clearance_falls_with_renal_function_about_as_doses_are_cut(function: float, cut: float) -> None:
    ours = typical(creatinine_clearance_mL_min=function).patients
    usual = float(load_parameters()["plasma_clearance_L_h"].value)

    assert 1 - float(plasma_clearance(ours)[0]) / usual == pytest.approx(cut, rel=0.25, abs=1e-12)


def test_the_sedation_signal_stands_at_a_tenth_and_a_half_where_symptoms_are_reported() -> None:
    signals = [
        simulate(
            typical(1),
            sample_times_h=np.arange(0, 24, 0.25),
            oral=[OralDose(at_h=0, dose_mg=dose)],
            also=[SEDATION],
        ).typical(SEDATION)
        for dose in (150, 300)
    ]

    assert [signal.max() for signal in signals] == pytest.approx([0.1, 0.5], abs=0.02)
    assert signals[0][0] == 0


def test_oral_drug_cannot_match_the_cord_exposure_of_a_pump() -> None:
    oral = OralDose.repeated(20, every_h=8, doses=12)

    by_mouth = simulate(typical(), sample_times_h=[95.0], oral=oral).typical(csf_at("lumbar"))[0]
    by_pump = simulate(typical(), sample_times_h=[95.0], inflow=continuous(400, 96), implant=PRIMED).typical(
        csf_at("lumbar")
    )[0]

    assert 20 < by_mouth < 45  # 26 to 38 ng/mL follow from the published clearances and ratio
    assert by_pump > 10 * by_mouth


def test_doses_may_stand_in_any_order() -> None:
    doses = OralDose.repeated(10, every_h=6, doses=5, from_h=2)

    forwards, backwards = (
        simulate(typical(1), sample_times_h=HOURS, oral=order).typical(PLASMA)
        for order in (doses, doses[::-1])
    )

    assert forwards.tolist() == backwards.tolist()
    assert [dose.at_h for dose in doses] == [2, 8, 14, 20, 26]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: OralDose(at_h=-1, dose_mg=20), "at_h is -1 h; allowed: 0 to"),
        (lambda: OralDose(at_h=0, dose_mg=2500), "dose_mg is 2500 mg; allowed: 0 to 2000 mg"),
        (lambda: OralDose.repeated(20, every_h=0, doses=3), "every_h is 0 h"),
        (lambda: OralDose.repeated(20, every_h=8, doses=0), "doses is 0 doses; allowed: 1 to"),
        (
            lambda: simulate(typical(1), sample_times_h=[1], also=["sleep"]),
            "readout 'sleep' is unknown; allowed: cord_legs_ng_mL",
        ),
    ],
)
def test_what_cannot_be_swallowed_or_shown_is_refused(made: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        made()


def test_a_dose_after_the_last_sample_is_not_seen_and_does_no_harm() -> None:
    found = simulate(typical(1), sample_times_h=[0.0, 1000.0], oral=[OralDose(at_h=2000, dose_mg=20)])

    assert not found.typical(PLASMA).any()
