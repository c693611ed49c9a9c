"""The spinal map: drug along the canal over a week, under the program that runs and under another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.lab.bench.curves import sample_times
from thecal.lab.whatif.look import compare

if TYPE_CHECKING:
    from thecal.lab.whatif.look import WhatIf
    from thecal.lab.whatif.subject import Subject
    from thecal.therapy import Program

_CURVES = ("lumbar", "cord_legs", "tone_legs", "tone_arms")


def along_the_cord(subject: Subject, *, proposed: Program | None = None, name: str = "") -> WhatIf:
    """Return the patient's spinal fluid by level and time.

    Args:
        subject: whose body.
        proposed: another program that would begin now.
        name: what to call it.
    """
    courses = subject.courses(proposed, name)
    times = sample_times(subject.since, subject.until, subject.now, *(course[2] for course in courses))
    return compare(subject, times, courses, wanted=_CURVES, with_map=True)
