"""Something goes wrong with the catheter: the patient with it and without it; the pump knows of neither."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from thecal.body import OUTSIDE, Fault
from thecal.lab.forecast import sample_times
from thecal.lab.scenario import Trouble
from thecal.lab.whatif.look import WhatIf, look

if TYPE_CHECKING:
    from datetime import timedelta
    from decimal import Decimal

    from thecal.lab.forecast import Subject

_CURVES = ("tip", "lumbar", "cord_legs", "tone_legs", "tone_arms", "withdrawal", "sedation")
_WHOLE = 100
_HALF_WAY = 0.5


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
    after = subject.now - subject.record_start
    trouble = Trouble(
        at=after,
        until=None if problem.repaired_after is None else after + problem.repaired_after,
        kind=problem.kind,
        share=1.0 if problem.percent is None else float(problem.percent) / _WHOLE,
        along=_HALF_WAY,
        level=problem.level,
    )
    unchanged = subject.unchanged()
    times = sample_times(subject.since, subject.until, subject.now, unchanged)
    whole, broken = (
        look(
            subject,
            times,
            key=key,
            label=label,
            wanted=_CURVES,
            delivery=unchanged,
            faults=faults,
            with_map=True,
        )
        for key, label, faults in (
            ("whole", "catheter whole", ()),
            ("broken", _label(problem), (trouble.fault,)),
        )
    )
    if broken.map is not None and problem.kind is Fault.MIGRATION:
        tip = "" if problem.level in (None, OUTSIDE) else str(problem.level)
        broken = replace(broken, map=replace(broken.map, tip=tip))
    return WhatIf(times=times, now=subject.now, cases=(whole, broken))


def _label(problem: CatheterProblem) -> str:
    match problem.kind:
        case Fault.KINK:
            return f"kink holds back {problem.percent} % of the flow"
        case Fault.LEAK:
            return f"leak lets out {problem.percent} % of the flow"
        case Fault.DISCONNECTION:
            return "catheter disconnected"
        case Fault.MIGRATION:
            return f"tip moved to {problem.level}" if problem.level != OUTSIDE else "tip outside the fluid"
