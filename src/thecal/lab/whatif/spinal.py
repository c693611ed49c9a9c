"""The spinal map: drug along the canal over a week, under the program that runs and under another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.lab.forecast import sample_times
from thecal.lab.whatif.cases import compare

if TYPE_CHECKING:
    from thecal.lab.forecast import Subject
    from thecal.lab.whatif.cases import WhatIf
    from thecal.therapy import Program

_CURVES = ("lumbar", "cord_legs", "tone_legs", "tone_arms")


def map_spinal_fluid(subject: Subject, *, proposed: Program | None = None, name: str = "") -> WhatIf:
    """Return the patient's spinal fluid by level and time.

    Args:
        subject: whose body.
        proposed: another program that would begin now.
        name: what to call it.
    """
    deliveries = subject.deliveries(proposed, name)
    times = sample_times(subject.since, subject.until, subject.now, *(each[2] for each in deliveries))
    return compare(subject, times, deliveries, wanted=_CURVES, with_map=True)
