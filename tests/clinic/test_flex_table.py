"""A flex program as a table: its steps fill the day, and their doses add up to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest
from hypothesis import given

from builders.clinic import Clinic
from builders.flex import RUNNING, weeks
from thecal.clinic.orders.dose_form import DoseForm
from thecal.clinic.orders.flex_table import flex_table
from thecal.clinic.orders.services.proposing import proposal_of
from thecal.quantities import DAY
from thecal.therapy import Flex

STEPS = {
    "mode": "flex",
    "pattern": "weekdays and weekend",
    "step_0_0_start": "00:00",
    "step_0_0_amount": "60",
    "step_0_1_start": "18:00",
    "step_0_1_amount": "30",
    "step_1_0_start": "00:00",
    "step_1_0_amount": "48",
    "reason": "stiff in the evening",
}


def test_a_flex_program_is_shown_by_days_that_are_alike(clinic: Clinic) -> None:
    program = proposal_of(DoseForm.from_values(STEPS), clinic.case).requested

    weekdays, weekend = flex_table(program)

    assert [days.label for days in (weekdays, weekend)] == ["Monday to Friday", "Saturday and Sunday"]
    assert [round(step.dose.ug) for step in weekdays.steps] == [60, 30]
    assert [step.start for step in weekdays.steps] == [time(0), time(18)]
    assert [(step.begins, step.width) for step in weekdays.steps] == [(0, 0.75), (0.75, 0.25)]
    assert weekdays.steps[1].height == 1
    assert round(weekend.dose.ug) == 48


def test_another_program_has_no_table(clinic: Clinic) -> None:
    assert flex_table(clinic.case.interrogation.program) == ()
    assert clinic.page.known.flex == ()


@given(base=weeks())
def test_the_steps_fill_the_day_and_their_doses_add_up(base: Flex) -> None:
    for days in flex_table(replace(RUNNING, base=base)):
        assert sum((step.lasts for step in days.steps), timedelta(0)) == DAY
        assert sum(step.width for step in days.steps) == pytest.approx(1)
        assert days.dose.ug == sum(step.dose.ug for step in days.steps)
        assert all(0 <= step.height <= 1 for step in days.steps)
