from __future__ import annotations

import re
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from builders.bodies import PRIMED, continuous
from thecal.body import (
    CORD_LEGS,
    HM_LEGS,
    PLASMA,
    READOUTS,
    REFLEXES_ARMS,
    REFLEXES_LEGS,
    SEDATION,
    SPASMS_LEGS,
    SUPRASPINAL,
    TONE_ARMS,
    TONE_LEGS,
    WITHDRAWAL,
    Bolus,
    Ensemble,
    OralDose,
    balance_mass,
    csf_at,
    draw_patients,
    load_groups,
    load_parameters,
    of_groups,
    plasma_clearance,
    read_groups,
    simulate,
)

HABITS = {"tolerance_gain": 1.0, "rebound_grades": 1.0}
TEXT = files("thecal.body").joinpath("groups.toml").read_text("utf-8")


def test_every_group_changes_only_numbers_the_model_has_and_says_why() -> None:
    for group in load_groups().values():
        assert group.what
        assert group.table
        assert set(group.table) <= set(load_parameters().table)


def test_the_diseases_are_there() -> None:
    diseases = {name for name, group in load_groups().items() if group.kind == "disease"}

    assert diseases == {
        "spinal",
        "multiple sclerosis",
        "cerebral palsy",
        "stroke",
        "acquired brain injury",
    }


def test_a_group_has_the_published_mean_and_spread_before_treatment() -> None:
    drawn = draw_patients(of_groups(load_parameters(), "acquired brain injury"), 4000, seed=1)
    legs = drawn["tone_legs_before"]

    assert legs[0] == 3.5
    assert np.mean(legs[1:]) == pytest.approx(3.5, abs=0.1)
    assert np.std(legs[1:]) == pytest.approx(1.3, abs=0.2)  # cut off at the scale's ends


def test_what_is_known_of_a_patient_wins_over_the_group() -> None:
    parameters = of_groups(load_parameters(), "stroke", "oral, Marsot 2013").knowing(tone_legs_before=2.0)

    assert parameters["tone_legs_before"].value == 2.0
    assert parameters["plasma_clearance_L_h"].value == 7.33
    assert parameters["ec50_ng_mL"] == load_parameters()["ec50_ng_mL"]


def test_months_of_treatment_leave_more_tone_than_days_with_any_disease() -> None:
    new, long = (
        Ensemble.drawn(of_groups(load_parameters(), "spinal", *output), 0, 0, cells_per_cm=1)
        for output in ((), ("months of treatment",))
    )
    days = np.array([3.0, 180.0, 540.0])

    tones = [
        simulate(
            body, sample_times_h=24 * days, inflow=continuous(200, 24 * 541), implant=PRIMED, sites=[]
        ).typical(TONE_LEGS)
        for body in (new, long)
    ]

    assert tones[1][0] == pytest.approx(tones[0][0], abs=0.1)
    assert tones[1][1] > tones[0][1] + 0.5
    assert tones[1][2] > tones[1][1]


def test_drug_stays_nearer_the_tip_in_a_pig() -> None:
    """From velocities alone: 13.1 against 130 cm2/h, the level falls over about 8 cm and not 24."""
    falls = []
    for groups in ((), ("pig",)):
        body = Ensemble.drawn(of_groups(load_parameters(), *groups), 0, 0, cells_per_cm=1)
        found = simulate(
            body, sample_times_h=[8], inflow=continuous(100, 9), implant=PRIMED, sites=["T10", "T4"]
        )
        falls.append(found.typical(csf_at("T4"))[0] / found.typical(csf_at("T10"))[0])

    assert falls[1] < 0.4 * falls[0]


@pytest.mark.parametrize(
    ("population", "over_f_L_h"), [(None, 11.6), ("oral, Marsot 2013", 9.9), ("oral, Chevillard 2017", 8.0)]
)
def test_each_population_averages_dose_over_its_clearance(population: str | None, over_f_L_h: float) -> None:
    parameters = of_groups(load_parameters(), *([population] if population else []))
    body = Ensemble.drawn(parameters, 0, 0, cells_per_cm=1)
    doses = OralDose.repeated(20, every_h=8, doses=60)

    plasma = simulate(body, sample_times_h=np.arange(432, 480.01, 0.1), oral=doses, sites=[]).typical(PLASMA)

    assert plasma.mean() == pytest.approx(2500 / over_f_L_h, rel=0.01)
    assert 200 < plasma.mean() < 320  # 216 to 313 ng/mL


