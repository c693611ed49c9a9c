from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.linalg import expm

from builders.bodies import PRIMED, SCREENING, continuous, typical
from thecal.body import (
    PLASMA,
    SEDATION,
    SUPRASPINAL,
    TONE_LEGS,
    OralDose,
    Patients,
    csf_at,
    draw_patients,
    load_parameters,
    plasma_clearance,
    simulate,
)
from thecal.body.cohort.oral import fluid_stages, oral_levels, oral_stages, remaining_levels

if TYPE_CHECKING:
    from thecal.body.cohort.oral import Stages

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
    oral_stages = simulate(body, sample_times_h=HOURS, oral=oral)
    by_pump = simulate(body, sample_times_h=HOURS, **pumped)

    for curve in (PLASMA, csf_at("lumbar"), csf_at("cisternal")):
        total = oral_stages.typical(curve) + by_pump.typical(curve)
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


def test_the_sedation_signal_is_a_tenth_and_a_half_where_symptoms_are_reported() -> None:
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

    oral_stages = simulate(typical(), sample_times_h=[95.0], oral=oral).typical(csf_at("lumbar"))[0]
    by_pump = simulate(typical(), sample_times_h=[95.0], inflow=continuous(400, 96), implant=PRIMED).typical(
        csf_at("lumbar")
    )[0]

    assert 20 < oral_stages < 45  # 26 to 38 ng/mL follow from the published clearances and ratio
    assert by_pump > 10 * oral_stages


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
        (lambda: OralDose(at_h=-1, dose_mg=20), "at_h is -1 h; allowed: 0 to 263520 h"),
        (lambda: OralDose(at_h=0, dose_mg=2500), "dose_mg is 2500 mg; allowed: 0 to 2000 mg"),
        (
            lambda: OralDose.repeated(20, every_h=0, doses=3),
            "every_h is 0 h; allowed: 0.0166667 to 8784 h",
        ),
        (lambda: OralDose.repeated(20, every_h=8, doses=0), "doses is 0 doses; allowed: 1 to 100000 doses"),
        (
            lambda: OralDose.repeated(20, every_h=8, doses=2, from_h=-1),
            "from_h is -1 h; allowed: 0 to 263520 h",
        ),
        (lambda: plasma_clearance({"renal_share": 1}), "patients is {'renal_share': 1}; allowed: Patients"),
    ],
)
def test_what_cannot_be_swallowed_is_refused(made: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        made()


def test_a_readout_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="readout 'sleep' is unknown; allowed: cord_legs_ng_mL"):
        simulate(typical(1), sample_times_h=[1], also=["sleep"])


def test_a_dose_after_the_last_sample_is_not_seen_and_does_no_harm() -> None:
    found = simulate(typical(1), sample_times_h=[0.0, 1000.0], oral=[OralDose(at_h=2000, dose_mg=20)])

    assert not found.typical(PLASMA).any()


def by_hand(chain: Stages, row: int, held: list[float], hours: float) -> float:
    """Return what the last of a few stages holds, from the whole matrix."""
    gains, rates = ([float(stage[part][row]) for stage in chain] for part in (0, 1))
    matrix = np.diag([-rate for rate in rates])
    for below in range(1, len(rates)):
        matrix[below, below - 1] = gains[below]
    return float((expm(matrix * hours) @ held)[-1])


TWO = draw_patients(load_parameters(), 1, seed=4)
TO_FLUID = oral_stages(TWO, fluid_stages(TWO))
TO_PLASMA = oral_stages(TWO, ())


def test_the_stages_from_mouth_to_fluid_are_those_of_the_page() -> None:
    (swallow, absorbed), (into_plasma, cleared), (into_fluid, follows) = TO_FLUID

    assert swallow.tolist() == [1, 1]
    assert absorbed.tolist() == TWO["oral_absorption_per_h"].tolist()
    arrives = TWO["oral_bioavailability"] * TWO["oral_absorption_per_h"]
    assert into_plasma.tolist() == (arrives / TWO["plasma_volume_L"]).tolist()
    assert cleared.tolist() == (plasma_clearance(TWO) / TWO["plasma_volume_L"]).tolist()
    assert follows.tolist() == TWO["plasma_to_csf_per_h"].tolist()
    assert into_fluid.tolist() == (TWO["csf_plasma_ratio"] * follows).tolist()
    assert len(TO_PLASMA) == 2


def test_the_clearance_is_split_by_the_renal_share() -> None:
    ours = typical(creatinine_clearance_mL_min=30, renal_share=0.8, plasma_clearance_L_h=10).patients

    assert plasma_clearance(ours)[0] == pytest.approx(10 * (0.2 + 0.8 / 4))
    little = typical(creatinine_clearance_mL_min=60, renal_share=0.8, plasma_clearance_L_h=1).patients
    assert plasma_clearance(little)[0] == pytest.approx(0.2 + 0.8 / 2)


def test_a_patient_of_whom_nothing_is_cleared_is_refused_alone() -> None:
    sound = typical(creatinine_clearance_mL_min=30, renal_share=0.5, plasma_clearance_L_h=10).patients
    values = {name: np.repeat(of, 2) for name, of in sound.values.items()}
    values["renal_share"] = np.array([0.5, 1.0])
    values["creatinine_clearance_mL_min"] = np.array([30.0, 0.0])

    with pytest.raises(ValueError, match="plasma of patient 1 is cleared of 0 L/h"):
        plasma_clearance(Patients(MappingProxyType(values)))


