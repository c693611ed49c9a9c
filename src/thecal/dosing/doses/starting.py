"""The first 24-hour dose after the implant: once or twice the effective screening dose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.dosing.tables import Hit, Row, Table, fact, known
from thecal.quantities import DoseRate

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from thecal.dosing.limits import Limits
    from thecal.dosing.tables import Decision
    from thecal.quantities import Mass


@dataclass(frozen=True, slots=True, kw_only=True)
class StartingFacts:
    """What the screening trial showed.

    Attributes:
        effective_dose: the smallest screening bolus with a positive response.
        effect_lasted: how long its effect lasted.
        adverse_reaction: whether it caused an adverse reaction.
    """

    effective_dose: Mass | None = fact("Which screening dose was effective, in mcg?")
    effect_lasted: timedelta | None = fact("How long did the effect of that screening dose last?")
    adverse_reaction: bool | None = fact("Did that screening dose cause an adverse reaction?")


_NEEDS = ("effective_dose", "effect_lasted", "adverse_reaction")


def _times_screening(factor: str) -> Callable[[StartingFacts, Limits], DoseRate]:
    def gives(facts: StartingFacts, limits: Limits) -> DoseRate:
        return DoseRate(ug_per_day=known(facts.effective_dose).scaled(limits[factor].number("1")).ug)

    return gives


STARTING: Table[StartingFacts, DoseRate] = Table(
    id="doses.starting",
    title="Starting dose after the implant",
    about=(
        "The 24-hour dose for the first day, in simple continuous mode. An effect that lasted exactly the "
        "threshold counts as long. The prescriber may start lower."
    ),
    hit=Hit.FIRST,
    rows=(
        Row(
            id="adverse-reaction",
            when="the effective screening dose caused an adverse reaction",
            then="{start_factor_long_effect} x the effective screening dose in 24 h",
            needs=_NEEDS,
            holds=lambda facts, _: known(facts.adverse_reaction),
            gives=_times_screening("start_factor_long_effect"),
        ),
        Row(
            id="long-effect",
            when="its effect lasted {start_long_effect} or longer",
            then="{start_factor_long_effect} x the effective screening dose in 24 h",
            needs=_NEEDS,
            holds=lambda facts, limits: known(facts.effect_lasted) >= limits["start_long_effect"].duration,
            gives=_times_screening("start_factor_long_effect"),
        ),
        Row(
            id="short-effect",
            when="otherwise",
            then="{start_factor} x the effective screening dose in 24 h",
            needs=_NEEDS,
            holds=lambda _, __: True,
            gives=_times_screening("start_factor"),
        ),
    ),
)
"""Starting dose by the response to the screening trial."""


def starting_dose(facts: StartingFacts, limits: Limits) -> Decision[DoseRate]:
    """Return the starting 24-hour dose, or the questions that have to be answered first."""
    return STARTING.decide(facts, limits)
