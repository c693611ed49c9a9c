"""The dose after a revision or an interruption (ITB-165): never the escalated one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.dosing.tables import Hit, Row, Table, fact, known

if TYPE_CHECKING:
    from datetime import timedelta

    from thecal.dosing.limits import Limits
    from thecal.dosing.tables import Decision
    from thecal.quantities import DoseRate


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartFacts:
    """What is known of the loss of drug.

    Attributes:
        revised: whether the catheter or the pump was revised or replaced.
        interrupted_for: how long no drug, or not the programmed drug, was delivered.
        last_effective_dose: the last 24-hour dose that was effective before drug was lost. It is not the dose
            to which the program was raised while the drug was being lost.
        starting_dose: the 24-hour dose by the starting-dose rule.
    """

    revised: bool | None = fact("Was the catheter or the pump revised or replaced?")
    interrupted_for: timedelta | None = fact("For how long was the drug not delivered as programmed?")
    last_effective_dose: DoseRate | None = fact(
        "What was the last effective 24-hour dose before drug was lost, not counting increases since then?"
    )
    starting_dose: DoseRate | None = fact("What 24-hour dose does the starting-dose rule give this patient?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """How to go on after a loss of drug.

    Attributes:
        dose: the 24-hour dose to propose.
        in_monitored_bed: whether the restart needs a monitored bed.
    """

    dose: DoseRate
    in_monitored_bed: bool


_LOSS = ("revised", "interrupted_for")
_DOSES = (*_LOSS, "last_effective_dose", "starting_dose")


def _is_lost(facts: RestartFacts, limits: Limits) -> bool:
    return known(facts.revised) or known(facts.interrupted_for) >= limits["restart_after"].duration


RESTART: Table[RestartFacts, Restart] = Table(
    id="doses.restart",
    title="Restart after a loss of drug",
    about=(
        "After a revision of catheter or pump, or a longer interruption, the patient has lost tolerance. "
        "Drug that was missed is never made up. What the catheter holds decides whether it is primed."
    ),
    hit=Hit.FIRST,
    sources=(
        "ITB-158, ITB-165; clinical review",
        "Heetla 2009, Spinal Cord 47:751: the dose fell after 11 mechanical revisions",
        "Delhaas 1991: overdoses about 6 h after a restart",
    ),
    rows=(
        Row(
            id="short",
            when="nothing was revised, and the interruption was shorter than {restart_after}",
            then="the last effective dose goes on; nothing is made up",
            needs=(*_LOSS, "last_effective_dose"),
            holds=lambda facts, limits: not _is_lost(facts, limits),
            gives=lambda facts, _: Restart(dose=known(facts.last_effective_dose), in_monitored_bed=False),
        ),
        Row(
            id="lost",
            when="catheter or pump was revised, or the interruption was {restart_after} or longer",
            then="the starting dose or the last effective dose, whichever is lower, in a monitored bed",
            needs=_DOSES,
            holds=_is_lost,
            gives=lambda facts, _: Restart(
                dose=min(known(facts.last_effective_dose), known(facts.starting_dose)), in_monitored_bed=True
            ),
        ),
    ),
)
"""Restart by what was lost."""


def restart_dose(facts: RestartFacts, limits: Limits) -> Decision[Restart]:
    """Return the 24-hour dose with which to go on, or the questions that have to be answered first."""
    return RESTART.decide(facts, limits)
