"""What the history itself shows: contradictions side by side, gaps, and scales that cannot be compared."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from thecal.dosing.findings import Lift, Severity, Weight, kind
from thecal.quantities import utc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.dosing.findings import Finding
    from thecal.dosing.history.history import History, Score

CONTRADICTION = kind(
    "history.contradiction",
    Weight.SOFT,
    Severity.MODERATE,
    Lift.ANSWER,
    says="{rater} scored {limb} {one} and {other} on {scale} at the same time, {at}.",
    because="Both cannot be right, and the adviser does not choose between them.",
    lifted_by="Answer which one is right, and correct the record.",
)
GAP = kind(
    "history.gap",
    Weight.NOTE,
    Severity.LOW,
    Lift.NOTHING,
    says="Nothing is known of the dose from {start} to {end}.",
    because="Predictions are less certain, and their bands are wider.",
    lifted_by="Add what ran in that time, if it is known.",
)
SCALES = kind(
    "history.scales",
    Weight.NOTE,
    Severity.LOW,
    Lift.NOTHING,
    says="Scores of {limb} are on more than one scale: {scales}.",
    because="Scales of different ranges are never pooled; each is compared with itself only.",
    lifted_by="Score on one scale from now on.",
)
NO_SCORES = kind(
    "history.no-scores",
    Weight.NOTE,
    Severity.MODERATE,
    Lift.NOTHING,
    says="No score is recorded under the dose that runs.",
    because="Without one nobody can tell what the dose does for this patient.",
    lifted_by="Examine the patient before the dose is changed.",
)
KINDS = (CONTRADICTION, GAP, SCALES, NO_SCORES)
"""Every kind of finding about a history."""


def review(history: History) -> tuple[Finding, ...]:
    """Return what the history shows about itself."""
    found = [*_contradictions(history), *_gaps(history), *_scales(history)]
    since = history.last_change
    if not any(since is None or utc(score.at) >= utc(since) for score in history.scores):
        found.append(NO_SCORES.found())
    return tuple(found)


def _contradictions(history: History) -> Iterator[Finding]:
    for one, other in combinations(history.scores, len(("one", "other"))):
        if _where(one) == _where(other) and one.grade != other.grade:
            yield CONTRADICTION.found(
                rater=one.rater,
                limb=one.limb.value,
                one=one.grade,
                other=other.grade,
                scale=one.scale,
                at=one.at,
            )


def _where(score: Score) -> tuple[object, ...]:
    return (utc(score.at), score.scale, score.limb, score.rater)


def _gaps(history: History) -> Iterator[Finding]:
    programs = sorted(history.programs, key=lambda one: utc(one.start))
    for earlier, later in pairwise(programs):
        if earlier.end is not None and utc(earlier.end) < utc(later.start):
            yield GAP.found(start=earlier.end, end=later.start)


def _scales(history: History) -> Iterator[Finding]:
    for limb in sorted({score.limb for score in history.scores}):
        scales = sorted({score.scale for score in history.scores if score.limb is limb})
        if len(scales) > 1:
            yield SCALES.found(limb=limb.value, scales=", ".join(scales))
