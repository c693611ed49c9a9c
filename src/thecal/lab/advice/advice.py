"""What an advice holds: the options of the rules, and what this patient's own model expects of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from thecal.body import LABEL

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.dosing.history import Goal, Limb
    from thecal.dosing.limits import Limits
    from thecal.dosing.propose import Option, Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The middle and a 90 % band."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRange:
    """The grades that an examiner would write.

    Attributes:
        low, high: the run of whole grades nearest to 90 %.
        middle: the grade in the middle.
        share: the share of examinations that it holds.
        scale: the id of the scale, the one that this limb was scored on most.
    """

    low: float
    middle: float
    high: float
    share: float
    scale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneAhead:
    """Tone of one limb at one visit.

    Attributes:
        limb: legs or arms.
        days: ahead.
        at: when.
        true: tone, Ashworth 1-5; what is not known of the patient and of the model.
        score: what an examiner would write, with the examiner's error.
        gain: by how much tone is lower than with no change, grades; below 0 where it is higher.
    """

    limb: Limb
    days: int
    at: datetime
    true: Range
    score: ScoreRange
    gain: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneOverTime:
    """Tone of one limb in time, Ashworth 1-5, with its 90 % band."""

    limb: Limb
    times: tuple[datetime, ...]
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]


class UsefulTone(StrEnum):
    """What becomes of tone that the patient uses."""

    LOST = "predicted to fall below the floor: loss of useful tone"
    MAY_BE_LOST = "may fall below the floor: the band reaches below it"
    ABOVE = "predicted to stay above the floor"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalAhead:
    """What is expected in the hours of one goal, on the last day before the first visit.

    Attributes:
        goal: the patient's.
        limb: that it is read on; a goal names none.
        tone: the mean over those hours, Ashworth 1-5.
        gain: by how much it is lower than with no change, grades.
        floor: of useful tone, Ashworth 1-5; None for another aim.
        useful_tone: None for another aim.
    """

    goal: Goal
    limb: Limb
    tone: Range
    gain: Range
    floor: float | None = None
    useful_tone: UsefulTone | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """5, 50 and 95 % of patients; None where it does not come while a stop is followed, five days."""

    low: float | None
    middle: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """How long after a sudden stop of drug, a month on, the model shows that it is gone; hours.

    Attributes:
        signal: until the withdrawal signal crosses its threshold.
        tone_back: until half of what the drug takes from tone is back.
        rank: 1 for the option whose signal crosses first; an order of the options. None without drug.
        label: that it is a model estimate.
    """

    signal: Hours
    tone_back: Hours
    rank: int | None
    label: str = LABEL


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What an option asks of the reservoir.

    Attributes:
        lowest_mL_per_day, highest_mL_per_day: volume in any 24 hours.
        low, empty, refill_by: as ``RefillDates`` of the option.
    """

    lowest_mL_per_day: float
    highest_mL_per_day: float
    low: datetime | None
    empty: datetime | None
    refill_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the patient's own model expects of one option. It adds to the rules and lifts none.

    Attributes:
        option: of the proposal.
        tone: for each limb and visit.
        over_time: for each limb.
        goals: for each goal.
        no_difference_expected: the option is a pattern, and gains under half a grade at the hours of every
            goal that it is for.
        sedation_rank: 1 for the option with the lowest sedation signal; an order and no probability.
        withdrawal: after a sudden stop.
        supply: of the reservoir.
    """

    option: Option
    tone: tuple[ToneAhead, ...]
    over_time: tuple[ToneOverTime, ...]
    goals: tuple[GoalAhead, ...]
    no_difference_expected: bool
    sedation_rank: int
    withdrawal: Margin
    supply: Supply

    @property
    def loses_useful_tone(self) -> bool:
        """Whether tone that the patient uses is predicted to fall below its floor: a harm."""
        return any(one.useful_tone is UsefulTone.LOST for one in self.goals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One observation that could be made, and what it would teach.

    Attributes:
        what: in words.
        limb: that is examined.
        hours: after the change.
        less: share of the variance of the predicted tone that it is expected to take away, 0 to 1.
    """

    what: str
    limb: Limb
    hours: float
    less: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What the model learned of this patient.

    Attributes:
        group: of the body's ``groups.toml``; empty where the origin is not known or has none.
        used: scores that were used, by limb.
        scales: the scale of each limb, by its id.
        population_only: there was no score to use: every band is that of the population.
        information: how many parameters the scores determine.
        notes: what was assumed, and what was left out and why.
    """

    group: str
    used: tuple[tuple[Limb, int], ...]
    scales: tuple[tuple[Limb, str], ...]
    population_only: bool
    information: float
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Options with an outlook each, and everything needed to repeat it.

    Attributes:
        proposal: of the rules, with the history.
        limits: of the place.
        seed: of the draw.
        outlooks: one for each option, in the proposal's order.
        lessons: observations that could be made, the one that teaches most first.
        lessons_for: the option that they would follow.
        basis: what the model learned.
        model: version of the body's parameters.
        label: that it is a model estimate.
    """

    proposal: Proposal
    limits: Limits = field(compare=False)
    seed: int
    outlooks: tuple[Outlook, ...]
    lessons: tuple[Lesson, ...]
    lessons_for: Option
    basis: Basis
    model: str
    label: str = LABEL

    @property
    def rulebook(self) -> str:
        """The version of the rules."""
        return self.proposal.rulebook
