"""Where the catheter tip and the pump go: by where the spasticity is, as published series report it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from thecal.dosing.tables import Hit, Row, Table, fact, known

if TYPE_CHECKING:
    from thecal.dosing.limits import Limits
    from thecal.dosing.tables import Decision


class Pattern(StrEnum):
    """Where the spasticity or dystonia is."""

    LEGS = "legs"
    ARMS_AND_LEGS = "arms and legs"
    DYSTONIA = "generalised dystonia"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFacts:
    """What decides about the place of the tip.

    Attributes:
        pattern: where the spasticity is.
    """

    pattern: Pattern | None = fact("Where is the spasticity: legs, arms and legs, or generalised dystonia?")


TIP: Table[PlaceFacts, str] = Table(
    id="choice.tip",
    title="Level of the catheter tip",
    about=(
        "Usual levels of published series; the neurosurgeon decides. Levels from C1 to L2 are in use. "
        "Higher tips "
        "reach the arms."
    ),
    hit=Hit.FIRST,
    sources=(
        "Vender et al., 314 procedures in 195 patients; Jacobs 2021, J Rehabil Med 53: tips at or above T1",
        "clinical review: tip levels C1 to L2",
    ),
    rows=(
        Row(
            id="legs",
            when="the legs",
            then="usual level T6 to T10",
            needs=("pattern",),
            holds=lambda facts, _: known(facts.pattern) is Pattern.LEGS,
            gives=lambda _, __: "T6 to T10",
        ),
        Row(
            id="arms-and-legs",
            when="arms and legs",
            then="usual level T1 to T2",
            needs=("pattern",),
            holds=lambda facts, _: known(facts.pattern) is Pattern.ARMS_AND_LEGS,
            gives=lambda _, __: "T1 to T2",
        ),
        Row(
            id="dystonia",
            when="generalised dystonia",
            then="usual level mid-cervical",
            needs=("pattern",),
            holds=lambda facts, _: known(facts.pattern) is Pattern.DYSTONIA,
            gives=lambda _, __: "mid-cervical",
        ),
    ),
)
"""The usual level of the tip."""


def usual_tip(facts: PlaceFacts, limits: Limits) -> Decision[str]:
    """Return the usual level of the tip, or the question that has to be answered first."""
    return TIP.decide(facts, limits)
