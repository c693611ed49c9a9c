"""What the next measurement may show: the patients' band, and round it that of whoever measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.lab.bench.curves import sample_times
from thecal.lab.whatif.look import WhatIf, look

if TYPE_CHECKING:
    from thecal.lab.whatif.subject import Subject

_PATIENTS = 320
"""More than elsewhere: two bands are told apart by their edges."""
_CURVES = ("tone_legs", "tone_arms", "lumbar", "plasma")


def expect(subject: Subject) -> WhatIf:
    """Return the coming week under the program that runs, with both bands."""
    stays = subject.stays()
    times = sample_times(subject.since, subject.until, subject.now, stays)
    case = look(
        subject,
        times,
        key="now",
        label="today's program",
        wanted=_CURVES,
        measure=_CURVES,
        patients=_PATIENTS,
        delivery=stays,
    )
    return WhatIf(times=times, now=subject.now, cases=(case,))
