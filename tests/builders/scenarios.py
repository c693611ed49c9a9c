"""A small scenario, and ways to break it."""

from __future__ import annotations

from thecal.lab import Scenario, ScenarioError, read_scenario

SMALL = """
format = 1
title = "A small scenario"
description = "Two days of a simple program, for tests."
basis = "constructed"
assumptions = ["everything"]
lasts = "2 day"
sample_every = "1 h"

[cohort]
patients = 6
seed = 3

[patient]
origin = "spinal"

[implant]
model = "reference design 20 mL"
concentration = "500 mcg/mL"
fill = "18 mL"
catheter_length = "80 cm"
tip = "T10"

[[event]]
at = "0 h"
do = "simple continuous"
dose = "100 mcg/day"

[[observe]]
name = "lumbar spinal fluid"
quantity = "concentration"
site = "lumbar"
at = ["24 h", "2 day"]
"""

PUNCTURE = """
[[event]]
at = "1 h"
do = "lumbar puncture"
dose = "50 mcg"
volume = "1 mL"
over = "1 min"
"""


def read(text: str = SMALL) -> Scenario:
    """Return the scenario that a text describes."""
    return read_scenario(text.encode(), name="small")


def with_event(*lines: str) -> str:
    """Return the small scenario with one more event."""
    return "\n".join([SMALL, "[[event]]", *lines])


def problems_of(text: str) -> list[str]:
    """Return what is wrong with a scenario, one line each."""
    try:
        read(text)
    except ScenarioError as refused:
        return [str(problem) for problem in refused.problems]
    return []
