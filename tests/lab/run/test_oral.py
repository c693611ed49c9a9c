"""Baclofen by mouth in a scenario: read, refused, taken, and shown beside what a pump gives."""

from __future__ import annotations

import re

import numpy as np
import pytest

from builders.scenarios import SMALL, problems_of, read, with_event
from thecal.body import PLASMA, OralDose
from thecal.lab import run_scenario, summarise
from thecal.lab.plots.oral_and_pump import as_svg, oral_against_intrathecal
from thecal.lab.scenario import Oral
from thecal.quantities import HOUR

NO_PUMP = re.sub(r"\[implant\].*?\[\[observe\]\]", "[[observe]]", SMALL, flags=re.DOTALL)
COURSE = """
[[event]]
at = "1 h"
do = "oral"
dose = "20 mg"
every = "8 h"
doses = 30
"""


def test_a_course_is_read_and_written() -> None:
    (course,) = read(NO_PUMP + COURSE).events

    assert isinstance(course, Oral)
    assert course.at == HOUR
    assert course.describe() == "by mouth: 20 mg every 8 h, 30 doses"


def test_a_single_dose_needs_no_interval() -> None:
    scenario = read(with_event('at = "1 h"', 'do = "oral"', 'dose = "5 mg"'))

    assert [event.describe() for event in scenario.events if isinstance(event, Oral)] == ["by mouth: 5 mg"]


def test_the_summary_says_what_was_taken_by_mouth() -> None:
    outcome = run_scenario(read(NO_PUMP + COURSE), patients=2)

    assert summarise(outcome)["oral"] == [{"at_h": 1.0, "what": "by mouth: 20 mg every 8 h, 30 doses"}]


def test_doses_after_the_end_are_not_taken_and_the_others_all_are() -> None:
    """48 h of doses from hour 1 every 8 h: six of the thirty."""
    outcome = run_scenario(read(NO_PUMP + COURSE), patients=3)
    by_hand = [OralDose(at_h=1 + 8 * number, dose_mg=20) for number in range(6)]

    plasma = outcome.response.typical(PLASMA)

    assert plasma[outcome.response.sample_times_h <= 1].tolist() == [0, 0]
    assert (np.diff(plasma)[1:3] > 0).all()
    assert plasma.max() < 20_000 * len(by_hand) * 0.74 / 53.9
    assert plasma[-1] > 100


def test_tablets_beside_a_running_pump_raise_plasma_a_hundredfold() -> None:
    """About 100 times lower on a pump, says a drug compendium of the label."""
    alone = run_scenario(read(), patients=2).response.typical(PLASMA)
    both = run_scenario(read(SMALL + COURSE), patients=2).response.typical(PLASMA)

    assert both.max() > 100 * alone.max()
    assert both[0] == alone[0] == 0


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (('do = "oral"', 'dose = "20 mcg"'), "1 mg to 2000 mg; an oral dose is in milligrams"),
        (('do = "oral"', 'dose = "3000 mg"'), "1 mg to 2000 mg"),
        (('do = "oral"',), "dose: is missing"),
        (('do = "oral"', 'dose = "20 mg"', "doses = 3"), "every: is missing"),
        (('do = "oral"', 'dose = "20 mg"', "doses = 0", 'every = "6 h"'), "doses"),
        (('do = "oral"', 'dose = "20 mg"', 'level = "L3"'), "level"),
    ],
)
def test_what_cannot_be_swallowed_is_refused_by_name(lines: tuple[str, ...], said: str) -> None:
    problems = problems_of(with_event('at = "1 h"', *lines))

    assert len(problems) == 1
    assert said in problems[0]


@pytest.mark.parametrize(
    ("quantity", "site"),
    [
        ("concentration", "brain"),
        ("concentration", "cord of the legs"),
        ("spasms", "legs"),
        ("reflexes", "legs"),
        ("H/M ratio", "legs"),
        ("signal", "sedation"),
        ("signal", "withdrawal"),
    ],
)
def test_each_further_quantity_can_be_observed(quantity: str, site: str) -> None:
    text = SMALL.replace('quantity = "concentration"', f'quantity = "{quantity}"').replace(
        'site = "lumbar"', f'site = "{site}"'
    )

    (seen,) = read(text).observations
    outcome = run_scenario(read(text), patients=2)

    assert seen.readout in outcome.response.quantities
    assert outcome.response.curves[seen.curve].shape[0] == 3


def test_by_mouth_and_from_a_pump_stand_in_one_figure() -> None:
    responses = oral_against_intrathecal()

    picture = as_svg(responses).decode()

    for label in (
        *responses,
        "plasma",
        "cord that serves the legs",
        "sedation and overdose",
        "tone, legs",
        "model estimate",
    ):
        assert label in picture
    assert picture == as_svg(responses).decode()


def test_a_patient_of_a_group_has_its_numbers() -> None:
    text = SMALL.replace('origin = "spinal"', 'origin = "cerebral"\ngroups = ["stroke", "oral, Marsot 2013"]')

    scenario = read(text)

    assert scenario.patient.parameters()["tone_legs_before"].value == 3.7
    assert summarise(run_scenario(scenario, patients=2))["cohort"] == {
        "patients": 2,
        "seed": 3,
        "origin": "cerebral",
        "groups": ["stroke", "oral, Marsot 2013"],
    }


def test_a_group_that_is_not_known_is_refused() -> None:
    (problem,) = problems_of(SMALL.replace('origin = "spinal"', 'origin = "spinal"\ngroups = ["spine"]'))

    assert "patient.groups: group 'spine' is unknown" in problem
