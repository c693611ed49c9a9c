"""Oral baclofen and renal function: by how much a dose is reduced."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.dosing.tables import Hit, Row, Table, check_physiology, fact, known

if TYPE_CHECKING:
    from thecal.dosing.limits import Limits
    from thecal.dosing.tables import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class RenalFacts:
    """Renal function.

    Attributes:
        clearance_mL_min: creatinine clearance by Cockcroft and Gault.
    """

    clearance_mL_min: Decimal | None = fact(
        "What is the creatinine clearance, in mL/min?", within=("clearance_lowest", "clearance_highest")
    )

    def __post_init__(self) -> None:
        """Refuse facts outside physiology."""
        check_physiology(self)


_NEEDS = ("clearance_mL_min",)

RENAL: Table[RenalFacts, Decimal] = Table(
    id="situations.renal",
    title="Oral baclofen and renal function",
    about=(
        "The share by which an oral dose is reduced; also for oral rescue. At the border of two bands "
        "the stronger "
        "cut counts. For the intrathecal dose no label gives a number: the physician decides."
    ),
    hit=Hit.FIRST,
    sources=("Vlavonou 2014, J Clin Pharmacol, doi 10.1002/jcph.247: one third, one half, two thirds",),
    rows=(
        Row(
            id="normal",
            when="clearance above {clearance_mild}",
            then="no reduction",
            needs=_NEEDS,
            holds=lambda facts, limits: (
                known(facts.clearance_mL_min) > limits["clearance_mild"].number("mL/min")
            ),
            gives=lambda _, __: Decimal(0),
        ),
        Row(
            id="mild",
            when="clearance above {clearance_moderate}",
            then="reduce by {renal_cut_mild}",
            needs=_NEEDS,
            holds=lambda facts, limits: (
                known(facts.clearance_mL_min) > limits["clearance_moderate"].number("mL/min")
            ),
            gives=lambda _, limits: limits["renal_cut_mild"].share,
        ),
        Row(
            id="moderate",
            when="clearance above {clearance_severe}",
            then="reduce by {renal_cut_moderate}",
            needs=_NEEDS,
            holds=lambda facts, limits: (
                known(facts.clearance_mL_min) > limits["clearance_severe"].number("mL/min")
            ),
            gives=lambda _, limits: limits["renal_cut_moderate"].share,
        ),
        Row(
            id="severe",
            when="clearance {clearance_severe} or below",
            then="reduce by {renal_cut_severe}",
            needs=_NEEDS,
            holds=lambda _, __: True,
            gives=lambda _, limits: limits["renal_cut_severe"].share,
        ),
    ),
)
"""The share by which an oral dose is reduced."""


def oral_reduction(facts: RenalFacts, limits: Limits) -> Decision[Decimal]:
    """Return the share of 1 by which an oral dose is reduced, or the question that comes first."""
    return RENAL.decide(facts, limits)
