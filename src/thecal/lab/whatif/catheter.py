"""Something goes wrong with the catheter: the patient with it and without it; the pump knows of neither."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from thecal.body import OUTSIDE, Fault
from thecal.lab.catheter import catheter_fault, describe_fault
from thecal.lab.forecast import sample_times
from thecal.lab.whatif.cases import WhatIf, estimate, from_pump
from thecal.quantities import elapsed

if TYPE_CHECKING:
    from datetime import timedelta
    from decimal import Decimal

    from thecal.lab.forecast import Subject

_CURVES = ("tip", "lumbar", "cord_legs", "tone_legs", "tone_arms", "withdrawal", "sedation")
_WHOLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CatheterProblem:
    """What goes wrong, from now on.

    Attributes:
        kind: what.
        percent: of the flow that a kink holds back or a leak lets out.
        level: where a tip lies that has moved.
        repaired_after: how long it lasts; None for longer than is shown.
    """

    kind: Fault
    percent: Decimal | None = None
    level: str | None = None
    repaired_after: timedelta | None = None


def break_catheter(subject: Subject, problem: CatheterProblem) -> WhatIf:
    """Return the coming week with a whole catheter and with this one; leaks lie half way along it."""
    at = elapsed(subject.record_start, subject.now)
    fault = catheter_fault(
        problem.kind,
        at=at,
        until=None if problem.repaired_after is None else at + problem.repaired_after,
        share=1.0 if problem.percent is None else float(problem.percent) / _WHOLE,
        level=problem.level,
    )
    unchanged = subject.unchanged()
    times = sample_times(subject.since, subject.until, subject.now, unchanged)
    whole, broken = (
        estimate(
            subject,
            times,
            key=key,
            label=label,
            wanted=_CURVES,
            dosing=from_pump(subject, unchanged, faults=faults),
            with_map=True,
        )
        for key, label, faults in (
            ("whole", "catheter whole", ()),
            ("broken", describe_fault(fault), (fault,)),
        )
    )
    if broken.map is not None and problem.kind is Fault.MIGRATION:
        tip = "" if problem.level in (None, OUTSIDE) else str(problem.level)
        broken = replace(broken, map=replace(broken.map, tip=tip))
    return WhatIf(times=times, now=subject.now, cases=(whole, broken))
