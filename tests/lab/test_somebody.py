"""Who the patient of a scenario is, and how that changes on the way: read, refused, simulated."""

from __future__ import annotations

import numpy as np
import pytest

from lab.scenario_files import SMALL, problems_of, read, with_event
from thecal.body import PLASMA, Posture, load_parameters
from thecal.lab import run_scenario, summarise
from thecal.lab.scenario import Change

CHILD = '[patient]\nchild = { age = "8 year", height = "125 cm", weight = "26 kg" }\n'
COURSE = '[[event]]\nat = "0 h"\ndo = "oral"\ndose = "20 mg"\nevery = "6 h"\ndoses = 8\n'
KIDNEY = '[[event]]\nat = "24 h"\ndo = "change"\nknown = { creatinine_clearance_mL_min = "20 mL/min" }\n'


def test_a_child_has_a_child_s_proportions() -> None:
    young = read(SMALL.replace("[patient]\n", CHILD)).patient

    assert young.child is not None
    assert young.parameters()["spinal_csf_mL"].value < 0.8 * load_parameters()["spinal_csf_mL"].value


def test_a_patient_who_is_placed_otherwise_has_other_fluid() -> None:
    placed = read(SMALL.replace("[patient]\n", '[patient]\nposture = "legs up"\n')).patient

    assert placed.posture is Posture.LEGS_UP
    assert placed.parameters()["spinal_csf_mL"].value < load_parameters()["spinal_csf_mL"].value


def test_kidneys_that_fail_on_the_way_let_plasma_rise_from_then_on_only() -> None:
    well, ill = (run_scenario(read(SMALL + COURSE + more), patients=3).response for more in ("", KIDNEY))

    before = well.sample_times_h <= 24
    assert np.allclose(ill[PLASMA][:, before], well[PLASMA][:, before], rtol=1e-6, atol=1e-9)
    assert (ill[PLASMA][:, -1] > 1.3 * well[PLASMA][:, -1]).all()


def test_changes_add_up_and_what_does_not_change_stays() -> None:
    known = 'known = { tone_legs_before = "4 Ashworth 1-5" }'
    scenario = read(
        with_event('at = "6 h"', 'do = "change"', 'posture = "head up"')
        + f'\n[[event]]\nat = "9 h"\ndo = "change"\n{known}\n'
    )

    first, second = (event for event in scenario.events if isinstance(event, Change))

    after = second.of(first.of(scenario.patient))
    assert after.posture is Posture.HEAD_UP
    assert after.known == (("tone_legs_before", 4.0),)
    assert after.origin is scenario.patient.origin
    assert first.describe() == "the patient changes: placed head up"
    assert second.describe() == "the patient changes: tone_legs_before 4 Ashworth 1-5"


def test_the_summary_says_who_it_was_and_what_changed() -> None:
    text = SMALL.replace("[patient]\n", CHILD) + KIDNEY

    said = summarise(run_scenario(read(text), patients=2))

    assert said["child"] == {"age_years": 8.0, "height_cm": 125.0, "weight_kg": 26.0}
    assert said["posture"] == "flat"
    assert said["changes"] == [
        {"at_h": 24.0, "what": "the patient changes: creatinine_clearance_mL_min 20 mL/min"}
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            CHILD.replace("8 year", "3 year"),
            "patient.child.age: '3 year': it is out of range; allowed: 4 to 18 year",
        ),
        (
            CHILD.replace("125 cm", "1.25 m"),
            "patient.child.height: '1.25 m': it must be a number and the unit 'cm'",
        ),
        (CHILD.replace(', weight = "26 kg"', ""), "patient.child.weight: is missing; allowed: 10 to 120 kg"),
        (CHILD.replace(" }", ', name = "x" }'), "patient.child.name: is not a field"),
        (
            '[patient]\nposture = "upright"\n',
            "posture: 'upright': it is not known here; allowed: flat, head up, legs",
        ),
        ('[patient]\ngroups = ["stork"]\n', "patient.groups: group 'stork' is unknown; allowed: spinal"),
    ],
)
def test_a_patient_who_cannot_be_is_refused_by_name_value_and_range(wrong: str, said: str) -> None:
    (problem,) = problems_of(SMALL.replace("[patient]\n", wrong))

    assert said in problem


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (('at = "0 h"', 'posture = "flat"'), "is the start; allowed: later"),
        (
            ('at = "1 h"',),
            "known: is missing; allowed: a posture, a density, a rate, a table",
        ),
        (('at = "1 h"', 'known = { spinal_csf_mL = "-5 mL" }'), "known.spinal_csf_mL: '-5 mL': "),
        (('at = "1 h"', 'known = { colour = "1" }'), "colour: is not a field of the format here"),
        (('at = "3 day"', 'posture = "flat"'), "at: '3 day': it is out of range"),
    ],
)
def test_a_change_that_cannot_be_is_refused(lines: tuple[str, ...], said: str) -> None:
    at, *rest = lines

    (problem,) = problems_of(with_event(at, 'do = "change"', *rest))

    assert said in problem


def test_a_catheter_may_blur_what_passes() -> None:
    sharp, blurred = (
        run_scenario(read(SMALL.replace('tip = "T10"', f'tip = "T10"\nprimed = false\n{more}')), patients=1)
        for more in ("", "disperses = true")
    )

    early = [run.response.typical("tip_rate_ug_h") for run in (sharp, blurred)]
    assert set(early[0]) < set(early[1])


@pytest.mark.parametrize("written", ["2", "2 1"])
def test_a_number_without_a_unit_may_stand_bare(written: str) -> None:
    known = f'[patient.known]\ntolerance_gain = "{written}"\n\n[implant]\n'

    assert read(SMALL.replace("[implant]\n", known)).patient.known == (("tolerance_gain", 2.0),)


def test_a_bare_number_is_still_held_to_its_range() -> None:
    known = '[patient.known]\ntolerance_gain = "-2"\ntone_legs_before = "4"\n\n[implant]\n'

    problems = problems_of(SMALL.replace("[implant]\n", known))

    assert [
        "patient.known.tolerance_gain: '-2'" in problems[0],
        "and the unit 'Ashworth 1-5'" in problems[1],
    ] == [
        True,
        True,
    ]
