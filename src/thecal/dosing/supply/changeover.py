"""A refill of another concentration: its dilution, and the old one in the catheter (ITB-167)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.dosing.findings import Lift, Severity, Weight, kind
from thecal.dosing.tables import Hit, Row, Table
from thecal.quantities import Concentration, DoseRate, Volume, quotient, write_rounded
from thecal.therapy import Bridge, Reservoir

if TYPE_CHECKING:
    from thecal.dosing.findings import Finding
    from thecal.dosing.limits import Limits
    from thecal.dosing.tables import Decision

DILUTED = kind(
    "changeover.diluted",
    Weight.SOFT,
    Severity.HIGH,
    Lift.ANSWER,
    says="With the residual volume the reservoir holds {effective}, not {filled}: {by} away from it.",
    because="The patient receives another dose than is shown, by the same part.",
    lifted_by="Rinse the reservoir, or dose by the effective concentration.",
)
BRIDGE = kind(
    "changeover.bridge",
    Weight.NOTE,
    Severity.CRITICAL,
    Lift.NOTHING,
    says="Tubing and catheter still hold the old {old}. A bridge at {dose} lasts {length}: {true} of drug, "
    "which the pump counts as {shown}.",
    because="Without the bridge the patient would receive {without} until the old solution is out.",
    lifted_by="Nothing is asked here; the order of the refill carries the bridge.",
)
OTHER_CHANGE = kind(
    "changeover.other-change",
    Weight.SOFT,
    Severity.CRITICAL,
    Lift.SECOND_SIGNATURE,
    says="{current} to {proposed}, while tubing and catheter still hold the old solution.",
    because="Two changes at once hide each other: nobody can tell the effect of the dose from an error of "
    "the bridge.",
    lifted_by="Keep the dose until the bridge has ended, or give a reason and a second signature.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeoverFacts:
    """A refill, its solutions and its doses.

    Attributes:
        old: the concentration in the reservoir, tubing and catheter.
        filled: the concentration of the product that is filled.
        residual: what stays in the reservoir.
        fill: what is filled.
        dead_volume: tubing and catheter.
        current: the 24-hour dose that runs.
        proposed: the 24-hour dose after the refill.
        is_rinsed: whether the reservoir was rinsed with the new solution.
        by_effective: whether the dose is computed by the effective concentration.
        for_overdose: whether a decrease answers signs of overdose.
    """

    old: Concentration
    filled: Concentration
    residual: Volume
    fill: Volume
    dead_volume: Volume
    current: DoseRate
    proposed: DoseRate
    is_rinsed: bool = False
    by_effective: bool = False
    for_overdose: bool = False


def effective_concentration(
    *, residual: Volume, old: Concentration, fill: Volume, filled: Concentration
) -> Concentration:
    """Return the concentration after a refill, weighted by volume (ITB-167).

    Raises:
        ReservoirError: both volumes are 0 mL.
    """
    before = Reservoir(
        content=residual, capacity=residual + fill, unusable=Volume(mL=Decimal(0)), concentration=old
    )
    return before.refill(fill, filled, left_behind=residual).concentration


def _effective(facts: ChangeoverFacts) -> Concentration:
    return effective_concentration(
        residual=facts.residual, old=facts.old, fill=facts.fill, filled=facts.filled
    )


def _away(facts: ChangeoverFacts) -> Decimal:
    return abs(quotient(_effective(facts).ug_per_mL, facts.filled.ug_per_mL) - 1)


def _is_bridged(facts: ChangeoverFacts) -> bool:
    return facts.old != facts.filled and not facts.current.is_zero


def _is_free(facts: ChangeoverFacts) -> bool:
    return facts.proposed.is_zero or (facts.for_overdose and facts.proposed < facts.current)


def _bridge(facts: ChangeoverFacts) -> Finding:
    bridge = Bridge(dose=facts.current, old_concentration=facts.old, dead_volume=facts.dead_volume)
    without = facts.old.ug_per_mL * facts.current.ug_per_day
    return BRIDGE.found(
        old=facts.old,
        dose=facts.current,
        length=bridge.duration,
        true=facts.old.of(facts.dead_volume),
        shown=facts.filled.of(facts.dead_volume),
        without=DoseRate(ug_per_day=quotient(without, facts.filled.ug_per_mL)),
    )


CHANGEOVER: Table[ChangeoverFacts, Finding] = Table(
    id="supply.changeover",
    title="Refill of another concentration",
    about="The pump reckons with one concentration. After a refill there may be three: in the catheter, in "
    "the reservoir, and on the screen.",
    hit=Hit.ALL,
    sources=("ITB-050, ITB-167; Boster 2016: a higher concentration needs a bridge bolus",),
    rows=(
        Row(
            id="diluted",
            when="the effective concentration is more than {dilution} away from the filled one; the "
            "reservoir is not rinsed, and the dose is not computed by the effective concentration",
            then="rinse, or dose by the effective concentration",
            holds=lambda facts, limits: (
                not (facts.is_rinsed or facts.by_effective) and _away(facts) > limits["dilution"].share
            ),
            gives=lambda facts, _: DILUTED.found(
                effective=_effective(facts),
                filled=facts.filled,
                by=f"{write_rounded(_away(facts) * 100)} %",
            ),
        ),
        Row(
            id="bridge",
            when="the concentration changes, and the pump is not stopped",
            then="the length of the bridge, the drug that it gives, and what the pump shows",
            holds=lambda facts, _: _is_bridged(facts),
            gives=lambda facts, _: _bridge(facts),
        ),
        Row(
            id="other-change",
            when="the concentration changes, and so does the dose; not a stop, nor a decrease for overdose",
            then="keep the dose until the bridge has ended",
            holds=lambda facts, _: (
                _is_bridged(facts) and facts.proposed != facts.current and not _is_free(facts)
            ),
            gives=lambda facts, _: OTHER_CHANGE.found(current=facts.current, proposed=facts.proposed),
        ),
    ),
)
"""What a change of the concentration asks for."""
KINDS = (DILUTED, BRIDGE, OTHER_CHANGE)
"""Every kind of finding of a changeover."""


def changeover_findings(facts: ChangeoverFacts, limits: Limits) -> Decision[Finding]:
    """Return what a change of the concentration asks for.

    Raises:
        ProgramError: the bridge would last less than a second, or longer than the drug is stable.
    """
    return CHANGEOVER.decide(facts, limits)
