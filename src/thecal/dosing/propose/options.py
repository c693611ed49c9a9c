"""The candidate programs: no change, the steps that the rules know, and a pattern for goals of the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.dosing.doses import largest_increase, smallest_increase
from thecal.dosing.history import Aim, EventKind
from thecal.dosing.propose.judge import highest_daily_dose, is_lost, restart_for, titration_facts
from thecal.dosing.propose.proposal import OptionKind
from thecal.quantities import DAY, HOUR, MINUTE, DoseRate, microseconds, quotient, since_midnight, utc
from thecal.therapy import (
    DaySchedule,
    DoseStep,
    Fallback,
    Flex,
    MinimumRate,
    PeriodicBolus,
    SimpleContinuous,
    Stopped,
)

if TYPE_CHECKING:
    from thecal.dosing.history import Goal, History
    from thecal.dosing.limits import Limits
    from thecal.quantities import DoseRate
    from thecal.therapy import Base, Program

Candidate = tuple[OptionKind, "Program"]
_MIDNIGHT = time(0)
_SECOND = timedelta(seconds=1)


def candidates(history: History, limits: Limits) -> tuple[Candidate, ...]:
    """Return the programs to consider, *no change* first."""
    unchanged: Candidate = (OptionKind.NO_CHANGE, replace(history.program, once=None))
    if is_lost(history, limits) or highest_daily_dose(history.program, history).is_zero:
        return (unchanged, *_restarts(history, limits))
    if _is_too_much(history):
        return (unchanged, _smaller(history, limits))
    if not _is_answered(history):
        return (unchanged, _smaller(history, limits))
    facts = titration_facts(history, history.program)
    steps = (
        (OptionKind.SMALLEST_STEP, smallest_increase(facts, limits).share),
        (OptionKind.LARGEST_STEP, largest_increase(facts, limits).share),
    )
    found = [unchanged, *((kind, _scaled(history.program, 1 + share)) for kind, share in steps)]
    pattern = shaped_for_goals(history, limits)
    if pattern is not None:
        found.append((OptionKind.PATTERN, pattern))
    return tuple(found)


def _is_too_much(history: History) -> bool:
    since = history.last_change
    drowsy = any(
        event.kind is EventKind.DROWSY and (since is None or utc(event.at) >= utc(since))
        for event in history.events
    )
    return drowsy or history.answers.for_overdose or history.answers.useful_tone_kept is False


def _is_answered(history: History) -> bool:
    answers = history.answers
    return bool(
        answers.trigger_looked_for
        and answers.trigger_found is not None
        and answers.pump_checked is not None
        and answers.useful_tone_kept is not None
        and history.last_change is not None
    )


def _smaller(history: History, limits: Limits) -> Candidate:
    return (OptionKind.DECREASE, _scaled(history.program, 1 - limits["step_down_least"].share))


def _restarts(history: History, limits: Limits) -> tuple[Candidate, ...]:
    dose = restart_for(history, limits)
    if dose is None:
        return ()
    return ((OptionKind.RESTART, replace(history.program, base=SimpleContinuous(dose=dose), once=None)),)


def _scaled(program: Program, factor: Decimal) -> Program:
    """Return a program with every dose of its base times a factor."""
    return replace(program, base=_scaled_base(program.base, factor), once=None)


def _scaled_base(base: Base, factor: Decimal) -> Base:
    match base:
        case SimpleContinuous(dose=dose) | Fallback(dose=dose):
            return replace(base, dose=dose.scaled(factor))
        case Flex(days=days):
            return Flex(tuple(_scaled_day(day, factor) for day in days))
        case PeriodicBolus(background=background, bolus=bolus):
            return replace(base, background=background.scaled(factor), bolus=bolus.scaled(factor))
        case Stopped() | MinimumRate():
            return base


def _scaled_day(day: DaySchedule, factor: Decimal) -> DaySchedule:
    return DaySchedule(tuple(replace(step, rate=step.rate.scaled(factor)) for step in day.steps))


def shaped_for_goals(history: History, limits: Limits) -> Program | None:
    """Return a flex program with the same 24-hour dose and a higher rate before the hours of a goal.

    The rate rises ``flex_lead`` before the hours of the first timed goal that asks for less tone, by
    ``flex_rise``, and falls as long before their end; the rest of the day gives so much less that the
    24-hour dose stays. None without such a goal, where the program is not simple continuous, or where the
    rest of the day could not give up as much.
    """
    base = history.program.base
    goal = next((one for one in history.goals if one.is_timed and one.aim is not Aim.KEEP_USEFUL_TONE), None)
    if goal is None or not isinstance(base, SimpleContinuous):
        return None
    start, end = _window(goal, limits)
    length = (since_midnight(end) - since_midnight(start)) % DAY or DAY
    if length >= DAY:
        return None
    rise = limits["flex_rise"].share
    # What the hours of the goal gain, the rest of the day gives up.
    lost_share = rise * quotient(Decimal(microseconds(length)), Decimal(microseconds(DAY - length)))
    if lost_share >= 1:
        return None
    high, low = base.dose.scaled(1 + rise), base.dose.scaled(1 - lost_share)
    return replace(history.program, base=Flex.every_day(*_steps(start, end, high, low)), once=None)


def _steps(start: time, end: time, high: DoseRate, low: DoseRate) -> tuple[DoseStep, ...]:
    changes = {start: high, end: low}
    if _MIDNIGHT not in changes:
        changes[_MIDNIGHT] = low if start < end else high
    return tuple(DoseStep(start=at, rate=changes[at]) for at in sorted(changes))


def _window(goal: Goal, limits: Limits) -> tuple[time, time]:
    lead = limits["flex_lead"].duration
    assert goal.start is not None  # noqa: S101 - the goal is timed
    assert goal.end is not None  # noqa: S101
    return _earlier(goal.start, lead), _earlier(goal.end, lead)


def _earlier(moment: time, lead: timedelta) -> time:
    whole = (since_midnight(moment) - lead) % DAY
    hour, rest = divmod(whole, HOUR)
    minute, rest = divmod(rest, MINUTE)
    return time(hour, minute, rest // _SECOND)