def test_the_first_patient_whose_plasma_is_not_cleared_is_named_with_the_cause() -> None:
    sound = typical(creatinine_clearance_mL_min=30, renal_share=0.5, plasma_clearance_L_h=10).patients
    values = {name: np.repeat(of, 4) for name, of in sound.values.items()}
    values["plasma_clearance_L_h"] = np.array([10.0, 1.0, 10.0, 10.0])
    values["renal_share"] = np.array([0.5, 0.5, 1.0, 5.0])
    values["creatinine_clearance_mL_min"] = np.array([30.0, 30.0, 0.0, 30.0])

    said = (
        "plasma of patient 2 is cleared of 0 L/h, with a renal_share of 1 and 0% of usual renal "
        "function; allowed: above 0 L/h"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        plasma_clearance(Patients(MappingProxyType(values)))


def test_doses_in_any_order_give_the_levels_of_the_matrix_everywhere() -> None:
    times = np.array([0.0, 2.0, 3.0, 7.5, 24.0])
    doses = [OralDose(at_h=7, dose_mg=5), OralDose(at_h=2, dose_mg=20)]

    found = oral_levels([TO_FLUID, TO_PLASMA], doses, times, tolerance=1e-10)

    assert found.shape == (2, 2, 5)
    assert not found[:, :, :2].any()
    for place, chain in enumerate((TO_FLUID, TO_PLASMA)):
        for row in range(2):
            expected = [
                sum(
                    by_hand(chain, row, [1000 * dose.dose_mg] + [0.0] * (len(chain) - 1), time - dose.at_h)
                    for dose in doses
                    if dose.at_h < time
                )
                for time in times
            ]
            assert found[place, row] == pytest.approx(expected, rel=1e-8, abs=1e-8 * max(expected))


def test_what_is_held_lingers_as_the_matrix_says_and_stands_at_first() -> None:
    times = np.array([5.0, 5.0 + 1e-10, 6.0, 30.0])
    held = [np.array([[400.0, 100.0], [30.0, 20.0], [7.0, 9.0]]), np.array([[50.0, 0.0], [6.0, 60.0]])]

    found = remaining_levels([TO_FLUID, TO_PLASMA], held, 5.0, times, tolerance=1e-10)

    for place, chain in enumerate((TO_FLUID, TO_PLASMA)):
        for row in range(2):
            assert found[place, row, :2].tolist() == [held[place][-1, row]] * 2
            expected = [by_hand(chain, row, held[place][:, row].tolist(), hours) for hours in (1.0, 25.0)]
            assert found[place, row, 2:] == pytest.approx(expected, rel=1e-6, abs=1e-8)


def test_a_place_without_stages_holds_nothing() -> None:
    found = remaining_levels(
        [TO_PLASMA, ()], [np.ones((2, 2)), np.ones((0, 2))], 0.0, np.array([0.0, 1.0]), tolerance=1e-9
    )

    assert found[0].all()
    assert not found[1].any()


def test_what_is_below_the_tolerance_is_nothing() -> None:
    dose, times = [OralDose(at_h=0, dose_mg=1e-4)], np.array([0.0, 1.0, 2.0, 30.0])

    rough, fine = (oral_levels([TO_PLASMA], dose, times, tolerance=tolerance) for tolerance in (0.05, 1e-9))

    assert 0 < fine.max() < 0.1
    assert (fine[:, :, 3] > 0).all()
    assert (rough[:, :, 3] == 0).all()
    assert (rough[:, :, 1:3] > 0).all()


def test_no_times_and_no_dose_before_them_give_nothing() -> None:
    dose = [OralDose(at_h=3, dose_mg=20)]

    assert oral_levels([TO_FLUID, TO_PLASMA], dose, np.array([]), tolerance=1e-9).shape == (2, 2, 0)
    assert not oral_levels([TO_PLASMA], dose, np.array([1.0, 3.0]), tolerance=1e-9).any()


def test_a_time_asked_for_twice_is_answered_twice() -> None:
    found = oral_levels(
        [TO_PLASMA], [OralDose(at_h=0, dose_mg=20)], np.array([0.0, 4.0, 4.0, 5.0]), tolerance=1e-9
    )

    assert found[0, 0, 1] == found[0, 0, 2] != found[0, 0, 3]


def test_doses_start_at_once_unless_said() -> None:
    assert [dose.at_h for dose in OralDose.repeated(10, every_h=1 / 60, doses=2)] == [0, 1 / 60]


def test_every_place_is_as_precise_as_its_own_highest_level() -> None:
    faint = (*TO_PLASMA, (np.full(2, 1e-4), np.ones(2)))
    dose, times = [OralDose(at_h=0, dose_mg=20)], np.array([1.0, 2.0])

    found = oral_levels([TO_PLASMA, faint], dose, times, tolerance=0.05)

    assert 0 < found[1].max() < 1e-3 * found[0].max()
    assert (found > 0).all()


@pytest.mark.parametrize(
    ("chains", "held"),
    [([TO_PLASMA], [np.ones((2, 2)), np.ones((2, 2))]), ([TO_PLASMA], [np.ones((3, 2))])],
    ids=["places", "stages"],
)
def test_what_is_held_must_be_told_of_every_place_and_stage(
    chains: list[Stages], held: list[np.ndarray]
) -> None:
    with pytest.raises(ValueError, match="zip"):
        remaining_levels(chains, held, 0.0, np.array([1.0]), tolerance=1e-9)
