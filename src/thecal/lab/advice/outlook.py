"""What the patient's own model expects of each option."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from thecal.body import SEDATION, WITHDRAWAL
from thecal.dosing.history import Aim, Limb
from thecal.dosing.propose import OptionKind
from thecal.lab.advice.advice import GoalAhead, Margin, Outlook, Supply, ToneAhead, ToneOverTime, UsefulTone
from thecal.lab.advice.bands import (
    gain_range,
    hours_band,
    hours_until,
    score_range,
    tone_band,
    tone_range,
)
from thecal.lab.advice.choices import (
    LEAST_GAIN_GRADES,
    REBOUND_SHARE,
    SETTLING_HOURS,
    STOP_WATCH_HOURS,
    USEFUL_TONE_GRADE,
    VISITS_DAYS,
    WITHDRAWAL_THRESHOLD,
)
from thecal.lab.advice.doses import Stretch, future_of
from thecal.lab.advice.evidence import CURVES
from thecal.quantities import utc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from thecal.dosing.history import Goal, History
    from thecal.dosing.propose import Option, Proposal
    from thecal.lab.advice.patient import PatientModel

    Floats = NDArray[np.float64]

_DAY_H = 24.0
_LAST_H = _DAY_H * VISITS_DAYS[-1]
_VISIT_H = _DAY_H * VISITS_DAYS[0]
_GOAL_DAY = np.arange(_VISIT_H - _DAY_H + 1, _VISIT_H + 1)
_AHEAD = np.unique(
    np.concatenate(([0, 1, 2, 4, 6, 8, 12, 18], np.arange(_DAY_H, _LAST_H + 1, _DAY_H), _GOAL_DAY))
)
_STOP = _LAST_H + np.concatenate(
    (np.arange(2, 24, 2), np.arange(24, 48, 4), np.arange(48, STOP_WATCH_HOURS + 1, 12))
)
_SAMPLES = np.concatenate((_AHEAD, _STOP))
_NOW = len(_AHEAD)


@dataclass(frozen=True, eq=False)
class _Run:
    """One option in the patients who could be this one; shape of every curve ``(P, T)``."""

    option: Option
    curves: Mapping[str, Floats]

    def tone(self, limb: Limb) -> Floats:
        """Return tone while the option runs."""
        return self.curves[CURVES[limb]][:, :_NOW]

    def at_visit(self, limb: Limb, days: int) -> Floats:
        """Return tone at a visit; shape ``(P,)``."""
        return self.tone(limb)[:, int(np.searchsorted(_AHEAD, _DAY_H * days))]

    @property
    def is_pattern(self) -> bool:
        """Whether only the pattern over the day is changed."""
        return self.option.kind is OptionKind.PATTERN

    @property
    def sedation(self) -> float:
        """The highest sedation signal in the middle patient, once the dose before no longer matters."""
        settled = self.curves[SEDATION][:, :_NOW][:, _AHEAD >= SETTLING_HOURS]
        return float(np.median(settled.max(axis=1)))


def outlooks_of(proposal: Proposal, patient: PatientModel) -> tuple[Outlook, ...]:
    """Return the outlook of each option, in the proposal's order."""
    history = proposal.history
    runs = [_run(history, option, patient) for option in proposal.options]
    margins = _margins(runs, patient)
    sedation = _ranks([run.sedation for run in runs])
    return tuple(
        _outlook(history, run, runs[0], patient, margin, rank)
        for run, margin, rank in zip(runs, margins, sedation, strict=True)
    )


def _run(history: History, option: Option, patient: PatientModel) -> _Run:
    doses = patient.evidence.doses
    runs = future_of(history, option.program, doses, _LAST_H)
    begins = doses.now_h + _LAST_H
    stop = Stretch(
        begins_h=begins,
        ends_h=begins + STOP_WATCH_HOURS + 1,
        least_mL_h=0.0,
        most_mL_h=0.0,
        ug_mL=runs[-1].ug_mL,
    )
    wanted = dict.fromkeys((*(CURVES[limb] for limb in patient.evidence.limbs), CURVES[Limb.LEGS]))
    return _Run(option, patient.curves((*runs, stop), _SAMPLES, tuple(wanted), (SEDATION, WITHDRAWAL)))


def _outlook(  # noqa: PLR0917 - an option, and what it is compared with
    history: History, run: _Run, unchanged: _Run, patient: PatientModel, margin: Margin, sedation: int
) -> Outlook:
    goals = tuple(_goal(history, goal, run, unchanged, patient) for goal in history.goals)
    aimed = [one for one in goals if one.goal.aim is not Aim.KEEP_USEFUL_TONE and one.goal.is_timed]
    return Outlook(
        option=run.option,
        tone=tuple(
            _ahead(history, run, unchanged, patient, limb, days)
            for limb in patient.evidence.limbs
            for days in VISITS_DAYS
        ),
        over_time=tuple(_over_time(history, run, patient, limb) for limb in patient.evidence.limbs),
        goals=goals,
        no_difference_expected=run.is_pattern and all(one.gain.middle < LEAST_GAIN_GRADES for one in aimed),
        sedation_rank=sedation,
        withdrawal=margin,
        supply=_supply(run.option),
    )