def test_a_tracer_is_conserved_stays_longer_and_does_nothing() -> None:
    bodies = [
        Ensemble.drawn(of_groups(load_parameters(), *names), 0, 0, cells_per_cm=1)
        for names in ((), ("DTPA",))
    ]
    injected = [Bolus(at_h=0, mass_ug=100, volume_mL=2)]

    drug, tracer = (
        simulate(body, sample_times_h=[4, 24], boluses=injected, sites=["lumbar", "cisternal"])
        for body in bodies
    )

    assert balance_mass(bodies[1], sample_times_h=[1, 24], boluses=injected).worst_error < 1e-10
    assert tracer.typical(csf_at("cisternal"))[1] > drug.typical(csf_at("cisternal"))[1]
    assert tracer.typical(TONE_LEGS).tolist() == [4, 4]
    assert plasma_clearance(bodies[1].patients)[0] == pytest.approx(7.2)


def test_no_dose_of_a_tracer_has_an_effect_but_it_is_found_everywhere() -> None:
    body = Ensemble.drawn(of_groups(load_parameters(), "DTPA").knowing(**HABITS), 3, 1, cells_per_cm=1)

    found = simulate(
        body,
        sample_times_h=[0, 2, 6, 100],
        boluses=[Bolus(at_h=0, mass_ug=100_000)],
        also=list(READOUTS),
    )

    patients = body.patients
    for sign, before in (
        (TONE_LEGS, patients["tone_legs_before"]),
        (TONE_ARMS, patients["tone_arms_before"]),
        (SPASMS_LEGS, patients["spasms_before"]),
        (REFLEXES_LEGS, patients["reflexes_before"]),
        (REFLEXES_ARMS, patients["reflexes_arms_before"]),
        (HM_LEGS, np.ones(4)),
        (SEDATION, np.zeros(4)),
        (WITHDRAWAL, np.zeros(4)),
    ):
        assert np.array_equal(found[sign], np.repeat(before[:, np.newaxis], 4, axis=1)), sign
    assert (found[CORD_LEGS][:, 1:] > 0).all()
    assert (found[SUPRASPINAL][:, 1:] > 0).all()


def test_a_tracer_by_mouth_is_refused() -> None:
    body = Ensemble.drawn(of_groups(load_parameters(), "DTPA"), 0, 0, cells_per_cm=1)

    with pytest.raises(ValueError, match=r"oral is 2 of what is not absorbed .*; allowed: no dose by mouth"):
        simulate(body, sample_times_h=[1], oral=OralDose.repeated(10, every_h=8, doses=2))


def test_half_the_potency_does_what_half_the_dose_does() -> None:
    """Everything up to the effect is linear in the dose."""
    signs = [SPASMS_LEGS, REFLEXES_LEGS, HM_LEGS, SEDATION, WITHDRAWAL]
    half, usual = (
        simulate(
            Ensemble.drawn(load_parameters().knowing(potency=potency, **HABITS), 2, 1, cells_per_cm=1),
            sample_times_h=np.arange(0, 300, 7.0),
            inflow=continuous(ug_per_day, 240, concentration).stopped(until_h=300),
            implant=replace(PRIMED, primed_with_ug_mL=concentration),
            also=signs,
        )
        for potency, ug_per_day, concentration in ((0.5, 400, 500), (1.0, 200, 250))
    )

    for sign in (TONE_LEGS, TONE_ARMS, *signs):
        assert half[sign] == pytest.approx(usual[sign], abs=1e-9), sign


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("spine",), "group 'spine' is unknown; allowed: spinal, multiple sclerosis"),
        (("spinal", "stroke"), "group 'stroke' stands beside 'spinal'; allowed: one disease"),
    ],
)
def test_a_group_that_cannot_be_is_refused(names: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        of_groups(load_parameters(), *names)


@pytest.mark.parametrize(
    ("pattern", "instead", "said"),
    [
        (r'kind = "disease"', 'kind = "mood"', "group spinal: kind 'mood'; allowed: disease"),
        (r'kind = "disease"\n', "", "group spinal: missing kind"),
        (r'kind = "disease"', 'kind = "disease"\ncolour = 3', "group spinal: unknown colour"),
        (r"parameter.tone_legs_before", "parameter.tone_legs", "parameter 'tone_legs' is unknown"),
        (r'unit = "Ashworth 1-5"', 'unit = "cm"', "tone_legs_before is in cm; allowed: Ashworth 1-5"),
        (r"notes = \[[^]]*\]", 'notes = "one"', "notes a list"),
    ],
)
def test_a_file_of_groups_that_cannot_be_is_refused(pattern: str, instead: str, said: str) -> None:
    text, changed = re.subn(pattern, instead, TEXT, count=1)
    assert changed

    with pytest.raises(ValueError, match=said):
        read_groups(text)
