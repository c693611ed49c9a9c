"""The scores of a history as observations of the body: one scale a limb, nothing pooled, nothing guessed."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.body import (
    AGREEMENT,
    ASHWORTH_0_4,
    ASHWORTH_1_5,
    MODIFIED_ASHWORTH,
    TONE_ARMS,
    TONE_LEGS,
    Observation,
    examination_sd,
    hours_since,
    load_parameters,
    of_groups,
)
from thecal.dosing.history import Limb
from thecal.dosing.patient import Origin
from thecal.lab.advice.choices import MODEL_ERROR_GRADES
from thecal.lab.advice.doses import doses_of
from thecal.quantities import utc

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from thecal.body import Parameters, Scale
    from thecal.dosing.history import History, Score
    from thecal.lab.advice.doses import Doses

CURVES: Mapping[Limb, str] = {Limb.LEGS: TONE_LEGS, Limb.ARMS: TONE_ARMS}
SCALES: Mapping[str, Scale] = {one.scale_id: one for one in (ASHWORTH_1_5, ASHWORTH_0_4, MODIFIED_ASHWORTH)}
"""Scales that the model's tone can be read on, by their ids."""
_GROUPS: Mapping[Origin, str] = {
    Origin.SPINAL_CORD_INJURY: "spinal",
    Origin.HEREDITARY_SPASTIC_PARAPLEGIA: "spinal",
    Origin.OTHER_SPINAL: "spinal",
    Origin.MULTIPLE_SCLEROSIS: "multiple sclerosis",
    Origin.CEREBRAL_PALSY: "cerebral palsy",
    Origin.BRAIN_INJURY: "acquired brain injury",
    Origin.STROKE: "stroke",
}
_ADULT_YEARS = 18


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """What a fit of this patient rests on.

    Attributes:
        parameters: of the patient's group.
        group: its name; empty where there is none.
        doses: the drug.
        observations: of all limbs.
        scales: of each limb that was scored, the scale that counts.
        notes: what was assumed, and what was left out and why.
    """

    parameters: Parameters
    group: str
    doses: Doses
    observations: tuple[Observation, ...]
    scales: Mapping[Limb, Scale]
    used: Mapping[Limb, int]
    notes: tuple[str, ...]

    @property
    def limbs(self) -> tuple[Limb, ...]:
        """The limbs that are predicted: those that were scored, or else the legs."""
        return tuple(limb for limb in Limb if limb in self.scales) or (Limb.LEGS,)

    def scale_of(self, limb: Limb) -> Scale:
        """Return the scale on which a limb is predicted."""
        return self.scales.get(limb, ASHWORTH_1_5)


def evidence_of(history: History) -> Evidence:
    """Return what a history tells of the patient."""
    doses = doses_of(history)
    notes = [*doses.notes]
    group = "" if history.origin is None else _GROUPS.get(history.origin, "")
    if not group:
        notes.append("The model has no group for this origin; the usual patient stands for it.")
    if history.age_years is not None and history.age_years < _ADULT_YEARS:
        notes.append("The size of the child is not recorded; the model is an adult's.")
    scores = _uncontradicted(history.scores, notes)
    observations: list[Observation] = []
    scales: dict[Limb, Scale] = {}
    used: dict[Limb, int] = {}
    for limb in Limb:
        scale = _scale_of([one for one in scores if one.limb is limb], limb, notes)
        if scale is None:
            continue
        scales[limb] = scale
        mine = [one for one in scores if one.limb is limb and one.scale == scale.scale_id]
        written = [one for one in mine if scale.lowest <= one.grade <= scale.highest]
        if len(written) < len(mine):
            notes.append(f"Scores of {limb.value} that {scale.name} does not have are left out.")
        counted = [one for one in written if doses.counts(hours_since(doses.start, utc(one.at)))]
        if len(counted) < len(written):
            notes.append(
                f"{len(written) - len(counted)} of {len(written)} scores of {limb.value} are left out: "
                "the dose before them is not known, or they are older than half a year."
            )
        used[limb] = len(counted)
        observations += [_observed(one, scale, doses) for one in counted]
    return Evidence(
        parameters=of_groups(load_parameters(), *([group] if group else [])),
        group=group,
        doses=doses,
        observations=tuple(observations),
        scales=scales,
        used=used,
        notes=tuple(notes),
    )


def examiner_sd(scale: Scale) -> float:
    """Return the error of one examination on a scale, grades."""
    return examination_sd(AGREEMENT[scale.scale_id].middle)


def on_tone(scale: Scale, grade: float) -> float:
    """Return where a grade stands on the model's tone, Ashworth 1-5.

    The ranges 0-4 and 1-5 differ by where they start; the modified scale divides grade 1 in 1 and 1+, whose
    grades are read as the undivided 1.

    >>> on_tone(MODIFIED_ASHWORTH, 1.43), on_tone(ASHWORTH_1_5, 3)
    (2.0, 3.0)
    """
    if scale is MODIFIED_ASHWORTH and 1 < grade < 2:  # noqa: PLR2004 - the two grades around 1+
        grade = 1
    return float(grade + ASHWORTH_1_5.lowest - scale.lowest)


def from_tone(scale: Scale, tone: float) -> float:
    """Return a whole grade of a scale from the model's tone."""
    return tone - ASHWORTH_1_5.lowest + scale.lowest


def _observed(score: Score, scale: Scale, doses: Doses) -> Observation:
    value = on_tone(scale, float(score.grade))
    return Observation(
        curve=CURVES[score.limb],
        at_h=hours_since(doses.start, utc(score.at)),
        value=value,
        sd=math.hypot(examiner_sd(scale), MODEL_ERROR_GRADES),
        in_grades=value.is_integer(),
    )


def _uncontradicted(scores: Iterable[Score], notes: list[str]) -> list[Score]:
    """Return scores in order of time, each once, without those that contradict one another."""
    grades: dict[tuple[object, ...], set[object]] = {}
    for one in scores:
        grades.setdefault(_where(one), set()).add(one.grade)
    kept = list(dict.fromkeys(one for one in scores if len(grades[_where(one)]) == 1))
    if any(len(one) > 1 for one in grades.values()):
        notes.append("Scores that contradict one another are left out.")
    return sorted(kept, key=lambda one: (utc(one.at), one.limb, one.scale, one.rater))


def _where(score: Score) -> tuple[object, ...]:
    return utc(score.at), score.scale, score.limb, score.rater


def _scale_of(scores: list[Score], limb: Limb, notes: list[str]) -> Scale | None:
    """Return the scale of a limb: the most used one that the model can be read on, or None."""
    counts = Counter(one.scale for one in scores)
    if strangers := sorted(counts.keys() - SCALES.keys()):
        notes.append(f"The model has no curve of {limb.value} for {', '.join(strangers)}; not used.")
    known = [name for name in counts if name in SCALES]
    if not known:
        return None
    last = {one.scale: utc(one.at) for one in scores}
    chosen = max(known, key=lambda name: (counts[name], last[name], name))
    if len(known) > 1:
        left = ", ".join(SCALES[name].name for name in sorted(known) if name != chosen)
        notes.append(
            f"Of {limb.value} only the scores on {SCALES[chosen].name} are used, the most frequent scale; "
            f"not pooled: {left}."
        )
    if SCALES[chosen] is MODIFIED_ASHWORTH:
        notes.append(f"Grades 1 and 1+ of {limb.value} are both read as grade 1 of Ashworth 0-4.")
    return SCALES[chosen]