def _ahead(  # noqa: PLR0917 - an option, what it is compared with, and where
    history: History, run: _Run, unchanged: _Run, patient: PatientModel, limb: Limb, days: int
) -> ToneAhead:
    drawn = run.at_visit(limb, days)
    return ToneAhead(
        limb=limb,
        days=days,
        at=_after(history, _DAY_H * days),
        true=tone_range(drawn, patient.error),
        score=score_range(drawn, patient.evidence.scale_of(limb), patient.error),
        gain=gain_range(unchanged.at_visit(limb, days) - drawn, in_pattern=run.is_pattern),
    )


def _over_time(history: History, run: _Run, patient: PatientModel, limb: Limb) -> ToneOverTime:
    low, middle, high = (tuple(line.tolist()) for line in tone_band(run.tone(limb), patient.error))
    return ToneOverTime(
        limb=limb,
        times=tuple(_after(history, float(hour)) for hour in _AHEAD),
        low=low,
        middle=middle,
        high=high,
    )


def _goal(history: History, goal: Goal, run: _Run, unchanged: _Run, patient: PatientModel) -> GoalAhead:
    limb = patient.evidence.limbs[0]
    places = np.searchsorted(_AHEAD, _hours_of(history, goal))
    mine, base = (one.tone(limb)[:, places] for one in (run, unchanged))
    gain = gain_range((base - mine).mean(axis=1), in_pattern=run.is_pattern)
    if goal.aim is not Aim.KEEP_USEFUL_TONE:
        return GoalAhead(goal=goal, limb=limb, tone=tone_range(mine.mean(axis=1), patient.error), gain=gain)
    tone = tone_range(mine.min(axis=1), patient.error)
    floor = USEFUL_TONE_GRADE
    if history.answers.useful_tone_kept:
        floor = min(floor, tone_range(unchanged.tone(limb)[:, 0], patient.error).middle - LEAST_GAIN_GRADES)
    useful = (
        UsefulTone.LOST
        if tone.middle < floor
        else UsefulTone.MAY_BE_LOST
        if tone.low < floor
        else UsefulTone.ABOVE
    )
    return GoalAhead(goal=goal, limb=limb, tone=tone, gain=gain, floor=floor, useful_tone=useful)


def _hours_of(history: History, goal: Goal) -> Floats:
    """Return the hours of a goal on the day before the first visit; all of that day where it names none."""
    start, end = goal.start, goal.end
    if start is None or end is None or start == end:
        return _GOAL_DAY
    shown = [history.clock.time_of_day(_after(history, float(hour))) for hour in _GOAL_DAY]
    inside = [start <= one < end if start < end else one >= start or one < end for one in shown]
    if not any(inside):
        # Between two samples: the last one before it.
        inside[max(range(len(shown)), key=lambda place: (shown[place] <= start, shown[place]))] = True
    return np.asarray(_GOAL_DAY[np.array(inside)])


def _margins(runs: Sequence[_Run], patient: PatientModel) -> list[Margin]:
    """Return how long each option leaves after a stop; the rank is by the middle of the signal."""
    hours = np.concatenate(([0.0], _STOP - _LAST_H))
    before = patient.before("tone_legs_before")[:, np.newaxis]
    signals, found = [], []
    for run in runs:
        stop = slice(_NOW - 1, None)
        signal = hours_until(run.curves[WITHDRAWAL][:, stop] - WITHDRAWAL_THRESHOLD, hours)
        tone = run.curves[CURVES[Limb.LEGS]][:, stop]
        at_stop = tone[:, :1]
        back = hours_until(tone - at_stop - REBOUND_SHARE * (before - at_stop), hours)
        back[(before - at_stop)[:, 0] < LEAST_GAIN_GRADES] = np.inf
        signals.append(float(np.median(signal)))
        found.append((hours_band(signal), hours_band(back)))
    drugged = [not run.option.daily_dose.any_24_hours.highest.is_zero for run in runs]
    ranks = _ranks(signals)
    return [
        Margin(signal=signal, tone_back=back, rank=rank if has_drug else None)
        for (signal, back), rank, has_drug in zip(found, ranks, drugged, strict=True)
    ]


def _ranks(values: Sequence[float]) -> list[int]:
    """Return the place of each value, 1 for the lowest; equal ones share a place."""
    return [1 + sum(other < value for other in values) for value in values]


def _supply(option: Option) -> Supply:
    solution = option.program.concentration
    dose = option.daily_dose.any_24_hours
    lowest, highest = (float(mass.ug / solution.ug_per_mL) for mass in (dose.lowest, dose.highest))
    return Supply(
        lowest_mL_per_day=lowest,
        highest_mL_per_day=highest,
        low=option.refill.low,
        empty=option.refill.empty,
        refill_by=option.refill.refill_by,
    )


def _after(history: History, hours: float) -> datetime:
    return utc(history.now) + timedelta(hours=hours)
