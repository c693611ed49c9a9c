"""What the next measurement may show: the patients' band, and round it that of whoever measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.lab.forecast import sample_times
from thecal.lab.whatif.cases import compare

if TYPE_CHECKING:
    from thecal.lab.forecast import Subject
    from thecal.lab.whatif.cases import WhatIf
    from thecal.therapy import Program

_CURVES = ("tone_legs", "tone_arms", "lumbar", "plasma")


def expect_measurement(subject: Subject, *, proposed: Program | None = None, name: str = "") -> WhatIf:
    """Return the coming week with both bands, under the program that runs and under another.

    Args:
        subject: whose body.
        proposed: another program that would begin now.
        name: what to call it.
    """
    deliveries = subject.deliveries(proposed, name)
    times = sample_times(subject.since, subject.until, subject.now, *(each[2] for each in deliveries))
    return compare(subject, times, deliveries, wanted=_CURVES, measure=_CURVES)
