"""Everything the rules say about one program for one history: titration, guardrails and the restart rule."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.dosing.doses import (
    GuardFacts,
    RestartFacts,
    StartingFacts,
    TitrationFacts,
    guard,
    is_fast_decrease,
    largest_increase,
    restart_dose,
    starting_dose,
    titrate,
)
from thecal.quantities import DAY, DoseRate, Mass, elapsed, utc
from thecal.therapy import daily_dose_from, dose_in_any_24_hours, per_day

if TYPE_CHECKING:
    from thecal.dosing.findings import Finding
    from thecal.dosing.history import History
    from thecal.dosing.limits import Limits
    from thecal.dosing.tables import Question
    from thecal.therapy import Program


def judge(
    history: History, program: Program, limits: Limits
) -> tuple[tuple[Finding, ...], tuple[Question, ...]]:
    """Return the findings on a program, whoever proposed it, and the questions that are open.

    A STOP has no findings: nothing holds it back.
    """
    if program.is_stopped:
        return (), ()
    guarded = guard(guard_facts(history, program, limits), limits)
    current = highest_daily_dose(history.program, history)
    if current.is_zero:
        return guarded.results, guarded.asks
    changed = titrate(titration_facts(history, program), limits)
    return (*guarded.results, *changed.results), (*guarded.asks, *changed.asks)


def is_increase(history: History, program: Program) -> bool:
    """Return whether a program's 24-hour dose is higher than that of the program that is set."""
    return highest_daily_dose(program, history) > highest_daily_dose(history.program, history)


def needs_withdrawal_plan(history: History, program: Program, limits: Limits) -> bool:
    """Return whether a program is a planned decrease so large that a plan for withdrawal is asked for."""
    if program.is_stopped or highest_daily_dose(history.program, history).is_zero:
        return False
    return is_fast_decrease(titration_facts(history, program), limits)


def highest_daily_dose(program: Program, history: History) -> DoseRate:
    """Return the highest dose of a base program in any 24 hours; 0 where it is stopped."""
    if program.is_stopped:
        return DoseRate(ug_per_day=Decimal(0))
    return per_day(dose_in_any_24_hours(program, minimum_rate=history.capability.minimum_rate).highest)


def titration_facts(history: History, program: Program) -> TitrationFacts:
    """Return the facts of a change from what is programmed to this program."""
    since, answers = history.last_change, history.answers
    return TitrationFacts(
        current=highest_daily_dose(history.program, history),
        proposed=highest_daily_dose(program, history),
        origin=history.origin,
        age_years=history.age_years,
        setting=history.setting,
        since_change=None if since is None else elapsed(since, history.now),
        trigger_looked_for=answers.trigger_looked_for,
        trigger_found=answers.trigger_found,
        pump_checked=answers.pump_checked,
        useful_tone_kept=answers.useful_tone_kept,
        for_overdose=answers.for_overdose,
        withdrawal_plan=answers.withdrawal_plan,
    )


def guard_facts(history: History, program: Program, limits: Limits) -> GuardFacts:
    """Return what the guardrails compare."""
    current, proposed = highest_daily_dose(history.program, history), highest_daily_dose(program, history)
    dose = daily_dose_from(
        program,
        now=history.now,
        started=history.now,
        clock=history.clock,
        minimum_rate=history.capability.minimum_rate,
    )
    recent = Mass(ug=Decimal(0))
    for bolus in history.boluses:
        if utc(bolus.at) > utc(history.now) - DAY:
            recent += bolus.dose
    restart = restart_for(history, limits)
    step = (
        Decimal(0) if current.is_zero else largest_increase(titration_facts(history, program), limits).share
    )
    return GuardFacts(
        current=current,
        proposed=proposed,
        next_24_hours=dose.next_24_hours.highest,
        recent_boluses=recent,
        largest_step=step,
        restart_dose=restart,
        no_drug_for=history.no_drug_for,
        is_revised=history.is_revised,
        for_overdose=history.answers.for_overdose,
    )


def is_lost(history: History, limits: Limits) -> bool:
    """Return whether therapy is restarted, not titrated: drug was lost, or catheter or pump revised."""
    stopped = history.no_drug_for is not None and history.no_drug_for >= limits["restart_after"].duration
    return stopped or history.is_revised


def restart_for(history: History, limits: Limits) -> DoseRate | None:
    """Return the dose with which therapy would be restarted now; None where a fact for it is missing."""
    start = starting_dose(
        StartingFacts(
            effective_dose=history.screening_dose,
            effect_lasted=history.screening_lasted,
            adverse_reaction=history.screening_adverse,
        ),
        limits,
    )
    restart = restart_dose(
        RestartFacts(
            revised=history.is_revised,
            interrupted_for=history.no_drug_for,
            last_effective_dose=history.last_effective_dose,
            starting_dose=start.results[0] if start.results else None,
        ),
        limits,
    )
    return restart.results[0].dose if restart.results else None
