"""What was drained at a refill against what was expected, and what a difference may mean (ITB-169)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.dosing.findings import Lift, Severity, Weight, kind
from thecal.dosing.tables import Hit, Row, Table, fact, known

if TYPE_CHECKING:
    from thecal.dosing.findings import Finding
    from thecal.dosing.limits import Limits
    from thecal.dosing.tables import Decision
    from thecal.quantities import Volume

MORE_LEFT = kind(
    "refill.more-left",
    Weight.SOFT,
    Severity.HIGH,
    Lift.ANSWER,
    says="{drained} were drained, {expected} were expected: {by} more.",
    because="Less was delivered than programmed: a fault of the pump, or an occlusion. Drug that was missed "
    "is never made up.",
    lifted_by="Look for a fault of pump and catheter before any increase, or answer what was found.",
)
LESS_LEFT = kind(
    "refill.less-left",
    Weight.SOFT,
    Severity.CRITICAL,
    Lift.ANSWER,
    says="{drained} were drained, {expected} were expected: {by} less.",
    because="The pump delivered more than programmed, the last fill missed the reservoir, or the reservoir "
    "was not emptied.",
    lifted_by="Look for signs of overdose and withdrawal, confirm the position of the needle, and answer "
    "what was found.",
)
EFFECT_LOST = kind(
    "refill.effect-lost",
    Weight.SOFT,
    Severity.HIGH,
    Lift.ANSWER,
    says="The volume that was drained agrees with the expected one, and the effect is lost.",
    because="The pump moved the drug; a leak or a disconnection of the catheter may have lost it.",
    lifted_by="Examine the catheter before any increase, or answer what was found.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrainedFacts:
    """One refill.

    Attributes:
        drained: what was drained.
        expected: what the pump reckoned.
        delivered: what the pump reckoned to have delivered since the last fill.
        effect_lost: whether the patient lost the effect.
    """

    drained: Volume
    expected: Volume
    delivered: Volume
    effect_lost: bool | None = fact("Has the patient lost the effect?")

    @property
    def by(self) -> Volume:
        """The difference, whichever is larger."""
        if self.drained > self.expected:
            return self.drained - self.expected
        return self.expected - self.drained


def _differs(facts: DrainedFacts, limits: Limits) -> bool:
    share = facts.delivered.scaled(limits["drained_differs_share"].share)
    return facts.by > limits["drained_differs"].volume or facts.by > share


_OVER = "by more than {drained_differs}, or by more than {drained_differs_share} of what was delivered"

DRAINED: Table[DrainedFacts, Finding] = Table(
    id="supply.drained",
    title="Drained against expected",
    about="The pump does not measure what it holds: each refill is the only check of what it delivered.",
    hit=Hit.ALL,
    sources=("ASRA 2017; ITB-169; FSN FA596, 2016: the content is computed",),
    rows=(
        Row(
            id="more-left",
            when=f"more was drained than expected, {_OVER}",
            then="a fault of the pump, or an occlusion: look for it before any increase",
            holds=lambda facts, limits: facts.drained > facts.expected and _differs(facts, limits),
            gives=lambda facts, _: MORE_LEFT.found(
                drained=facts.drained, expected=facts.expected, by=facts.by
            ),
        ),
        Row(
            id="less-left",
            when=f"less was drained than expected, {_OVER}",
            then="too much was delivered, or drug is outside the reservoir: look at the patient first",
            holds=lambda facts, limits: facts.drained < facts.expected and _differs(facts, limits),
            gives=lambda facts, _: LESS_LEFT.found(
                drained=facts.drained, expected=facts.expected, by=facts.by
            ),
        ),
        Row(
            id="effect-lost",
            when="drained and expected do not differ "
            "by more than {drained_differs} or {drained_differs_share} of what was delivered; "
            "the effect is lost",
            then="a leak or a disconnection: examine the catheter before any increase",
            needs=("effect_lost",),
            holds=lambda facts, limits: known(facts.effect_lost) and not _differs(facts, limits),
            gives=lambda _, __: EFFECT_LOST.found(),
        ),
    ),
)
"""What a difference at a refill may mean."""
KINDS = (MORE_LEFT, LESS_LEFT, EFFECT_LOST)
"""Every kind of finding of what was drained."""


def drained_findings(facts: DrainedFacts, limits: Limits) -> Decision[Finding]:
    """Return what a difference at a refill may mean, and the question that is open."""
    return DRAINED.decide(facts, limits)
