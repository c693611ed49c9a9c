"""Who the patient of a scenario is, and how that changes on the way: read, refused, simulated."""

from __future__ import annotations

import numpy as np
import pytest

from builders.scenarios import SMALL, problems_of, read, with_event
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


DENSE = '[patient]\ndensity = "1025 mg/mL"\nposture = "head up"\n'
DRIFT = '[patient.known]\ndensity_drift_mL_h_per_mg_mL = "0.5 mL/h per mg/mL"\n\n[implant]\n'
STIR = '[patient.known]\nstirring_flow_mL_h = "0.1 mL/h"\n\n[implant]\n'


def test_what_is_dense_sinks_and_what_is_quick_stirs() -> None:
    usual = load_parameters()
    dense = read(SMALL.replace("[patient]\n", DENSE)).patient.parameters()
    quick = read(SMALL.replace("[patient]\n", '[patient]\nrate = "1 mL/h"\n')).patient.parameters()

    assert dense["bulk_flow_mL_h"].value == pytest.approx(0.7 - 24.4)
    assert quick["dispersion_cm2_h"].value == pytest.approx(2 * usual["dispersion_cm2_h"].value)


def test_what_is_known_of_drift_and_stirring_is_what_a_condition_is_worked_out_with() -> None:
    dense = SMALL.replace("[patient]\n", DENSE).replace("[implant]\n", DRIFT)
    quick = SMALL.replace("[patient]\n", '[patient]\nrate = "1 mL/h"\n').replace("[implant]\n", STIR)

    assert read(dense).patient.parameters()["bulk_flow_mL_h"].value == pytest.approx(0.7 - 12.2)
    assert read(quick).patient.parameters()["dispersion_cm2_h"].value == pytest.approx(11 * 130)


def test_density_and_rate_may_change_on_the_way_and_are_told() -> None:
    text = with_event('at = "24 h"', 'do = "change"', 'density = "1025 mg/mL"', 'rate = "0.5 mL/h"')

    outcome = run_scenario(read(text), patients=3)

    usual = run_scenario(read(), patients=3)
    late = outcome.response.sample_times_h > 26
    lumbar = "csf_lumbar_ng_mL"
    assert not np.allclose(outcome.response[lumbar][:, late], usual.response[lumbar][:, late], rtol=0.01)
    said = summarise(outcome)
    assert said["changes"] == [
        {
            "at_h": 24.0,
            "what": "the patient changes: what is infused weighs 1025 mg/mL, infused at 0.5 mL/h",
        }
    ]
    assert (said["density_mg_mL"], said["rate_mL_h"]) == (1000.6, 0.0)


def test_tubing_and_bore_of_the_catheter_delay_the_drug() -> None:
    late = [
        read(SMALL.replace('tip = "T10"', f'tip = "T10"\n{more}')).implant
        for more in ("", 'tubing = "1 mL"', 'bore = "0.01 mL/cm"')
    ]

    volumes = [one.catheter.dead_volume_mL for one in late if one is not None]

    assert volumes == pytest.approx([0.316, 1.176, 0.94])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            SMALL.replace("[implant]\n", '[patient.known]\ntubing_mL = "1 mL"\n\n[implant]\n'),
            "patient.known.tubing_mL: is the catheter's, not the patient's; allowed: tubing = '0.14 mL'",
        ),
        (
            SMALL.replace('tip = "T10"', 'tip = "T10"\ntubing = "2 mL"'),
            "implant.tubing: '2 mL': it is out of range; allowed: 0 to 1 mL (SynchroMed II",
        ),
        (
            SMALL.replace('tip = "T10"', 'tip = "T10"\nbore = "0 mL/cm"\ndisperses = true'),
            "implant.bore: is nothing; allowed: above 0 mL/cm",
        ),
        (
            SMALL.replace("[patient]\n", '[patient]\ndensity = "1.025 g/mL"\n'),
            "patient.density: '1.025 g/mL': it must be a number and the unit 'mg/mL'; allowed: 950 to 1100",
        ),
        (
            SMALL.replace("[patient]\n", '[patient]\nrate = "100 mL/h"\n'),
            "patient.rate: '100 mL/h': it is out of range; allowed: 0 to 60 mL/h",
        ),
        (
            SMALL.replace("[patient]\n", DENSE.replace("1025", "1100")),
            "patient.posture: bulk_flow_mL_h, as what is 99.4 mg/mL heavier drifts in one placed head",
        ),
        (
            SMALL.replace("[patient]\n", '[patient]\nposture = "head up"\n').replace(
                "[implant]\n", '[patient.known]\nspinal_csf_mL = "60 mL"\n\n[implant]\n'
            ),
            "patient.posture: posture is head up, and spinal_csf_mL, which it changes, is known: 60 mL",
        ),
        (
            SMALL.replace("[patient]\n", CHILD.replace("26 kg", "12 kg")),
            "patient.child: weight_kg at 125 cm is 12 kg; allowed: 12.5 to 93.75 kg",
        ),
        (
            SMALL.replace("[patient]\n", '[patient]\ngroups = ["oral, Marsot 2013"]\n' + CHILD[10:]),
            "patient.child: a child of 8 years stands beside 'oral, Marsot 2013'; allowed: one of them",
        ),
        (
            SMALL.replace(
                "[implant]\n",
                '[patient.known]\nspinal_csf_mL = "10 mL"\ncord_volume_mL = "50 mL"\n\n[implant]\n',
            ),
            "patient.known: cord_volume_mL of patient 0 is 50 mL in 10 mL of spinal fluid; allowed: up to 4",
        ),
        (
            with_event('at = "1 h"', 'do = "change"', 'density = "1100 mg/mL"', 'posture = "head up"'),
            "event[2].posture: bulk_flow_mL_h, as what is 99.4 mg/mL heavier",
        ),
        (
            SMALL.replace("[patient]\n", '[patient]\ngroups = ["DTPA"]\n').replace(
                'quantity = "concentration"\nsite = "lumbar"', 'quantity = "tone"\nsite = "legs"'
            ),
            "observe[1].quantity: 'tone' is an effect, and DTPA has none; allowed: concentration, dose rate",
        ),
        (
            (SMALL + COURSE).replace("[patient]\n", '[patient]\ngroups = ["DTPA"]\n'),
            "event[2].do: 'oral': DTPA is not absorbed; allowed: another event",
        ),
    ],
)
def test_what_a_patient_or_a_catheter_cannot_be_is_refused_where_it_stands(wrong: str, said: str) -> None:
    (problem,) = problems_of(wrong)

    assert said in problem


def test_a_tracer_is_followed() -> None:
    text = SMALL.replace("[patient]\n", '[patient]\ngroups = ["DTPA"]\n')

    assert run_scenario(read(text), patients=2).response["csf_lumbar_ng_mL"][:, -1].min() > 0


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
