"""How urgent signs of withdrawal are; what is not known never lowers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.dosing.tables import Hit, Row, Table, fact
from thecal.dosing.urgency import Urgency

if TYPE_CHECKING:
    from thecal.dosing.limits import Limits


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
            then="emergency",
            holds=lambda facts, _: _may(facts.severe_signs),
            gives=lambda _, __: Urgency.EMERGENCY,
        ),
        Row(
            id="at-risk",
            when="an injury at T6 or above, trouble communicating, or an earlier withdrawal; or nobody knows",
            then="emergency",
            holds=lambda facts, _: (
                _may(facts.level_t6_or_above)
                or _may(facts.cannot_communicate)
                or _may(facts.earlier_withdrawal)
            ),
            gives=lambda _, __: Urgency.EMERGENCY,
        ),
        Row(
            id="other",
            when="otherwise",
            then="the clinic sees the patient today",
            holds=lambda _, __: True,
            gives=lambda _, __: Urgency.CLINIC_TODAY,
        ),
    ),
)
"""How urgent signs of withdrawal are."""


def withdrawal_urgency(facts: WithdrawalFacts, limits: Limits) -> Urgency:
    """Return how soon to act."""
    return WITHDRAWAL_URGENCY.decide(facts, limits).results[0]
