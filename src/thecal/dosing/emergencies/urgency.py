"""How urgent signs of withdrawal are; what is not known never lowers it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from thecal.dosing.tables import Hit, Row, Table, fact

if TYPE_CHECKING:
    from thecal.dosing.limits import Limits


class Urgency(IntEnum):
    """How soon somebody must act; a higher value is sooner. None says that all is well."""

    TODAY = 0
    AT_ONCE = 1

    @property
    def says(self) -> str:
        """The urgency in words."""
        return "act at once" if self is Urgency.AT_ONCE else "see the patient today"


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalFacts:
    """What raises the urgency of signs of withdrawal."""

    severe_signs: bool | None = fact("Fever, rigid muscles, confusion, hallucinations or a seizure?")
    level_t6_or_above: bool | None = fact("Is there a spinal cord injury at T6 or above?")
    cannot_communicate: bool | None = fact("Does the patient have trouble saying how they feel?")
    earlier_withdrawal: bool | None = fact("Did the patient have withdrawal before?")


def _may(value: bool | None) -> bool:  # noqa: FBT001 - one fact
    """Return whether a fact is true or not known: what is not known counts as the graver."""
    return value is not False


WITHDRAWAL_URGENCY: Table[WithdrawalFacts, Urgency] = Table(
    id="emergencies.withdrawal-urgency",
    title="Urgency of signs of withdrawal",
    about="For a person with a pump who has any sign of withdrawal. What is not known counts as the graver.",
    hit=Hit.FIRST,
    sources=("US label, boxed warning (DailyMed, 2025)",),
    rows=(
        Row(
            id="severe",
            when="a severe sign, or nobody knows",
            then="act at once",
            holds=lambda facts, _: _may(facts.severe_signs),
            gives=lambda _, __: Urgency.AT_ONCE,
        ),
        Row(
            id="at-risk",
            when="an injury at T6 or above, trouble communicating, or an earlier withdrawal; or nobody knows",
            then="act at once",
            holds=lambda facts, _: (
                _may(facts.level_t6_or_above)
                or _may(facts.cannot_communicate)
                or _may(facts.earlier_withdrawal)
            ),
            gives=lambda _, __: Urgency.AT_ONCE,
        ),
        Row(
            id="other",
            when="otherwise",
            then="see the patient today",
            holds=lambda _, __: True,
            gives=lambda _, __: Urgency.TODAY,
        ),
    ),
)
"""How urgent signs of withdrawal are."""


def withdrawal_urgency(facts: WithdrawalFacts, limits: Limits) -> Urgency:
    """Return how soon somebody must act."""
    return WITHDRAWAL_URGENCY.decide(facts, limits).results[0]
