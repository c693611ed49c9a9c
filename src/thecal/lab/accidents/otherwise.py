"""What a reference pump would have made of an accident otherwise: another limit, other people, a gauge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from thecal.lab.accidents.course import Course
from thecal.lab.accidents.play import Played, play
from thecal.lab.accidents.verdict import alarmed, judge
from thecal.pump import capability
from thecal.quantities import DoseRate, write_dose_rate

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.lab.accidents.accident import Accident

WITH_A_GAUGE = "reference design 20 mL"
"""A model that measures its level; no pump on the market was found to."""


def otherwise(accident: Accident, played: Played, starts: datetime) -> tuple[str, ...]:
    """Say what would have come of it on a reference pump otherwise, as far as that is another thing.

    Args:
        accident: that was played.
        played: on the reference pump, with its own people and the patient's limit.
        starts: when the plays begin.
    """
    return (*_without_the_limit(accident, played, starts), *_with_the_same_acts(accident, starts))


def _without_the_limit(accident: Accident, played: Played, starts: datetime) -> tuple[str, ...]:
    """Say what the default of the pump's model would have done, where the patient's own limit refused."""
    bare = play(accident, "reference", starts=starts, patient_limit=False)
    before = {one.reason for one in played.refused}
    if before == {one.reason for one in bare.refused}:
        return ()
    limit = write_dose_rate(DoseRate(ug_per_day=accident.reference_daily_dose_most_ug))
    default = write_dose_rate(capability(accident.model).daily_dose_most)
    rests = (
        f"The refusal rests on a limit: the clinic has set at most {limit} for this patient. "
        f"Nobody sets such a limit on the legacy pump of this play."
    )
    does = "refuses it too." if bare.refused else f"takes the order. {_came_of(accident, bare)}"
    return (f"{rests} With the default of this model, {default}, the reference pump {does}",)


def _with_the_same_acts(accident: Accident, starts: datetime) -> tuple[str, ...]:
    """Say what the acts of the legacy pump's people do to a reference pump, where they do harm."""
    if all(len(step.profiles) > 1 for step in accident.steps):
        return ()
    same = play(accident, "reference", starts=starts, people="legacy")
    if same.refused or not judge(accident, same, Course.of(same.at_tip, same.starts)).harms:
        return ()
    said = (
        "The reference pump of this play has people who do more than those of the legacy pump. If they do "
        f"the same, it cannot help: {_came_of(accident, same)}"
    )
    seen = play(replace(accident, model=WITH_A_GAUGE), "reference", starts=starts, people="legacy")
    if same.sounded or not seen.sounded:
        return (said,)
    gauged = (
        "Our reference design measures its level, which no pump on the market was found to do. With the "
        f"same acts: {_came_of(accident, seen)}"
    )
    return said, gauged


def _came_of(accident: Accident, played: Played) -> str:
    verdict = judge(accident, played, Course.of(played.at_tip, played.starts))
    return " ".join((verdict.headline, *alarmed(played, accident.goes_wrong)))
