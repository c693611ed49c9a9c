"""The screening trial: which bolus comes next, and when it is put off or ended."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.dosing.tables import Hit, Row, Table, check_physiology, fact, known
from thecal.quantities import Mass

if TYPE_CHECKING:
    from datetime import timedelta

    from thecal.dosing.limits import Limits
    from thecal.dosing.tables import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialFacts:
    """Where a screening trial stands.

    Attributes:
        age_years: of the patient.
        is_frail: a very small child, an elderly patient, or someone who stands on the stiffness.
        has_infection: any infection, a relapse of multiple sclerosis, or an unhealed wound.
        equipment_ready: trained staff and resuscitation equipment at the bedside.
        last_dose: the last screening bolus; 0 before the first.
        responded: whether it had a positive response.
        since_last: time since it; any time before the first.
        adverse_reaction: whether it caused an adverse reaction.
    """

    age_years: Decimal | None = fact(
        "How old is the patient, in years?", within=("age_lowest", "age_highest")
    )
    is_frail: bool | None = fact("A very small child, elderly, or does the patient stand on the stiffness?")
    has_infection: bool | None = fact("Any infection, relapse of multiple sclerosis or unhealed wound?")
    equipment_ready: bool | None = fact("Are trained staff and resuscitation equipment at the bedside?")
    last_dose: Mass | None = fact("Which screening bolus was given last, in mcg? 0 before the first.")
    responded: bool | None = fact("Did the last bolus have a positive response?")
    since_last: timedelta | None = fact("How long ago was the last bolus given?")
    adverse_reaction: bool | None = fact("Did the last bolus cause an adverse reaction?")

    def __post_init__(self) -> None:
        """Refuse facts outside physiology."""
        check_physiology(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialStep:
    """What comes next in a screening trial.

    Attributes:
        bolus: the next bolus; 0 where none is given now.
        says: what to do.
    """

    bolus: Mass
    says: str


_NONE = Mass(ug=Decimal(0))
_BEFORE = ("age_years", "has_infection", "equipment_ready", "last_dose")
_AFTER = (*_BEFORE, "responded", "since_last", "adverse_reaction")


def _is_first(facts: TrialFacts) -> bool:
    return known(facts.last_dose).is_zero


def _no_bolus(says: str) -> TrialStep:
    return TrialStep(bolus=_NONE, says=says)


def _first_bolus(facts: TrialFacts, limits: Limits) -> TrialStep:
    name = "trial_start_frail" if known(facts.is_frail) else "trial_start"
    return TrialStep(bolus=limits[name].mass, says="give the first bolus and observe")


def _next_bolus(facts: TrialFacts, limits: Limits) -> TrialStep:
    ladder = [limits[name].mass for name in ("trial_step_1", "trial_step_2", "trial_step_3")]
    higher = next(bolus for bolus in ladder if bolus > known(facts.last_dose))
    return TrialStep(bolus=higher, says="give the next bolus and observe")


LADDER: Table[TrialFacts, TrialStep] = Table(
    id="trial.ladder",
    title="Screening trial: the next bolus",
    about=(
        "A positive response is a clinically significant fall of tone, or of the frequency or severity "
        "of spasms; "
        "the label gives no number. Studies used a mean fall of 1 grade (Gilmartin 2000) or 2 points "
        "(Meythaler). The physician decides."
    ),
    hit=Hit.FIRST,
    sources=(
        "US label, copies (drugs.com, AHCA); Boster 2016; Rote Liste; igaku-shoin (Japan)",
        "empr.com: resuscitation equipment and trained staff",
    ),
    rows=(
        Row(
            id="too-young",
            when="the patient is younger than {trial_age_least}",
            then="no trial by the label; a specialist decides",
            needs=("age_years",),
            holds=lambda facts, limits: known(facts.age_years) < limits["trial_age_least"].number("y"),
            gives=lambda _, __: _no_bolus("no trial by the label; a specialist decides"),
        ),
        Row(
            id="defer",
            when="there is an infection, a relapse or an unhealed wound",
            then="put the trial off until it is treated",
            needs=("has_infection",),
            holds=lambda facts, _: known(facts.has_infection),
            gives=lambda _, __: _no_bolus("put the trial off until it is treated"),
        ),
        Row(
            id="not-ready",
            when="trained staff or resuscitation equipment is not at the bedside",
            then="give nothing before both are there",
            needs=("equipment_ready",),
            holds=lambda facts, _: not known(facts.equipment_ready),
            gives=lambda _, __: _no_bolus("give nothing before staff and equipment are there"),
        ),
        Row(
            id="first",
            when="no bolus was given yet",
            then="{trial_start}; {trial_start_frail} for a very small child, the elderly, or who stands "
            "on the "
            "stiffness; {trial_concentration} only, over at least {trial_over}",
            needs=(*_BEFORE, "is_frail"),
            holds=lambda facts, _: _is_first(facts),
            gives=_first_bolus,
        ),
        Row(
            id="adverse",
            when="the last bolus caused an adverse reaction",
            then="no further bolus; the physician decides",
            needs=_AFTER,
            holds=lambda facts, _: known(facts.adverse_reaction),
            gives=lambda _, __: _no_bolus("no further bolus; the physician decides"),
        ),
        Row(
            id="responded",
            when="the last bolus had a positive response",
            then="the trial is positive; no further bolus",
            needs=_AFTER,
            holds=lambda facts, _: known(facts.responded),
            gives=lambda _, __: _no_bolus("the trial is positive; no further bolus"),
        ),
        Row(
            id="wait",
            when="the last bolus was given less than {trial_interval} ago",
            then="wait",
            needs=_AFTER,
            holds=lambda facts, limits: known(facts.since_last) < limits["trial_interval"].duration,
            gives=lambda _, limits: _no_bolus(f"wait until {limits['trial_interval'].write()} have passed"),
        ),
        Row(
            id="no-response",
            when="{trial_step_3} had no response",
            then="do not implant a pump for chronic infusion",
            needs=_AFTER,
            holds=lambda facts, limits: known(facts.last_dose) >= limits["trial_step_3"].mass,
            gives=lambda _, __: _no_bolus("do not implant a pump for chronic infusion"),
        ),
        Row(
            id="next",
            when="otherwise",
            then="the next of {trial_step_1}, {trial_step_2}, {trial_step_3}",
            needs=_AFTER,
            holds=lambda _, __: True,
            gives=_next_bolus,
        ),
    ),
)
"""The next bolus of a screening trial."""


def next_step(facts: TrialFacts, limits: Limits) -> Decision[TrialStep]:
    """Return what comes next in a screening trial, or the questions that have to be answered first."""
    return LADDER.decide(facts, limits)
