"""Something goes wrong with the catheter: the patient with it and without it; the pump knows of neither."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from thecal.body import OUTSIDE, Fault
from thecal.lab.bench.curves import sample_times
from thecal.lab.scenario import Trouble
from thecal.lab.whatif.look import WhatIf, look

if TYPE_CHECKING:
    from datetime import timedelta
    from decimal import Decimal

    from thecal.lab.whatif.subject import Subject

_CURVES = ("tip", "lumbar", "cord_legs", "tone_legs", "tone_arms", "withdrawal", "sedation")
_WHOLE = 100
_HALF_WAY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """What goes wrong, from now on.

    Attributes:
        kind: what.
        percent: of the flow that a kink holds back or a leak lets out.
        level: where a tip lies that has moved.
        mended_after: how long it lasts; None for longer than is shown.
    """

    kind: Fault
    percent: Decimal | None = None
    level: str | None = None
    mended_after: timedelta | None = None


def go_wrong(subject: Subject, mishap: Mishap) -> WhatIf:
    """Return the coming week with a whole catheter and with this one; leaks lie half way along it."""
    after = subject.now - subject.born
    trouble = Trouble(
        at=after,
        until=None if mishap.mended_after is None else after + mishap.mended_after,
        kind=mishap.kind,
        share=1.0 if mishap.percent is None else float(mishap.percent) / _WHOLE,
        along=_HALF_WAY,
        level=mishap.level,
    )
    stays = subject.stays()
    times = sample_times(subject.since, subject.until, subject.now, stays)
    whole, broken = (
        look(
            subject,
            times,
            key=key,
            label=label,
            wanted=_CURVES,
            delivery=stays,
            faults=faults,
            with_map=True,
        )
        for key, label, faults in (
            ("whole", "catheter whole", ()),
            ("broken", _label(mishap), (trouble.fault,)),
        )
    )
    if broken.map is not None and mishap.kind is Fault.MIGRATION:
        tip = "" if mishap.level in (None, OUTSIDE) else str(mishap.level)
        broken = replace(broken, map=replace(broken.map, tip=tip))
    return WhatIf(times=times, now=subject.now, cases=(whole, broken))


def _label(mishap: Mishap) -> str:
    match mishap.kind:
        case Fault.KINK:
            return f"kink holds back {mishap.percent} % of the flow"
        case Fault.LEAK:
            return f"leak lets out {mishap.percent} % of the flow"
        case Fault.DISCONNECTION:
            return "catheter disconnected"
        case Fault.MIGRATION:
            return f"tip moved to {mishap.level}" if mishap.level != OUTSIDE else "tip outside the fluid"
