"""One criterion: whether a number of the model counts as a published one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.lab import run_scenario, shipped_names, shipped_scenario
from thecal.lab.run import findings
from thecal.lab.validation import Judged, judge, judge_patients, load_rows, write_judgement
from thecal.lab.validation.writing import write_verdict

numbers = st.floats(min_value=-1e6, max_value=1e6)


@pytest.mark.parametrize(
    ("patients", "said"),
    [
        ([2.0], "met"),
        ([4.0], "met"),
        ([1.0], "missed: 50 % below 2 ng/mL"),
        ([5.0], "missed: 25 % above 4 ng/mL"),
        ([math.inf], "missed: does not occur in half of the patients"),
        ([3.0, math.inf], "missed: does not occur in half of the patients"),
        ([3.0, 3.0, math.inf], "met"),
        ([3.0, 3.0, math.nan], "met"),
    ],
)
def test_a_verdict_says_met_or_by_how_much_it_is_missed(patients: list[float], said: str) -> None:
    assert write_judgement(judge_patients(np.array(patients), (2.0, 4.0)), (2.0, 4.0), "ng/mL") == said


def test_beyond_a_bound_of_zero_the_difference_has_its_unit() -> None:
    found = judge_patients(np.array([0.25]), (0.0, 0.0))

    assert write_judgement(found, (0.0, 0.0), "grade") == "missed: 0.25 grade above 0 grade"


def test_where_every_patient_is_judged_one_outside_is_a_miss() -> None:
    found = judge_patients(np.array([2.5, 3.0, 9.0]), (2.0, 4.0), Judged.EVERY)

    assert write_judgement(found, (2.0, 4.0), "h") == "missed: 125 % above 4 h"


@given(patients=st.lists(numbers, min_size=1, max_size=9), ends=st.tuples(numbers, numbers).map(sorted))
def test_the_word_follows_the_verdict_and_never_contradicts_it(
    patients: list[float], ends: list[float]
) -> None:
    accepted = (ends[0], ends[1])

    found = judge_patients(np.array(patients), accepted)

    assert found.met == (accepted[0] <= float(np.median(patients)) <= accepted[1])
    assert (write_judgement(found, accepted, "h") == "met") is found.met


ROWS = {row.row_id: row for row in load_rows().rows}


@pytest.mark.parametrize("name", shipped_names())
def test_a_scenario_and_the_validation_judge_a_number_by_one_criterion(name: str) -> None:
    """What README says of a row's number is what ``thecal validate`` would say of the same patients."""
    outcome = run_scenario(shipped_scenario(name), patients=4)

    for finding in findings(outcome):
        if finding.expected is None or not finding.expected.row:
            continue
        row = ROWS[finding.expected.row]
        assert (finding.expected.low, finding.expected.high) == row.accepted
        assert finding.expected.judged is row.judged
        assert (finding.expected.source, finding.expected.sureness) == (row.source, row.sureness)
        assert finding.verdict is not None
        if finding.low == finding.high == finding.median and finding.median is not None:
            judged = write_verdict(judge(row, np.full(4, finding.median)))
            assert finding.verdict.startswith(judged)


def test_the_first_effect_of_an_infusion_is_judged_by_its_row() -> None:
    """It once read "agrees" in the README and "missed" in ``thecal validate``."""
    (first, *_) = findings(run_scenario(shipped_scenario("first-day")))

    assert first.name == "first effect in the legs"
    assert first.expected is not None
    assert first.expected.row == "5a"
    assert first.verdict is not None
    assert first.verdict.startswith("missed: ")


def test_no_published_number_of_a_row_is_written_a_second_time_in_a_scenario() -> None:
    """A scenario that repeats a row's published range must refer to the row."""
    ranges = {(row.accepted, row.unit): row.row_id for row in ROWS.values()}
    repeated = [
        (name, one.name, ranges[(one.expected.low, one.expected.high), one.unit])
        for name in shipped_names()
        for one in shipped_scenario(name).observations
        if one.expected is not None
        and not one.expected.row
        and ((one.expected.low, one.expected.high), one.unit) in ranges
    ]

    assert [one for one in repeated if one[:2] != ("first-day", "plasma, highest")] == []
