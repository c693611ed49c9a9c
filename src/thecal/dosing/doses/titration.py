"""Titration: what a person must answer before a change of the dose, by origin, age, setting and time.

Before any increase somebody looks for a trigger, checks pump and residual volume, lets a day pass and asks
whether useful tone is kept; unanswered, the proposal is *no change yet*. A dose above the usual range asks
for a fault before it blames tolerance. Nothing here holds back a decrease.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.dosing.doses import titration_findings as kinds
from thecal.dosing.patient import Setting
from thecal.dosing.tables import FactsError, Hit, Row, Table, check_physiology, fact, known
from thecal.quantities import quotient

if TYPE_CHECKING:
    from datetime import timedelta
    from decimal import Decimal

    from thecal.dosing.findings import Finding
    from thecal.dosing.limits import Limit, Limits
    from thecal.dosing.patient import Origin
    from thecal.dosing.tables import Decision
    from thecal.quantities import DoseRate


@dataclass(frozen=True, slots=True, kw_only=True)
class TitrationFacts:
    """A change of the 24-hour dose, and what was looked at before it.

    Attributes:
        current: the 24-hour dose that runs.
        proposed: the 24-hour dose that is proposed.
        origin: of the spasticity.
        age_years: of the patient.
        setting: first titration, or maintenance at a refill.
        since_change: time since the last change of the dose.
        trigger_looked_for: whether a trigger was looked for (infection, bladder, bowel, skin, fracture,
            relapse, new medicine).
        trigger_found: whether one was found and is not treated yet.
        pump_checked: whether the pump was read and the residual volume agrees.
        useful_tone_kept: whether the tone the patient stands or transfers with is kept.
        for_overdose: whether a decrease answers signs of overdose.
        withdrawal_plan: whether a plan for withdrawal stands for a planned decrease.
    """

    current: DoseRate
    proposed: DoseRate
    origin: Origin | None = fact("Is the spasticity of spinal or of cerebral origin?")
    age_years: Decimal | None = fact(
        "How old is the patient, in years?", within=("age_lowest", "age_highest")
    )
    setting: Setting | None = fact(
        "Is this the first titration after the implant, or maintenance at a refill?"
    )
    since_change: timedelta | None = fact("How long ago was the dose last changed?")
    trigger_looked_for: bool | None = fact(
        "Was a trigger looked for: infection, bladder, bowel, skin, fracture, relapse, new medicine?"
    )
    trigger_found: bool | None = fact("Was an untreated trigger found?")
    pump_checked: bool | None = fact("Was the pump read, and does the residual volume agree?")
    useful_tone_kept: bool | None = fact("Is the tone that the patient stands or transfers with kept?")
    for_overdose: bool = False
    withdrawal_plan: bool | None = fact("Is there a plan in case of withdrawal?")

    def __post_init__(self) -> None:
        """Refuse facts outside physiology, and a change from nothing, which is a restart.

        Raises:
            FactsError: naming the fact and its value.
        """
        check_physiology(self)
        if self.current.is_zero:
            raise FactsError("current: 0 mcg/day is no dose to titrate from; use the restart rule")


def largest_increase(facts: TitrationFacts, limits: Limits) -> Limit:
    """Return the largest usual increase for this patient.

    The strictest step stands where the origin, the age or a label of the place is not known.
    """
    if facts.origin is None or facts.age_years is None:
        return limits["step_most_unknown"]
    if facts.age_years < limits["adult_age"].number("y"):
        return limits["step_most_child"]
    kind = "cerebral" if facts.origin.is_cerebral else "spinal"
    prefix = "refill_step_most" if facts.setting is Setting.AT_REFILL else "step_most"
    step = limits[f"{prefix}_{kind}"]
    return limits["step_most_unknown"] if step.is_stand_in else step


def smallest_increase(facts: TitrationFacts, limits: Limits) -> Limit:
    """Return the smallest usual increase for this patient; what is not known counts as cerebral."""
    if facts.age_years is not None and facts.age_years < limits["adult_age"].number("y"):
        return limits["step_least_child"]
    is_spinal = facts.origin is not None and not facts.origin.is_cerebral
    return limits["step_least_spinal" if is_spinal else "step_least_cerebral"]


def _change(facts: TitrationFacts) -> Decimal:
    return quotient(facts.proposed.ug_per_day, facts.current.ug_per_day) - 1


def _rises(facts: TitrationFacts) -> bool:
    return facts.proposed > facts.current


def _falls(facts: TitrationFacts) -> bool:
    return facts.proposed < facts.current


def _step(facts: TitrationFacts, limits: Limits) -> Finding:
    most = largest_increase(facts, limits)
    return kinds.STEP.found(
        current=facts.current,
        proposed=facts.proposed,
        highest=facts.current.scaled(1 + most.share),
        step=most,
        what=most.what,
        applies=most.applies,
    )


def _usual(facts: TitrationFacts, limits: Limits) -> Limit:
    if known(facts.age_years) < limits["usual_highest_child_age"].number("y"):
        return limits["usual_highest_child"]
    return limits["usual_highest_cerebral" if known(facts.origin).is_cerebral else "usual_highest_spinal"]


def _above_usual(facts: TitrationFacts, limits: Limits) -> Finding:
    usual = _usual(facts, limits)
    return kinds.ABOVE_USUAL.found(proposed=facts.proposed, usual=usual, what=usual.what)


def is_fast_decrease(facts: TitrationFacts, limits: Limits) -> bool:
    """Return whether a planned decrease is larger than the usual one, so that it needs a withdrawal plan."""
    return _falls(facts) and not facts.for_overdose and -_change(facts) > limits["step_down_most"].share


def _is_high_dose_step(facts: TitrationFacts, limits: Limits) -> bool:
    return facts.current > limits["high_dose"].dose_rate and _change(facts) > limits["high_dose_step"].share


QUESTIONS_BEFORE_INCREASE = ("trigger_looked_for", "trigger_found", "pump_checked", "useful_tone_kept")
"""What a person must answer before any increase; the time since the last change is on record."""


def _is_unanswered(facts: TitrationFacts) -> bool:
    needed = (*QUESTIONS_BEFORE_INCREASE, "since_change")
    return any(getattr(facts, name) is None for name in needed) or not facts.trigger_looked_for


TITRATION: Table[TitrationFacts, Finding] = Table(
    id="doses.titration",
    title="Change of the dose",
    about=(
        "Every row that holds gives a finding. Nothing holds back a STOP, or a decrease that answers signs "
        "of overdose."
    ),
    hit=Hit.ALL,
    sources=(
        "labels of US and EU; Boster 2016, PMID 27433993; clinical review",
        "Rote Liste; Heetla 2009: before a large increase look for a fault of catheter or pump",
    ),
    rows=(
        Row(
            id="no-change-yet",
            when="the dose rises, and a question is open: trigger looked for and found, pump "
            "checked, useful tone, time since the last change",
            then="no change yet",
            holds=lambda facts, _: _rises(facts) and _is_unanswered(facts),
            gives=lambda _, __: kinds.NOT_YET.found(),
        ),
        Row(
            id="too-soon",
            when="the dose rises less than {change_interval} after the last change",
            then="too soon",
            needs=("since_change",),
            holds=lambda facts, limits: (
                _rises(facts) and known(facts.since_change) < limits["change_interval"].duration
            ),
            gives=lambda facts, limits: kinds.TOO_SOON.found(
                limits["change_interval"], since_change=known(facts.since_change)
            ),
        ),
        Row(
            id="step",
            when="the dose rises by more than the largest step for origin, age and setting: spinal "
            "{step_most_spinal}, cerebral {step_most_cerebral}, at a refill {refill_step_most_spinal} and "
            "{refill_step_most_cerebral}, below {adult_age} {step_most_child}, not known {step_most_unknown}",
            then="larger than the usual step",
            holds=lambda facts, limits: (
                facts.proposed > facts.current.scaled(1 + largest_increase(facts, limits).share)
            ),
            gives=_step,
        ),
        Row(
            id="high-dose-step",
            when="the dose that runs is above {high_dose}, and rises by more than {high_dose_step}",
            then="may be excessive",
            holds=_is_high_dose_step,
            gives=lambda _, limits: kinds.HIGH_DOSE_STEP.found(limits["high_dose"], limits["high_dose_step"]),
        ),
        Row(
            id="trigger-found",
            when="the dose rises while an untreated trigger is known",
            then="treat the trigger first",
            needs=("trigger_found",),
            holds=lambda facts, _: _rises(facts) and known(facts.trigger_found),
            gives=lambda _, __: kinds.TRIGGER_FOUND.found(),
        ),
        Row(
            id="pump-not-checked",
            when="the dose rises, and the pump was not read or its residual volume does not agree",
            then="look for a fault first",
            needs=("pump_checked",),
            holds=lambda facts, _: _rises(facts) and not known(facts.pump_checked),
            gives=lambda _, __: kinds.PUMP_NOT_CHECKED.found(),
        ),
        Row(
            id="useful-tone",
            when="the dose rises while useful tone is already reduced",
            then="useful tone would be lost",
            needs=("useful_tone_kept",),
            holds=lambda facts, _: _rises(facts) and not known(facts.useful_tone_kept),
            gives=lambda _, __: kinds.USEFUL_TONE.found(),
        ),
        Row(
            id="above-usual-range",
            when="the dose rises above the usual range: spinal {usual_highest_spinal}, cerebral "
            "{usual_highest_cerebral}, below {usual_highest_child_age} {usual_highest_child}",
            then="look for a fault before blaming tolerance; ask for a second opinion",
            needs=("origin", "age_years"),
            holds=lambda facts, limits: _rises(facts) and facts.proposed > _usual(facts, limits).dose_rate,
            gives=_above_usual,
        ),
        Row(
            id="fast-decrease",
            when="a planned decrease is larger than {step_down_most}, and no plan for withdrawal is recorded",
            then="may cause withdrawal",
            holds=lambda facts, limits: is_fast_decrease(facts, limits) and not facts.withdrawal_plan,
            gives=lambda facts, limits: kinds.FAST_DECREASE.found(
                limits["step_down_most"], current=facts.current, proposed=facts.proposed
            ),
        ),
        Row(
            id="decrease-for-overdose",
            when="a decrease answers signs of overdose",
            then="nothing holds it back; open the emergency page",
            holds=lambda facts, _: _falls(facts) and facts.for_overdose,
            gives=lambda _, __: kinds.DECREASE_FOR_OVERDOSE.found(),
        ),
    ),
)
"""What a change of the dose gives rise to."""


def titrate(facts: TitrationFacts, limits: Limits) -> Decision[Finding]:
    """Return the findings on a change of the dose, and the questions that are open."""
    return TITRATION.decide(facts, limits)
