"""An expectation that stands in the validation: read by its row, refused by name."""

from __future__ import annotations

import pytest

from builders.scenarios import SMALL, problems_of, read
from thecal.lab.validation import load_rows


def expecting(fields: str) -> str:
    return SMALL.replace('at = ["24 h", "2 day"]', f'metric = "highest"\nexpected = {{ {fields} }}')


def test_a_row_brings_its_range_its_source_and_its_way_of_judging() -> None:
    (observation,) = read(expecting('row = "1a"')).observations
    row = next(row for row in load_rows().rows if row.row_id == "1a")

    assert observation.expected is not None
    assert (observation.expected.low, observation.expected.high) == row.accepted == (65, 260)
    assert (observation.expected.source, observation.expected.judged) == (row.source, row.judged)
    assert observation.expected.published == "130 ng/mL"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ('row = "99"', "observe[1].expected.row: '99': it is not known here; allowed: 1a, 1b"),
        ('row = "5a"', "observe[1].expected.row: '5a': it is not known here"),
        ("row = 1", "observe[1].expected.row: 1 is not text in quotes"),
        ('row = "1a", low = "1 ng/mL"', "observe[1].expected.low: is not a field of the format here"),
    ],
)
def test_a_row_of_another_unit_or_beside_a_range_is_refused(fields: str, said: str) -> None:
    (problem,) = problems_of(expecting(fields))

    assert problem.startswith(said)
